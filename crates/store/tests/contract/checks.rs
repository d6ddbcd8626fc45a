use std::time::Duration;

use qv_domain::{Blob, BlobHash, FilePath};
use qv_store::{Db, SmokeRow};

use crate::fixture::{insert_project, insert_user};

qv_store::on_both_databases! {
    async fn the_last_result_of_a_smoke_check_is_kept(db) {
        let project = insert_project(&db, insert_user(&db, "a@b.example").await.id, "Notes").await;
        let mut row = SmokeRow {
            project_id: project.id,
            path: FilePath::parse("checks/add.check").unwrap(),
            hash: BlobHash::from_bytes([1; 32]),
            ok: true,
            ok_before: None,
            message: String::new(),
            duration_ms: 12,
            at: db.now(),
        };
        for ok_before in [None, Some(true)] {
            row.ok_before = ok_before;
            row.ok = ok_before.is_none();
            let mut tx = db.begin().await.unwrap();
            tx.keep_smoke_result(&row).await.unwrap();
            tx.commit().await.unwrap();
            let kept = db.read().await.unwrap().smoke_results(project.id).await.unwrap();
            assert_eq!(kept, std::slice::from_ref(&row));
        }
        let mut tx = db.begin().await.unwrap();
        tx.delete_project(project.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(db.read().await.unwrap().smoke_results(project.id).await.unwrap(), []);
    }

    async fn two_checks_may_end_at_once(db) {
        let project = insert_project(&db, insert_user(&db, "a@b.example").await.id, "Notes").await;
        let at = db.now();
        let tasks: Vec<_> = (0..8_u8)
            .map(|number| {
                let db: Db = (*db).clone();
                tokio::spawn(async move {
                    for _ in 0..5 {
                        let row = SmokeRow {
                            project_id: project.id,
                            path: FilePath::parse("checks/add.check").unwrap(),
                            hash: BlobHash::from_bytes([number; 32]),
                            ok: true,
                            ok_before: None,
                            message: String::new(),
                            duration_ms: u64::from(number),
                            at,
                        };
                        let mut tx = db.begin().await.unwrap();
                        tx.keep_smoke_result(&row).await.unwrap();
                        tx.commit().await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let kept = db.read().await.unwrap().smoke_results(project.id).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].hash, BlobHash::from_bytes([u8::try_from(kept[0].duration_ms).unwrap(); 32]));
    }

    async fn the_newest_pictures_stay(db) {
        let owner = insert_user(&db, "a@b.example").await.id;
        let project = insert_project(&db, owner, "Notes").await;
        let other = insert_project(&db, owner, "Other").await;
        let picture = |number: u8| -> Blob { vec![0xff, 0xd8, number].into() };
        let mut hashes = Vec::new();
        for number in 0..110_u8 {
            let at = db.now().plus(Duration::from_secs(u64::from(number)));
            let mut tx = db.begin().await.unwrap();
            let kept = tx.keep_screenshot(project.id, "image/jpeg", picture(number), at).await.unwrap();
            if number == 0 {
                tx.keep_screenshot(other.id, "image/jpeg", picture(0), at).await.unwrap();
            }
            tx.commit().await.unwrap();
            hashes.extend(kept);
        }
        assert_eq!(hashes.len(), 100, "a flood is not kept");
        let (kind, first) = db.read().await.unwrap().screenshot(project.id, hashes[0]).await.unwrap().unwrap();
        assert_eq!((kind.as_str(), &*first), ("image/jpeg", &*picture(0)));
        assert_eq!(db.read().await.unwrap().screenshot(other.id, hashes[1]).await.unwrap(), None);

        let later = db.now().plus(Duration::from_secs(3 * 3_600));
        let mut tx = db.begin().await.unwrap();
        let newest = tx.keep_screenshot(project.id, "image/jpeg", picture(200), later).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        for (index, hash) in hashes.iter().enumerate() {
            let is_there = conn.screenshot(project.id, *hash).await.unwrap().is_some();
            assert_eq!(is_there, index >= 80, "{index}");
        }
        assert!(conn.screenshot(project.id, newest).await.unwrap().is_some());
        // Another project's stays, and its blob; what nobody has any more is gone.
        assert!(conn.screenshot(other.id, hashes[0]).await.unwrap().is_some());
        assert_eq!(conn.blob(&hashes[1]).await.unwrap(), None);
    }
}
