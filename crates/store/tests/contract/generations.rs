use std::time::Duration;

use qv_domain::{GenerationId, GenerationStatus, StepKind, TurnMode};
use qv_store::testing::TestDb;
use qv_store::{Append, Event, Fence, Generation, JournalEntry, NewEvent, Outcome, StoreError};

use crate::fixture::{LEASE, claim, enqueue, insert_project, insert_user, lease, project, running};

fn event(kind: &str) -> NewEvent {
    NewEvent { kind: kind.to_owned(), data: format!("{{\"was\":\"{kind}\"}}") }
}

async fn generation(db: &TestDb, fence: &Fence) -> Generation {
    db.read().await.unwrap().generation(fence.generation()).await.unwrap().unwrap()
}

async fn finish(db: &TestDb, fence: &Fence, outcome: &Outcome) {
    let mut tx = db.begin().await.unwrap();
    tx.finish(fence, outcome, None, db.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn append(db: &TestDb, fence: &Fence, events: &[NewEvent]) -> Result<u64, StoreError> {
    let mut tx = db.begin().await?;
    let last = tx.append_events(fence, events, db.now()).await?;
    tx.commit().await?;
    Ok(last)
}

qv_store::on_both_databases! {
    async fn a_generation_is_queued_claimed_and_done(db) {
        let project = project(&db).await;
        let queued = enqueue(&db, &project).await;
        let made = generation(&db, &queued).await;
        assert_eq!((made.status, made.mode, made.fence), (GenerationStatus::Queued, TurnMode::Build, 0));
        let queued_at = db.now();
        let now = db.env.advance(Duration::from_secs(1));
        let (claimed, fence) = claim(&db, "worker-1").await.unwrap();
        let expected = Generation {
            status: GenerationStatus::Running,
            lease_owner: Some("worker-1".to_owned()),
            lease_until: Some(now.plus(LEASE)),
            fence: 1,
            started_at: Some(now),
            ..made
        };
        assert_eq!(claimed, expected);
        assert_eq!((fence.generation(), fence.number()), (claimed.id, 1));
        assert_eq!(claim(&db, "worker-2").await, None, "it is taken");
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.running_generations(9).await.unwrap(), std::slice::from_ref(&claimed));
        assert_eq!(reader.open_generations(project.id).await.unwrap(), std::slice::from_ref(&claimed));

        let end = db.env.advance(Duration::from_secs(1));
        let summary = serde_json::json!({"files": 3});
        let mut tx = db.begin().await.unwrap();
        tx.finish(&fence, &Outcome::Done, Some(&summary), end).await.unwrap();
        tx.commit().await.unwrap();
        let done = generation(&db, &fence).await;
        let expected = Generation {
            status: GenerationStatus::Done,
            lease_owner: None,
            lease_until: None,
            summary: Some(summary),
            finished_at: Some(end),
            ..claimed
        };
        assert_eq!(done, expected);
        assert_eq!(done.queued_at, queued_at);
        assert_eq!(reader.open_generations(project.id).await.unwrap(), []);
        assert_eq!(reader.generations_of_message(done.message_id).await.unwrap(), [done]);
    }

    async fn an_end_says_why(db) {
        let (_, fence) = running(&db).await;
        let outcome = Outcome::Failed { code: "auth".to_owned(), message: "no key".to_owned() };
        finish(&db, &fence, &outcome).await;
        let failed = generation(&db, &fence).await;
        assert_eq!(failed.status, GenerationStatus::Failed);
        assert_eq!(failed.error_code.as_deref(), Some("auth"));
        assert_eq!(failed.error_message.as_deref(), Some("no key"));
    }

    async fn the_oldest_goes_first_and_one_at_a_time_in_a_project(db) {
        let a = project(&db).await;
        let b = insert_project(&db, a.owner_id, "Other").await;
        let mut queued = vec![];
        for project in [&a, &a, &b] {
            queued.push(enqueue(&db, project).await.generation());
            db.env.advance(Duration::from_secs(1));
        }
        let (first, fence) = claim(&db, "w").await.unwrap();
        assert_eq!(first.id, queued[0]);
        let (third, _) = claim(&db, "w").await.unwrap();
        assert_eq!(third.id, queued[2], "the second waits for the first");
        assert_eq!(claim(&db, "w").await, None);
        finish(&db, &fence, &Outcome::Done).await;
        assert_eq!(claim(&db, "w").await.unwrap().0.id, queued[1]);
    }

    async fn a_lease_that_ran_out_is_taken_over(db) {
        let (_, old) = running(&db).await;
        append(&db, &old, &[event("a")]).await.unwrap();
        db.env.advance(LEASE);
        let (taken, new) = claim(&db, "worker-2").await.unwrap();
        assert_eq!((taken.fence, taken.lease_owner.as_deref()), (2, Some("worker-2")));
        assert_eq!(append(&db, &new, &[event("resumed")]).await.unwrap(), 2);
        // The first worker wakes up: nothing that it writes is kept.
        let stale = append(&db, &old, &[event("b")]).await;
        assert!(matches!(stale, Err(StoreError::StaleFence)), "{stale:?}");
        let mut tx = db.begin().await.unwrap();
        let until = lease(&db);
        for refused in [
            tx.hold(&old).await,
            tx.release(&old).await,
            tx.count_step(&old, StepKind::Draft).await.map(drop),
            tx.mark_edit_applied(&old, 0, 0).await.map(drop),
            tx.finish(&old, &Outcome::Done, None, until).await,
        ] {
            assert!(matches!(refused, Err(StoreError::StaleFence)), "{refused:?}");
        }
        tx.commit().await.unwrap();
        assert_eq!(generation(&db, &new).await.last_seq, 2);
    }

    async fn renewing_keeps_it_and_tells_of_a_stop(db) {
        let (_, fence) = running(&db).await;
        db.env.advance(LEASE / 2);
        let until = lease(&db);
        let id = fence.generation();
        assert_eq!(db.renew(&[fence], until).await.unwrap(), [(id, false)]);
        db.env.advance(LEASE / 2);
        assert_eq!(claim(&db, "worker-2").await, None);

        let mut tx = db.begin().await.unwrap();
        assert!(tx.request_cancel(fence.generation()).await.unwrap());
        assert!(!tx.request_cancel(GenerationId::generate(&db.env)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(db.renew(&[fence], until).await.unwrap(), [(id, true)]);
        let mut tx = db.begin().await.unwrap();
        tx.finish(&fence, &Outcome::Cancelled, None, db.now()).await.unwrap();
        assert!(!tx.request_cancel(fence.generation()).await.unwrap(), "it is over");
        tx.commit().await.unwrap();
        assert_eq!(generation(&db, &fence).await.status, GenerationStatus::Cancelled);
    }

    async fn only_what_is_held_is_renewed(db) {
        let (_, old) = running(&db).await;
        db.env.advance(LEASE);
        let (_, new) = claim(&db, "worker-2").await.unwrap();
        let renewed = db.renew(&[old, new], lease(&db)).await.unwrap();
        assert_eq!(renewed, [(new.generation(), false)], "once, by its holder");
        assert_eq!(db.renew(&[old], lease(&db)).await.unwrap(), []);
        assert_eq!(db.renew(&[], lease(&db)).await.unwrap(), []);
    }

    async fn a_node_that_comes_back_has_its_own_jobs_at_once(db) {
        let project = project(&db).await;
        let other = insert_project(&db, project.owner_id, "Other").await;
        let (mine, _) = { enqueue(&db, &project).await; claim(&db, "node-1/a").await.unwrap() };
        enqueue(&db, &other).await;
        claim(&db, "node-2/a").await.unwrap();
        assert_eq!(claim(&db, "node-1/b").await, None);
        assert_eq!(db.expire_leases("node-1", db.now()).await.unwrap(), 1);
        let (again, fence) = claim(&db, "node-1/b").await.unwrap();
        assert_eq!((again.id, fence.number()), (mine.id, 2));
        assert_eq!(claim(&db, "node-1/b").await, None, "the other node's is its own");
        db.env.advance(LEASE);
        let (other, _) = claim(&db, "node-1/b").await.unwrap();
        assert_ne!(other.id, mine.id, "it does not take over from itself");
        assert_eq!(claim(&db, "node-1/b").await, None);
        assert_eq!(db.renew(&[fence], lease(&db)).await.unwrap(), [(mine.id, false)], "late, and still its own");
    }

    async fn lost_turns_do_not_block_each_other_and_a_stopped_one_passes(db) {
        let first = project(&db).await;
        for n in 0..3 {
            enqueue(&db, &insert_project(&db, first.owner_id, &format!("P{n}")).await).await;
            claim(&db, "lost/a").await.unwrap();
        }
        db.env.advance(LEASE);
        let allowed = |now, until| db.claim("next/a", now, until, 1);
        let (_, running) = allowed(db.now(), lease(&db)).await.unwrap().unwrap();
        assert_eq!(allowed(db.now(), lease(&db)).await.unwrap(), None, "one at a time by now");
        finish(&db, &running, &Outcome::Done).await;
        allowed(db.now(), lease(&db)).await.unwrap().unwrap();
        let stopped = enqueue(&db, &first).await.generation();
        let mut tx = db.begin().await.unwrap();
        tx.request_cancel(stopped).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(allowed(db.now(), lease(&db)).await.unwrap().unwrap().0.id, stopped);
    }

    async fn users_take_turns_and_none_has_more_than_allowed(db) {
        let ada = project(&db).await;
        let bob = insert_user(&db, "bob@example.com").await;
        let mut of_ada = vec![];
        for name in ["A", "B", "C", "D"] {
            let project = insert_project(&db, ada.owner_id, name).await;
            of_ada.push(enqueue(&db, &project).await.generation());
            db.env.advance(Duration::from_secs(1));
        }
        let of_bob = enqueue(&db, &insert_project(&db, bob.id, "E").await).await.generation();
        let mut taken = vec![];
        while let Some((generation, _)) = db.claim("w", db.now(), lease(&db), 3).await.unwrap() {
            taken.push(generation.id);
        }
        assert_eq!(taken, [of_ada[0], of_bob, of_ada[1], of_ada[2]], "the fourth of one user waits");
        let waiting = db.read().await.unwrap().waiting_generations(10).await.unwrap();
        let [(row, fence)] = waiting.as_slice() else { panic!("{waiting:?}") };
        assert_eq!((row.id, row.queue_position), (of_ada[3], None));
        let mut tx = db.begin().await.unwrap();
        assert!(tx.set_queue_position(fence, 2).await.unwrap());
        assert!(!tx.set_queue_position(fence, 2).await.unwrap(), "it is there already");
        tx.commit().await.unwrap();
        assert_eq!(generation(&db, fence).await.queue_position, Some(2));
    }

    async fn turns_of_a_suspended_user_wait_and_what_they_run_is_asked_to_stop(db) {
        let (first, running) = running(&db).await;
        let second = insert_project(&db, first.owner_id, "Second").await;
        let waiting = enqueue(&db, &second).await.generation();
        let mut tx = db.begin().await.unwrap();
        tx.set_suspended(first.owner_id, Some(db.now()), db.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(&db, "w").await, None);
        let mut tx = db.begin().await.unwrap();
        let mut stopping = tx.request_cancel_of(first.owner_id).await.unwrap();
        tx.commit().await.unwrap();
        stopping.sort();
        assert_eq!(stopping, [running.generation(), waiting]);
        let (claimed, _) = claim(&db, "w").await.unwrap();
        assert!(claimed.cancel_requested, "it is claimed to be ended");
        assert_eq!(claimed.id, waiting);
    }

    async fn a_turn_that_stalls_each_time_is_counted(db) {
        let (_, mut fence) = running(&db).await;
        for stalls in 1..4 {
            append(&db, &fence, &[event("resumed")]).await.unwrap();
            db.env.advance(LEASE);
            let (again, next) = claim(&db, &format!("w{stalls}")).await.unwrap();
            assert_eq!(again.stalls, stalls);
            fence = next;
        }
        let many: Vec<_> = (0..20).map(|n| event(&format!("e{n}"))).collect();
        append(&db, &fence, &many).await.unwrap();
        db.env.advance(LEASE);
        assert_eq!(claim(&db, "w").await.unwrap().0.stalls, 0, "it got on");
    }

    async fn many_logs_grow_together_and_a_stale_one_not_at_all(db) {
        let first = project(&db).await;
        let mut appends = vec![];
        for n in 0..3 {
            let project = insert_project(&db, first.owner_id, &format!("P{n}")).await;
            enqueue(&db, &project).await;
            let (_, fence) = claim(&db, "w").await.unwrap();
            let journal = JournalEntry { index: 7 + n, data: format!("heard {n}") };
            let events = (0..=n).map(|n| event(&format!("e{n}"))).collect();
            appends.push(Append { fence, events, journal: (n > 0).then_some(journal) });
        }
        let stale = appends[0].fence;
        db.env.advance(LEASE);
        db.renew(&[appends[1].fence, appends[2].fence], lease(&db)).await.unwrap();
        let (_, newer) = claim(&db, "other").await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let both = [appends[0].clone(), Append { fence: newer, events: vec![], journal: None }];
        assert_eq!(tx.append_all(&both, db.now()).await.unwrap(), [None, Some(0)]);
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.append_all(&appends, db.now()).await.unwrap(), [None, Some(2), Some(3)]);
        assert_eq!(tx.append_all(&[], db.now()).await.unwrap(), []);
        assert!(matches!(tx.append(&appends[0], db.now()).await, Err(StoreError::StaleFence)));
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.events(stale.generation(), 0, 9).await.unwrap(), []);
        let third = appends[2].fence.generation();
        let seqs = reader.events(third, 0, 9).await.unwrap();
        assert_eq!(seqs.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(reader.newest_event_of(third, "e1").await.unwrap(), Some(2));
        assert_eq!(reader.newest_event_of(third, "none").await.unwrap(), None);
        assert_eq!(reader.count_events_of(third, "e1").await.unwrap(), 1);
        assert_eq!(reader.journal(third).await.unwrap(), [appends[2].journal.clone().unwrap()]);
        drop(reader);
        finish(&db, &appends[2].fence, &Outcome::Done).await;
        assert_eq!(db.read().await.unwrap().journal(third).await.unwrap(), []);
    }

    async fn a_released_job_is_claimed_again(db) {
        let (_, fence) = running(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.release(&fence).await.unwrap();
        assert!(matches!(tx.hold(&fence).await, Err(StoreError::StaleFence)));
        tx.commit().await.unwrap();
        let (again, _) = claim(&db, "worker-2").await.unwrap();
        assert_eq!((again.id, again.fence), (fence.generation(), 3));
    }

    async fn steps_are_counted_by_kind(db) {
        let (_, fence) = running(&db).await;
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.count_step(&fence, StepKind::Draft).await.unwrap(), 1);
        assert_eq!(tx.count_step(&fence, StepKind::Repair).await.unwrap(), 1);
        assert_eq!(tx.count_step(&fence, StepKind::Repair).await.unwrap(), 2);
        tx.commit().await.unwrap();
        let kept = generation(&db, &fence).await;
        assert_eq!((kept.draft_steps, kept.continuation_steps, kept.repair_steps), (1, 0, 2));
    }

    async fn events_count_from_one_and_are_read_from_anywhere(db) {
        let project = project(&db).await;
        let queued = enqueue(&db, &project).await;
        assert_eq!(append(&db, &queued, &[event("queued")]).await.unwrap(), 1);
        let (_, fence) = claim(&db, "w").await.unwrap();
        let many: Vec<_> = (0..450).map(|n| event(&format!("e{n}"))).collect();
        assert_eq!(append(&db, &fence, &many).await.unwrap(), 451);
        assert_eq!(append(&db, &fence, &[]).await.unwrap(), 451);

        let stream = fence.generation();
        let mut reader = db.read().await.unwrap();
        let first = Event {
            seq: 1,
            kind: "queued".to_owned(),
            data: "{\"was\":\"queued\"}".to_owned(),
            at: db.now(),
        };
        assert_eq!(reader.events(stream, 0, 1).await.unwrap(), [first]);
        let all = reader.events(stream, 0, 1_000).await.unwrap();
        assert!(all.iter().zip(1..).all(|(event, seq)| event.seq == seq));
        assert_eq!(all[450].kind, "e449");
        assert_eq!(reader.events(stream, 449, 1_000).await.unwrap(), all[449..]);
        assert_eq!(reader.events(stream, 451, 10).await.unwrap(), []);
        assert_eq!(reader.last_event_seq(stream).await.unwrap(), Some(451));
        let unknown = GenerationId::generate(&db.env);
        assert_eq!(reader.last_event_seq(unknown).await.unwrap(), None);
    }

    async fn events_are_kept_with_what_they_tell_of_or_not_at_all(db) {
        let (_, fence) = running(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.append_events(&fence, &[event("lost")], db.now()).await.unwrap();
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.append_events(&fence, &[event("done")], db.now()).await.unwrap(), 1);
        tx.finish(&fence, &Outcome::Done, None, db.now()).await.unwrap();
        tx.commit().await.unwrap();
        let late = append(&db, &fence, &[event("late")]).await;
        assert!(matches!(late, Err(StoreError::StaleFence)), "{late:?}");
        let events = db.read().await.unwrap().events(fence.generation(), 0, 10).await.unwrap();
        assert_eq!(events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["done"]);
    }

    async fn an_edit_is_applied_once(db) {
        let (_, fence) = running(&db).await;
        let mut tx = db.begin().await.unwrap();
        assert!(tx.mark_edit_applied(&fence, 0, 0).await.unwrap());
        assert!(tx.mark_edit_applied(&fence, 0, 1).await.unwrap());
        assert!(tx.mark_edit_applied(&fence, 1, 0).await.unwrap());
        assert!(!tx.mark_edit_applied(&fence, 0, 1).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn a_deleted_project_takes_its_generations_along(db) {
        let (project, fence) = running(&db).await;
        append(&db, &fence, &[event("a")]).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert!(tx.delete_project(project.id).await.unwrap());
        assert!(!tx.delete_project(project.id).await.unwrap());
        tx.commit().await.unwrap();
        let stale = append(&db, &fence, &[event("b")]).await;
        assert!(matches!(stale, Err(StoreError::StaleFence)), "{stale:?}");
        for table in [
            "SELECT COUNT(*) FROM events",
            "SELECT COUNT(*) FROM generations",
            "SELECT COUNT(*) FROM messages",
            "SELECT COUNT(*) FROM members",
        ] {
            assert_eq!(db.number(table).await, 0, "{table}");
        }
    }
}
