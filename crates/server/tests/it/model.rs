//! Turns that a model carries out: the scripted one, over HTTP, by its real wire format.

use std::time::Duration;

use qv_domain::FilePath;
use qv_llm::CallLimits;
use qv_store::{Backend, FileChange, on_both_databases, testing::TestDb};
use qv_testkit::TestApp;
use qv_testkit::app::{Built, Client, Heard, kinds};
use qv_testkit::model_server::{Cut, Ending, ModelServer, Outcome, Reply, Usage};
use serde_json::{Value, json};

use crate::{MODEL, UNLIKE_ANY_STARTER, file, last, page, usual, with_model};

/// A project that a starter made, for turns that change it.
async fn started(owner: &Client) -> Built {
    let body = json!({ "prompt": "a pomodoro timer", "model": "starters" });
    let made = owner.post("/api/projects", body).await.expect(201).json();
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let built =
        Built { project: id(&made["project"]), generation: id(&made["turn"]["generation"]) };
    owner.events(&built.generation).await.until("done").await;
    built
}

/// Everything about a project that a turn could have changed.
async fn state(owner: &Client, project: &str) -> (Value, Value) {
    let files = owner.get(&format!("/api/projects/{project}/files")).await.expect(200).json();
    let versions = owner.get(&format!("/api/projects/{project}/versions")).await.expect(200).json();
    (files, versions)
}

/// Answers of a turn that all go well: its events.
async fn built(models: &ModelServer, owner: &Client, replies: Vec<Reply>) -> (Built, Vec<Heard>) {
    models.script(replies);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let events = owner.events(&built.generation).await.to_end().await;
    (built, events)
}

async fn text_after_one_byte_writes(db: TestDb) {
    let models = ModelServer::start().await;
    let app = TestApp::on(db, usual().model(&models)).await;
    let owner = app.owner().await;
    let answer = file("src/App.tsx", &page("Grüße, 世界 🎉"));
    let reply = Reply::text(answer).cut(Cut::Bytes(1));
    let (built, events) = built(&models, &owner, vec![reply]).await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, page("Grüße, 世界 🎉"));
    let streamed: String = events
        .iter()
        .filter(|event| event.kind == "file_delta")
        .map(|event| event.data["text"].as_str().unwrap())
        .collect();
    assert_eq!(streamed, page("Grüße, 世界 🎉"), "what was watched is what was written");
    models.finish().await;
}

on_both_databases! {
    async fn an_answer_in_single_bytes_arrives_whole(db) {
        text_after_one_byte_writes(db).await;
    }
}

#[tokio::test]
async fn a_syntax_error_is_told_and_mended() {
    let (models, _app, owner) = with_model().await;
    let broken = file("src/App.tsx", "export function App() {\n  return <h1>x</h1;\n}\n");
    let replies = vec![Reply::text(broken), Reply::text(file("src/App.tsx", &page("mended")))];
    let (built, events) = built(&models, &owner, replies).await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    let checks: Vec<&Value> = events
        .iter()
        .filter(|event| event.kind == "check_finished" && event.data["check"] == "compile")
        .map(|event| &event.data["ok"])
        .collect();
    assert_eq!(checks, [false, true]);
    let requests = models.finish().await;
    assert!(requests[1].last_user.contains("src/App.tsx:2"), "{}", requests[1].last_user);
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, page("mended"));
    let versions = state(&owner, &built.project).await.1;
    let verified: Vec<&Value> =
        versions["items"].as_array().unwrap().iter().map(|version| &version["verified"]).collect();
    assert_eq!(
        verified,
        [&json!(true), &json!(null)],
        "one version for the turn, one to begin from"
    );
    let path = format!("/api/generations/{}", built.generation);
    assert_eq!(owner.get(&path).await.json()["summary"]["repairs"], 1);
}

#[tokio::test]
async fn edits_that_do_not_fit_are_asked_for_again() {
    let (models, _app, owner) = with_model().await;
    let edit = |search: &str| {
        format!(
            "I change it.\n\n<edit path=\"src/App.tsx\">\n<<<<<<< SEARCH\n{search}\n=======\n      <h1>Fits</h1>\n>>>>>>> REPLACE\n</edit>\n"
        )
    };
    let right = "      <h1 className=\"text-4xl font-semibold tracking-tight\">New app</h1>";
    let replies = vec![Reply::text(edit("      <h2>nowhere</h2>")), Reply::text(edit(right))];
    let (built, events) = built(&models, &owner, replies).await;
    last(&events, "done");
    let order = ["edit_failed", "repair_started", "edit_applied", "preview_ready"];
    let seen: Vec<&str> = kinds(&events).into_iter().filter(|kind| order.contains(kind)).collect();
    assert_eq!(seen, order);
    assert!(owner.text(&built.project, "src/App.tsx").await.contains("<h1>Fits</h1>"));
    models.finish().await;
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_gone_on_with() {
    let (models, _app, owner) = with_model().await;
    let (start, rest) = (
        "I write it.\n\n<file path=\"src/App.tsx\">\nexport function App() {\n  return <h1>",
        "  return <h1>whole</h1>;\n}\n</file>\n",
    );
    let replies = vec![Reply::text(start).stop("max_tokens"), Reply::text(rest)];
    let (built, events) = built(&models, &owner, replies).await;
    assert_eq!(last(&events, "done").data["verified"], true);
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, page("whole"));
    let steps: Vec<&Value> = events
        .iter()
        .filter(|event| event.kind == "step_started")
        .map(|event| &event.data["kind"])
        .collect();
    assert_eq!(steps, ["draft", "continuation"]);
    models.finish().await;
}

#[tokio::test]
async fn a_provider_that_fails_leaves_the_project_as_it_was() {
    let models = ModelServer::start().await;
    let mut setup = usual().model(&models);
    let idle = Duration::from_millis(200);
    setup.engine.call_limits = Some(CallLimits { first_byte: idle, idle, ..CallLimits::HOSTED });
    let app = TestApp::on(TestDb::new(Backend::Sqlite).await, setup).await;
    let owner = app.owner().await;
    let project = started(&owner).await.project;
    let before = state(&owner, &project).await;
    let error = |status, kind: &str| {
        let body = json!({ "error": { "message": "so it is", "type": kind, "code": kind } });
        Reply::error(status, body.to_string()).header("retry-after", "0")
    };
    let silent = || Reply::text("").ending(Ending::Silence);
    for (replies, code, retryable) in [
        (vec![error(401, "invalid_api_key")], "provider_auth", false),
        (vec![error(429, "rate_limit_exceeded"); 3], "provider_rate_limited", true),
        (vec![error(500, "server_error"); 3], "provider_overloaded", true),
        (vec![error(429, "insufficient_quota")], "provider_quota", false),
        (vec![error(400, "context_length_exceeded")], "context_too_long", false),
        (vec![silent()], "provider_timeout", true),
        (vec![Reply::text("").ending(Ending::Abort)], "truncated", true),
        (vec![Reply::text("")], "empty_answer", true),
    ] {
        models.script(replies);
        let generation = owner.say(&project, "make it blue").await;
        let events = owner.events(&generation).await.to_end().await;
        let failed = &last(&events, "failed").data;
        assert_eq!(
            (&failed["code"], &failed["retryable"]),
            (&json!(code), &json!(retryable)),
            "{failed}"
        );
        assert!(failed["message"].as_str().unwrap().len() > 20, "{failed}");
        let generation = owner.get(&format!("/api/generations/{generation}")).await.json();
        assert_eq!(generation["status"], "failed", "{code}");
        assert_eq!(generation["summary"]["error"], code);
        assert_eq!(state(&owner, &project).await, before, "{code}");
    }
    models.finish().await;
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_said_to_be_out_of_reach() {
    let models = ModelServer::start().await;
    let app = TestApp::with_model(&models).await;
    let owner = app.owner().await;
    let project = started(&owner).await.project;
    models.finish().await;
    let body = json!({ "message": "make it blue", "model": format!("custom/{MODEL}") });
    let turn = owner.post(&format!("/api/projects/{project}/turns"), body).await.expect(201).json();
    let generation = turn["generation"]["id"].as_str().unwrap();
    let events = owner.events(generation).await.to_end().await;
    assert_eq!(last(&events, "failed").data["code"], "provider_unreachable");
}

#[tokio::test]
async fn stopping_ends_the_call_and_keeps_the_project() {
    let (models, _app, owner) = with_model().await;
    let project = started(&owner).await.project;
    let before = state(&owner, &project).await;
    models.script([Reply::text(file("src/App.tsx", &page("never"))).hold_after(40)]);
    let generation = owner.say(&project, "make it blue").await;
    let stream = owner.events(&generation).await;
    models.wait_until_held(1).await;
    let path = format!("/api/generations/{generation}/cancel");
    owner.post(&path, json!({})).await.expect(202);
    assert_eq!(models.outcome(0).await, Outcome::Disconnected);
    let events = stream.to_end().await;
    last(&events, "cancelled");
    assert_eq!(state(&owner, &project).await, before);
    let found = owner.get(&format!("/api/generations/{generation}")).await.json();
    assert_eq!(found["status"], "cancelled");
    // Stopping what is over changes nothing, and the next turn may begin.
    owner.post(&path, json!({})).await.expect(202);
    assert_eq!(owner.events(&generation).await.to_end().await, events);
    models.script([Reply::text("Nothing to do.")]);
    let next = owner.say(&project, "and now?").await;
    last(&owner.events(&next).await.to_end().await, "done");
}

#[tokio::test]
async fn one_turn_at_a_time() {
    let (models, _app, owner) = with_model().await;
    models.script([Reply::text(file("src/App.tsx", &page("x"))).hold_after(10)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    let at = |rest: &str| format!("/api/projects/{}{rest}", built.project);
    let running = owner.get(&at("")).await.json();
    assert_eq!(running["active_generation"], built.generation.as_str());
    assert_eq!(running["build_status"], "building");
    owner.post(&at("/turns"), json!({ "message": "x" })).await.expect_problem(409, "busy");
    owner.post(&at("/versions/1/restore"), json!({})).await.expect_problem(409, "busy");
    let retry = format!("/api/generations/{}/retry", built.generation);
    owner.post(&retry, json!({})).await.expect_problem(409, "conflict");
    models.release();
    last(&owner.events(&built.generation).await.to_end().await, "done");
    models.finish().await;
}

#[tokio::test]
async fn what_a_step_takes_is_written_down_and_summed() {
    let (models, _app, owner) = with_model().await;
    let usage = Usage { input: 1_000, output: 200, cache_read: 500, cache_write: 0 };
    let broken = file("src/App.tsx", "export function App( {\n");
    let replies = vec![
        Reply::text(broken).usage(usage),
        Reply::text(file("src/App.tsx", &page("x"))).usage(usage),
    ];
    let (built, events) = built(&models, &owner, replies).await;
    last(&events, "done");
    let told: Vec<&Heard> = events.iter().filter(|event| event.kind == "usage").collect();
    let steps: Vec<(&Value, &Value)> =
        told.iter().map(|event| (&event.data["step"], &event.data["kind"])).collect();
    assert_eq!(steps, [(&json!(1), &json!("draft")), (&json!(2), &json!("repair"))]);
    let cost = told[0].data["cost_nanousd"].as_u64().expect("the model's price is known");
    assert!(cost > 0);

    let generation = owner.get(&format!("/api/generations/{}", built.generation)).await.json();
    let summary = &generation["summary"];
    assert_eq!(summary["cost_nanousd"], 2 * cost);
    assert_eq!(
        (&summary["usage"]["input"], &summary["usage"]["output"]),
        (&json!(2_000), &json!(400))
    );
    let report = owner.get("/api/usage?days=7").await.expect(200).json();
    assert_eq!(report["days"].as_array().unwrap().len(), 7);
    for totals in [&report["total"], &report["days"][6]["totals"]] {
        assert_eq!(totals["steps"], 2, "{report}");
        assert_eq!(totals["cost_nanousd"], 2 * cost, "{report}");
        assert_eq!((&totals["input"], &totals["cache_read"]), (&json!(2_000), &json!(1_000)));
    }
    models.finish().await;
}

#[tokio::test]
async fn what_a_provider_counts_is_estimated_from_then_on() {
    let (models, app, owner) = with_model().await;
    let project = started(&owner).await.project;
    let ask = json!({ "message": "how does it count?", "mode": "ask" });
    let estimated = || async {
        let path = format!("/api/projects/{project}/estimate");
        let answer = owner.post(&path, ask.clone()).await.expect(200).json();
        ["input_tokens", "files_sent"].map(|name| answer[name].as_u64().unwrap())
    };
    let [before, files_before] = estimated().await;
    let turns = 20_000 / before + 5;
    let twice = Usage { input: 2 * before, output: 5, cache_read: 0, cache_write: 0 };
    for _ in 0..turns {
        models.script([Reply::text("By adding.").usage(twice)]);
        let path = format!("/api/projects/{project}/turns");
        let turn = owner.post(&path, ask.clone()).await.expect(201).json();
        let generation = turn["generation"]["id"].as_str().unwrap();
        last(&owner.events(generation).await.to_end().await, "done");
    }
    let model = format!("custom/{MODEL}");
    let (calls, counted, reported) =
        app.db.read().await.unwrap().calibration(&model).await.unwrap();
    assert_eq!((calls, reported), (turns, turns * 2 * before));
    assert!(counted > 0 && counted < reported / 2, "{counted} {reported}");
    // Every file counts about double now, so fewer of them are sent for the same budget.
    let [_, files_after] = estimated().await;
    assert!(files_after < files_before, "{files_before} {files_after}");
    models.finish().await;
}

#[tokio::test]
async fn asking_changes_nothing() {
    let (models, _app, owner) = with_model().await;
    let project = started(&owner).await.project;
    let before = state(&owner, &project).await;
    models.script([Reply::text(file("src/App.tsx", &page("never")))]);
    let body = json!({ "message": "how does it count?", "mode": "ask" });
    let turn = owner.post(&format!("/api/projects/{project}/turns"), body).await.expect(201).json();
    let generation = turn["generation"]["id"].as_str().unwrap();
    let events = owner.events(generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["version"], json!(null));
    assert!(!kinds(&events).contains(&"edit_applied"));
    assert_eq!(state(&owner, &project).await, before);
    models.finish().await;
}

#[tokio::test]
async fn a_failed_turn_is_tried_again() {
    let (models, app, owner) = with_model().await;
    let project = started(&owner).await.project;
    models.script([Reply::error(401, "{}"), Reply::text(file("src/extra.ts", "export {};\n"))]);
    let first = owner.say(&project, "add a file").await;
    last(&owner.events(&first).await.to_end().await, "failed");
    app.env.advance(Duration::from_secs(1));
    let retry = owner.post(&format!("/api/generations/{first}/retry"), json!({})).await;
    let turn = retry.expect(201).json();
    let second = turn["generation"]["id"].as_str().unwrap();
    assert_ne!(second, first);
    last(&owner.events(second).await.to_end().await, "done");
    assert_eq!(owner.text(&project, "src/extra.ts").await, "export {};\n");
    let mut reader = app.db.read().await.unwrap();
    let row = reader.generation(second.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(row.attempt, 2);
    drop(reader);
    // The message is there once, and shows its newest try.
    let messages = owner.get(&format!("/api/projects/{project}/messages")).await.json();
    let messages = messages["items"].as_array().unwrap();
    let asked: Vec<&Value> = messages.iter().filter(|m| m["text"] == "add a file").collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["generation"]["id"], second);
    models.finish().await;
}

#[tokio::test]
async fn what_a_person_saves_meanwhile_is_not_overwritten() {
    let (models, _app, owner) = with_model().await;
    let mine = page("By hand");
    models.script([Reply::text(file("src/App.tsx", &page("By the model"))).hold_after(40)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    owner.save(&built.project, "src/App.tsx", &mine).await.expect(200);
    models.release();
    let events = owner.events(&built.generation).await.to_end().await;
    last(&events, "done");
    assert!(kinds(&events).contains(&"suggested"), "{:?}", kinds(&events));
    models.finish().await;
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, mine);
}

#[tokio::test]
async fn what_another_node_saved_is_not_overwritten_unseen() {
    let (models, app, owner) = with_model().await;
    models.script([Reply::text(file("src/App.tsx", &page("By the model"))).hold_after(40)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    // Another node's save is in the database, and nobody told the turn.
    let mine = page("By hand");
    let change = FileChange::Write {
        path: FilePath::parse("src/App.tsx").unwrap(),
        content: mine.as_bytes().into(),
    };
    let mut tx = app.db.begin().await.unwrap();
    let limits = &app.engine.limits();
    tx.apply_changes(built.project.parse().unwrap(), &[change], limits, app.db.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    models.release();
    let events = owner.events(&built.generation).await.to_end().await;
    last(&events, "done");
    let suggested = events.iter().find(|event| event.kind == "suggested").unwrap();
    assert_eq!(suggested.data["path"], "src/App.tsx");
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, mine);
    models.finish().await;
}

#[tokio::test]
async fn a_file_that_was_not_sent_is_asked_for_and_then_edited() {
    let (models, _app, owner) = with_model().await;
    let project = started(&owner).await.project;
    let ledger: String = (0..600).map(|at| format!("export const row{at} = {at};\n")).collect();
    owner.save(&project, "src/ledger.ts", &ledger).await.expect(200);
    let edit = "<edit path=\"src/ledger.ts\">\n<<<<<<< SEARCH\nexport const row300 = \
                300;\n=======\nexport const row300 = 0;\n>>>>>>> REPLACE\n</edit>\n";
    let need = "<need path=\"src/ledger.ts\" lines=\"300-302\"/>\n";
    models.script([Reply::text(need), Reply::text(edit)]);
    let generation = owner.say(&project, "Make the heading of TimerRing blue").await;
    let events = owner.events(&generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    let requests = models.finish().await;
    let (first, second) = (&requests[0].last_user, &requests[1].last_user);
    assert!(first.contains("ledger.ts") && !first.contains("row299 = 299"), "{first}");
    assert!(second.contains("row299 = 299") && !second.contains("row100 = 100"), "{second}");
    assert!(second.contains("TimerRing blue"), "{second}");
    assert_eq!(
        owner.text(&project, "src/ledger.ts").await,
        ledger.replace("row300 = 300", "row300 = 0")
    );
    let steps: Vec<&Value> = events
        .iter()
        .filter(|event| event.kind == "step_started")
        .map(|event| &event.data["files"])
        .collect();
    let told = steps[0].as_array().unwrap();
    assert!(!told.is_empty() && told.iter().all(|file| file["reason"].is_string()), "{told:?}");
    assert_eq!(steps.len(), 2);
}

#[tokio::test]
async fn what_a_person_has_before_them_is_shown_to_the_model() {
    let (models, _app, owner) = with_model().await;
    let project = started(&owner).await.project;
    let ledger: String = (0..600).map(|at| format!("export const row{at} = {at};\n")).collect();
    owner.save(&project, "src/ledger.ts", &ledger).await.expect(200);
    let quiet: String = (0..60).map(|at| format!("export const q{at} = {at};\n")).collect();
    owner.save(&project, "src/quiet.ts", &quiet).await.expect(200);
    owner.save(&project, "src/App.tsx", "export default function App( {\n").await.expect(200);
    models.script([Reply::text(file("src/App.tsx", &page("Mended")))]);
    let turns = format!("/api/projects/{project}/turns");
    let context = json!({ "open_files": ["src/quiet.ts"], "picked": { "path": "src/ledger.ts", "line": 300 } });
    let body = json!({ "message": "Mend it", "context": context });
    let turn = owner.post(&turns, body).await.expect(201).json();
    let generation = turn["generation"]["id"].as_str().unwrap().to_owned();
    let events = owner.events(&generation).await.to_end().await;
    last(&events, "done");
    let asked = models.finish().await.remove(0).last_user;
    assert!(asked.contains("row300 = 300") && !asked.contains("row50 = 50"), "{asked}");
    let files = events.iter().find_map(|event| event.data["files"].as_array()).unwrap();
    let reason = |path: &str| {
        let file = files.iter().find(|file| file["path"] == path);
        file.map(|file| file["reason"].as_str().unwrap().to_owned())
    };
    assert_eq!(reason("src/quiet.ts").as_deref(), Some("open"), "{files:?}");
    assert_eq!(reason("src/ledger.ts").as_deref(), Some("picked"), "{files:?}");
    assert_eq!(reason("src/App.tsx").as_deref(), Some("error"), "{files:?}");

    let many: Vec<String> = (0..21).map(|at| format!("src/f{at}.ts")).collect();
    let refused = json!({ "message": "x", "context": { "open_files": many } });
    let refused = owner.post(&turns, refused).await.expect_problem(400, "invalid");
    assert!(refused.to_string().contains("20 open files"), "{refused}");
    let outside = json!({ "message": "x", "context": { "open_files": ["../secret"] } });
    owner.post(&turns, outside).await.expect_problem(400, "invalid");
}
