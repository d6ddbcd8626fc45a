//! The server is asked to stop while a model writes and somebody follows.

use std::path::Path;
use std::time::{Duration, Instant};

use qv_testkit::app::{Built, Client};
use qv_testkit::model_server::{ModelServer, Reply, Script};
use tempfile::TempDir;
use tokio::process::Command;

use crate::process::{Server, quickvibe, soon};

/// A server with so many seconds to stop, which asks this model.
fn server(folder: &Path, models: &ModelServer, seconds: u32) -> Command {
    let mut command = quickvibe(folder, &["serve", "--data", "data"]);
    command
        .env("QUICKVIBE_CUSTOM_BASE_URL", models.base_url())
        .env("QUICKVIBE_CUSTOM_API_KEY", "sk-any")
        .env("QUICKVIBE_STOP_SECONDS", seconds.to_string());
    command
}

/// A model that stops in the middle of a file, and a turn that waits for it.
async fn in_flight(folder: &Path, seconds: u32) -> (ModelServer, Server, Client, Built) {
    let script = Script { models: vec!["claude-sonnet-4-5".to_owned()], ..Script::default() };
    let models = ModelServer::serve(script).await.unwrap();
    let page = "I write it.\n\n<file path=\"src/App.tsx\">\nexport function App() {\n  return <h1>late</h1>;\n}\n</file>\n";
    models.script([Reply::text(page).hold_after(12)]);
    let server = Server::run(server(folder, &models, seconds), folder).await;
    let owner = server.owner().await;
    let built = owner.build("zzyzx quux").await;
    models.wait_until_held(1).await;
    (models, server, owner, built)
}

/// Follows a stream to its end, as bytes.
fn follow(owner: &Client, built: &Built) -> tokio::task::JoinHandle<String> {
    let ask = owner.ask("GET", &format!("/api/generations/{}/events", built.generation));
    tokio::spawn(async move { ask.send().await.expect(200).text() })
}

/// The numbers of the events in a stream.
fn numbers(stream: &str) -> Vec<u64> {
    let ids = stream.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.map(|id| id.parse().unwrap()).collect()
}

fn is_told_to_come_back(stream: &str) -> bool {
    let last = stream.trim_end().rsplit("\n\n").next().unwrap_or_default();
    let mut lines: Vec<&str> = last.lines().collect();
    lines.sort_unstable();
    lines == [": reconnect", "retry: 1000"]
}

async fn readiness(owner: &Client) -> u16 {
    owner.get("/health/ready").await.status
}

#[tokio::test]
async fn a_stop_takes_its_time_and_no_more() {
    let folder = TempDir::new().unwrap();
    let (models, server, owner, built) = in_flight(folder.path(), 2).await;
    let stream = follow(&owner, &built);
    assert_eq!(readiness(&owner).await, 204);
    // Somebody is in the middle of the log.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begin = Instant::now();
    server.signal("TERM");
    let first = soon("the stream's end", stream).await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(1), "streams are told at once");
    assert!(is_told_to_come_back(&first), "{first}");
    assert!(!numbers(&first).is_empty());

    // It is not ready, but answers, and whoever comes back is served until the door closes.
    owner.get("/health/ready").await.expect_problem(503, "unavailable");
    owner.get("/health/live").await.expect(204);
    owner.get(&format!("/api/projects/{}", built.project)).await.expect(200);
    let second = soon("the stream's end", follow(&owner, &built)).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(2), "the turn had its time");
    assert!(is_told_to_come_back(&second), "{second}");
    assert!(numbers(&second).starts_with(&numbers(&first)));

    let (status, log) = server.end(Duration::from_secs(5)).await;
    let took = begin.elapsed();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(took < Duration::from_secs(5), "{took:?}: {log}");
    assert!(log.contains("Stopping: running turns have 2 seconds"), "{log}");

    // Nothing that was seen is gone, and the turn does not hang.
    models.release();
    models.rule(qv_testkit::model_server::Rule {
        repeat: true,
        ..qv_testkit::model_server::Rule::always([Reply::text("Nothing to do.")])
    });
    let server = Server::run(self::server(folder.path(), &models, 2), folder.path()).await;
    let owner = owner.to_address(server.address);
    let whole = soon("the turn's end", follow(&owner, &built)).await.unwrap();
    assert!(numbers(&whole).starts_with(&numbers(&second)), "{whole}");
    assert!(
        ["done", "failed"].iter().any(|end| whole.contains(&format!("event: {end}\n"))),
        "{whole}"
    );
    models.tolerate("");
}

#[tokio::test]
async fn a_turn_that_ends_in_time_is_whole_and_the_stop_waits_no_longer() {
    let folder = TempDir::new().unwrap();
    let (models, server, owner, built) = in_flight(folder.path(), 20).await;
    let begin = Instant::now();
    server.signal("INT");
    while readiness(&owner).await != 503 {}
    models.release();
    let (status, log) = server.end(Duration::from_secs(15)).await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}: {log}", begin.elapsed());
    let server = Server::run(self::server(folder.path(), &models, 2), folder.path()).await;
    let owner = owner.to_address(server.address);
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(events.last().unwrap().kind, "done", "{:?}", events.last());
    assert!(owner.text(&built.project, "src/App.tsx").await.contains("late"));
    models.finish().await;
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let folder = TempDir::new().unwrap();
    let (models, server, owner, built) = in_flight(folder.path(), 20).await;
    let stream = follow(&owner, &built);
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.signal("TERM");
    soon("the stream's end", stream).await.unwrap();
    let begin = Instant::now();
    server.signal("TERM");
    let (status, log) = server.end(Duration::from_secs(5)).await;
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}: {log}", begin.elapsed());
    assert_eq!(status.code(), Some(143), "{log}");
    models.release();
    models.tolerate("");
}

#[tokio::test]
async fn a_server_without_work_stops_at_once() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path()).await;
    let begin = Instant::now();
    server.signal("TERM");
    let (status, log) = server.end(Duration::from_secs(5)).await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}: {log}", begin.elapsed());
    assert!(!folder.path().join("data/quickvibe.db-wal").exists(), "the log is folded");
}
