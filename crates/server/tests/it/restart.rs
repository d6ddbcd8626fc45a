//! The server stops in the middle of a turn, and starts again on the same data.

use std::time::Duration;

use qv_testkit::model_server::Reply;
use serde_json::json;

use crate::{UNLIKE_ANY_STARTER, file, last, page, with_model};

const NO_TIME: Duration = Duration::ZERO;

#[tokio::test]
async fn a_turn_that_was_cut_short_ends_and_keeps_what_was_seen() {
    let (models, app, owner) = with_model().await;
    models.script([Reply::text(file("src/App.tsx", &page("never"))).hold_after(12)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let mut stream = owner.events(&built.generation).await;
    models.wait_until_held(1).await;
    let mut seen = stream.until("text_delta").await;

    let app = app.restart(NO_TIME, NO_TIME).await;
    seen.extend(stream.to_end().await);
    let owner = owner.to(&app);
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(events[..seen.len()], seen, "nothing that was seen is gone");
    let failed = &last(&events, "failed").data;
    assert_eq!((&failed["code"], &failed["retryable"]), (&json!("interrupted"), &json!(true)));
    assert!(events.iter().zip(1_u64..).all(|(event, number)| event.id == number));

    // It is clear how things stand, and the turn can be tried again.
    let project = owner.get(&format!("/api/projects/{}", built.project)).await.expect(200).json();
    assert_eq!(project["active_generation"], json!(null));
    models.script([Reply::text(file("src/App.tsx", &page("at last")))]);
    let retry =
        owner.post(&format!("/api/generations/{}/retry", built.generation), json!({})).await;
    let turn = retry.expect(201).json();
    let second = turn["generation"]["id"].as_str().unwrap();
    last(&owner.events(second).await.to_end().await, "done");
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, page("at last"));
    models.finish().await;
}

#[tokio::test]
async fn what_was_applied_before_the_stop_is_a_version() {
    let (models, app, owner) = with_model().await;
    let broken = "export function App( {\n";
    models.script([
        Reply::text(file("src/App.tsx", broken)),
        Reply::text(file("src/App.tsx", &page("never"))).hold_after(12),
    ]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    let app = app.restart(NO_TIME, NO_TIME).await;
    let owner = owner.to(&app);
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "failed").data["code"], "interrupted");
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, broken);
    let path = format!("/api/projects/{}/versions", built.project);
    let versions = owner.get(&path).await.expect(200).json();
    assert_eq!(versions["items"].as_array().unwrap().len(), 2, "{versions}");
    assert_eq!(versions["items"][0]["verified"], false);
    let between = owner.get(&format!("{path}/1/diff/2")).await.expect(200).json();
    assert_eq!(between["files"][0]["path"], "src/App.tsx");
    models.finish().await;
}

#[tokio::test]
async fn a_worker_that_was_only_thought_dead_writes_nothing_more() {
    let (models, app, owner) = with_model().await;
    models.script([Reply::text(file("src/App.tsx", &page("never"))).hold_after(12)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    // The lease of a process that was killed stays until it lapses.
    let app = app.replace(Duration::from_secs(16)).await;
    let owner = owner.to(&app);
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "failed").data["code"], "interrupted");
    let files = owner.text(&built.project, "src/App.tsx").await;
    models.release();
    models.outcome(0).await;
    // The next turn comes after whatever the first worker still tried.
    models.script([Reply::text("Nothing to do.")]);
    let next = owner.say(&built.project, "and now?").await;
    last(&owner.events(&next).await.to_end().await, "done");
    assert_eq!(owner.events(&built.generation).await.to_end().await, events);
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, files);
    models.finish().await;
}

#[tokio::test]
async fn a_turn_that_can_end_in_time_does() {
    let (models, app, owner) = with_model().await;
    models.script([Reply::text(file("src/App.tsx", &page("in time"))).hold_after(12)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    let restarted = tokio::spawn(app.restart(Duration::from_secs(20), NO_TIME));
    models.release();
    let app = restarted.await.unwrap();
    let owner = owner.to(&app);
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true);
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, page("in time"));
    models.finish().await;
}
