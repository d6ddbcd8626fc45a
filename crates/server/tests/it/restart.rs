//! The server stops in the middle of a turn, and starts again on the same data.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qv_store::on_both_databases;
use qv_testkit::app::{Heard, Setup, TestApp, kinds};
use qv_testkit::model_server::{ModelServer, Recorded, Reply};
use serde_json::{Value, json};

use crate::{UNLIKE_ANY_STARTER, file, last, page, with_model};

const NO_TIME: Duration = Duration::ZERO;

/// What a model that was asked to go on had written already.
fn kept(request: &Recorded) -> String {
    let messages = request.body["messages"].as_array().unwrap();
    let said = messages.iter().rev().find(|message| message["role"] == "assistant");
    said.map(|message| text_of(&message["content"])).unwrap_or_default()
}

fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

/// A model that does as it is asked: the last line again, and what follows it in `answer`. Each answer is held
/// after `hold` characters, but for the `last`.
fn goes_on(models: &ModelServer, answer: &str, hold: usize, last: usize) {
    let (answer, calls) = (answer.to_owned(), AtomicUsize::new(0));
    models.on_request(move |request| {
        let kept = kept(request);
        let at = kept.trim_end().rfind('\n').map_or(0, |at| at + 1);
        let reply = Reply::text(&answer[at..]);
        let call = calls.fetch_add(1, Ordering::Relaxed) + 1;
        Some(if call < last { reply.hold_after(hold) } else { reply })
    });
}

fn said(events: &[Heard]) -> String {
    events
        .iter()
        .filter(|event| event.kind == "text_delta")
        .filter_map(|event| event.data["text"].as_str())
        .collect()
}

fn without_gaps(events: &[Heard]) {
    assert!(events.iter().zip(1_u64..).all(|(event, number)| event.id == number));
}

on_both_databases! {
    async fn a_turn_goes_on_after_a_restart(db) {
        let models = crate::models().await;
        let app = TestApp::on(db, Setup::default().model(&models)).await;
        let owner = app.owner().await;
        let answer = file("src/App.tsx", &page("at last"));
        goes_on(&models, &answer, 60, 2);
        let built = owner.build(UNLIKE_ANY_STARTER).await;
        let mut stream = owner.events(&built.generation).await;
        models.wait_until_held(1).await;
        let mut seen = stream.until("file_delta").await;

        let app = app.restart(NO_TIME, NO_TIME).await;
        seen.extend(stream.to_end().await);
        let owner = owner.to(&app);
        let events = owner.events(&built.generation).await.to_end().await;
        assert_eq!(events[..seen.len()], seen, "nothing that was seen is gone");
        without_gaps(&events);
        assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
        assert_eq!(kinds(&events).iter().filter(|kind| **kind == "resumed").count(), 1);
        assert_eq!(said(&events), "I write it.\n\n");
        assert_eq!(owner.text(&built.project, "src/App.tsx").await, page("at last"));

        // What was sent and answered before is paid once, by estimate.
        let generation = owner.get(&format!("/api/generations/{}", built.generation)).await.json();
        let steps: Vec<&Heard> = events.iter().filter(|event| event.kind == "usage").collect();
        assert_eq!(steps.len(), 2);
        let inputs: u64 =
            steps.iter().map(|event| event.data["usage"]["input"].as_u64().unwrap()).sum();
        assert_eq!(generation["summary"]["usage"]["input"], inputs);
        assert_eq!(steps[0].data["usage"]["reported"], false);
        models.finish().await;
    }
}

#[tokio::test]
async fn a_turn_survives_any_number_of_restarts() {
    let (models, mut app, mut owner) = with_model().await;
    let lines: String =
        (0..40).map(|line| format!("export const line{line} = {line};\n")).collect();
    let answer = format!("{}{}", file("src/lines.ts", &lines), file("src/App.tsx", &page("all")));
    goes_on(&models, &answer, 200, 8);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    for restart in 1..8 {
        models.wait_for_requests(restart).await;
        models.wait_until_held(1).await;
        app = app.restart(NO_TIME, NO_TIME).await;
        owner = owner.to(&app);
    }
    let events = owner.events(&built.generation).await.to_end().await;
    without_gaps(&events);
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    assert_eq!(owner.text(&built.project, "src/lines.ts").await, lines);
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, page("all"));
    models.finish().await;
}

#[tokio::test]
async fn a_call_of_which_nothing_whole_came_is_made_again() {
    let (models, app, owner) = with_model().await;
    goes_on(&models, &file("src/App.tsx", &page("at last")), 6, 2);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let mut stream = owner.events(&built.generation).await;
    models.wait_until_held(1).await;
    stream.until("text_delta").await;
    let app = app.restart(NO_TIME, NO_TIME).await;
    let owner = owner.to(&app);
    let events = owner.events(&built.generation).await.to_end().await;
    last(&events, "done");
    let begun = events.iter().find(|event| event.kind == "step_started").unwrap();
    let void = events.iter().find(|event| event.kind == "superseded").unwrap();
    assert_eq!(void.data["from_seq"], begun.id);
    let requests = models.finish().await;
    assert_eq!(requests[0].body["messages"], requests[1].body["messages"]);
    let messages = owner.get(&format!("/api/projects/{}/messages", built.project)).await.json();
    let answer = messages["items"].as_array().unwrap().iter().find(|m| m["role"] == "assistant");
    assert_eq!(answer.unwrap()["text"], "I write it.");
}

#[tokio::test]
async fn what_was_applied_before_the_stop_is_applied_once() {
    let (models, app, owner) = with_model().await;
    let broken = "export function App( {\n";
    models.script([
        Reply::text(file("src/App.tsx", broken)),
        Reply::text(file("src/App.tsx", &page("mended"))).hold_after(12),
        Reply::text(file("src/App.tsx", &page("mended"))),
    ]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    let app = app.restart(NO_TIME, NO_TIME).await;
    let owner = owner.to(&app);
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    without_gaps(&events);
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, page("mended"));
    assert_eq!(kinds(&events).iter().filter(|kind| **kind == "edit_applied").count(), 2);
    let path = format!("/api/projects/{}/versions", built.project);
    let versions = owner.get(&path).await.expect(200).json();
    assert_eq!(versions["items"].as_array().unwrap().len(), 2, "{versions}");
    models.finish().await;
}

#[tokio::test]
async fn what_a_person_changed_meanwhile_is_not_written_over_unseen() {
    let (models, app, owner) = with_model().await;
    goes_on(&models, &file("src/App.tsx", &page("the agent's")), 60, 2);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    let app = app.restart_as(nobody_works(&models), NO_TIME, NO_TIME).await;
    let owner = owner.to(&app);
    owner.save(&built.project, "src/App.tsx", &page("mine")).await.expect(200);
    let app = app.restart_as(Setup::default().model(&models), NO_TIME, NO_TIME).await;
    let owner = owner.to(&app);
    let events = owner.events(&built.generation).await.to_end().await;
    assert!(kinds(&events).contains(&"suggested"), "{:?}", kinds(&events));
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, page("mine"));
    models.finish().await;
}

fn nobody_works(models: &ModelServer) -> Setup {
    let mut setup = Setup::default().model(models);
    setup.engine.turns_at_once = 0;
    setup
}

#[tokio::test]
async fn a_turn_that_was_stopped_while_nobody_worked_on_it_ends_so() {
    let (models, app, owner) = with_model().await;
    goes_on(&models, &file("src/App.tsx", &page("never")), 60, 2);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    let app = app.restart_as(nobody_works(&models), NO_TIME, NO_TIME).await;
    let owner = owner.to(&app);
    owner
        .post(&format!("/api/generations/{}/cancel", built.generation), json!({}))
        .await
        .expect(202);
    let app = app.restart_as(Setup::default().model(&models), NO_TIME, NO_TIME).await;
    let owner = owner.to(&app);
    let events = owner.events(&built.generation).await.to_end().await;
    last(&events, "cancelled");
    assert_eq!(models.requests().len(), 1, "nobody asked again");
}

#[tokio::test]
async fn a_worker_that_was_only_thought_dead_writes_nothing_more() {
    let (models, app, owner) = with_model().await;
    let answer = file("src/App.tsx", &page("at last"));
    goes_on(&models, &answer, 60, 2);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    // The lease of a process that hangs stays until it lapses.
    let app = app.replace(Duration::from_secs(16)).await;
    let owner = owner.to(&app);
    let events = owner.events(&built.generation).await.to_end().await;
    last(&events, "done");
    models.release();
    models.outcome(0).await;
    // The next turn comes after whatever the first worker still tried.
    models.on_request(|_| Some(Reply::text("Nothing to do.")));
    let next = owner.say(&built.project, "and now?").await;
    last(&owner.events(&next).await.to_end().await, "done");
    assert_eq!(owner.events(&built.generation).await.to_end().await, events);
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, page("at last"));
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
