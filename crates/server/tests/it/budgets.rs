//! Budgets: what is refused before it costs anything, what is set aside, and who pays.

use std::time::Duration;

use qv_domain::Role;
use qv_engine::PlanBudget;
use qv_store::on_both_databases;
use qv_testkit::app::{Client, Heard, Setup, TestApp, kinds};
use qv_testkit::model_server::{ModelServer, Reply, Usage};
use serde_json::{Value, json};

use crate::{MODEL, UNLIKE_ANY_STARTER, file, last, page, usual, with_model};

const CENT: u64 = 10_000_000;
const DOLLAR: u64 = 100 * CENT;
/// What the model's answers cost, in billionths of a dollar a token.
const OUTPUT: u64 = 15_000;

/// A project that a starter made.
async fn started(owner: &Client) -> String {
    let body = json!({ "prompt": "a pomodoro timer", "model": "starters" });
    let made = owner.post("/api/projects", body).await.expect(201).json();
    let generation = made["turn"]["generation"]["id"].as_str().unwrap();
    owner.events(generation).await.until("done").await;
    made["project"]["id"].as_str().unwrap().to_owned()
}

async fn limit(owner: &Client, nanousd: u64) {
    owner.put("/api/budgets", json!({ "limit_nanousd": nanousd })).await.expect(200);
}

async fn budgets(owner: &Client) -> Value {
    owner.get("/api/budgets").await.expect(200).json()
}

/// An answer that writes a file which is not there yet.
fn answer(words: &str, output: u64) -> Reply {
    let usage = Usage { input: 1_000, output, ..Usage::default() };
    let content = format!("export const words = '{words}';\n");
    Reply::text(file(&format!("src/{words}.ts"), &content)).usage(usage)
}

/// What the calls of a turn cost, by whether they were repairs.
fn costs(events: &[Heard]) -> (u64, u64) {
    let usage = events.iter().filter(|event| event.kind == "usage");
    usage.fold((0, 0), |(own, repairs), event| {
        let cost = event.data["cost_nanousd"].as_u64().unwrap();
        if event.data["kind"] == "repair" { (own, repairs + cost) } else { (own + cost, repairs) }
    })
}

fn with_plan(models: &ModelServer, plan: PlanBudget) -> Setup {
    let mut setup = usual().model(models);
    let plans = &mut setup.engine.plans;
    (plans.free, plans.pro, plans.team) = (plan, plan, plan);
    setup
}

#[tokio::test]
async fn what_cannot_be_paid_is_refused_before_anything_is_written_or_sent() {
    let (models, _app, owner) = with_model().await;
    let project = started(&owner).await;
    limit(&owner, CENT).await;
    let messages = format!("/api/projects/{project}/messages");
    let before = owner.get(&messages).await.json();
    let turns = format!("/api/projects/{project}/turns");
    let refused = owner.post(&turns, json!({ "message": "a red title" })).await;
    let refused = refused.expect_problem(402, "budget_exceeded");
    let detail = refused["detail"].as_str().unwrap();
    for part in [
        "Your budget for November has $0.01 left of $0.01",
        "at least $0.0",
        "cheaper model",
        "Settings",
        "1 December",
    ] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    assert_eq!(owner.get(&messages).await.json(), before, "nothing is left of it");
    owner
        .post("/api/projects", json!({ "prompt": UNLIKE_ANY_STARTER }))
        .await
        .expect_problem(402, "budget_exceeded");
    let projects = owner.get("/api/projects").await.json();
    assert_eq!(projects["items"].as_array().unwrap().len(), 1);
    assert_eq!(projects["items"][0]["build_status"], "verified", "it is not building");
    assert_eq!(budgets(&owner).await["user"]["reserved_nanousd"], 0);
    // What costs nothing goes on.
    started(&owner).await;
    assert!(models.finish().await.is_empty());
}

on_both_databases! {
    async fn twenty_turns_at_once_on_a_balance_for_three(db) {
        let models = crate::models().await;
        let app = TestApp::on(db, usual().model(&models)).await;
        let owner = app.owner().await;
        let mut projects = Vec::new();
        for _ in 0..20 {
            projects.push(started(&owner).await);
        }
        let ask = json!({ "message": "a red title" });
        let path = format!("/api/projects/{}/estimate", projects[0]);
        let estimate = owner.post(&path, ask.clone()).await.expect(200).json();
        let most = estimate["most_nanousd"].as_u64().unwrap();
        limit(&owner, 3 * most + CENT).await;
        models.on_request(|_| Some(answer("red", 500).hold_after(20)));
        let tasks: Vec<_> = projects.into_iter().map(|project| {
            let (owner, ask) = (owner.clone(), ask.clone());
            tokio::spawn(async move { owner.post(&format!("/api/projects/{project}/turns"), ask).await })
        }).collect();
        let mut begun = Vec::new();
        for task in tasks {
            let answer = task.await.unwrap();
            if answer.status == 201 {
                begun.push(answer.json()["generation"]["id"].as_str().unwrap().to_owned());
            } else {
                answer.expect_problem(402, "budget_exceeded");
            }
        }
        assert_eq!(begun.len(), 3);
        let now = budgets(&owner).await;
        assert!(now["user"]["reserved_nanousd"].as_u64().unwrap() <= 3 * most + CENT, "{now}");
        assert!(now["user"]["left_nanousd"].as_u64().unwrap() <= 2 * CENT, "{now}");
        let mut spent = 0;
        // One of them still waits for its place: whichever comes is let go on.
        (0..begun.len()).for_each(|_| models.release());
        for generation in begun {
            let events = owner.events(&generation).await.to_end().await;
            last(&events, "done");
            spent += costs(&events).0;
        }
        let now = budgets(&owner).await;
        assert_eq!((&now["user"]["spent_nanousd"], &now["user"]["reserved_nanousd"]), (&json!(spent), &json!(0)));
        assert_eq!(app.db.number("SELECT COUNT(*) FROM budget_reservations").await, 0);
        models.finish().await;
    }

    async fn a_restart_keeps_the_books_right(db) {
        let models = crate::models().await;
        let app = TestApp::on(db, usual().model(&models)).await;
        let owner = app.owner().await;
        models.script([answer("lost", 500).hold_after(3), answer("whole", 700)]);
        let built = owner.build(UNLIKE_ANY_STARTER).await;
        models.wait_until_held(1).await;
        let held = budgets(&owner).await["user"]["reserved_nanousd"].as_u64().unwrap();
        assert!(held > DOLLAR / 2, "{held}");
        let app = app.restart(Duration::ZERO, Duration::ZERO).await;
        let owner = owner.to(&app);
        let events = owner.events(&built.generation).await.to_end().await;
        last(&events, "done");
        let (spent, _) = costs(&events);
        assert_eq!(kinds(&events).iter().filter(|kind| **kind == "usage").count(), 2);
        let now = budgets(&owner).await;
        assert_eq!((&now["user"]["spent_nanousd"], &now["user"]["reserved_nanousd"]), (&json!(spent), &json!(0)));
        let sum = app.db.number("SELECT CAST(SUM(cost_nanousd) AS BIGINT) FROM token_usage").await;
        assert_eq!(u64::try_from(sum).unwrap(), spent);
        assert_eq!(app.db.number("SELECT COUNT(*) FROM budget_balances WHERE purse = 'turn'").await, 0);
        models.finish().await;
    }
}

#[tokio::test]
async fn a_repair_is_paid_by_the_instance() {
    let (models, _app, owner) = with_model().await;
    let broken = file("src/App.tsx", "export function App() {\n  return <h1>x</h1;\n}\n");
    let usage = Usage { input: 1_000, output: 200, ..Usage::default() };
    let mended = Reply::text(file("src/App.tsx", &page("mended"))).usage(usage);
    models.script([Reply::text(broken).usage(usage), mended]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], true);
    let (own, repairs) = costs(&events);
    assert!(own > 0 && repairs > 0);
    let now = budgets(&owner).await;
    assert_eq!(
        (&now["user"]["spent_nanousd"], &now["repairs"]["spent_nanousd"]),
        (&json!(own), &json!(repairs))
    );
    let of_project = owner.get(&format!("/api/projects/{}/budget", built.project)).await.json();
    assert_eq!(of_project["project"]["spent_nanousd"], own);
    models.finish().await;
}

#[tokio::test]
async fn without_a_repair_allowance_what_stands_is_kept_unverified() {
    let models = crate::models().await;
    let plan = PlanBudget { repairs: 0, ..PlanBudget::default() };
    let app = TestApp::on(
        qv_store::testing::TestDb::new(qv_store::Backend::Sqlite).await,
        with_plan(&models, plan),
    )
    .await;
    let owner = app.owner().await;
    let broken = "export function App() {\n  return <h1>x</h1;\n}\n";
    models.script([Reply::text(file("src/App.tsx", broken))]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let events = owner.events(&built.generation).await.to_end().await;
    assert_eq!(last(&events, "done").data["verified"], false);
    let told: String = events.iter().filter_map(|event| event.data["text"].as_str()).collect();
    assert!(told.contains("mending its own mistakes is used up"), "{told}");
    assert_eq!(owner.text(&built.project, "src/App.tsx").await, broken);
    assert_eq!(models.finish().await.len(), 1);
}

#[tokio::test]
async fn a_turn_ends_at_its_own_budget() {
    let (models, app, owner) = with_model().await;
    let part = |lines: &str, output| {
        let usage = Usage { input: 1_000, output, ..Usage::default() };
        Reply::text(lines).usage(usage).stop("max_tokens")
    };
    // 1.50 of 2 dollars, then what is left.
    models.script([
        part("I write it.\n\n<file path=\"src/App.tsx\">\nexport function App() {\n", 100_000),
        part("export function App() {\n  const a = 1;\n  const b = 2;\n", 33_000),
    ]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let events = owner.events(&built.generation).await.to_end().await;
    let end = last(&events, "failed");
    assert_eq!(end.data["code"], "budget_exceeded", "{:?}", end.data);
    assert!(
        end.data["message"].as_str().unwrap().starts_with("One turn may spend $2.00"),
        "{:?}",
        end.data
    );
    let requests = models.finish().await;
    let most = |index: usize| requests[index].body["max_tokens"].as_u64().unwrap();
    assert!(most(1) < most(0), "the second may only be as long as there is money");
    assert!(most(1) * OUTPUT <= DOLLAR / 2, "{}", most(1));
    assert!(most(1) >= 2_048);
    assert_eq!(app.db.number("SELECT COUNT(*) FROM budget_reservations").await, 0);
    assert_eq!(budgets(&owner).await["user"]["reserved_nanousd"], 0);
}

#[tokio::test]
async fn a_project_has_a_budget_of_its_own() {
    let (models, app, owner) = with_model().await;
    let project = started(&owner).await;
    let path = format!("/api/projects/{project}/budget");
    assert_eq!(owner.get(&path).await.json()["project"]["limit_nanousd"], Value::Null);
    owner.put(&path, json!({})).await.expect_problem(400, "invalid");
    let set = owner.put(&path, json!({ "limit_nanousd": CENT })).await.expect(200).json();
    assert_eq!(set["project"]["left_nanousd"], CENT);
    let editor = app.user("editor").await;
    app.add_member(&project, &editor, Role::Editor).await;
    editor.put(&path, json!({ "limit_nanousd": null })).await.expect_problem(403, "forbidden");
    assert_eq!(editor.get(&path).await.json()["project"]["limit_nanousd"], CENT);
    let turns = format!("/api/projects/{project}/turns");
    let body = json!({ "message": "a red title", "model": format!("custom/{MODEL}") });
    for who in [&owner, &editor] {
        let refused = who.post(&turns, body.clone()).await;
        let refused = refused.expect_problem(402, "budget_exceeded");
        assert!(refused["detail"].as_str().unwrap().contains("This project's budget"), "{refused}");
    }
    owner.put(&path, json!({ "limit_nanousd": null })).await.expect(200);
    models.script([answer("red", 100)]);
    let turn = editor.post(&turns, body).await.expect(201).json();
    let events = editor.events(turn["generation"]["id"].as_str().unwrap()).await.to_end().await;
    last(&events, "done");
    let spent = editor.get(&path).await.json()["project"]["spent_nanousd"].as_u64().unwrap();
    assert_eq!(spent, costs(&events).0);
    assert_eq!(budgets(&editor).await["user"]["spent_nanousd"], spent, "who asks pays");
    assert_eq!(budgets(&owner).await["user"]["spent_nanousd"], 0);
    models.finish().await;
}

#[tokio::test]
async fn shares_of_a_budget_are_told_once() {
    let (models, _app, owner) = with_model().await;
    limit(&owner, 5 * DOLLAR / 2).await;
    models.script([answer("one", 90_000), answer("two", 10_000), answer("three", 40_000)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    let mut told = Vec::new();
    let mut generation = built.generation.clone();
    for turn in 0..3 {
        if turn > 0 {
            generation = owner.say(&built.project, "another title").await;
        }
        let events = owner.events(&generation).await.to_end().await;
        last(&events, "done");
        let alerts = events.iter().filter(|event| event.kind == "budget_alert");
        told.push(
            alerts
                .map(|alert| {
                    assert_eq!(alert.data["purse"], "user");
                    assert_eq!(alert.data["limit_nanousd"], 5 * DOLLAR / 2);
                    alert.data["percent"].as_u64().unwrap()
                })
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(told, [vec![50], vec![], vec![80]]);
    assert_eq!(budgets(&owner).await["user"]["alerted"], 80);
    models.finish().await;
}

#[tokio::test]
async fn an_estimate_is_told_before_anything_is_sent() {
    let (models, _app, owner) = with_model().await;
    let project = started(&owner).await;
    let path = format!("/api/projects/{project}/estimate");
    let ask = |path: String, model: String| {
        let owner = owner.clone();
        async move {
            owner
                .post(&path, json!({ "message": "a red title", "model": model }))
                .await
                .expect(200)
                .json()
        }
    };
    let free = ask(path.clone(), "starters".to_owned()).await;
    assert_eq!(
        (&free["free"], &free["most_nanousd"], &free["model"]),
        (&json!(true), &json!(0), &Value::Null)
    );
    for path in [path.clone(), "/api/estimate".to_owned()] {
        let priced = ask(path, format!("custom/{MODEL}")).await;
        let number = |name: &str| priced[name].as_u64().unwrap();
        assert!(number("input_tokens") > 1_000 && number("files_sent") > 0, "{priced}");
        assert!(number("files_sent") <= number("files_total"), "{priced}");
        assert!(
            0 < number("typical_nanousd") && number("typical_nanousd") < number("most_nanousd"),
            "{priced}"
        );
        assert_eq!((&priced["approximate"], &priced["over_budget"]), (&json!(true), &Value::Null));
    }
    let unknown = ask(path.clone(), "custom/nobody-knows-1".to_owned()).await;
    assert_eq!((&unknown["free"], &unknown["most_nanousd"]), (&json!(false), &Value::Null));
    assert_eq!(unknown["over_budget"], Value::Null, "without a limit it is let through");
    limit(&owner, CENT).await;
    for (model, words) in [(MODEL, "left of $0.01"), ("nobody-knows-1", "is not known")] {
        let over = ask(path.clone(), format!("custom/{model}")).await;
        let why = over["over_budget"].as_str().unwrap();
        assert!(why.contains(words), "{why}");
        let body = json!({ "message": "a red title", "model": format!("custom/{model}") });
        let refused = owner.post(&format!("/api/projects/{project}/turns"), body).await;
        let refused = refused.expect_problem(402, "budget_exceeded");
        assert_eq!(refused["detail"], why, "what was told is what happens");
    }
    assert!(models.finish().await.is_empty());
}

#[tokio::test]
async fn an_administrator_sets_what_a_user_may_spend() {
    let app = TestApp::start().await;
    let (owner, other) = (app.owner().await, app.user("other").await);
    let session = other.get("/api/auth/session").await.json();
    let path = format!("/api/admin/users/{}/budget", session["account"]["id"].as_str().unwrap());
    other.get(&path).await.expect_problem(403, "forbidden");
    other.put(&path, json!({ "limit_nanousd": null })).await.expect_problem(403, "forbidden");
    let set = owner.put(&path, json!({ "limit_nanousd": 5 * DOLLAR })).await.expect(200).json();
    assert_eq!(
        (&set["overridden"], &set["budgets"]["ceiling_nanousd"]),
        (&json!(true), &json!(5 * DOLLAR))
    );
    // One's own limit counts where it is lower.
    for (own, holds) in [(3 * DOLLAR, 3 * DOLLAR), (9 * DOLLAR, 5 * DOLLAR)] {
        limit(&other, own).await;
        let now = budgets(&other).await;
        assert_eq!(now["user"]["limit_nanousd"], holds);
        assert_eq!((&now["own_limit_nanousd"], &now["month"]), (&json!(own), &json!("2026-11")));
    }
    let back = owner.delete(&path).await.expect(200).json();
    assert_eq!(
        (&back["overridden"], &back["budgets"]["ceiling_nanousd"]),
        (&json!(false), &Value::Null)
    );
    let too_much = json!({ "limit_nanousd": 2_000_000 * DOLLAR });
    other.put("/api/budgets", too_much).await.expect_problem(400, "invalid");
    let nobody = "/api/admin/users/01900000-0000-7000-8000-000000000000/budget";
    owner.get(nobody).await.expect_problem(404, "not_found");
}
