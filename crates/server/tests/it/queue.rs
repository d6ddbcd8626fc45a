//! Messages that wait until the agent is free.

use std::time::Duration;

use qv_domain::Role;
use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::Client;
use qv_testkit::model_server::{ModelServer, Reply};
use serde_json::{Value, json};

use crate::{file, last, usual, with_model};

const CENT: u64 = 10_000_000;

/// A project that a starter made.
async fn started(owner: &Client) -> String {
    let body = json!({ "prompt": "a pomodoro timer", "model": "starters" });
    let made = owner.post("/api/projects", body).await.expect(201).json();
    let generation = made["turn"]["generation"]["id"].as_str().unwrap();
    owner.events(generation).await.until("done").await;
    made["project"]["id"].as_str().unwrap().to_owned()
}

fn writes(name: &str) -> Reply {
    Reply::text(file(&format!("src/{name}.ts"), &format!("export const {name} = 1;\n")))
}

/// A project in which a turn is at work until the model is released.
async fn at_work(models: &ModelServer, owner: &Client) -> (String, String) {
    let project = started(owner).await;
    models.script([writes("first").hold_after(10)]);
    let turn = owner.say(&project, "first").await;
    models.wait_until_held(1).await;
    (project, turn)
}

fn at(project: &str) -> String {
    format!("/api/projects/{project}/queue")
}

async fn queue(client: &Client, project: &str) -> Value {
    client.get(&at(project)).await.expect(200).json()
}

async fn wait(client: &Client, project: &str, message: &str) -> String {
    let added = client.post(&at(project), json!({ "message": message })).await.expect(201).json();
    assert_eq!(added["held"], json!(null));
    added["id"].as_str().unwrap().to_owned()
}

/// Looks again and again until the queue is as `is` says.
async fn until(client: &Client, project: &str, is: impl Fn(&Value) -> bool) -> Value {
    let mut found = queue(client, project).await;
    for _ in 0..600 {
        if is(&found) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
        found = queue(client, project).await;
    }
    assert!(is(&found), "{found}");
    found
}

fn over(queue: &Value) -> bool {
    queue["items"] == json!([]) && queue["active_generation"] == json!(null)
}

fn held(queue: &Value) -> bool {
    queue["items"][0]["held"].is_string()
}

/// What people said, in order.
async fn said(client: &Client, project: &str) -> Vec<String> {
    let path = format!("/api/projects/{project}/messages");
    let messages = client.get(&path).await.expect(200).json();
    let messages = messages["items"].as_array().unwrap().iter();
    let said = messages.filter(|message| message["role"] == "user").skip(1);
    said.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn what_is_said_meanwhile_is_sent_in_order(db) {
        let models = crate::models().await;
        let app = TestApp::on(db, usual().model(&models)).await;
        let owner = app.owner().await;
        let (project, turn) = at_work(&models, &owner).await;
        let turns = format!("/api/projects/{project}/turns");
        owner.post(&turns, json!({ "message": "second" })).await.expect_problem(409, "busy");
        let second = wait(&owner, &project, "second").await;
        let third = wait(&owner, &project, "third").await;
        let fourth = wait(&owner, &project, "fourth").await;
        let waiting = queue(&owner, &project).await;
        assert_eq!(waiting["active_generation"], turn.as_str());
        let places: Vec<(u64, &str)> = waiting["items"].as_array().unwrap().iter()
            .map(|item| (item["position"].as_u64().unwrap(), item["text"].as_str().unwrap()))
            .collect();
        assert_eq!(places, [(1, "second"), (2, "third"), (3, "fourth")]);

        let one = |id: &str| format!("{}/{id}", at(&project));
        let moved = owner.patch(&one(&third), json!({ "position": 1 })).await.expect(200).json();
        assert_eq!((&moved["position"], &moved["text"]), (&json!(1), &json!("third")));
        owner.patch(&one(&second), json!({ "text": " second, really " })).await.expect(200);
        owner.patch(&one(&second), json!({ "text": " " })).await.expect_problem(400, "invalid");
        owner.delete(&one(&fourth)).await.expect(204);
        owner.delete(&one(&fourth)).await.expect_problem(404, "not_found");
        owner.patch(&one(&fourth), json!({})).await.expect_problem(404, "not_found");

        models.script([writes("third"), writes("second")]);
        models.release();
        until(&owner, &project, over).await;
        assert_eq!(said(&owner, &project).await, ["first", "third", "second, really"]);
        assert_eq!(owner.text(&project, "src/second.ts").await, "export const second = 1;\n");
        assert_eq!(models.finish().await.len(), 3, "each was sent once");
    }

    async fn what_waits_survives_a_restart_and_two_servers_send_it_once(db) {
        let models = crate::models().await;
        let app = TestApp::on(db, usual().model(&models)).await;
        let owner = app.owner().await;
        let (project, turn) = at_work(&models, &owner).await;
        for number in 0..3 {
            wait(&owner, &project, &format!("say {number}")).await;
        }
        let app = app.restart(Duration::ZERO, Duration::ZERO).await;
        let owner = owner.to(&app);
        models.on_request(|request| {
            request.last_user.contains("say ").then(|| Reply::text("Nothing to change here."))
                .or_else(|| Some(writes("first")))
        });
        models.release();
        until(&owner, &project, over).await;
        let generation = owner.get(&format!("/api/generations/{turn}")).await.json();
        assert_eq!(generation["status"], "done");
        assert_eq!(said(&owner, &project).await, ["first", "say 0", "say 1", "say 2"]);
    }
}

#[tokio::test]
async fn without_a_turn_at_work_it_is_sent_at_once() {
    let (models, _app, owner) = with_model().await;
    let project = started(&owner).await;
    models.script([writes("now")]);
    wait(&owner, &project, "now").await;
    until(&owner, &project, over).await;
    assert_eq!(said(&owner, &project).await, ["now"]);
    models.finish().await;
}

#[tokio::test]
async fn a_queue_waits_after_a_stop_until_somebody_sends_it_on() {
    let (models, _app, owner) = with_model().await;
    let (project, turn) = at_work(&models, &owner).await;
    let second = wait(&owner, &project, "second").await;
    wait(&owner, &project, "third").await;
    owner.post(&format!("/api/generations/{turn}/cancel"), json!({})).await.expect(202);
    last(&owner.events(&turn).await.to_end().await, "cancelled");
    let after = until(&owner, &project, |queue| queue["active_generation"].is_null()).await;
    assert!(after["items"].as_array().unwrap().iter().all(|item| item["held"].is_string()));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(said(&owner, &project).await, ["first"]);
    // A change that changes nothing sends it on; once that went well, the others follow.
    models.script([writes("second"), writes("third")]);
    let sent = owner.patch(&format!("{}/{second}", at(&project)), json!({})).await.expect(200);
    assert_eq!(sent.json()["held"], json!(null));
    until(&owner, &project, over).await;
    assert_eq!(said(&owner, &project).await, ["first", "second", "third"]);
}

#[tokio::test]
async fn a_queue_waits_after_a_failure_and_goes_on_after_a_turn_that_went_well() {
    let (models, _app, owner) = with_model().await;
    let project = started(&owner).await;
    let refused = Reply { delay_ms: 1_500, ..Reply::error(401, "{}") };
    models.script([refused, writes("third"), writes("second")]);
    let turn = owner.say(&project, "first").await;
    wait(&owner, &project, "second").await;
    last(&owner.events(&turn).await.to_end().await, "failed");
    let after = until(&owner, &project, held).await;
    assert!(after["items"][0]["held"].as_str().unwrap().contains("failed"), "{after}");
    let turn = owner.say(&project, "third").await;
    last(&owner.events(&turn).await.to_end().await, "done");
    until(&owner, &project, over).await;
    assert_eq!(said(&owner, &project).await, ["first", "third", "second"]);
    models.finish().await;
}

#[tokio::test]
async fn a_message_is_sent_as_its_author_with_their_rights_of_then() {
    let (models, app, owner) = with_model().await;
    let (project, turn) = at_work(&models, &owner).await;
    let editor = app.user("editor").await;
    app.add_member(&project, &editor, Role::Editor).await;
    let ask = json!({ "message": "theirs", "model": "starters" });
    let theirs = editor.post(&at(&project), ask).await.expect(201).json();
    let theirs = format!("{}/{}", at(&project), theirs["id"].as_str().unwrap());
    wait(&owner, &project, "mine").await;
    // Nobody puts words into another's mouth, and their money into it.
    let words = json!({ "text": "not theirs" });
    owner.patch(&theirs, words).await.expect_problem(403, "forbidden");
    app.remove_member(&project, &editor).await;
    models.release();
    last(&owner.events(&turn).await.to_end().await, "done");
    let after = until(&owner, &project, held).await;
    let why = after["items"][0]["held"].as_str().unwrap();
    assert!(why.contains("may not change this project"), "{why}");
    assert_eq!(after["items"][1]["text"], "mine", "nothing is lost");
    models.script([writes("mine")]);
    owner.delete(&theirs).await.expect(204);
    until(&owner, &project, over).await;
    assert_eq!(said(&owner, &project).await, ["first", "mine"]);
    models.finish().await;
}

#[tokio::test]
async fn a_message_without_money_says_so_and_stays() {
    let (models, _app, owner) = with_model().await;
    let (project, turn) = at_work(&models, &owner).await;
    let second = wait(&owner, &project, "second").await;
    owner.put("/api/budgets", json!({ "limit_nanousd": CENT })).await.expect(200);
    models.release();
    last(&owner.events(&turn).await.to_end().await, "done");
    let after = until(&owner, &project, held).await;
    let why = after["items"][0]["held"].as_str().unwrap();
    assert!(why.contains("Your budget for"), "{why}");
    assert_eq!(owner.get("/api/budgets").await.json()["user"]["reserved_nanousd"], 0);
    models.script([writes("second")]);
    owner.put("/api/budgets", json!({ "limit_nanousd": null })).await.expect(200);
    let one = format!("{}/{second}", at(&project));
    owner.patch(&one, json!({})).await.expect(200);
    until(&owner, &project, over).await;
    assert_eq!(said(&owner, &project).await, ["first", "second"]);
    models.finish().await;
}

#[tokio::test]
async fn twenty_wait_at_most() {
    let (models, _app, owner) = with_model().await;
    let (project, _) = at_work(&models, &owner).await;
    for number in 0..20 {
        wait(&owner, &project, &format!("{number}")).await;
    }
    let more = json!({ "message": "one too many" });
    let refused = owner.post(&at(&project), more).await.expect_problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("20"), "{refused}");
}
