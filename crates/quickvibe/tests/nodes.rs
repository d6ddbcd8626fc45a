//! Two servers on one PostgreSQL: one that is only thought dead does nothing twice.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::PathBuf;
use std::time::Duration;

use qv_store::Backend;
use qv_store::testing::TestDb;
use qv_testkit::bench::http::{Method, Owner};
use qv_testkit::bench::meant::{Job, MeantModel, Pace};
use qv_testkit::bench::program::{Program, Setup, Signal};
use qv_testkit::cuts::Stream;
use qv_testkit::raw::{RawAnswer, RawEvent, Splitter};
use serde_json::Value;

/// More than a lease and a look at the queue.
const TAKEN_OVER: Duration = Duration::from_secs(40);
/// Some 20 s of streaming, so that the first server wakes while the second one is at work.
const PACE: Pace = Pace { lines: 40, piece: 24, between_ms: 35 };

fn stream(owner: &Owner, turn: &str) -> Stream {
    Stream {
        address: owner.address,
        path: format!("/api/generations/{turn}/events"),
        headers: owner.header_lines(),
    }
}

/// Reads until an event that is `wanted`.
async fn until(stream: &Stream, wanted: impl Fn(&RawEvent) -> bool) -> Vec<RawEvent> {
    let mut answer = RawAnswer::get(stream.address, &stream.path, &stream.headers).await.unwrap();
    let (mut splitter, mut heard) = (Splitter::default(), Vec::new());
    let reading = async {
        loop {
            assert!(answer.read(&mut splitter.unread).await.unwrap(), "ended at {heard:?}");
            while let Some(event) = splitter.next_event() {
                heard.push(event);
                if wanted(&heard[heard.len() - 1]) {
                    return;
                }
            }
        }
    };
    let in_time = tokio::time::timeout(TAKEN_OVER, reading).await.is_ok();
    assert!(in_time, "waited {TAKEN_OVER:?}; heard {:?}", heard.last());
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stood_still_writes_nothing_twice() {
    let db = TestDb::new(Backend::Postgres).await;
    let model = MeantModel::start(PACE, 3).await.unwrap();
    // Nodes of one instance have one master key.
    let shared = tempfile::tempdir().unwrap();
    let key = shared.path().join("master.key").display().to_string();
    let mut env = model.environment();
    env.push(("QUICKVIBE_MASTER_KEY_FILE".to_owned(), key));
    let setup = Setup {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_quickvibe")),
        database_url: db.url().to_owned(),
        env,
    };
    let mut first = Program::start(setup.clone()).await.unwrap();
    let owner = Owner::sign_in(first.address(), &first.setup_token).await.unwrap();
    let project = owner.make_project("Shared").await.unwrap();
    let job = Job { project: 1, turn: 1 };
    let turn = owner.start_turn(&project, &job.prompt()).await.unwrap();
    until(&stream(&owner, &turn), |event| event.kind == "file_delta").await;

    // The second comes when the first has the turn, and takes it over when the first no longer says that it lives.
    let mut second = Program::start(setup).await.unwrap();
    let there = owner.at(second.address());
    first.signal(Signal::STOP).unwrap();
    let resumed = |event: &RawEvent| event.kind == "resumed";
    let seen = until(&stream(&there, &turn), resumed).await;
    let after = seen.last().unwrap().id;
    until(&stream(&there, &turn), |event| event.kind == "file_delta" && event.id > after).await;
    first.signal(Signal::CONT).unwrap();

    let (log, _) = stream(&there, &turn).whole().await.unwrap();
    assert_eq!(log[..seen.len()], seen, "what was seen before stays");
    assert_eq!(log.last().unwrap().kind, "done", "{:?}", log.last());
    assert!(log.iter().zip(1_u64..).all(|(event, number)| event.id == number));
    let of = |kind: &str| log.iter().filter(|event| event.kind == kind).count();
    assert_eq!((of("resumed"), of("done"), of("version_created")), (1, 1, 1));
    let meant = job.files(PACE);
    assert_eq!(of("edit_applied"), meant.len());

    // What the first one says of it is the same, and it goes on working.
    let (same, _) = stream(&owner, &turn).whole().await.unwrap();
    assert_eq!(same, log);
    for (path, text) in &meant {
        let path = format!("/api/projects/{project}/files/{path}");
        let file: Value = owner.must(Method::GET, &path, None).await.unwrap();
        assert_eq!(file["text"]["content"].as_str(), Some(text.as_str()), "{path}");
    }
    let next = owner.start_turn(&project, &Job { project: 1, turn: 2 }.prompt()).await.unwrap();
    assert_eq!(until(&stream(&there, &next), |event| event.kind == "done").await[0].id, 1);
    second.stop().await.unwrap();
    first.stop().await.unwrap();
}
