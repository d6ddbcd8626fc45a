use qv_domain::{ProjectId, QueuedId, TurnMode, UserId};
use qv_store::testing::TestDb;
use qv_store::{MessageImage, Queued, StoreError};

use crate::fixture::{blob, claim, enqueue, insert_project, project};

fn waiting(db: &TestDb, project: ProjectId, author: UserId, position: u32) -> Queued {
    Queued {
        id: QueuedId::generate(&db.env),
        project_id: project,
        position,
        author_user_id: author,
        text: format!("and then {position}"),
        mode: TurnMode::Build,
        model: Some("a/b".to_owned()),
        images: vec![],
        context: Some(serde_json::json!({"open_files": ["a.ts"]})),
        held: None,
        created_at: db.now(),
    }
}

async fn insert(db: &TestDb, queued: &Queued) {
    let mut tx = db.begin().await.unwrap();
    tx.hold_project(queued.project_id, db.now()).await.unwrap();
    tx.insert_queued(queued).await.unwrap();
    tx.commit().await.unwrap();
}

async fn due(db: &TestDb) -> Vec<Queued> {
    db.read().await.unwrap().queues_due(10).await.unwrap()
}

qv_store::on_both_databases! {
    async fn what_waits_is_kept_in_its_order(db) {
        let project = project(&db).await;
        let mut tx = db.begin().await.unwrap();
        let hash = tx.put_blobs(&[blob("png")], db.now()).await.unwrap()[0];
        let mut first = waiting(&db, project.id, project.owner_id, 1);
        first.images = vec![MessageImage { hash, media_type: "image/png".to_owned(), size: 3 }];
        tx.insert_queued(&first).await.unwrap();
        let later = db.env.advance(std::time::Duration::from_secs(86_400));
        assert_eq!(tx.collect_blobs(later, 10).await.unwrap(), 0, "its picture stays");
        tx.commit().await.unwrap();
        let mut second = waiting(&db, project.id, project.owner_id, 2);
        insert(&db, &second).await;
        let queue = db.read().await.unwrap().queue(project.id).await.unwrap();
        assert_eq!(queue, [first.clone(), second.clone()]);

        (first.position, second.position) = (2, 1);
        second.text = "first of all".to_owned();
        second.held = Some("no money".to_owned());
        let mut tx = db.begin().await.unwrap();
        tx.update_queued(&first).await.unwrap();
        tx.update_queued(&second).await.unwrap();
        tx.commit().await.unwrap();
        let queue = db.read().await.unwrap().queue(project.id).await.unwrap();
        assert_eq!(queue, [second.clone(), first.clone()]);

        let elsewhere = insert_project(&db, project.owner_id, "Other").await;
        let mut tx = db.begin().await.unwrap();
        assert!(!tx.remove_queued(elsewhere.id, first.id).await.unwrap());
        assert!(tx.remove_queued(project.id, first.id).await.unwrap());
        assert!(!tx.remove_queued(project.id, first.id).await.unwrap(), "only once");
        tx.hold_queue(project.id, None).await.unwrap();
        tx.commit().await.unwrap();
        let left = db.read().await.unwrap().queue(project.id).await.unwrap();
        assert_eq!(left, [Queued { held: None, ..second }]);
    }

    async fn the_first_is_due_once_nothing_runs_and_it_is_not_held(db) {
        let project = project(&db).await;
        let first = waiting(&db, project.id, project.owner_id, 1);
        let second = waiting(&db, project.id, project.owner_id, 2);
        insert(&db, &second).await;
        insert(&db, &first).await;
        assert_eq!(due(&db).await, std::slice::from_ref(&first), "one of a project, its first");
        let fence = enqueue(&db, &project).await;
        assert_eq!(due(&db).await, [], "a turn waits");
        let (_, running) = claim(&db, "w").await.unwrap();
        assert_eq!(due(&db).await, [], "a turn runs");
        let mut tx = db.begin().await.unwrap();
        tx.finish(&running, &qv_store::Outcome::Done, None, db.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(fence.generation(), running.generation());
        assert_eq!(due(&db).await, std::slice::from_ref(&first));
        let mut tx = db.begin().await.unwrap();
        tx.hold_queue(project.id, Some("stopped")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(due(&db).await, [], "who is first holds up the others");
    }

    async fn what_waits_goes_with_its_project_and_needs_its_picture(db) {
        let project = project(&db).await;
        let mut queued = waiting(&db, project.id, project.owner_id, 1);
        insert(&db, &queued).await;
        queued.id = QueuedId::generate(&db.env);
        let hash = qv_store::blob_hash(b"never put");
        queued.images = vec![MessageImage { hash, media_type: "image/png".to_owned(), size: 3 }];
        let mut tx = db.begin().await.unwrap();
        let error = tx.insert_queued(&queued).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        assert!(tx.delete_project(project.id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(db.number("SELECT COUNT(*) FROM queued_messages").await, 0);
    }
}
