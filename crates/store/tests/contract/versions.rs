use std::time::Duration;

use qv_domain::{ProjectId, VersionId, VersionOrigin};
use qv_store::testing::TestDb;
use qv_store::{FileChange, NewVersion, StoreError, Version, blob_hash};

use crate::fixture::{apply, blob, new_version, path, project, write};

async fn create(db: &TestDb, project: ProjectId, title: &str) -> Version {
    let mut tx = db.begin().await.unwrap();
    let version = tx.create_version(new_version(db, project, title), db.now()).await.unwrap();
    tx.commit().await.unwrap();
    version
}

qv_store::on_both_databases! {
    async fn versions_count_from_one_and_know_what_changed(db) {
        let project = project(&db).await;
        apply(&db, project.id, &[write("a", "1"), write("b", "22"), write("c", "3")]).await;
        let first = create(&db, project.id, "First").await;
        assert_eq!((first.number, first.parent_id, first.added), (1, None, 3));
        let delete = FileChange::Delete { path: path("c") };
        apply(&db, project.id, &[write("a", "11"), write("d", "4"), delete]).await;
        let now = db.env.advance(Duration::from_secs(1));
        let new = NewVersion {
            summary: Some("two".to_owned()),
            verified: Some(true),
            author_user_id: Some(project.owner_id),
            ..new_version(&db, project.id, "Second")
        };
        let mut tx = db.begin().await.unwrap();
        let second = tx.create_version(new.clone(), now).await.unwrap();
        tx.commit().await.unwrap();
        let expected = Version {
            id: new.id,
            project_id: project.id,
            number: 2,
            origin: VersionOrigin::Turn,
            parent_id: Some(first.id),
            generation_id: None,
            title: "Second".to_owned(),
            summary: Some("two".to_owned()),
            verified: Some(true),
            file_count: 3,
            size_bytes: 5,
            added: 1,
            changed: 1,
            removed: 1,
            author_user_id: Some(project.owner_id),
            message_count: Some(0),
            set_aside: None,
            created_at: now,
        };
        assert_eq!(second, expected);

        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.version(project.id, second.id).await.unwrap(), Some(second.clone()));
        assert_eq!(reader.version_by_number(project.id, 2).await.unwrap(), Some(second.clone()));
        assert_eq!(reader.version_by_number(project.id, 3).await.unwrap(), None);
        let elsewhere = ProjectId::generate(&db.env);
        assert_eq!(reader.version(elsewhere, second.id).await.unwrap(), None);
        let kept = reader.project(project.id).await.unwrap().unwrap();
        assert_eq!((kept.head_version, kept.version_count), (Some(second.id), 2));
        assert_eq!(kept.updated_at, now);
    }

    async fn a_manifest_stays_as_it_was(db) {
        let project = project(&db).await;
        apply(&db, project.id, &[write("a", "1"), write("b", "2")]).await;
        let version = create(&db, project.id, "v").await;
        apply(&db, project.id, &[write("a", "changed")]).await;
        let mut reader = db.read().await.unwrap();
        let manifest = reader.manifest(version.id).await.unwrap().unwrap();
        assert_eq!(manifest.0.keys().map(qv_domain::FilePath::as_str).collect::<Vec<_>>(), ["a", "b"]);
        let entry = manifest.0[&path("a")];
        assert_eq!((entry.hash, entry.size), (blob_hash(b"1"), 1));
        assert_eq!(reader.blob(&entry.hash).await.unwrap(), Some(blob("1")));
        assert_eq!(reader.manifest(VersionId::generate(&db.env)).await.unwrap(), None);
    }

    async fn restoring_makes_a_new_version(db) {
        let project = project(&db).await;
        apply(&db, project.id, &[write("a", "1"), write("b", "2")]).await;
        let first = create(&db, project.id, "First").await;
        let delete = FileChange::Delete { path: path("b") };
        apply(&db, project.id, &[write("a", "other"), write("c", "3"), delete]).await;
        let second = create(&db, project.id, "Second").await;
        let now = db.env.advance(Duration::from_secs(1));
        let new = NewVersion {
            origin: VersionOrigin::Restore,
            ..new_version(&db, project.id, "Restored First")
        };
        let mut tx = db.begin().await.unwrap();
        let unknown = VersionId::generate(&db.env);
        assert_eq!(tx.restore_version(unknown, new.clone(), now).await.unwrap(), None);
        let third = tx.restore_version(first.id, new, now).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!((third.number, third.parent_id), (3, Some(second.id)));
        assert_eq!((third.added, third.changed, third.removed), (1, 1, 1));
        let mut reader = db.read().await.unwrap();
        let manifest = reader.manifest(third.id).await.unwrap();
        assert_eq!(manifest, reader.manifest(first.id).await.unwrap());
        let files = reader.all_files(project.id).await.unwrap();
        let files: Vec<_> =
            files.iter().map(|file| (file.meta.path.as_str(), &*file.content)).collect();
        assert_eq!(files, [("a", &b"1"[..]), ("b", b"2")]);
        let kept = reader.project(project.id).await.unwrap().unwrap();
        assert_eq!((kept.file_count, kept.size_bytes, kept.head_version), (2, 2, Some(third.id)));
    }

    async fn lists_are_newest_first_and_paged(db) {
        let project = project(&db).await;
        for number in 1..=5 {
            create(&db, project.id, &format!("v{number}")).await;
        }
        let mut reader = db.read().await.unwrap();
        let (mut numbers, mut after) = (vec![], None);
        loop {
            let page = reader.versions(project.id, after, 2).await.unwrap();
            numbers.push(page.items.iter().map(|version| version.number).collect::<Vec<_>>());
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(numbers, [vec![5, 4], vec![3, 2], vec![1]]);
    }

    async fn a_version_is_named_and_judged(db) {
        let project = project(&db).await;
        let version = create(&db, project.id, "v").await;
        let mut tx = db.begin().await.unwrap();
        assert!(tx.rename_version(project.id, version.id, "The good one").await.unwrap());
        assert!(tx.set_version_verified(project.id, version.id, false).await.unwrap());
        let unknown = VersionId::generate(&db.env);
        assert!(!tx.rename_version(project.id, unknown, "x").await.unwrap());
        tx.commit().await.unwrap();
        let kept = db.read().await.unwrap().version(project.id, version.id).await.unwrap();
        let expected =
            Version { title: "The good one".to_owned(), verified: Some(false), ..version };
        assert_eq!(kept, Some(expected));
    }

    async fn a_damaged_manifest_is_noticed(db) {
        let project = project(&db).await;
        let version = create(&db, project.id, "v").await;
        db.sql("UPDATE version_manifests SET length = 1").await;
        let error = db.read().await.unwrap().manifest(version.id).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
    }

    async fn listing_reads_no_manifest(db) {
        let project = project(&db).await;
        create(&db, project.id, "v").await;
        db.sql("DROP TABLE version_manifests").await;
        let page = db.read().await.unwrap().versions(project.id, None, 10).await.unwrap();
        assert_eq!(page.items.len(), 1);
    }
}
