//! The server is killed while messages wait: each is sent, and once.

use std::path::Path;
use std::time::Duration;

use qv_testkit::app::Client;
use qv_testkit::model_server::{ModelServer, Reply, Script};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::process::{Server, quickvibe};

const MESSAGES: usize = 6;

fn server(folder: &Path, models: &ModelServer) -> Command {
    let mut command = quickvibe(folder, &["serve", "--data", "data"]);
    command
        .env("QUICKVIBE_CUSTOM_BASE_URL", models.base_url())
        .env("QUICKVIBE_CUSTOM_API_KEY", "sk-any");
    command
}

/// What people said after the first message, in order.
async fn said(owner: &Client, project: &str) -> Vec<String> {
    let path = format!("/api/projects/{project}/messages?limit=200");
    let messages = owner.get(&path).await.expect(200).json();
    let messages = messages["items"].as_array().unwrap().iter();
    let said = messages.filter(|message| message["role"] == "user").skip(1);
    said.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

async fn queue(owner: &Client, project: &str) -> Value {
    owner.get(&format!("/api/projects/{project}/queue")).await.expect(200).json()
}

#[tokio::test]
async fn what_waits_is_sent_once_however_often_the_server_is_killed() {
    let folder = TempDir::new().unwrap();
    let script = Script { models: vec!["claude-sonnet-4-5".to_owned()], ..Script::default() };
    let models = ModelServer::serve(script).await.unwrap();
    models.tolerate("");
    models.on_request(|_| Some(Reply { delay_ms: 60, ..Reply::text("Nothing to change here.") }));
    let mut running = Server::run(server(folder.path(), &models), folder.path()).await;
    let mut owner = running.owner().await;
    let made = json!({ "prompt": "a pomodoro timer", "model": "starters" });
    let made = owner.post("/api/projects", made).await.expect(201).json();
    let project = made["project"]["id"].as_str().unwrap().to_owned();
    let expected: Vec<String> = (0..MESSAGES).map(|number| format!("say {number}")).collect();
    for message in &expected {
        let path = format!("/api/projects/{project}/queue");
        owner.post(&path, json!({ "message": message })).await.expect(201);
    }
    // At moments that fall before, into and after the end of a turn.
    for kill in 0..8_u64 {
        tokio::time::sleep(Duration::from_millis(20 + 37 * kill)).await;
        running.signal("KILL");
        running.end(Duration::from_secs(5)).await;
        running = Server::run(server(folder.path(), &models), folder.path()).await;
        owner = owner.to_address(running.address);
    }
    let mut left = Value::Null;
    for _ in 0..600 {
        left = queue(&owner, &project).await;
        if left["items"] == json!([]) && left["active_generation"].is_null() {
            break;
        }
        // One that failed under the kills holds up the others until somebody sends it on.
        if let Some(first) = left["items"].get(0).filter(|first| first["held"].is_string()) {
            let path = format!("/api/projects/{project}/queue/{}", first["id"].as_str().unwrap());
            owner.patch(&path, json!({})).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(left["items"], json!([]), "{left}");
    assert_eq!(said(&owner, &project).await, expected, "each once, in order");
}
