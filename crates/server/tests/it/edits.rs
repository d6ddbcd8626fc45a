//! Going on from an earlier message, and going back with code and chat together.

use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::Client;
use qv_testkit::model_server::Reply;
use serde_json::{Value, json};

use crate::{file, last, with_model};

async fn messages(owner: &Client, project: &str) -> Vec<Value> {
    let page = owner.get(&format!("/api/projects/{project}/messages")).await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

/// Which messages are set aside, as a row of letters.
async fn aside(owner: &Client, project: &str) -> String {
    let messages = messages(owner, project).await;
    let letter = |message: &Value| if message["set_aside"] == true { 'x' } else { '.' };
    messages.iter().map(letter).collect()
}

async fn head(owner: &Client, project: &str) -> Value {
    let page = owner.get(&format!("/api/projects/{project}/versions")).await.expect(200).json();
    page["items"][0].clone()
}

async fn edit(owner: &Client, project: &str, message: &Value, text: &str) -> String {
    let path = format!("/api/projects/{project}/messages/{}/edit", message["id"].as_str().unwrap());
    let turn = owner.post(&path, json!({ "message": text })).await.expect(202).json();
    let generation = turn["generation"]["id"].as_str().unwrap().to_owned();
    last(&owner.events(&generation).await.to_end().await, "done");
    generation
}

async fn renamed(owner: &Client, project: &str, title: &str) -> String {
    let generation = owner.say(project, &format!("rename it to {title}")).await;
    last(&owner.events(&generation).await.to_end().await, "done");
    generation
}

on_both_databases! {
    async fn one_goes_on_from_an_earlier_message_and_back(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let built = owner.build("a pomodoro timer").await;
        owner.events(&built.generation).await.until("done").await;
        let project = built.project.as_str();
        renamed(&owner, project, "Deep Work").await;
        let left = renamed(&owner, project, "Deeper Work").await;
        let said = messages(&owner, project).await;
        assert_eq!(head(&owner, project).await["number"], 3);

        edit(&owner, project, &said[2], "rename it to Calm").await;
        assert_eq!(aside(&owner, project).await, "..xxxx..");
        assert!(owner.text(project, "src/config.json").await.contains("Calm"));
        let versions = owner.get(&format!("/api/projects/{project}/versions")).await.json();
        let made: Vec<(&str, &str)> = versions["items"].as_array().unwrap().iter()
            .map(|version| (version["origin"].as_str().unwrap(), version["title"].as_str().unwrap()))
            .collect();
        assert_eq!(made[..2], [("turn", "rename it to Calm"), ("restore", "Before: rename it to Deep Work")]);
        assert_eq!(versions["items"][1]["summary"], "The files of version 1");
        let same = owner.get(&format!("/api/projects/{project}/versions/1/diff/4")).await.json();
        assert_eq!(same["files"], json!([]));

        // What was set aside is not gone on with, and what the agent said is nobody's to change.
        let one = |message: &Value| {
            format!("/api/projects/{project}/messages/{}/edit", message["id"].as_str().unwrap())
        };
        let ask = json!({ "message": "x" });
        owner.post(&one(&said[4]), ask.clone()).await.expect_problem(409, "conflict");
        owner.post(&one(&said[1]), ask).await.expect_problem(400, "invalid");
        let retry = format!("/api/generations/{left}/retry");
        owner.post(&retry, json!({})).await.expect_problem(409, "conflict");

        // The branch that was left comes back with what led to it; and the other way again.
        let restore = |number: u32| format!("/api/projects/{project}/versions/{number}/restore");
        owner.post(&restore(3), json!({ "chat": true })).await.expect(201);
        assert_eq!(aside(&owner, project).await, "......xx");
        assert!(owner.text(project, "src/config.json").await.contains("Deeper Work"));
        owner.post(&restore(5), json!({ "chat": true })).await.expect(201);
        assert_eq!(aside(&owner, project).await, "..xxxx..");
        // Without a body the files alone go back.
        owner.ask("POST", &restore(1)).send().await.expect(201);
        assert_eq!(aside(&owner, project).await, "..xxxx..");
        assert_eq!(head(&owner, project).await["summary"], "The files of version 1");
        owner.post(&restore(1), json!({ "chat": 1 })).await.expect_problem(400, "invalid");
        owner.post(&restore(1), json!({ "chat": true })).await.expect(201);
        assert_eq!(aside(&owner, project).await, "..xxxxxx");
    }
}

#[tokio::test]
async fn another_first_message_begins_anew() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    let path = format!("/api/projects/{}", built.project);
    let before = owner.get(&path).await.json();
    let said = messages(&owner, &built.project).await;
    edit(&owner, &built.project, &said[0], "a kanban board").await;
    let after = owner.get(&path).await.json();
    assert_eq!(after["starter"], "kanban", "{after}");
    assert_ne!(after["name"], before["name"]);
    assert_eq!(aside(&owner, &built.project).await, "xx..");
    assert_eq!(head(&owner, &built.project).await["number"], 3);
    let empty = owner.get(&format!("{path}/versions/2")).await.json();
    assert_eq!(empty["files"], json!([]));

    // What a person called it stays.
    owner.patch(&path, json!({ "name": "Mine" })).await.expect(200);
    let said = messages(&owner, &built.project).await;
    edit(&owner, &built.project, &said[2], "a habit tracker").await;
    assert_eq!(owner.get(&path).await.json()["name"], "Mine");
    owner.post(&format!("{path}/versions/1/restore"), json!({ "chat": true })).await.expect(201);
    assert_eq!(aside(&owner, &built.project).await, "..xxxx");
}

#[tokio::test]
async fn what_is_set_aside_is_told_to_no_model() {
    let (models, _app, owner) = with_model().await;
    let body = json!({ "prompt": "a pomodoro timer", "model": "starters" });
    let made = owner.post("/api/projects", body).await.expect(201).json();
    let project = made["project"]["id"].as_str().unwrap();
    let generation = made["turn"]["generation"]["id"].as_str().unwrap();
    owner.events(generation).await.until("done").await;
    let writes = |name: &str| Reply::text(file(&format!("src/{name}.ts"), "export {};\n"));
    models.script([writes("mauve"), writes("zebra"), writes("teal"), writes("other")]);
    for text in ["make the title mauve", "add a zebra"] {
        let turn = owner.say(project, text).await;
        last(&owner.events(&turn).await.to_end().await, "done");
    }
    let said = messages(&owner, project).await;
    edit(&owner, project, &said[2], "make the title teal").await;
    let turn = owner.say(project, "and now?").await;
    last(&owner.events(&turn).await.to_end().await, "done");
    let requests = models.finish().await;
    assert!(requests[1].body.to_string().contains("mauve"), "before, it was told");
    for request in &requests[2..] {
        let sent = request.body.to_string();
        assert!(!sent.contains("mauve") && !sent.contains("zebra"), "{sent}");
    }
    assert!(requests[3].body.to_string().contains("make the title teal"));
}

#[tokio::test]
async fn while_the_agent_works_nobody_goes_on_from_before() {
    let (models, _app, owner) = with_model().await;
    models.script([Reply::text(file("src/a.ts", "export {};\n")).hold_after(10)]);
    let built = owner.build(crate::UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    let said = messages(&owner, &built.project).await;
    let path = format!(
        "/api/projects/{}/messages/{}/edit",
        built.project,
        said[0]["id"].as_str().unwrap()
    );
    owner.post(&path, json!({ "message": "x" })).await.expect_problem(409, "busy");
    assert_eq!(aside(&owner, &built.project).await, ".");
    models.release();
    last(&owner.events(&built.generation).await.to_end().await, "done");
}
