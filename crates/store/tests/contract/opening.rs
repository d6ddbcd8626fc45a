use qv_store::testing::TestDb;
use qv_store::{Backend, Db, StoreError};

use crate::fixture::{insert_user, user};

qv_store::on_both_databases! {
    async fn what_is_committed_is_there_after_opening_again(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        let again = db.open_again().await;
        assert_eq!(again.read().await.unwrap().user(ada.id).await.unwrap(), Some(ada));
        assert_eq!(again.backend(), db.backend());
        again.ping().await.unwrap();
        let version = again.version().await.unwrap();
        let name = match db.backend() {
            Backend::Sqlite => "SQLite 3.",
            Backend::Postgres => "PostgreSQL 1",
        };
        assert!(version.starts_with(name), "{version}");
        again.close().await;
        assert!(again.ping().await.unwrap_err().is_retryable());
    }

    async fn a_dropped_transaction_leaves_nothing(db) {
        let ada = user(&db, "ada@example.com");
        let mut tx = db.begin().await.unwrap();
        tx.insert_user(&ada).await.unwrap();
        assert!(tx.user(ada.id).await.unwrap().is_some(), "it sees its own change");
        drop(tx);
        assert_eq!(db.read().await.unwrap().user(ada.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn sqlite_is_opened_for_durability() {
    let db = TestDb::new(Backend::Sqlite).await;
    assert_eq!(db.text("PRAGMA journal_mode").await, "wal");
    // 2 is FULL.
    assert_eq!(db.number("PRAGMA synchronous").await, 2);
    assert_eq!(db.number("PRAGMA foreign_keys").await, 1);
    assert_eq!(db.number("PRAGMA busy_timeout").await, 5_000);
    assert_eq!(db.number("PRAGMA query_only").await, 1);
    let strict = db.number("SELECT COUNT(*) FROM pragma_table_list WHERE strict = 1").await;
    let tables: std::collections::BTreeSet<_> =
        db.schema().await.into_iter().map(|(table, ..)| table).collect();
    assert_eq!(usize::try_from(strict).unwrap(), tables.len(), "every table of ours is STRICT");
}

#[cfg(unix)]
#[tokio::test]
async fn the_sqlite_file_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("deep/data");
    let db = Db::open("sqlite", &data).await.unwrap();
    for name in ["quickvibe.db", "quickvibe.db-wal"] {
        let mode = std::fs::metadata(data.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    db.close().await;
}

#[tokio::test]
async fn what_cannot_be_opened_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let said = |error: StoreError| match error {
        StoreError::Setup(text) => text,
        other => panic!("{other:?} is no Setup"),
    };
    let text = said(Db::open("mysql://root:secret@x/y", dir.path()).await.unwrap_err());
    assert!(text.contains("`mysql`") && text.contains("sqlite"), "{text}");
    assert!(!text.contains("secret"), "{text}");
    let text = said(Db::open("postgres://a:secret@[", dir.path()).await.unwrap_err());
    assert!(text.contains("postgres://user") && !text.contains("secret"), "{text}");
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let text = said(Db::open("sqlite", &file).await.unwrap_err());
    assert!(text.contains("cannot open"), "{text}");
    // Nobody listens on port 1.
    let error = Db::open("postgres://postgres@127.0.0.1:1/x", dir.path()).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn many_processes_may_open_a_fresh_sqlite_at_once() {
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let opened = (0..8).map(|_| {
            let data = dir.path().to_owned();
            tokio::spawn(async move { Db::open("sqlite", &data).await.map(drop) })
        });
        for task in opened.collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
    }
}
