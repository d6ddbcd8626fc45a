//! Prompts in more useful words, and who plays the agent's parts.

use qv_testkit::TestApp;
use qv_testkit::model_server::{Reply, Usage};
use serde_json::{Value, json};

use crate::{MODEL, with_model};

const ENHANCE: &str = "/api/prompts/enhance";

async fn balance(owner: &qv_testkit::app::Client) -> (Value, Value) {
    let budgets = owner.get("/api/budgets").await.expect(200).json();
    (budgets["user"]["spent_nanousd"].clone(), budgets["user"]["reserved_nanousd"].clone())
}

#[tokio::test]
async fn a_prompt_comes_back_in_better_words_and_is_paid() {
    let (models, _app, owner) = with_model().await;
    let usage = Usage { input: 300, output: 100, ..Usage::default() };
    models.script([
        Reply::text("\"A timer with rings, a list of rounds and a dark look.\"").usage(usage)
    ]);
    let ask = json!({ "prompt": " a timer " });
    let answer = owner.post(ENHANCE, ask).await.expect(200).json();
    assert_eq!(answer["prompt"], "A timer with rings, a list of rounds and a dark look.");
    let cost = answer["cost_nanousd"].as_u64().unwrap();
    assert_eq!(cost, 300 * 3_000 + 100 * 15_000);
    assert_eq!(balance(&owner).await, (json!(cost), json!(0)));
    let report = owner.get("/api/usage?days=7").await.expect(200).json();
    assert_eq!(
        (&report["total"]["steps"], &report["total"]["cost_nanousd"]),
        (&json!(1), &json!(cost))
    );
    assert_eq!(report["projects"][0]["name"], "Outside projects", "{report}");
    let csv = owner.get("/api/usage.csv?days=7").await.expect(200);
    assert!(csv.text().contains("Outside projects"));
    let requests = models.finish().await;
    assert_eq!((requests.len(), requests[0].last_user.as_str()), (1, "a timer"));
    assert!(requests[0].system.contains("language"));
}

#[tokio::test]
async fn without_a_model_there_are_no_better_words() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    owner.post(ENHANCE, json!({ "prompt": "a timer" })).await.expect_problem(422, "needs_model");
    let empty = owner.post(ENHANCE, json!({ "prompt": " " })).await.expect_problem(400, "invalid");
    assert_eq!(empty["fields"][0]["field"], "prompt");
    let unknown = json!({ "prompt": "x", "model": "custom/none" });
    owner.post(ENHANCE, unknown).await.expect_problem(400, "invalid");
}

#[tokio::test]
async fn what_a_provider_does_badly_is_said_and_nothing_stays_set_aside() {
    let (models, _app, owner) = with_model().await;
    let ask = json!({ "prompt": "a timer" });
    models.script([Reply::error(401, "{}")]);
    owner.post(ENHANCE, ask.clone()).await.expect_problem(502, "provider_auth");
    assert_eq!(balance(&owner).await, (json!(0), json!(0)));
    models.script([Reply::text("  ")]);
    owner.post(ENHANCE, ask.clone()).await.expect_problem(502, "empty_answer");
    let (spent, reserved) = balance(&owner).await;
    assert!(spent.as_u64().unwrap() > 0 && reserved == 0, "it was answered, so it is paid");
    let endless =
        Reply { delta_chars: 4_000, ..Reply::text("A sentence of words. ".repeat(100_000)) };
    models.script([endless]);
    let long = owner.post(ENHANCE, ask.clone()).await.expect(200).json();
    assert!(long["prompt"].as_str().unwrap().chars().count() <= 1_200);
    let before = models.requests().len();
    owner.put("/api/budgets", json!({ "limit_nanousd": 1 })).await.expect(200);
    owner.post(ENHANCE, ask).await.expect_problem(402, "budget_exceeded");
    assert_eq!(models.requests().len(), before, "nobody was asked");
    assert_eq!(balance(&owner).await.1, 0);
}

#[tokio::test]
async fn roles_are_ones_own_and_name_models_that_are_there() {
    let (_models, app, owner) = with_model().await;
    let path = "/api/roles";
    let usual = json!({
        "planner": { "who": "nobody" }, "reviewer": { "who": "same" }, "tester": { "who": "same" },
    });
    assert_eq!(owner.get(path).await.expect(200).json(), usual);
    let mut mine = usual.clone();
    mine["reviewer"] = json!({ "who": "model", "model": format!("custom/{MODEL}") });
    assert_eq!(owner.put(path, mine.clone()).await.expect(200).json(), mine);
    assert_eq!(owner.get(path).await.json(), mine);
    let other = app.user("other").await;
    assert_eq!(other.get(path).await.json(), usual);
    for model in ["nonsense", "openai/gpt-5", "starters"] {
        let mut wrong = usual.clone();
        wrong["tester"] = json!({ "who": "model", "model": model });
        let problem = owner.put(path, wrong).await.expect_problem(400, "invalid");
        assert_eq!(problem["fields"][0]["field"], "tester", "{model}");
    }
    assert_eq!(owner.get(path).await.json(), mine);
}
