//! SQLite's file as a whole: copied while it is in use, checked, made ready to be replaced.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::open::{self, SQLITE_MIGRATIONS};
use crate::{Result, StoreError};

/// What SQLite may keep beside a database.
const SIDE_FILES: [&str; 3] = ["-wal", "-shm", "-journal"];
/// How long to wait for others to let go of a database.
const PATIENCE: Duration = Duration::from_secs(2);
/// Faults that are told of; one is enough to refuse.
const MOST_FAULTS: usize = 5;

/// A SQLite database as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteFile(PathBuf);

impl SqliteFile {
    /// The file that [`Db::open`](crate::Db::open) uses for this address; `None` for PostgreSQL.
    #[must_use]
    pub fn of(url: &str, data_dir: &Path) -> Option<Self> {
        open::sqlite_file(url, data_dir).map(Self)
    }

    /// A file by its path.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The files that SQLite may keep beside it, each with its ending.
    pub fn side_files(&self) -> impl Iterator<Item = (&'static str, PathBuf)> {
        SIDE_FILES.into_iter().map(|ending| {
            let mut name = OsString::from(&self.0);
            name.push(ending);
            (ending, PathBuf::from(name))
        })
    }

    /// Writes the database as it is at one moment to `target`, which must be missing or empty, while others
    /// read and write it. The file is not yet durable.
    ///
    /// By `VACUUM INTO`: one read transaction, which holds up nobody; every page is built anew, so damage
    /// shows and nothing deleted comes along. SQLite's backup API would begin again whenever another process
    /// writes, and wants unsafe code.
    ///
    /// # Errors
    /// `Setup` when it is no sound database, or one of the disks fails.
    pub async fn copy_to(&self, target: &Path) -> Result<()> {
        let target = target.to_str().ok_or_else(|| {
            StoreError::Setup(format!("the name {} is not UTF-8: choose another", target.display()))
        })?;
        let mut conn = self.connect(true).await?;
        let copied = sqlx::query("VACUUM INTO $1").bind(target).execute(&mut conn).await;
        self.said(copied)?;
        self.said(conn.close().await)
    }

    /// Makes sure that SQLite finds no fault in it.
    ///
    /// # Errors
    /// `Setup` says what is wrong.
    pub async fn check(&self) -> Result<()> {
        let mut conn = self.connect(false).await?;
        let sql = format!("PRAGMA integrity_check({MOST_FAULTS})");
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut conn).await;
        let found: Vec<String> = self.said(found)?;
        if found != ["ok"] {
            return Err(self.setup(&format!("is damaged: {}", found.join("; "))));
        }
        let found = sqlx::query_scalar("SELECT \"table\" FROM pragma_foreign_key_check");
        let found: Vec<String> = self.said(found.fetch_all(&mut conn).await)?;
        if let Some(first) = found.first() {
            let count = found.len();
            let what =
                format!("is damaged: {count} rows refer to what is not there, as in `{first}`");
            return Err(self.setup(&what));
        }
        self.said(conn.close().await)
    }

    /// Makes sure that this version of QuickVibe can use it, after migrating it if it is older.
    ///
    /// # Errors
    /// `Setup` says why not.
    pub async fn check_version(&self) -> Result<()> {
        let mut conn = self.connect(false).await?;
        let tables = "SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
        let tables: i64 = self.said(sqlx::query_scalar(tables).fetch_one(&mut conn).await)?;
        if tables == 0 {
            return Err(self.setup("holds something else than QuickVibe's data"));
        }
        let applied = "SELECT version, success, checksum FROM _sqlx_migrations ORDER BY version";
        let applied = sqlx::query_as(applied).fetch_all(&mut conn).await;
        let applied: Vec<(i64, bool, Vec<u8>)> = self.said(applied)?;
        for (version, success, checksum) in applied {
            match SQLITE_MIGRATIONS.iter().find(|known| known.version == version) {
                None => return Err(StoreError::Setup(open::NEWER.to_owned())),
                Some(_) if !success => {
                    return Err(self.setup("was left in the middle of an upgrade"));
                }
                Some(known) if *known.checksum != *checksum => {
                    return Err(self.setup("was written by another make of QuickVibe"));
                }
                Some(_) => {}
            }
        }
        self.said(conn.close().await)
    }

    /// Folds what is beside it into the file, so that the file alone is the whole database.
    ///
    /// # Errors
    /// `Unavailable` when another program has it open; `Setup` when it is no sound database.
    pub async fn make_whole(&self) -> Result<()> {
        let mut conn = self.connect(false).await?;
        // Leaving the mode that has a log needs the database for oneself.
        let mode = sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut conn).await;
        let mode: String = self.said(mode)?;
        self.said(conn.close().await)?;
        if mode == "delete" {
            Ok(())
        } else {
            Err(StoreError::Unavailable(sqlx::Error::PoolTimedOut))
        }
    }

    async fn connect(&self, read_only: bool) -> Result<SqliteConnection> {
        let options = SqliteConnectOptions::new()
            .filename(&self.0)
            .create_if_missing(false)
            .read_only(read_only)
            .busy_timeout(PATIENCE);
        self.said(options.connect().await)
    }

    fn said<T>(&self, said: sqlx::Result<T>) -> Result<T> {
        said.map_err(|error| match StoreError::from(error).at(&open::place(&self.0)) {
            StoreError::Database(error) => self.setup(&format!("cannot be used: {error}")),
            other => other,
        })
    }

    fn setup(&self, what: &str) -> StoreError {
        StoreError::Setup(format!("{} {what}", open::place(&self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;

    async fn written(folder: &Path) -> Db {
        let db = Db::open("sqlite", folder).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.set_setting("k", &"kept", qv_domain::Timestamp::from_micros(1)).await.unwrap();
        tx.commit().await.unwrap();
        db
    }

    #[tokio::test]
    async fn a_copy_of_an_open_database_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let db = written(folder.path()).await;
        let file = SqliteFile::of("sqlite", folder.path()).unwrap();
        // Whoever writes is neither waited for nor held up, and what is not committed is not in it.
        let mut tx = db.begin().await.unwrap();
        tx.set_setting("k", &"not committed", qv_domain::Timestamp::from_micros(2)).await.unwrap();
        let copy = SqliteFile::at(folder.path().join("copy"));
        file.copy_to(copy.path()).await.unwrap();
        tx.commit().await.unwrap();
        copy.check().await.unwrap();
        copy.check_version().await.unwrap();
        let url = format!("sqlite:{}", copy.path().display());
        let again = Db::open(&url, folder.path()).await.unwrap();
        let kept = again.read().await.unwrap().setting::<String>("k").await.unwrap();
        assert_eq!(kept.unwrap(), "kept");
        again.close().await;
        let said = file.copy_to(copy.path()).await.unwrap_err().to_string();
        assert!(said.contains("already exists"), "{said}");
    }

    #[tokio::test]
    async fn a_log_that_was_left_is_part_of_the_copy_and_of_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        let db = written(folder.path()).await;
        // As a process that was killed leaves it.
        let left = SqliteFile::at(folder.path().join("left.db"));
        let file = SqliteFile::of("sqlite", folder.path()).unwrap();
        std::fs::copy(file.path(), left.path()).unwrap();
        for ((_, from), (ending, to)) in file.side_files().zip(left.side_files()) {
            if ending == "-wal" {
                std::fs::copy(from, to).unwrap();
            }
        }
        let copy = SqliteFile::at(folder.path().join("copy"));
        left.copy_to(copy.path()).await.unwrap();
        left.make_whole().await.unwrap();
        assert!(left.side_files().all(|(_, path)| !path.exists()));
        for whole in [&copy, &left] {
            let url = format!("sqlite:{}", whole.path().display());
            let again = Db::open(&url, folder.path()).await.unwrap();
            let kept = again.read().await.unwrap().setting::<String>("k").await.unwrap();
            assert_eq!(kept.unwrap(), "kept", "{whole:?}");
            again.close().await;
        }
        assert!(file.make_whole().await.unwrap_err().is_retryable(), "somebody has it open");
        db.close().await;
        file.make_whole().await.unwrap();
    }

    #[tokio::test]
    async fn what_is_no_backup_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = SqliteFile::at(&path);
        assert!(file.check().await.is_err(), "there is none");
        std::fs::write(&path, "plain words, and more of them than a header has bytes").unwrap();
        let said = file.check().await.unwrap_err().to_string();
        assert!(said.contains("is damaged") && said.contains("file"), "{said}");

        std::fs::remove_file(&path).unwrap();
        let url = format!("sqlite:{}", path.display());
        let db = Db::open(&url, folder.path()).await.unwrap();
        db.close().await;
        file.make_whole().await.unwrap();
        file.check_version().await.unwrap();
        let file = &file;
        let spoil = |sql: &'static str| async move {
            let mut conn = file.connect(false).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
            conn.close().await.unwrap();
        };
        spoil(
            "PRAGMA foreign_keys = OFF; INSERT INTO links VALUES \
             (X'00000000000000000000000000000001', 'setup', X'0000000000000000000000000000000A', 1, 2, NULL)",
        )
        .await;
        let said = file.check().await.unwrap_err().to_string();
        assert!(said.contains("`links`"), "{said}");
        spoil("UPDATE _sqlx_migrations SET checksum = X'00' WHERE version = 1").await;
        let said = file.check_version().await.unwrap_err().to_string();
        assert!(said.contains("another make"), "{said}");
        spoil("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1").await;
        let said = file.check_version().await.unwrap_err().to_string();
        assert!(said.contains("newer QuickVibe"), "{said}");
        spoil("DROP TABLE _sqlx_migrations").await;
        let said = file.check_version().await.unwrap_err().to_string();
        assert!(said.contains("something else"), "{said}");

        // A page in the middle turns to noise.
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2 / 4096 * 4096;
        bytes[middle..middle + 4096].fill(0xA5);
        std::fs::write(&path, bytes).unwrap();
        let said = file.check().await.unwrap_err().to_string();
        assert!(said.contains("is damaged"), "{said}");
    }
}
