//! Joins a database that a server uses: it is neither made nor changed by opening it.

use std::path::Path;

use sqlx::migrate::Migrator;

use crate::db::{Db, Pools};
use crate::open::{self, POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS};
use crate::{Result, StoreError};

impl Db {
    /// Opens a database that is there already and has this version's tables. Unlike [`Db::open`] it makes nothing
    /// and migrates nothing, so that a command beside a running server cannot do it harm.
    ///
    /// # Errors
    /// [`StoreError::Setup`] when there is none or it is of another version; `Unavailable` when nobody answers.
    pub async fn attach(url: &str, data_dir: &Path) -> Result<Self> {
        if let Some(path) = open::sqlite_file(url, data_dir)
            && !path.is_file()
        {
            return Err(StoreError::Setup(format!(
                "there is no database at {}: name the server's data folder with --data",
                path.display()
            )));
        }
        let db = open::connect(url, data_dir).await?;
        match db.applied_migration().await {
            Ok(()) => Ok(db),
            Err(error) => {
                db.close().await;
                Err(error)
            }
        }
    }

    async fn applied_migration(&self) -> Result<()> {
        let known = match &self.pools {
            Pools::Sqlite { .. } => newest(&SQLITE_MIGRATIONS),
            Pools::Postgres(_) => newest(&POSTGRES_MIGRATIONS),
        };
        let sql = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM _sqlx_migrations";
        let applied = match self.read().await?.fetch_one::<(i64,)>(sql, vec![]).await {
            Ok((applied,)) => applied,
            // A database without any of our tables.
            Err(StoreError::Database(_)) => 0,
            Err(error) => return Err(error),
        };
        match applied.cmp(&known) {
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Less => Err(StoreError::Setup(
                "the database is not of this version yet: start `quickvibe serve` of this version once"
                    .to_owned(),
            )),
            std::cmp::Ordering::Greater => Err(StoreError::Setup(
                "the database was written by a newer QuickVibe: use that one".to_owned(),
            )),
        }
    }
}

fn newest(migrations: &Migrator) -> i64 {
    migrations.iter().map(|migration| migration.version).max().unwrap_or(0)
}
