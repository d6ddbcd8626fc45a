//! A fresh database of either kind for each test, and a held clock.
//!
//! [`on_both_databases!`](crate::on_both_databases) turns one test into two. PostgreSQL is found at
//! `QUICKVIBE_TEST_POSTGRES`, or on this machine; where none answers the test fails and says so,
//! for a test that is passed over proves nothing. Each test has a schema to itself there.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests call this, and a broken test database must stop them"
)]

mod env;
mod postgres;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::Path;

use qv_domain::{Env as _, Timestamp};
use sqlx::AssertSqlSafe;
use tempfile::TempDir;
use tokio::sync::Mutex;

pub use self::env::HeldEnv;
use self::postgres::Slot;

use crate::{Backend, Db, open};

/// Runs each test on a fresh SQLite and on a fresh PostgreSQL database. The argument is a
/// [`TestDb`](crate::testing::TestDb).
///
/// ```ignore
/// on_both_databases! {
///     async fn a_project_is_found_again(db) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident) $body:block)+) => {$(
        $(#[$meta])*
        #[cfg(test)]
        mod $name {
            use super::*;

            async fn contract($db: $crate::testing::TestDb) $body

            #[tokio::test]
            async fn sqlite() {
                contract($crate::testing::TestDb::new($crate::Backend::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                contract($crate::testing::TestDb::new($crate::Backend::Postgres).await).await;
            }
        }
    )+};
}

/// A database that nobody else uses, gone when dropped.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    /// The test's time and randomness.
    pub env: HeldEnv,
    url: String,
    dir: TempDir,
    slot: Option<Mutex<Slot>>,
}

impl TestDb {
    /// Opens a fresh, migrated database.
    ///
    /// # Panics
    /// When it cannot be had; the message says what to do.
    pub async fn new(backend: Backend) -> Self {
        let mut test = Self::unopened(backend).await;
        let known = match &mut test.slot {
            Some(slot) => slot.get_mut().clean().await,
            None => false,
        };
        if !known {
            open::migrate(&test.db).await.expect("migrations apply");
            if let Some(slot) = &mut test.slot {
                slot.get_mut().keep().await;
            }
        }
        test
    }

    /// Opens a fresh database without any table: for tests of migrations.
    ///
    /// # Panics
    /// When it cannot be had; the message says what to do.
    pub async fn unmigrated(backend: Backend) -> Self {
        let mut test = Self::unopened(backend).await;
        if let Some(slot) = &mut test.slot {
            slot.get_mut().empty().await;
        }
        test
    }

    async fn unopened(backend: Backend) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let (url, slot) = match backend {
            Backend::Sqlite => ("sqlite".to_owned(), None),
            Backend::Postgres => {
                let slot = Slot::take().await;
                (slot.url(), Some(Mutex::new(slot)))
            }
        };
        let db = open::connect(&url, dir.path()).await.expect("a test database opens");
        Self { db, env: HeldEnv::default(), url, dir, slot }
    }

    /// Opens the same database again, as another process would.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn open_again(&self) -> Db {
        Db::open(&self.url, self.dir.path()).await.expect("the test database opens again")
    }

    /// What to give [`Db::open`] as its address, with [`data_dir`](Self::data_dir).
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The test's own folder.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.dir.path()
    }

    /// The test's present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.env.now()
    }

    /// Runs plain SQL, past the store: to set up what it would not do itself, even to the tables.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn sql(&self, sql: &str) {
        if let Some(slot) = &self.slot {
            slot.lock().await.forget().await;
        }
        let mut tx = self.db.begin().await.expect("a transaction begins");
        match tx.link() {
            crate::db::Link::Sqlite(conn) => {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await.map(drop)
            }
            crate::db::Link::Postgres(conn) => {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await.map(drop)
            }
        }
        .expect("the test's own SQL runs");
        tx.commit().await.expect("the test's own SQL commits");
    }

    /// Applies migrations up to and including number `target`.
    ///
    /// # Panics
    /// When one fails.
    pub async fn migrate_to(&self, target: i64) {
        match &self.db.pools {
            crate::db::Pools::Sqlite { writer, .. } => {
                open::SQLITE_MIGRATIONS.run_to(target, writer).await
            }
            crate::db::Pools::Postgres(pool) => {
                open::POSTGRES_MIGRATIONS.run_to(target, pool).await
            }
        }
        .expect("a migration applies");
    }

    /// The numbers and names of this backend's migrations, in order.
    #[must_use]
    pub fn migrations(&self) -> Vec<(i64, String)> {
        let all = match self.db.backend() {
            Backend::Sqlite => &open::SQLITE_MIGRATIONS,
            Backend::Postgres => &open::POSTGRES_MIGRATIONS,
        };
        all.iter().map(|one| (one.version, one.description.to_string())).collect()
    }

    /// Every column of every table as `(table, column, may be null)`, in order.
    ///
    /// # Panics
    /// When the database does not say.
    pub async fn schema(&self) -> Vec<(String, String, bool)> {
        let sql = match self.db.backend() {
            Backend::Sqlite => {
                "SELECT m.name, c.name, c.\"notnull\" = 0 FROM sqlite_schema m \
                 JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
                 AND m.name NOT LIKE '\\_%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'"
            }
            Backend::Postgres => {
                "SELECT table_name::text, column_name::text, is_nullable = 'YES' \
                 FROM information_schema.columns WHERE table_schema = current_schema() \
                 AND table_name NOT LIKE '\\_%'"
            }
        };
        let mut reader = self.db.read().await.expect("a reader comes free");
        let mut rows: Vec<(String, String, bool)> =
            reader.fetch(sql, vec![]).await.expect("the database tells its columns");
        rows.sort();
        rows
    }

    /// Every row of every table as text, in order: equal exactly when nothing has changed in between.
    ///
    /// # Panics
    /// When the database does not say.
    pub async fn contents(&self) -> Vec<(String, String)> {
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, column, _) in self.schema().await {
            tables.entry(table).or_default().push(column);
        }
        let mut all = Vec::new();
        for (table, columns) in tables {
            let sql = match self.db.backend() {
                Backend::Sqlite => {
                    let row: Vec<String> =
                        columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
                    let row = row.join(" || ',' || ");
                    format!(
                        "SELECT coalesce(group_concat(r, char(10)), '') \
                         FROM (SELECT {row} AS r FROM \"{table}\" ORDER BY 1)"
                    )
                }
                Backend::Postgres => format!(
                    "SELECT coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '') \
                     FROM \"{table}\" t"
                ),
            };
            let mut reader = self.db.read().await.expect("a reader comes free");
            let (rows,) =
                reader.fetch_one::<(String,)>(sql, vec![]).await.expect("a table is read");
            all.push((table, rows));
        }
        all
    }

    /// One number that `sql` selects.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn number(&self, sql: &'static str) -> i64 {
        number_of(&self.db, sql).await
    }

    /// One text that `sql` selects.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn text(&self, sql: &'static str) -> String {
        text_of(&self.db, sql).await
    }
}

/// One number that `sql` selects from a database.
///
/// # Panics
/// When the database refuses it.
pub async fn number_of(db: &Db, sql: &'static str) -> i64 {
    let mut reader = db.read().await.expect("a reader comes free");
    reader.fetch_one::<(i64,)>(sql, vec![]).await.expect("the test's own SQL runs").0
}

/// One text that `sql` selects from a database.
///
/// # Panics
/// When the database refuses it.
pub async fn text_of(db: &Db, sql: &'static str) -> String {
    let mut reader = db.read().await.expect("a reader comes free");
    reader.fetch_one::<(String,)>(sql, vec![]).await.expect("the test's own SQL runs").0
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}
