use std::fmt::Write as _;

use qv_store::Backend;
use qv_store::testing::TestDb;

/// What a database may hold after each migration: written when that one is the newest, and still
/// there after all that follow. `{id}` is an id, `{bytes}` other bytes.
const DATA: &[(i64, &[&str])] = &[
    (
        1,
        &[
            "INSERT INTO users VALUES ({id}, 'a@b', 'Ada', 'free', TRUE, NULL, 1, 2)",
            "INSERT INTO sessions VALUES ({id}, {id}, {bytes}, 1, 2, 3, NULL, '::1')",
            "INSERT INTO links VALUES ({bytes}, 'setup', NULL, 1, 2, NULL)",
            "INSERT INTO settings VALUES ('k', '{}', 1)",
        ],
    ),
    (
        2,
        &[
            "INSERT INTO projects VALUES ({id}, {id}, 'N', 'n', 'game', 'private', 'p', NULL, \
             NULL, 1, 1, 1, 'none', NULL, 0, 1, 2)",
            "INSERT INTO members VALUES ({id}, {id}, 'owner', 1)",
            "INSERT INTO blobs VALUES ({bytes}, 1, 1, FALSE, {bytes})",
            "INSERT INTO files VALUES ({id}, 'a', {bytes}, 1, 'text', 1)",
            "INSERT INTO project_blobs VALUES ({id}, {bytes})",
            "INSERT INTO versions VALUES ({id}, {id}, 1, 'turn', NULL, NULL, 't', NULL, NULL, \
             1, 1, 1, 0, 0, NULL, 1)",
            "INSERT INTO version_manifests VALUES ({id}, 2, {bytes})",
        ],
    ),
    (
        3,
        &[
            "INSERT INTO messages VALUES ({id}, {id}, 1, 'user', NULL, 'hi', '[]', NULL, NULL, \
             NULL, 1)",
            "INSERT INTO generations VALUES ({id}, {id}, {id}, {id}, 'queued', 'build', NULL, 1, \
             NULL, NULL, 0, FALSE, 0, 0, 0, 0, NULL, NULL, NULL, 1, NULL, NULL)",
            "INSERT INTO events VALUES ({id}, 1, 'done', '{}', 1)",
            "INSERT INTO edits_applied VALUES ({id}, 0, 0)",
        ],
    ),
    (
        4,
        &[
            "INSERT INTO token_usage VALUES ({id}, {id}, {id}, {id}, 0, 'draft', 'p', 'm', NULL, \
             1, 2, 3, 4, TRUE, NULL, NULL, 1)",
            "INSERT INTO vault_keys VALUES ({id}, NULL, 'p', 'l', NULL, {bytes}, 'abcd', 1, 1, NULL)",
        ],
    ),
    (5, &["INSERT INTO turn_journal VALUES ({id}, 0, '{}')"]),
    (
        6,
        &["INSERT INTO dead_letters VALUES ({id}, {id}, {id}, {id}, {id}, 'c', 'm', 1, '{}', \
           'open', 1, NULL)"],
    ),
    (
        7,
        &[
            "INSERT INTO budget_limits VALUES ('own', {id}, NULL, 1)",
            "INSERT INTO budget_balances VALUES ('user', {id}, 1, 2, 3, 50)",
            "INSERT INTO budget_reservations VALUES ({id}, 0, 'user', {id}, 1, 3)",
        ],
    ),
    (8, &["INSERT INTO model_prices VALUES ('p/m', 1, 2, 3, 4, 5)"]),
    // A column of a table that has its row.
    (9, &[]),
    (10, &[]),
    (11, &["INSERT INTO attempts VALUES ({id}, {bytes}, '::1', 1)"]),
    (12, &["INSERT INTO token_calibration VALUES ('a/b', 1, 2, 3)"]),
    (
        13,
        &[
            "INSERT INTO audit_log VALUES ({id}, 1, 'user', {id}, 'sign_in', 'user', 'u', NULL, '::1', \
           '{}', NULL)",
        ],
    ),
    (
        14,
        &["INSERT INTO api_tokens VALUES ({id}, {id}, {bytes}, 'ci', 'abcd', 'read', 1, 2, NULL)"],
    ),
    (15, &["INSERT INTO invites VALUES ({id}, {bytes}, 'a@b', {id}, 1, 2, NULL)"]),
    (
        16,
        &[
            "INSERT INTO vault_keks VALUES ({bytes}, 1, NULL)",
            "INSERT INTO vault_secrets VALUES ({id}, {id}, 'k', {bytes}, 1)",
        ],
    ),
    (
        17,
        &[
            "INSERT INTO second_factors VALUES ({id}, 1, 2)",
            "INSERT INTO recovery_codes VALUES ({id}, {bytes}, 1, NULL)",
            "INSERT INTO pending_sign_ins VALUES ({bytes}, {id}, {bytes}, 1, 2)",
        ],
    ),
    (
        18,
        &[
            "INSERT INTO sandboxes VALUES ({id}, {id}, 'local', {id}, 1, 2)",
            "INSERT INTO engine_choices VALUES ({id}, 'local', 1)",
            "INSERT INTO sandbox_usage VALUES ({id}, 'local', 1, {id}, 2, 3)",
        ],
    ),
    (
        19,
        &[
            "INSERT INTO queued_messages VALUES ({id}, {id}, 1, {id}, 'and then', 'build', NULL, '[]', NULL, NULL, 1)",
        ],
    ),
    (20, &["INSERT INTO suggestions VALUES ({id}, {id}, {id}, 'a', {bytes}, NULL, 'open', 1)"]),
    (21, &["INSERT INTO call_holds VALUES ({id}, {id}, 1, 2, 3)"]),
    (
        22,
        &[
            "INSERT INTO smoke_results VALUES ({id}, 'checks/a.check', {bytes}, TRUE, NULL, '', 1, 2)",
            "INSERT INTO screenshots VALUES ({id}, {bytes}, 'image/jpeg', 1)",
        ],
    ),
];

fn for_backend(sql: &str, backend: Backend) -> String {
    let hex = "00000000000000000000000000000001";
    let (id, bytes) = match backend {
        Backend::Sqlite => (format!("X'{hex}'"), format!("X'{hex}{hex}'")),
        Backend::Postgres => (format!("'{hex}'::uuid"), format!("'\\x{hex}{hex}'::bytea")),
    };
    sql.replace("{id}", &id).replace("{bytes}", &bytes)
}

async fn migrated_step_by_step(backend: Backend) -> TestDb {
    let db = TestDb::unmigrated(backend).await;
    let mut written = vec![];
    for (number, name) in db.migrations() {
        db.migrate_to(number).await;
        let rows = DATA.iter().find(|(of, _)| *of == number).map(|(_, rows)| *rows);
        let rows = rows.unwrap_or_else(|| panic!("no data for migration {number} {name}: add it"));
        for row in rows {
            db.sql(&for_backend(row, backend)).await;
            written.push(row.split(' ').nth(2).unwrap());
        }
        // Every table that there is has a row, and every row is still there.
        let tables: std::collections::BTreeSet<_> =
            db.schema().await.into_iter().map(|(table, ..)| table).collect();
        let mut expected = written.clone();
        expected.sort_unstable();
        assert_eq!(tables.iter().map(String::as_str).collect::<Vec<_>>(), expected);
        let mut count = String::from("SELECT CAST(0");
        for table in tables {
            write!(count, " + (SELECT COUNT(*) FROM {table})").unwrap();
        }
        count.push_str(" AS BIGINT)");
        assert_eq!(db.number(count.leak()).await, i64::try_from(written.len()).unwrap());
    }
    db
}

qv_store::on_both_databases! {
    async fn each_migration_keeps_what_was_there(db) {
        let stepped = migrated_step_by_step(db.backend()).await;
        assert_eq!(stepped.schema().await, db.schema().await);
        // Opening again finds nothing to do, and the rows are readable.
        let again = stepped.open_again().await;
        assert_eq!(again.read().await.unwrap().user_count().await.unwrap(), 1);
    }

    async fn a_database_of_a_newer_version_is_refused(db) {
        db.sql("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 4").await;
        let error = qv_store::Db::open(db.url(), db.data_dir()).await.unwrap_err();
        assert!(error.to_string().contains("newer QuickVibe"), "{error}");
    }
}

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let sqlite = TestDb::new(Backend::Sqlite).await;
    let postgres = TestDb::new(Backend::Postgres).await;
    assert_eq!(sqlite.migrations(), postgres.migrations());
    let schema = sqlite.schema().await;
    assert_eq!(schema, postgres.schema().await);
    assert!(schema.contains(&("events".to_owned(), "seq".to_owned(), false)));
    assert!(schema.contains(&("users".to_owned(), "email".to_owned(), true)));
}
