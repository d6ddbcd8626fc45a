//! The parts of the agent's beside the builder's, questions, and plans that a person left.

use std::time::Duration;

use qv_testkit::app::{Client, Heard, kinds};
use qv_testkit::model_server::{Reply, Usage};
use serde_json::{Value, json};

use crate::{MODEL, UNLIKE_ANY_STARTER, file, last, page, with_model};

/// A page of so many lines more than the usual one: a change that is not small.
fn large(words: &str) -> String {
    let lines: String = (0..50).map(|line| format!("export const v{line} = {line};\n")).collect();
    format!("{lines}{}", page(words))
}

fn answers(text: impl Into<String>, output: u64) -> Reply {
    Reply::text(text.into()).usage(Usage { input: 1_000, output, ..Usage::default() })
}

async fn summary(owner: &Client, generation: &str) -> Value {
    owner.get(&format!("/api/generations/{generation}")).await.expect(200).json()["summary"].clone()
}

/// Each call: what it was for, and whose part it was.
fn steps(events: &[Heard]) -> Vec<(&str, &str)> {
    let steps = events.iter().filter(|event| event.kind == "step_started");
    steps
        .map(|step| (step.data["kind"].as_str().unwrap(), step.data["role"].as_str().unwrap()))
        .collect()
}

fn data<'a>(events: &'a [Heard], kind: &str) -> &'a Value {
    let found = events.iter().find(|event| event.kind == kind);
    assert!(found.is_some(), "{kind}: {:?}", kinds(events));
    &found.unwrap().data
}

#[tokio::test]
async fn a_large_change_is_reviewed_and_mended_once() {
    let (models, _app, owner) = with_model().await;
    let finding = "<finding path=\"src/App.tsx\">The title is missing.</finding>\n<finding>No undo.</finding>";
    models.script([
        answers(file("src/App.tsx", &large("one")), 900),
        answers(finding, 40),
        answers(file("src/App.tsx", &large("two")), 500),
    ]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    let expected = [("draft", "builder"), ("review", "reviewer"), ("repair", "builder")];
    assert_eq!(steps(&events), expected);
    let findings = json!([
        { "path": "src/App.tsx", "message": "The title is missing." },
        { "path": null, "message": "No undo." },
    ]);
    let review = data(&events, "review_finished");
    assert_eq!((&review["ok"], &review["findings"]), (&json!(false), &findings));
    assert_eq!(data(&events, "repair_started")["reason"], "The review found something.");
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, large("two"));

    // Each part with its calls and its price, which together are the turn's.
    let summary = summary(&owner, &built.generation).await;
    assert_eq!(summary["review"], findings);
    let roles = summary["roles"].as_array().unwrap();
    let told: Vec<(&str, u64, u64)> = roles
        .iter()
        .map(|role| {
            assert_eq!(role["model"], format!("custom/{MODEL}"));
            let output = role["usage"]["output"].as_u64().unwrap();
            (role["role"].as_str().unwrap(), role["calls"].as_u64().unwrap(), output)
        })
        .collect();
    assert_eq!(told, [("builder", 2, 1_400), ("reviewer", 1, 40)]);
    let cost = |value: &Value| value["cost_nanousd"].as_u64().unwrap();
    assert_eq!(roles.iter().map(cost).sum::<u64>(), cost(&summary));
    // The repair is the instance's; the review is the turn's own.
    let own: u64 = events
        .iter()
        .filter(|event| event.kind == "usage" && event.data["kind"] != "repair")
        .map(|event| cost(&event.data))
        .sum();
    assert!(own > 0 && own < cost(&summary));
    assert_eq!(owner.get("/api/budgets").await.json()["user"]["spent_nanousd"], own);

    let requests = models.finish().await;
    let asked = &requests[1];
    assert!(asked.system.contains("You review a change"), "{}", asked.system);
    for part in [UNLIKE_ANY_STARTER, "src/App.tsx\n@@", "+export const v49 = 49;"] {
        assert!(asked.last_user.contains(part), "{part}: {}", asked.last_user);
    }
    assert!(requests[2].last_user.contains("- src/App.tsx: The title is missing."));
}

/// The turn's own model plans, and nobody reads or tests.
async fn with_a_planner(owner: &Client) {
    let roles = json!({
        "planner": { "who": "same" }, "reviewer": { "who": "nobody" }, "tester": { "who": "nobody" },
    });
    owner.put("/api/roles", roles).await.expect(200);
}

#[tokio::test]
async fn a_planner_plans_and_the_builder_ticks_it_off() {
    let (models, _app, owner) = with_model().await;
    with_a_planner(&owner).await;
    models.script([
        answers("<plan>\n- [ ] Say one\n- [ ] Be brief\n</plan>", 30),
        answers(file("src/App.tsx", &page("one")), 90),
    ]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    assert_eq!(steps(&events), [("plan", "planner"), ("draft", "builder")]);
    let items = |done: bool| json!([{ "text": "Say one", "done": done }, { "text": "Be brief", "done": done }]);
    let plans: Vec<&Value> = events
        .iter()
        .filter(|event| event.kind == "plan")
        .map(|event| &event.data["items"])
        .collect();
    assert!(plans.contains(&&items(false)), "{plans:?}");
    let summary = summary(&owner, &built.generation).await;
    assert_eq!(summary["plan"], items(true));
    let roles: Vec<&Value> =
        summary["roles"].as_array().unwrap().iter().map(|role| &role["role"]).collect();
    assert_eq!(roles, ["planner", "builder"]);
    let requests = models.finish().await;
    assert!(requests[0].system.contains("planner"), "{}", requests[0].system);
    assert!(requests[1].last_user.contains("- [ ] Say one"), "{}", requests[1].last_user);
}

#[tokio::test]
async fn a_planner_that_fails_is_left_out_and_keeps_no_money() {
    let (models, app, owner) = with_model().await;
    with_a_planner(&owner).await;
    let error = json!({ "error": { "message": "no", "type": "invalid_api_key", "code": "invalid_api_key" } });
    models.script([
        Reply::error(401, error.to_string()),
        answers(file("src/App.tsx", &page("one")), 90).hold_after(20),
    ]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_until_held(1).await;
    let planner = "SELECT COUNT(*) FROM budget_reservations WHERE step = 0";
    let builder = "SELECT COUNT(*) FROM budget_reservations WHERE step = 1";
    assert_eq!(app.db.number(planner).await, 0, "nothing came of it");
    assert!(app.db.number(builder).await > 0, "it is at work");
    models.release();
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    models.finish().await;
}

#[tokio::test]
async fn a_review_that_fails_is_left_out() {
    let (models, _app, owner) = with_model().await;
    let error = json!({ "error": { "message": "no", "type": "invalid_api_key", "code": "invalid_api_key" } });
    models.script([
        answers(file("src/App.tsx", &large("one")), 900),
        Reply::error(401, error.to_string()),
    ]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    assert!(events.iter().all(|event| event.kind != "review_finished"), "nobody has read it");
    let summary = summary(&owner, &built.generation).await;
    assert_eq!((&summary["error"], &summary["review"]), (&Value::Null, &Value::Null));
    assert_eq!((&summary["error"], summary["roles"].as_array().unwrap().len()), (&Value::Null, 1));
    models.finish().await;
}

#[tokio::test]
async fn a_review_goes_on_after_a_restart() {
    let (models, app, owner) = with_model().await;
    models.script([
        answers(file("src/App.tsx", &large("one")), 900),
        answers("<finding>half of a thought that is never said to its end", 40).hold_after(20),
        answers("<ok/>", 5),
    ]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    models.wait_for_requests(2).await;
    models.wait_until_held(1).await;
    let app = app.restart(Duration::ZERO, Duration::ZERO).await;
    let owner = owner.to(&app);
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    assert_eq!(
        steps(&events).iter().map(|step| step.0).collect::<Vec<_>>(),
        ["draft", "review", "review"]
    );
    assert_eq!(data(&events, "review_finished")["ok"], true);
    let summary = summary(&owner, &built.generation).await;
    let calls: Vec<&Value> =
        summary["roles"].as_array().unwrap().iter().map(|role| &role["calls"]).collect();
    assert_eq!(calls, [1, 2], "what was lost was paid: {summary}");
    let requests = models.finish().await;
    assert_eq!(requests[1].body["messages"], requests[2].body["messages"]);
}

#[tokio::test]
async fn a_request_that_says_nothing_costs_nothing() {
    let (models, _app, owner) = with_model().await;
    let built = owner.build("make me an app").await;
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["version"], Value::Null);
    let items = &data(&events, "questions")["items"];
    assert_eq!(items[0]["text"], "What shall it be for?");
    assert!(
        items.as_array().unwrap().len() <= 3 && items[0]["choices"].as_array().unwrap().len() <= 5
    );
    assert_eq!(&summary(&owner, &built.generation).await["questions"], items);
    assert!(events.iter().all(|event| event.kind != "step_started"));
    // The answer begins the app, and is not asked about.
    models.script([answers(file("src/App.tsx", &page("tasks")), 90)]);
    let generation = owner.say(&built.project, "something for me").await;
    let events = owner.events(&generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    let requests = models.finish().await;
    assert!(requests[0].last_user.contains("What shall it be for?"), "{}", requests[0].last_user);
}

#[tokio::test]
async fn whoever_tries_again_wants_it_so() {
    let (models, _app, owner) = with_model().await;
    let built = owner.build("an app").await;
    owner.events(&built.generation).await.until("done").await;
    models.script([answers(file("src/App.tsx", &page("any")), 90)]);
    let path = format!("/api/generations/{}/retry", built.generation);
    let again = owner.post(&path, json!({})).await.expect(201).json();
    let generation = again["generation"]["id"].as_str().unwrap();
    let events = owner.events(generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true, "{:?}", kinds(&events));
    models.finish().await;
}

#[tokio::test]
async fn an_answer_that_only_asks_makes_no_version() {
    let (models, _app, owner) = with_model().await;
    let question =
        "<question>\nWhich one?\n<choice>This</choice>\n<choice>That</choice>\n</question>\n";
    models.script([answers(question, 30), answers(file("src/App.tsx", &page("this")), 90)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["version"], Value::Null, "{:?}", kinds(&events));
    let asked = json!([{ "text": "Which one?", "choices": ["This", "That"] }]);
    assert_eq!(data(&events, "questions")["items"], asked);
    assert_eq!(summary(&owner, &built.generation).await["questions"], asked);
    let generation = owner.say(&built.project, "This").await;
    last(&owner.events(&generation).await.to_end().await, "done");
    let requests = models.finish().await;
    assert!(requests[1].last_user.contains("Which one?"), "{}", requests[1].last_user);
}

#[tokio::test]
async fn a_plan_that_a_person_left_is_carried_out() {
    let (models, _app, owner) = with_model().await;
    models.script([
        answers(file("src/App.tsx", &page("one")), 90),
        answers(file("src/App.tsx", &page("two")), 90),
    ]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    owner.events(&built.generation).await.until("done").await;
    let turns = format!("/api/projects/{}/turns", built.project);
    for (plan, field) in [(vec!["x".to_owned(); 51], "plan"), (vec!["x".repeat(501)], "plan")] {
        let refused = owner.post(&turns, json!({ "message": "go", "plan": plan })).await;
        let problem = refused.expect_problem(400, "invalid");
        assert_eq!(problem["fields"][0]["field"], field, "{problem}");
    }
    let body = json!({ "message": "go", "plan": ["Say two", "Be\nbrief"] });
    let turn = owner.post(&turns, body).await.expect(201).json();
    let generation = turn["generation"]["id"].as_str().unwrap();
    let events = owner.events(generation).await.to_end().await;
    last(&events, "done");
    let plans: Vec<&Value> = events
        .iter()
        .filter(|event| event.kind == "plan")
        .map(|event| &event.data["items"])
        .collect();
    let items = |done: bool| json!([{ "text": "Say two", "done": done }, { "text": "Be brief", "done": done }]);
    assert_eq!(plans, [&items(false), &items(true)]);
    assert_eq!(summary(&owner, generation).await["plan"], items(true));
    let requests = models.finish().await;
    assert!(
        requests[1].last_user.contains("- [ ] Say two\n- [ ] Be brief\n</plan>"),
        "{}",
        requests[1].last_user
    );
}
