//! What must hold when many do the same at once.

use std::collections::BTreeSet;
use std::time::Duration;

use qv_domain::{Env as _, Limits, VersionId};
use qv_store::{Db, NewEvent, Outcome};

use crate::fixture::{
    blob, enqueue, insert_project, insert_user, lease, new_message, new_version, path, project,
    running, write,
};

const TASKS: u32 = 20;

async fn at_once<F>(tasks: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let tasks: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut outputs = Vec::with_capacity(tasks.len());
    for task in tasks {
        outputs.push(task.await.unwrap());
    }
    outputs
}

qv_store::on_both_databases! {
    async fn a_log_has_no_gap_and_no_duplicate(db) {
        let (_, fence) = running(&db).await;
        let now = db.now();
        let tasks = (0..TASKS).map(|task| {
            let db: Db = (*db).clone();
            async move {
                for round in 0..5 {
                    let event = |n: u32| NewEvent {
                        kind: "text_delta".to_owned(),
                        data: format!("{task}.{round}.{n}"),
                    };
                    let mut tx = db.begin().await.unwrap();
                    tx.append_events(&fence, &[event(0), event(1)], now).await.unwrap();
                    tx.commit().await.unwrap();
                }
            }
        });
        at_once(tasks).await;
        let events = db.read().await.unwrap().events(fence.generation(), 0, 1_000).await.unwrap();
        assert_eq!(events.len(), 200);
        assert!(events.iter().zip(1..).all(|(event, seq)| event.seq == seq));
        let data: BTreeSet<_> = events.iter().map(|event| event.data.as_str()).collect();
        assert_eq!(data.len(), 200, "each once");
        for pair in events.chunks(2) {
            let (a, b) = (pair[0].data.strip_suffix(".0"), pair[1].data.strip_suffix(".1"));
            assert!(a.is_some() && a == b, "a batch stays together: {pair:?}");
        }
    }

    async fn a_job_is_claimed_once(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        let mut queued = BTreeSet::new();
        for project in 0..10 {
            let project = insert_project(&db, ada.id, &format!("P{project}")).await;
            for _ in 0..2 {
                queued.insert(enqueue(&db, &project).await.generation());
            }
        }
        let (now, until) = (db.now(), lease(&db));
        let tasks = (0..TASKS).map(|task| {
            let db: Db = (*db).clone();
            async move {
                let owner = format!("worker-{task}");
                let mut done = vec![];
                let mut idle = 0;
                while idle < 20 {
                    let Some((generation, fence)) = db.claim(&owner, now, until, 100).await.unwrap() else {
                        // Another runs in each project that has work left.
                        idle += 1;
                        tokio::time::sleep(Duration::from_millis(5)).await;
                        continue;
                    };
                    assert_eq!(generation.lease_owner.as_deref(), Some(owner.as_str()));
                    let running = db.read().await.unwrap().running_generations(100).await.unwrap();
                    let projects: BTreeSet<_> = running.iter().map(|one| one.project_id).collect();
                    assert_eq!(projects.len(), running.len(), "one at a time in a project");
                    let mut tx = db.begin().await.unwrap();
                    tx.finish(&fence, &Outcome::Done, None, now).await.unwrap();
                    tx.commit().await.unwrap();
                    done.push(generation.id);
                }
                done
            }
        });
        let done: Vec<_> = at_once(tasks).await.into_iter().flatten().collect();
        assert_eq!(done.len(), queued.len(), "none twice");
        assert_eq!(done.into_iter().collect::<BTreeSet<_>>(), queued, "each once");
    }

    async fn counters_stay_exact(db) {
        let project = project(&db).await;
        let now = db.now();
        let tasks: Vec<_> = (0..TASKS).map(|task| {
            let (messages, version) = (new_message(&db, project.id, "hi"), VersionId::generate(&db.env));
            let version = qv_store::NewVersion { id: version, ..new_version(&db, project.id, "v") };
            let (db, id): (Db, _) = ((*db).clone(), project.id);
            async move {
                let mut tx = db.begin().await.unwrap();
                let change = [write(&format!("f{task}"), "12345"), write("shared", &task.to_string())];
                tx.apply_changes(id, &change, &Limits::default(), now).await.unwrap();
                let version = tx.create_version(version, now).await.unwrap();
                let message = tx.insert_message(messages, &Limits::default(), now).await.unwrap();
                tx.commit().await.unwrap();
                (version.number, message.seq)
            }
        }).collect();
        let numbers = at_once(tasks).await;
        let all = |of: fn(&(u32, u64)) -> u64| numbers.iter().map(of).collect::<BTreeSet<u64>>();
        assert_eq!(all(|n| n.0.into()), (1..=u64::from(TASKS)).collect());
        assert_eq!(all(|n| n.1), (1..=u64::from(TASKS)).collect());
        let mut reader = db.read().await.unwrap();
        let kept = reader.project(project.id).await.unwrap().unwrap();
        let files = reader.files(project.id).await.unwrap();
        assert_eq!(kept.file_count, TASKS + 1);
        assert_eq!(kept.size_bytes, files.iter().map(|file| file.size).sum::<u64>());
        assert_eq!((kept.version_count, kept.message_count), (TASKS, TASKS));
        let newest = reader.version_by_number(project.id, TASKS).await.unwrap().unwrap();
        assert_eq!(kept.head_version, Some(newest.id));
        assert_eq!((newest.file_count, newest.size_bytes), (kept.file_count, kept.size_bytes));
    }

    async fn the_same_contents_are_put_at_once(db) {
        let project = project(&db).await;
        let old = db.now();
        let mut tx = db.begin().await.unwrap();
        let contents: Vec<_> = (0..10).map(|n| blob(&format!("content {n}"))).collect();
        tx.put_blobs(&contents[..5], old).await.unwrap();
        tx.commit().await.unwrap();
        let now = db.env.advance(Duration::from_secs(7_200));
        let collectable = db.env.now();
        let tasks: Vec<_> = (0..TASKS).map(|task| {
            let mut contents = contents.clone();
            contents.rotate_left(task as usize % 10);
            let (db, id): (Db, _) = ((*db).clone(), project.id);
            async move {
                if task % 5 == 0 {
                    // The collector goes on meanwhile.
                    let mut tx = db.begin().await.unwrap();
                    tx.collect_blobs(collectable, 100).await.unwrap();
                    return tx.commit().await.unwrap();
                }
                let mut tx = db.begin().await.unwrap();
                tx.put_blobs(&contents, now).await.unwrap();
                let change = [write(&format!("f{task}"), "content 1")];
                tx.apply_changes(id, &change, &Limits::default(), now).await.unwrap();
                tx.commit().await.unwrap();
            }
        }).collect();
        at_once(tasks).await;
        let file = db.read().await.unwrap().file(project.id, &path("f1")).await.unwrap().unwrap();
        assert_eq!(file.content, blob("content 1"));
    }
}
