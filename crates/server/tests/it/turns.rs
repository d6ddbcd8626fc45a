//! A prompt becomes an app, without any model.

use std::io::{Cursor, Read as _};

use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::kinds;
use serde_json::json;

use crate::last;

on_both_databases! {
    async fn a_prompt_becomes_an_app(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let built = owner.build("a pomodoro timer with statistics, dark").await;
        let project = format!("/api/projects/{}", built.project);
        let events = owner.events(&built.generation).await.to_end().await;
        assert_eq!(last(&events, "done").data["version"], 1);
        assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
        for kind in ["starter_chosen", "plan", "edit_applied", "check_finished", "preview_ready"] {
            assert!(kinds(&events).contains(&kind), "{kind} is not in {:?}", kinds(&events));
        }

        let found = owner.get(&project).await.expect(200).json();
        assert_eq!(found["build_status"], "verified");
        assert_eq!(found["head_version"], 1);
        assert_eq!(found["active_generation"], json!(null));
        let files = owner.get(&format!("{project}/files")).await.expect(200).json();
        let files = files["items"].as_array().unwrap();
        assert_eq!(found["file_count"], files.len());
        let bytes: u64 = files.iter().map(|file| file["size"].as_u64().unwrap()).sum();
        assert_eq!(found["size_bytes"], bytes);

        let archive = owner.get(&format!("{project}/export.zip")).await.expect(200);
        assert_eq!(archive.header("content-type"), "application/zip");
        let mut zip = zip::ZipArchive::new(Cursor::new(archive.body.to_vec())).unwrap();
        assert_eq!(zip.len(), files.len());
        let mut page = String::new();
        zip.by_name("index.html").unwrap().read_to_string(&mut page).unwrap();
        assert_eq!(page, owner.text(&built.project, "index.html").await);

        let messages = owner.get(&format!("{project}/messages")).await.expect(200).json();
        let roles: Vec<&str> =
            messages["items"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["user", "assistant"]);
        let versions = owner.get(&format!("{project}/versions")).await.expect(200).json();
        assert_eq!(versions["items"][0]["origin"], "turn");
        assert_eq!(versions["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_name_that_a_person_gave_stays() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let body = json!({ "prompt": "a pomodoro timer", "name": "Tomato" });
    let made = owner.post("/api/projects", body).await.expect(201).json();
    let generation = made["turn"]["generation"]["id"].as_str().unwrap();
    owner.events(generation).await.until("done").await;
    let path = format!("/api/projects/{}", made["project"]["id"].as_str().unwrap());
    assert_eq!(owner.get(&path).await.json()["name"], "Tomato");

    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    let proposed = owner.get(&format!("/api/projects/{}", built.project)).await.json();
    assert_ne!(proposed["name"], "Pomodoro timer", "the starter has a better one");
}

#[tokio::test]
async fn a_project_that_bears_its_apps_title_is_renamed_with_it() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    let path = format!("/api/projects/{}", built.project);
    let turn = owner.say(&built.project, "rename it to Deep Work").await;
    last(&owner.events(&turn).await.to_end().await, "done");
    assert_eq!(owner.get(&path).await.json()["name"], "Deep Work");

    owner.patch(&path, json!({ "name": "Mine" })).await.expect(200);
    let turn = owner.say(&built.project, "rename it to Deeper Work").await;
    last(&owner.events(&turn).await.to_end().await, "done");
    assert_eq!(owner.get(&path).await.json()["name"], "Mine", "a person's own name stays");
}

#[tokio::test]
async fn what_no_starter_can_do_needs_a_model_and_says_so() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let built = owner.build(crate::UNLIKE_ANY_STARTER).await;
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["version"], json!(null));
    let said: String = events.iter().filter_map(|event| event.data["text"].as_str()).collect();
    assert!(said.contains("no model is connected"), "{said}");
    let turns = format!("/api/projects/{}/turns", built.project);
    for mode in ["ask", "plan"] {
        let answer = owner.post(&turns, json!({ "message": "why?", "mode": mode })).await;
        answer.expect_problem(422, "needs_model");
    }
}
