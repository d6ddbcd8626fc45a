//! A fresh database of either kind for each test, and a held clock.
//!
//! [`on_both_databases!`](crate::on_both_databases) turns one test into two. PostgreSQL is found at
//! `QUICKVIBE_TEST_POSTGRES`, or on this machine; where none answers the test fails and says so,
//! for a test that is passed over proves nothing. Each test has a schema of its own there.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "only tests call this, and a broken test database must stop them"
)]

use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use qv_domain::{Env, Timestamp};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

use crate::{Backend, Db, open};

const DEFAULT_POSTGRES: &str = "postgres://postgres@127.0.0.1:5432/postgres";

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
    _schema: Option<Schema>,
}

impl TestDb {
    /// Opens a fresh, migrated database.
    ///
    /// # Panics
    /// When it cannot be had; the message says what to do.
    pub async fn new(backend: Backend) -> Self {
        let test = Self::unmigrated(backend).await;
        let db = Db::open(&test.url, test.dir.path()).await.expect("a test database opens");
        Self { db, ..test }
    }

    /// Opens a fresh database without any table: for tests of migrations.
    ///
    /// # Panics
    /// When it cannot be had; the message says what to do.
    pub async fn unmigrated(backend: Backend) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let (url, schema) = match backend {
            Backend::Sqlite => ("sqlite".to_owned(), None),
            Backend::Postgres => {
                let server = std::env::var("QUICKVIBE_TEST_POSTGRES")
                    .unwrap_or_else(|_| DEFAULT_POSTGRES.to_owned());
                let schema = schema_name(dir.path());
                run_on(&server, &format!("CREATE SCHEMA {schema}")).await.unwrap_or_else(|error| {
                    panic!(
                        "no PostgreSQL for tests: {error}. Start one that takes connections at \
                         {DEFAULT_POSTGRES}, or name one in QUICKVIBE_TEST_POSTGRES"
                    )
                });
                let and = if server.contains('?') { '&' } else { '?' };
                let url = format!("{server}{and}options[search_path]={schema}");
                (url, Some(Schema { server, name: schema }))
            }
        };
        let db = open::connect(&url, dir.path()).await.expect("a test database opens");
        Self { db, env: HeldEnv::default(), url, dir, _schema: schema }
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

    /// Runs plain SQL, past the store: to set up what it would not do itself.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn sql(&self, sql: &str) {
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

    /// One number that `sql` selects.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut reader = self.db.read().await.expect("a reader comes free");
        reader.fetch_one::<(i64,)>(sql, vec![]).await.expect("the test's own SQL runs").0
    }

    /// One text that `sql` selects.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn text(&self, sql: &'static str) -> String {
        let mut reader = self.db.read().await.expect("a reader comes free");
        reader.fetch_one::<(String,)>(sql, vec![]).await.expect("the test's own SQL runs").0
    }
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

/// Time that stands until it is moved, and randomness that repeats from test to test.
#[derive(Debug)]
pub struct HeldEnv {
    micros: AtomicI64,
    random: AtomicU64,
}

impl Default for HeldEnv {
    /// 2026-11-18 10:13:20 UTC.
    fn default() -> Self {
        Self { micros: AtomicI64::new(1_795_000_400_000_000), random: AtomicU64::new(1) }
    }
}

impl HeldEnv {
    /// Moves time on, and returns the new moment.
    pub fn advance(&self, by: Duration) -> Timestamp {
        let by = i64::try_from(by.as_micros()).expect("tests stay within time");
        Timestamp::from_micros(self.micros.fetch_add(by, Ordering::SeqCst) + by)
    }
}

impl Env for HeldEnv {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.micros.load(Ordering::SeqCst))
    }

    fn fill_random(&self, buf: &mut [u8]) {
        for chunk in buf.chunks_mut(8) {
            // SplitMix64: every step another number, well mixed.
            let step = 0x9e37_79b9_7f4a_7c15_u64;
            let mut z = self.random.fetch_add(step, Ordering::SeqCst).wrapping_add(step);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Removed with everything in it when dropped.
#[derive(Debug)]
struct Schema {
    server: String,
    name: String,
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A runtime of its own: the test's cannot be waited for from here. Best effort: a schema
        // that stays behind disturbs no other test.
        let removal = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                let sql = format!("SET lock_timeout = '2s'; DROP SCHEMA {name} CASCADE");
                drop(runtime.block_on(run_on(&server, &sql)));
            }
        });
        drop(removal.join());
    }
}

async fn run_on(server: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut conn = PgConnection::connect(server).await?;
    conn.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await?;
    conn.close().await
}

/// As unique as the test's folder.
fn schema_name(dir: &Path) -> String {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let plain = name.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("qv_test_{}_{plain}", std::process::id())
}
