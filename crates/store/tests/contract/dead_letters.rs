use std::time::Duration;

use qv_domain::{DeadLetterId, DeadLetterState, Role};
use qv_store::testing::TestDb;
use qv_store::{Conn, DeadLetter, DeadLetterFilter, Fence, Generation, Outcome, StoreError};

use crate::fixture::{claim, enqueue, insert_project, insert_user, project, running};

const SECOND: Duration = Duration::from_secs(1);

async fn generation(db: &TestDb, fence: &Fence) -> Generation {
    db.read().await.unwrap().generation(fence.generation()).await.unwrap().unwrap()
}

fn letter(db: &TestDb, of: &Generation) -> DeadLetter {
    DeadLetter {
        id: DeadLetterId::generate(&db.env),
        generation_id: of.id,
        project_id: of.project_id,
        message_id: of.message_id,
        user_id: of.user_id,
        code: "provider_auth".to_owned(),
        message: "The provider refused the key.".to_owned(),
        attempts: of.attempt,
        payload: serde_json::json!({ "prompt": "a focus timer" }),
        state: DeadLetterState::Open,
        at: db.now(),
        resolved_at: None,
    }
}

/// Ends a generation as failed, with its letter, in one transaction.
async fn fail(db: &TestDb, fence: &Fence) -> DeadLetter {
    let letter = letter(db, &generation(db, fence).await);
    let outcome = Outcome::Failed { code: letter.code.clone(), message: letter.message.clone() };
    let mut tx = db.begin().await.unwrap();
    tx.finish(fence, &outcome, None, db.now()).await.unwrap();
    tx.insert_dead_letter(&letter).await.unwrap();
    tx.commit().await.unwrap();
    letter
}

async fn ids(conn: &mut Conn, filter: DeadLetterFilter) -> Vec<DeadLetterId> {
    let page = conn.dead_letters(&DeadLetterFilter { limit: 9, ..filter }).await.unwrap();
    page.items.iter().map(|item| item.letter.id).collect()
}

qv_store::on_both_databases! {
    async fn a_failure_is_kept_with_its_names(db) {
        let (project, fence) = running(&db).await;
        let kept = fail(&db, &fence).await;
        let mut reader = db.read().await.unwrap();
        let found = reader.dead_letter(kept.id, None).await.unwrap().unwrap();
        assert_eq!(found.letter, kept);
        assert_eq!((found.project_name.as_str(), found.user_name.as_str()), ("Focus", "Ada"));
        assert_eq!(reader.dead_letter(kept.id, Some(project.owner_id)).await.unwrap(), Some(found));
        let unknown = DeadLetterId::generate(&db.env);
        assert_eq!(reader.dead_letter(unknown, None).await.unwrap(), None);

        let mut tx = db.begin().await.unwrap();
        let twice = DeadLetter { id: unknown, ..kept.clone() };
        let twice = tx.insert_dead_letter(&twice).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        tx.delete_project(project.id).await.unwrap();
        assert_eq!(tx.dead_letter(kept.id, None).await.unwrap(), None);
    }

    async fn owners_see_their_own_and_nobody_else_does(db) {
        let (mine, fence) = running(&db).await;
        let first = fail(&db, &fence).await.id;
        let bob = insert_user(&db, "bob@example.com").await;
        let theirs = insert_project(&db, bob.id, "Other").await;
        enqueue(&db, &theirs).await;
        db.env.advance(SECOND);
        let second = fail(&db, &claim(&db, "w").await.unwrap().1).await.id;
        let mut tx = db.begin().await.unwrap();
        // Who may only write in a project decides about nobody's failures.
        tx.set_member(mine.id, bob.id, Role::Editor, db.now()).await.unwrap();
        let all = DeadLetterFilter::default;
        assert_eq!(ids(&mut tx, all()).await, [second, first], "the newest first");
        let of = |owner| DeadLetterFilter { owner: Some(owner), ..all() };
        assert_eq!(ids(&mut tx, of(mine.owner_id)).await, [first]);
        assert_eq!(ids(&mut tx, of(bob.id)).await, [second]);
        let project = DeadLetterFilter { project: Some(mine.id), ..all() };
        assert_eq!(ids(&mut tx, project.clone()).await, [first]);
        let project = DeadLetterFilter { owner: Some(bob.id), ..project };
        assert_eq!(ids(&mut tx, project).await, []);
        assert_eq!(tx.dead_letter(first, Some(bob.id)).await.unwrap(), None);
        assert!(tx.dead_letter(second, Some(bob.id)).await.unwrap().is_some());
    }

    async fn what_became_of_one_is_said_once(db) {
        let (_, fence) = running(&db).await;
        let kept = fail(&db, &fence).await;
        let now = db.env.advance(SECOND);
        let mut tx = db.begin().await.unwrap();
        let resolve = DeadLetterState::Discarded;
        assert!(tx.resolve_dead_letter(kept.id, resolve, now).await.unwrap());
        let late = tx.resolve_dead_letter(kept.id, DeadLetterState::Retried, now).await;
        assert!(!late.unwrap(), "it is not open any more");
        assert!(!tx.resolve_dead_letters(kept.message_id, now).await.unwrap());
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        let found = reader.dead_letter(kept.id, None).await.unwrap().unwrap().letter;
        assert_eq!(found, DeadLetter { state: resolve, resolved_at: Some(now), ..kept });
        let in_state = |state| DeadLetterFilter { state: Some(state), ..DeadLetterFilter::default() };
        assert_eq!(ids(&mut reader, in_state(DeadLetterState::Open)).await, []);
        assert_eq!(ids(&mut reader, in_state(resolve)).await, [found.id]);
    }

    async fn a_message_has_one_open_failure(db) {
        let (_, fence) = running(&db).await;
        let first = fail(&db, &fence).await;
        let of = generation(&db, &fence).await;
        let now = db.env.advance(SECOND);
        let mut tx = db.begin().await.unwrap();
        let again = qv_store::NewGeneration {
            id: qv_domain::GenerationId::generate(&db.env),
            project_id: of.project_id,
            user_id: of.user_id,
            message_id: of.message_id,
            mode: of.mode,
            model: None,
            attempt: 2,
        };
        tx.enqueue(again, now).await.unwrap();
        tx.commit().await.unwrap();
        let second = fail(&db, &claim(&db, "w").await.unwrap().1).await;
        assert_eq!(second.attempts, 2);
        let mut tx = db.begin().await.unwrap();
        let earlier = tx.dead_letter(first.id, None).await.unwrap().unwrap().letter;
        assert_eq!((earlier.state, earlier.resolved_at), (DeadLetterState::Retried, Some(now)));
        // A try that goes well ends the matter.
        assert!(tx.resolve_dead_letters(first.message_id, db.now()).await.unwrap());
        let open = DeadLetterFilter { state: Some(DeadLetterState::Open), ..Default::default() };
        assert_eq!(ids(&mut tx, open).await, []);
    }

    async fn a_long_list_comes_in_pages(db) {
        let project = project(&db).await;
        let mut expected = vec![];
        for number in 0..5 {
            enqueue(&db, &project).await;
            expected.insert(0, fail(&db, &claim(&db, "w").await.unwrap().1).await.id);
            // Some at the same moment.
            db.env.advance(SECOND * (number % 2));
        }
        let mut reader = db.read().await.unwrap();
        let mut found = vec![];
        let mut after = None;
        loop {
            let filter = DeadLetterFilter { after, limit: 2, ..DeadLetterFilter::default() };
            let page = reader.dead_letters(&filter).await.unwrap();
            assert!(page.items.len() <= 2);
            found.extend(page.items.iter().map(|item| item.letter.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected);
    }

    async fn a_command_joins_only_what_is_there(db) {
        let joined = qv_store::Db::attach(db.url(), db.data_dir()).await.unwrap();
        assert_eq!(joined.read().await.unwrap().user_count().await.unwrap(), 0);
        db.sql("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 6").await;
        let error = qv_store::Db::attach(db.url(), db.data_dir()).await.unwrap_err();
        assert!(error.to_string().contains("newer QuickVibe"), "{error}");
        let bare = TestDb::unmigrated(db.backend()).await;
        let error = qv_store::Db::attach(bare.url(), bare.data_dir()).await.unwrap_err();
        assert!(error.to_string().contains("start `quickvibe serve`"), "{error}");
    }
}

#[tokio::test]
async fn a_command_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let error = qv_store::Db::attach("sqlite", folder.path()).await.unwrap_err();
    assert!(error.to_string().contains("--data"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
