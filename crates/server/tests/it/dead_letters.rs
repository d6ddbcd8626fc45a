//! Turns that failed for good: who sees them, and what can be done about them.

use std::time::Duration;

use qv_domain::Role;
use qv_engine::{DeadLetterQuery, Maintenance};
use qv_store::{on_both_databases, testing::TestDb};
use qv_testkit::TestApp;
use qv_testkit::app::{Built, Client};
use qv_testkit::model_server::{ModelServer, Reply};
use serde_json::{Value, json};

use crate::{UNLIKE_ANY_STARTER, file, last, usual, with_model};

fn refusal() -> Reply {
    Reply::error(401, json!({ "error": { "type": "invalid_api_key" } }).to_string())
}

const PATH: &str = "src/words.ts";

fn content(words: &str) -> String {
    format!("export const words = \"{words}\";\n")
}

fn answer(words: &str) -> Reply {
    Reply::text(file(PATH, &content(words)))
}

/// A project whose first turn failed.
async fn failed(models: &ModelServer, client: &Client, prompt: &str) -> Built {
    models.script(vec![refusal()]);
    let built = client.build(prompt).await;
    let events = client.events(&built.generation).await.to_end().await;
    last(&events, "failed");
    built
}

async fn list(client: &Client, query: &str) -> Vec<Value> {
    let page = client.get(&format!("/api/dead-letters{query}")).await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

fn id(letter: &Value) -> &str {
    letter["id"].as_str().unwrap()
}

async fn retry(client: &Client, letter: &Value) -> qv_testkit::app::Answer {
    client.post(&format!("/api/dead-letters/{}/retry", id(letter)), json!({})).await
}

async fn a_failure_is_kept_and_tried_again(db: TestDb) {
    let models = ModelServer::start().await;
    let app = TestApp::on(db, usual().model(&models)).await;
    let owner = app.owner().await;
    let prompt = format!("{UNLIKE_ANY_STARTER} with api_key=hunter2 {}", "é".repeat(600));
    let built = failed(&models, &owner, &prompt).await;
    let letters = list(&owner, "").await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    assert_eq!(
        (&letter["code"], &letter["attempts"], &letter["state"], &letter["resolved_at"]),
        (&json!("provider_auth"), &json!(1), &json!("open"), &json!(null))
    );
    assert_eq!(letter["project_id"], built.project);
    assert_eq!(letter["generation_id"], built.generation);
    let kept = letter["payload"]["prompt"].as_str().unwrap();
    assert!(kept.starts_with(&format!("{UNLIKE_ANY_STARTER} with api_key=[secret] é")), "{kept}");
    assert_eq!(kept.chars().count(), 500);
    assert_eq!(letter["payload"]["cut"], true);
    assert!(!letter.to_string().contains("hunter2"), "{letter}");

    models.script(vec![answer("mended")]);
    let again = retry(&owner, letter).await.expect(201).json();
    let generation = again["generation"]["id"].as_str().unwrap();
    let events = owner.events(generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true);
    assert_eq!(owner.text(&built.project, PATH).await, content("mended"));
    assert!(list(&owner, "").await.is_empty());
    let all = list(&owner, "?state=all").await;
    assert_eq!((all.len(), &all[0]["state"]), (1, &json!("retried")));
    assert!(all[0]["resolved_at"].is_string());
    retry(&owner, letter).await.expect_problem(409, "conflict");
    owner
        .delete(&format!("/api/dead-letters/{}", id(letter)))
        .await
        .expect_problem(409, "conflict");
    models.finish().await;
}

on_both_databases! {
    async fn a_failed_turn_is_kept_and_tried_again(db) {
        a_failure_is_kept_and_tried_again(db).await;
    }
}

#[tokio::test]
async fn a_message_that_goes_well_in_the_chat_is_off_the_list() {
    let (models, _app, owner) = with_model().await;
    let built = failed(&models, &owner, UNLIKE_ANY_STARTER).await;
    let again = async |reply: Reply, end: &str| {
        let newest = list(&owner, "?state=all").await[0]["generation_id"].clone();
        models.script(vec![reply]);
        let path = format!("/api/generations/{}/retry", newest.as_str().unwrap());
        let turn = owner.post(&path, json!({})).await.expect(201).json();
        let generation = turn["generation"]["id"].as_str().unwrap().to_owned();
        last(&owner.events(&generation).await.to_end().await, end);
    };
    again(refusal(), "failed").await;
    let open = list(&owner, "").await;
    assert_eq!(open.len(), 1, "the newest failure stands for the message");
    assert_eq!(open[0]["attempts"], 2);
    again(answer("at last"), "done").await;
    assert!(list(&owner, "").await.is_empty());
    let states: Vec<Value> =
        list(&owner, "?state=all").await.iter().map(|letter| letter["state"].clone()).collect();
    assert_eq!(states, ["retried", "retried"]);
    assert_eq!(owner.text(&built.project, PATH).await, content("at last"));
    models.finish().await;
}

#[tokio::test]
async fn one_that_is_left_stays_so() {
    let (models, _app, owner) = with_model().await;
    failed(&models, &owner, UNLIKE_ANY_STARTER).await;
    let letters = list(&owner, "").await;
    let path = format!("/api/dead-letters/{}", id(&letters[0]));
    owner.delete(&path).await.expect(204);
    owner.delete(&path).await.expect(204);
    assert!(list(&owner, "").await.is_empty());
    assert_eq!(list(&owner, "?state=all").await[0]["state"], "discarded");
    retry(&owner, &letters[0]).await.expect_problem(409, "conflict");
    models.finish().await;
}

#[tokio::test]
async fn owners_see_their_own_and_administrators_all() {
    let (models, app, admin) = with_model().await;
    let ada = app.user("ada").await;
    let eve = app.user("eve").await;
    let mine = failed(&models, &ada, UNLIKE_ANY_STARTER).await;
    let theirs = failed(&models, &eve, UNLIKE_ANY_STARTER).await;
    app.add_member(&mine.project, &eve, Role::Editor).await;
    let projects = async |client: &Client, query: &str| -> Vec<Value> {
        list(client, query).await.iter().map(|letter| letter["project_id"].clone()).collect()
    };
    assert_eq!(projects(&ada, "").await, [mine.project.as_str()]);
    assert_eq!(projects(&eve, "").await, [theirs.project.as_str()], "an editor is no owner");
    assert_eq!(projects(&admin, "").await.len(), 2);
    let query = format!("?project={}", mine.project);
    assert_eq!(projects(&admin, &query).await, [mine.project.as_str()]);
    assert!(projects(&eve, &query).await.is_empty());

    let letter = &list(&ada, "").await[0];
    let nobodys = json!({ "id": "01900000-0000-7000-8000-000000000000" });
    for stranger in [letter, &nobodys] {
        retry(&eve, stranger).await.expect_problem(404, "not_found");
        let path = format!("/api/dead-letters/{}", id(stranger));
        eve.delete(&path).await.expect_problem(404, "not_found");
    }
    // An administrator's try is for who asked.
    models.script(vec![answer("by the administrator")]);
    let turn = retry(&admin, letter).await.expect(201).json();
    let generation = turn["generation"]["id"].as_str().unwrap();
    last(&ada.events(generation).await.to_end().await, "done");
    assert_eq!(ada.text(&mine.project, PATH).await, content("by the administrator"));
    let usage =
        async |client: &Client| client.get("/api/usage").await.json()["total"]["steps"].clone();
    assert_eq!((usage(&ada).await, usage(&admin).await), (json!(1), json!(0)));
    models.finish().await;
}

#[tokio::test]
async fn one_that_cannot_start_stays_open() {
    let (models, _app, owner) = with_model().await;
    let built = failed(&models, &owner, UNLIKE_ANY_STARTER).await;
    models.script(vec![Reply { hold_after: Some(5), ..answer("slow") }]);
    let running = owner.say(&built.project, "something else").await;
    owner.events(&running).await.until("text_delta").await;
    let letter = &list(&owner, "").await[0];
    retry(&owner, letter).await.expect_problem(409, "busy");
    assert_eq!(list(&owner, "").await.len(), 1, "nothing has become of it");
    models.release();
    last(&owner.events(&running).await.to_end().await, "done");
    models.finish().await;
}

#[tokio::test]
async fn a_long_list_comes_in_pages() {
    let (models, _app, owner) = with_model().await;
    for _ in 0..3 {
        failed(&models, &owner, UNLIKE_ANY_STARTER).await;
    }
    let first = owner.get("/api/dead-letters?limit=2").await.expect(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = owner.get(&format!("/api/dead-letters?limit=2&cursor={cursor}")).await;
    let second = second.expect(200).json();
    assert_eq!(second["next_cursor"], json!(null));
    let items = |page: &Value| page["items"].as_array().unwrap().clone();
    let mut ids: Vec<String> =
        items(&first).iter().chain(&items(&second)).map(|letter| id(letter).to_owned()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    let bad = owner.get("/api/dead-letters?cursor=nonsense").await;
    assert_eq!(bad.expect_problem(400, "invalid")["fields"][0]["field"], "cursor");
    models.finish().await;
}

/// What the command line does beside a server that runs.
async fn a_command_queues_what_the_server_does(db: TestDb) {
    let models = ModelServer::start().await;
    let app = TestApp::on(db, usual().model(&models)).await;
    let owner = app.owner().await;
    let built = failed(&models, &owner, UNLIKE_ANY_STARTER).await;
    models.script(vec![answer("from the command line")]);
    let mut config = usual().engine;
    app.db.data_dir().clone_into(&mut config.data_dir);
    app.db.url().clone_into(&mut config.database_url);
    let beside = Maintenance::open(&config, app.env.clone()).await.unwrap();
    let query = DeadLetterQuery { limit: 10, ..DeadLetterQuery::default() };
    let letters = beside.dead_letters(query).await.unwrap().items;
    assert_eq!(letters.len(), 1);
    let generation = beside.retry_dead_letter(letters[0].id).await.unwrap();
    beside.close().await;
    let started = std::time::Instant::now();
    let events = owner.events(&generation.id.to_string()).await.to_end().await;
    last(&events, "done");
    assert!(started.elapsed() < Duration::from_secs(10), "the server looks every 5 s");
    assert_eq!(owner.text(&built.project, PATH).await, content("from the command line"));
    models.finish().await;
}

on_both_databases! {
    async fn a_command_beside_the_server_puts_it_into_the_queue(db) {
        a_command_queues_what_the_server_does(db).await;
    }
}
