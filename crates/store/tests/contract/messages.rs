use std::time::Duration;

use qv_domain::{GenerationId, Limits, MessageId, MessageRole, ProjectId, TurnMode};
use qv_store::testing::TestDb;
use qv_store::{Direction, Message, MessageImage, NewMessage, StoreError};

use crate::fixture::{blob, new_message, project};

async fn insert(db: &TestDb, new: NewMessage) -> Message {
    let mut tx = db.begin().await.unwrap();
    let message = tx.insert_message(new, &Limits::default(), db.now()).await.unwrap();
    tx.commit().await.unwrap();
    message
}

async fn pages(db: &TestDb, project: ProjectId, direction: Direction) -> Vec<Vec<u64>> {
    let mut reader = db.read().await.unwrap();
    let (mut pages, mut after) = (vec![], None);
    loop {
        let page = reader.messages(project, direction, after, 2).await.unwrap();
        pages.push(page.items.iter().map(|message| message.seq).collect());
        after = page.next;
        if after.is_none() {
            return pages;
        }
    }
}

qv_store::on_both_databases! {
    async fn a_message_returns_whole(db) {
        let project = project(&db).await;
        let mut tx = db.begin().await.unwrap();
        let hashes = tx.put_blobs(&[blob("png")], db.now()).await.unwrap();
        let new = NewMessage {
            role: MessageRole::Assistant,
            mode: Some(TurnMode::Ask),
            text: "naïve \u{1f600} ก \0".to_owned(),
            images: vec![MessageImage {
                hash: hashes[0],
                media_type: "image/png".to_owned(),
                size: 3,
            }],
            generation_id: Some(GenerationId::generate(&db.env)),
            summary: Some(serde_json::json!({"files": ["a\u{0}"], "cost": null})),
            context: Some(serde_json::json!({"open_files": ["a.ts"]})),
            author_user_id: Some(project.owner_id),
            ..new_message(&db, project.id, "")
        };
        let made = tx.insert_message(new.clone(), &Limits::default(), db.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((made.seq, made.created_at), (1, db.now()));
        let mut reader = db.read().await.unwrap();
        let kept = reader.message(project.id, new.id).await.unwrap().unwrap();
        let text = "naïve \u{1f600} ก \u{fffd}".to_owned();
        assert_eq!(kept, Message { text, ..made });
        assert_eq!(reader.message(project.id, MessageId::generate(&db.env)).await.unwrap(), None);
        let elsewhere = ProjectId::generate(&db.env);
        assert_eq!(reader.message(elsewhere, new.id).await.unwrap(), None);
    }

    async fn a_picture_needs_its_blob_and_keeps_it(db) {
        let project = project(&db).await;
        let image = |hash| MessageImage { hash, media_type: "image/png".to_owned(), size: 3 };
        let mut new = new_message(&db, project.id, "look");
        new.images = vec![image(qv_store::blob_hash(b"never put"))];
        let mut tx = db.begin().await.unwrap();
        let error = tx.insert_message(new, &Limits::default(), db.now()).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
        drop(tx);

        let mut tx = db.begin().await.unwrap();
        let hash = tx.put_blobs(&[blob("png")], db.now()).await.unwrap()[0];
        let mut new = new_message(&db, project.id, "look");
        new.images = vec![image(hash)];
        tx.insert_message(new, &Limits::default(), db.now()).await.unwrap();
        let later = db.env.advance(Duration::from_secs(86_400));
        assert_eq!(tx.collect_blobs(later, 10).await.unwrap(), 0);
        tx.commit().await.unwrap();
    }

    async fn conversations_are_read_both_ways(db) {
        let project = project(&db).await;
        for _ in 0..5 {
            insert(&db, new_message(&db, project.id, "hi")).await;
        }
        assert_eq!(pages(&db, project.id, Direction::Older).await, [vec![5, 4], vec![3, 2], vec![1]]);
        assert_eq!(pages(&db, project.id, Direction::Newer).await, [vec![1, 2], vec![3, 4], vec![5]]);
        let kept = db.read().await.unwrap().project(project.id).await.unwrap().unwrap();
        assert_eq!(kept.message_count, 5);
    }

    async fn what_a_person_says_is_bounded(db) {
        let project = project(&db).await;
        let limits = Limits { message_chars: 3, ..Limits::default() };
        let mut tx = db.begin().await.unwrap();
        let fits = new_message(&db, project.id, "äöü");
        tx.insert_message(fits, &limits, db.now()).await.unwrap();
        let long = new_message(&db, project.id, "äöüx");
        let error = tx.insert_message(long.clone(), &limits, db.now()).await.unwrap_err();
        assert!(matches!(error, StoreError::Limit { limit: 3, .. }), "{error:?}");
        let answer = NewMessage { role: MessageRole::Assistant, ..long };
        assert_eq!(tx.insert_message(answer, &limits, db.now()).await.unwrap().seq, 2);
        tx.commit().await.unwrap();
    }

    async fn an_answer_grows(db) {
        let project = project(&db).await;
        let message = insert(&db, new_message(&db, project.id, "")).await;
        let summary = serde_json::json!({"steps": 2});
        let mut tx = db.begin().await.unwrap();
        assert!(tx.update_message(project.id, message.id, "Done.", Some(&summary)).await.unwrap());
        let unknown = MessageId::generate(&db.env);
        assert!(!tx.update_message(project.id, unknown, "x", None).await.unwrap());
        tx.commit().await.unwrap();
        let kept = db.read().await.unwrap().message(project.id, message.id).await.unwrap();
        let text = "Done.".to_owned();
        assert_eq!(kept, Some(Message { text, summary: Some(summary), ..message }));
    }
}
