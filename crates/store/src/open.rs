//! Finds, opens and migrates the database.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::db::{Db, Pools};
use crate::faults::Faults;
use crate::upkeep::Upkeep;
use crate::{Result, StoreError};

pub(crate) static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
pub(crate) static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Older ones can damage a database in WAL mode (SQLite's notes on 3.51.3: the WAL-reset bug).
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
/// How long a statement waits for another process's write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a caller waits for a connection; longer than any transaction of ours should take.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// What is said to a database that holds more than this version knows of.
pub(crate) const NEWER: &str =
    "the database was written by a newer QuickVibe: start that one, or restore a backup";
const SQLITE_READERS: u32 = 4;
/// The writer's cache, in KiB with a minus sign: many turns at once touch more than the usual 2 MB in one
/// commit, which would then be written out and read back in its middle.
const WRITER_CACHE: &str = "-32768";
const POSTGRES_CONNECTIONS: u32 = 10;

pub(crate) async fn open(url: &str, data_dir: &Path) -> Result<Db> {
    // One process at a time makes a file what it must be: SQLite's migrator takes no lock of its own,
    // and its switch to WAL answers `busy` at once where another process is at the same. The lock ends
    // with the file handle.
    let _lock = match sqlite_file(url, data_dir) {
        Some(path) => Some(lock_beside(&path).await?),
        None => None,
    };
    let db = connect(url, data_dir).await?;
    if let Err(error) = migrate(&db).await {
        if error.is_disk() {
            db.leave_open().await;
        }
        return Err(error.at(&db.place));
    }
    Ok(db)
}

/// Brings the tables up to date. SQLite wants it done by one process at a time.
pub(crate) async fn migrate(db: &Db) -> Result<()> {
    match &db.pools {
        Pools::Sqlite { writer, .. } => migrated(SQLITE_MIGRATIONS.run(writer).await),
        // PostgreSQL's takes an advisory lock.
        Pools::Postgres(pool) => migrated(POSTGRES_MIGRATIONS.run(pool).await),
    }
}

/// Opens without migrating.
pub(crate) async fn connect(url: &str, data_dir: &Path) -> Result<Db> {
    match url.split_once(':').map_or(url, |(scheme, _)| scheme) {
        "sqlite" => open_sqlite(&sqlite_path(url, data_dir)).await,
        "postgres" | "postgresql" => open_postgres(url).await,
        // Never the address itself: it may hold a password.
        other => Err(StoreError::Setup(format!(
            "the database address starts with `{other}`: use `sqlite` or `postgres://…`"
        ))),
    }
}

/// The file of a database that is one.
pub(crate) fn sqlite_file(url: &str, data_dir: &Path) -> Option<PathBuf> {
    let scheme = url.split_once(':').map_or(url, |(scheme, _)| scheme);
    (scheme == "sqlite").then(|| sqlite_path(url, data_dir))
}

fn sqlite_path(url: &str, data_dir: &Path) -> PathBuf {
    let path = url.strip_prefix("sqlite").unwrap_or(url).trim_start_matches(':');
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() { data_dir.join("quickvibe.db") } else { PathBuf::from(path) }
}

/// A database's file in words.
pub(crate) fn place(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    format!("the database {}", whole.display())
}

async fn open_sqlite(path: &Path) -> Result<Db> {
    create_private(path).await?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL would lose the last commits at a power cut; what a person saw must stay.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // `upkeep` does it, and hears when it fails.
        .pragma("wal_autocheckpoint", "0")
        // A disk that is full is then always the database's own.
        .pragma("temp_store", "memory")
        .busy_timeout(BUSY_TIMEOUT);
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let place = place(path);
    let writing = options.clone().pragma("cache_size", WRITER_CACHE);
    let writer = pool().max_connections(1).idle_timeout(None).connect_with(writing).await;
    let writer = writer.map_err(|error| StoreError::from(error).at(&place))?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&writer).await?;
    refuse_old_sqlite(&version)?;
    let readers =
        pool().max_connections(SQLITE_READERS).connect_lazy_with(options.pragma("query_only", "1"));
    Ok(Db {
        upkeep: Some(Upkeep::new(writer.clone())),
        pools: Pools::Sqlite { writer, readers },
        faults: Faults::default(),
        place: place.into(),
    })
}

async fn open_postgres(url: &str) -> Result<Db> {
    let options = PgConnectOptions::from_str(url).map_err(|_| {
        StoreError::Setup(
            "the database address is not valid: it looks like \
             `postgres://user:password@host:5432/database`"
                .to_owned(),
        )
    })?;
    let options = options.application_name("quickvibe");
    // The pool would go on trying where nobody listens; at the start that is better said at once.
    PgConnection::connect_with(&options).await?.close().await?;
    let pool = PgPoolOptions::new()
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .max_connections(POSTGRES_CONNECTIONS)
        .after_connect(|conn, _| {
            // A server that stands still in the middle of a transaction holds its rows, and nobody could go on with
            // its turns: the database then ends the transaction. Ours never wait for anything but the database.
            Box::pin(async move {
                conn.execute("SET idle_in_transaction_session_timeout = '10s'").await.map(drop)
            })
        })
        .connect_lazy_with(options);
    Ok(Db {
        pools: Pools::Postgres(pool),
        faults: Faults::default(),
        place: "the PostgreSQL database".into(),
        upkeep: None,
    })
}

fn migrated(result: std::result::Result<(), sqlx::migrate::MigrateError>) -> Result<()> {
    use sqlx::migrate::MigrateError as E;
    result.map_err(|error| match error {
        E::VersionMissing(_) | E::VersionTooNew(..) => StoreError::Setup(NEWER.to_owned()),
        E::Execute(error) => error.into(),
        other => StoreError::Setup(format!(
            "the database's tables are not as this version expects: {other}; restore a backup"
        )),
    })
}

fn refuse_old_sqlite(version: &str) -> Result<()> {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) >= OLDEST_SQLITE {
        return Ok(());
    }
    Err(StoreError::Setup(format!(
        "SQLite {version} can damage a database in WAL mode: build with 3.51.3 or newer"
    )))
}

/// Makes the folder and the file so that other users of the machine cannot read them; SQLite gives
/// its side files the same rights.
async fn create_private(path: &Path) -> Result<()> {
    let setup = |error: std::io::Error| {
        StoreError::Setup(format!("cannot open the database {}: {error}", path.display()))
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = tokio::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        builder.mode(0o700);
        builder.create(folder).await.map_err(setup)?;
    }
    let mut file = tokio::fs::OpenOptions::new();
    file.create(true).truncate(false).write(true);
    #[cfg(unix)]
    file.mode(0o600);
    file.open(path).await.map(drop).map_err(setup)
}

/// Locks a file of its own beside the database's, waiting for whoever has it.
async fn lock_beside(database: &Path) -> Result<std::fs::File> {
    create_private(database).await?;
    let mut path = database.to_owned();
    path.as_mut_os_string().push(".lock");
    let shown = path.display().to_string();
    let locked = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::options().create(true).truncate(false).write(true).open(path)?;
        file.lock()?;
        Ok::<_, std::io::Error>(file)
    });
    match locked.await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) => Err(StoreError::Setup(format!("cannot lock {shown}: {error}"))),
        Err(error) => Err(StoreError::Setup(format!("cannot lock {shown}: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_sqlite_is_refused() {
        for old in ["3.51.2", "3.50.9", "2.99.99", ""] {
            let said = refuse_old_sqlite(old).unwrap_err().to_string();
            for words in [&*format!("SQLite {old} "), "can damage a database", "3.51.3 or newer"] {
                assert!(said.contains(words), "{old}: {said}");
            }
        }
        for new in ["3.51.3", "3.52.0", "4.0.0", "3.51.10"] {
            assert!(refuse_old_sqlite(new).is_ok(), "{new}");
        }
    }

    #[test]
    fn addresses_name_a_file() {
        let data = Path::new("/data");
        assert_eq!(sqlite_path("sqlite", data), Path::new("/data/quickvibe.db"));
        assert_eq!(sqlite_path("sqlite:", data), Path::new("/data/quickvibe.db"));
        assert_eq!(sqlite_path("sqlite:/x/y.db", data), Path::new("/x/y.db"));
        assert_eq!(sqlite_path("sqlite:///x/y.db", data), Path::new("/x/y.db"));
        assert_eq!(sqlite_path("sqlite://y.db", data), Path::new("y.db"));
    }
}
