use std::time::Duration;

use qv_domain::{Blob, Timestamp};
use qv_store::testing::TestDb;
use qv_store::{StoreError, blob_hash};

use crate::fixture::{apply, blob, insert_project, new_version, path, project, write};

const HOUR: Duration = Duration::from_secs(3_600);

async fn put(db: &TestDb, contents: &[Blob]) -> Vec<qv_domain::BlobHash> {
    let mut tx = db.begin().await.unwrap();
    let hashes = tx.put_blobs(contents, db.now()).await.unwrap();
    tx.commit().await.unwrap();
    hashes
}

async fn collect(db: &TestDb, older_than: Timestamp) -> u64 {
    let mut tx = db.begin().await.unwrap();
    let count = tx.collect_blobs(older_than, 1_000).await.unwrap();
    tx.commit().await.unwrap();
    count
}

qv_store::on_both_databases! {
    async fn contents_return_whatever_they_are(db) {
        // More than one statement's worth, empty, text that packs, bytes that do not, twins.
        let mut contents: Vec<Blob> = (0..150).map(|n| blob(&format!("file {n}"))).collect();
        contents.push(blob(""));
        contents.push(blob(&"const x = 1;\n".repeat(10_000)));
        let noise = (0..5_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8);
        contents.push(noise.collect::<Vec<u8>>().into());
        contents.push(blob("file 7"));
        let hashes = put(&db, &contents).await;
        assert_eq!(hashes[0], blob_hash(b"file 0"));
        let mut reader = db.read().await.unwrap();
        let found = reader.blobs(&hashes).await.unwrap();
        assert_eq!(found.len(), contents.len() - 1, "twins are one");
        for (hash, content) in hashes.iter().zip(&contents) {
            assert_eq!(&found[hash], content);
        }
        assert_eq!(reader.blob(&hashes[151]).await.unwrap(), Some(contents[151].clone()));
        assert_eq!(reader.blob(&blob_hash(b"unknown")).await.unwrap(), None);
        assert!(reader.blobs(&[blob_hash(b"unknown")]).await.unwrap().is_empty());
    }

    async fn contents_are_stored_once_and_compressed(db) {
        let text = blob(&"export default function App() {}\n".repeat(1_000));
        for _ in 0..3 {
            put(&db, &[text.clone(), text.clone()]).await;
        }
        assert_eq!(db.number("SELECT COUNT(*) FROM blobs").await, 1);
        let stored = db.number("SELECT CAST(LENGTH(data) AS BIGINT) FROM blobs").await;
        assert!(stored < 200, "33 KB of the same line take {stored} bytes");
    }

    async fn damage_is_noticed(db) {
        let hashes = put(&db, &[blob("a"), blob(&"b".repeat(500))]).await;
        db.sql("UPDATE blobs SET data = (SELECT data FROM blobs WHERE size = 1)").await;
        let mut reader = db.read().await.unwrap();
        assert!(reader.blob(&hashes[0]).await.unwrap().is_some());
        let error = reader.blob(&hashes[1]).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
        assert!(reader.blobs(&hashes).await.is_err());
        // Another content's bytes under this name.
        db.sql("UPDATE blobs SET zstd = (SELECT zstd FROM blobs WHERE size = 1)").await;
        let error = reader.blob(&hashes[1]).await.unwrap_err();
        assert!(error.to_string().contains("another hash"), "{error}");
    }

    async fn only_what_nothing_refers_to_is_collected(db) {
        let project = project(&db).await;
        let other = insert_project(&db, project.owner_id, "Other").await;
        apply(&db, project.id, &[write("a.txt", "first"), write("b.txt", "shared")]).await;
        apply(&db, other.id, &[write("c.txt", "shared")]).await;
        let mut tx = db.begin().await.unwrap();
        tx.create_version(new_version(&db, project.id, "v1"), db.now()).await.unwrap();
        tx.commit().await.unwrap();
        // "first" is in a version only now, "draft" nowhere.
        apply(&db, project.id, &[write("a.txt", "draft")]).await;
        apply(&db, project.id, &[write("a.txt", "second")]).await;
        put(&db, &[blob("never used")]).await;

        assert_eq!(collect(&db, db.now()).await, 0, "all are young");
        let later = db.env.advance(HOUR);
        assert_eq!(collect(&db, later).await, 2, "the draft and the one never used");

        let mut tx = db.begin().await.unwrap();
        assert!(tx.delete_project(project.id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(collect(&db, later).await, 2, "first and second");
        let file = db.read().await.unwrap().file(other.id, &path("c.txt")).await.unwrap().unwrap();
        assert_eq!(file.content, blob("shared"));
    }

    async fn putting_again_makes_young(db) {
        put(&db, &[blob("x")]).await;
        let later = db.env.advance(HOUR);
        put(&db, &[blob("x")]).await;
        assert_eq!(collect(&db, later).await, 0);
    }

    async fn collecting_is_bounded(db) {
        put(&db, &[blob("x"), blob("y"), blob("z")]).await;
        let later = db.env.advance(HOUR);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.collect_blobs(later, 2).await.unwrap(), 2);
        assert_eq!(tx.collect_blobs(later, 2).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }
}
