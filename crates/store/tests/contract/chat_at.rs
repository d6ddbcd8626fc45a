//! What is set aside of a chat, and how it comes back with a version; what suggestions keep.

use qv_domain::{GenerationId, Limits, MessageRole, ProjectId, SuggestionId, SuggestionState};
use qv_store::testing::TestDb;
use qv_store::{Direction, Message, NewMessage, NewVersion, Suggestion, Version};

use crate::fixture::{apply, blob, new_message, new_version, path, project, running, write};

/// A question, a version and an answer: a turn as a chat has it.
async fn turn(db: &TestDb, project: ProjectId, text: &str) -> (Message, Version) {
    let generation = GenerationId::generate(&db.env);
    let said = NewMessage { generation_id: Some(generation), ..new_message(db, project, text) };
    let answer = NewMessage {
        role: MessageRole::Assistant,
        generation_id: Some(generation),
        ..new_message(db, project, "done")
    };
    let version = NewVersion { generation_id: Some(generation), ..new_version(db, project, text) };
    apply(db, project, &[write("a.txt", text)]).await;
    let mut tx = db.begin().await.unwrap();
    let said = tx.insert_message(said, &Limits::default(), db.now()).await.unwrap();
    let version = tx.create_version(version, db.now()).await.unwrap();
    tx.insert_message(answer, &Limits::default(), db.now()).await.unwrap();
    tx.commit().await.unwrap();
    (said, version)
}

async fn said(db: &TestDb, project: ProjectId) -> Vec<u64> {
    let mut conn = db.read().await.unwrap();
    let all = conn.messages(project, Direction::Newer, None, 100).await.unwrap().items;
    let told = all.iter().filter(|message| !message.set_aside).map(|message| message.seq);
    let told: Vec<u64> = told.collect();
    let (newest, count) = conn.told_messages(project, 3).await.unwrap();
    assert_eq!(count, told.len() as u64);
    let expected: Vec<u64> = told.iter().rev().take(3).copied().collect();
    assert_eq!(newest.iter().map(|message| message.seq).collect::<Vec<_>>(), expected);
    told
}

async fn set_aside_from(db: &TestDb, project: ProjectId, seq: u64) {
    let mut tx = db.begin().await.unwrap();
    tx.set_aside_from(project, seq).await.unwrap();
    tx.commit().await.unwrap();
}

async fn bring_to(db: &TestDb, version: &Version) {
    let mut tx = db.begin().await.unwrap();
    tx.bring_chat_to(version).await.unwrap();
    tx.commit().await.unwrap();
}

qv_store::on_both_databases! {
    async fn a_chat_goes_back_and_forth_with_versions(db) {
        let id = project(&db).await.id;
        let (first, one) = turn(&db, id, "one").await;
        let (second, two) = turn(&db, id, "two").await;
        let (_, three) = turn(&db, id, "three").await;
        let mut conn = db.read().await.unwrap();
        assert_eq!(conn.version_before(&first).await.unwrap(), None);
        assert_eq!(conn.version_before(&second).await.unwrap().unwrap().id, one.id);
        drop(conn);
        // Going on from before the second.
        set_aside_from(&db, id, second.seq).await;
        assert_eq!(said(&db, id).await, [1, 2]);
        let (_, other) = turn(&db, id, "another way").await;
        assert_eq!(other.set_aside.as_ref().map(|seqs| seqs.contains(3)), Some(true));
        assert_eq!(said(&db, id).await, [1, 2, 7, 8]);
        // The branch that was left, with what led to it; and back again.
        bring_to(&db, &three).await;
        assert_eq!(said(&db, id).await, [1, 2, 3, 4, 5, 6]);
        bring_to(&db, &two).await;
        assert_eq!(said(&db, id).await, [1, 2, 3, 4]);
        bring_to(&db, &other).await;
        assert_eq!(said(&db, id).await, [1, 2, 7, 8]);
        bring_to(&db, &one).await;
        assert_eq!(said(&db, id).await, [1, 2]);
    }

    async fn versions_of_before_chats_were_noted_go_by_time(db) {
        let id = project(&db).await.id;
        let (_, one) = turn(&db, id, "one").await;
        db.env.advance(std::time::Duration::from_secs(1));
        let (second, _) = turn(&db, id, "two").await;
        db.sql("UPDATE versions SET message_count = NULL").await;
        let mut conn = db.read().await.unwrap();
        let before = conn.version_before(&second).await.unwrap().unwrap();
        drop(conn);
        assert_eq!((before.id, before.message_count), (one.id, None));
        bring_to(&db, &before).await;
        assert_eq!(said(&db, id).await, [1, 2]);
    }

    async fn a_suggestion_is_decided_about_once(db) {
        let (project, fence) = running(&db).await;
        let mut tx = db.begin().await.unwrap();
        let hashes = tx.put_blobs(&[blob("base"), blob("wanted")], db.now()).await.unwrap();
        let suggestion = Suggestion {
            id: SuggestionId::generate(&db.env),
            project_id: project.id,
            generation_id: fence.generation(),
            path: path("a.ts"),
            base: Some(hashes[0]),
            wanted: Some(hashes[1]),
            state: SuggestionState::Open,
            at: db.now(),
        };
        tx.insert_suggestion(&suggestion).await.unwrap();
        let gone = Suggestion { id: SuggestionId::generate(&db.env), wanted: None, ..suggestion.clone() };
        tx.insert_suggestion(&gone).await.unwrap();
        let later = db.env.advance(std::time::Duration::from_secs(86_400));
        assert_eq!(tx.collect_blobs(later, 10).await.unwrap(), 0, "its contents stay");
        tx.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        let open = conn.open_suggestions(project.id, 10).await.unwrap();
        assert_eq!(open, [suggestion.clone(), gone.clone()]);
        drop(conn);
        let mut tx = db.begin().await.unwrap();
        let applied = SuggestionState::Applied;
        assert!(tx.decide_suggestion(project.id, suggestion.id, applied).await.unwrap());
        let dropped = SuggestionState::Dropped;
        assert!(!tx.decide_suggestion(project.id, suggestion.id, dropped).await.unwrap());
        assert!(!tx.decide_suggestion(ProjectId::generate(&db.env), gone.id, dropped).await.unwrap());
        let kept = tx.suggestion(project.id, suggestion.id).await.unwrap().unwrap();
        assert_eq!(kept.state, applied);
        assert_eq!(tx.open_suggestions(project.id, 10).await.unwrap(), [gone]);
    }
}
