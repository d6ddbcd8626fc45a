//! A schema per test. Making our tables and dropping them again takes PostgreSQL 0.7 s and emptying
//! them a millisecond (measured with four migrations), so schemas are kept and handed on: each is a
//! slot that a test holds by an advisory lock, which ends with the test's connection, however that
//! ends.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

use crate::open::POSTGRES_MIGRATIONS;

/// Without TLS, whose handshake takes 90 ms on loopback and tests nothing of ours.
const DEFAULT_SERVER: &str = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable";
/// Half of an advisory lock's name; the other half is the slot's number.
const LOCK: i32 = 0x7176;
/// More tests at a time than any machine of ours runs.
const SLOTS: i32 = 256;

/// A schema that this test alone uses, until dropped.
#[derive(Debug)]
pub(super) struct Slot {
    /// Holds the lock.
    conn: PgConnection,
    server: String,
    schema: String,
}

impl Slot {
    pub(super) async fn take() -> Self {
        let server =
            std::env::var("QUICKVIBE_TEST_POSTGRES").unwrap_or_else(|_| DEFAULT_SERVER.to_owned());
        let mut conn = PgConnection::connect(&server).await.unwrap_or_else(|error| {
            panic!(
                "no PostgreSQL for tests: {error}. Start one that takes connections at \
                 {DEFAULT_SERVER}, or name one in QUICKVIBE_TEST_POSTGRES"
            )
        });
        for slot in 0..SLOTS {
            let locked: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1, $2)")
                .bind(LOCK)
                .bind(slot)
                .fetch_one(&mut conn)
                .await
                .expect("PostgreSQL locks");
            if locked {
                let schema = format!("qv_test_{slot}");
                let mut slot = Self { conn, server, schema };
                slot.run(&format!("CREATE SCHEMA IF NOT EXISTS {}", slot.schema)).await;
                return slot;
            }
        }
        panic!("{SLOTS} tests are using PostgreSQL at once: run fewer")
    }

    /// What [`Db::open`](crate::Db::open) takes.
    pub(super) fn url(&self) -> String {
        let and = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{and}options[search_path]={}", self.server, self.schema)
    }

    /// Removes all rows. False when there are no tables: then they are still to be made.
    pub(super) async fn clean(&mut self) -> bool {
        if self.comment().await.as_deref() == Some(fingerprint().as_str()) {
            let schema = &self.schema;
            let tables = "SELECT table_name::text AS name FROM information_schema.tables \
                          WHERE table_schema = $1 AND table_name NOT LIKE '\\_%'";
            let tables = sqlx::query(tables).bind(schema).fetch_all(&mut self.conn).await;
            let mut sql = format!("SET lock_timeout = '5s'; DELETE FROM {schema}.users;");
            for row in tables.expect("PostgreSQL lists its tables") {
                let name: String = row.get("name");
                sql.push_str(&format!("DELETE FROM {schema}.{name};"));
            }
            // All in one transaction; what cannot be emptied is made anew.
            if self.conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.is_ok() {
                return true;
            }
        }
        self.empty().await;
        false
    }

    /// Removes all tables.
    pub(super) async fn empty(&mut self) {
        let schema = &self.schema;
        self.run(&format!("DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}")).await;
    }

    /// Notes that the tables are as the migrations make them, so that the next test may use them.
    pub(super) async fn keep(&mut self) {
        let (schema, fingerprint) = (&self.schema, fingerprint());
        self.run(&format!("COMMENT ON SCHEMA {schema} IS '{fingerprint}'")).await;
    }

    /// Notes that the tables may have been changed.
    pub(super) async fn forget(&mut self) {
        self.run(&format!("COMMENT ON SCHEMA {} IS NULL", self.schema)).await;
    }

    async fn comment(&mut self) -> Option<String> {
        sqlx::query_scalar("SELECT obj_description($1::regnamespace, 'pg_namespace')")
            .bind(&self.schema)
            .fetch_one(&mut self.conn)
            .await
            .expect("PostgreSQL tells a comment")
    }

    async fn run(&mut self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        self.conn.execute(sql).await.expect("PostgreSQL changes the test's schema");
    }
}

/// Changes with every migration.
fn fingerprint() -> String {
    let sums = POSTGRES_MIGRATIONS.iter().flat_map(|migration| migration.checksum.iter());
    crate::blob_hash(&sums.copied().collect::<Vec<u8>>()).to_string()
}
