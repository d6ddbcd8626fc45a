//! What turns took: reports, exports, whose they are, and the prices they go by.

use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::{Built, Client};
use qv_testkit::model_server::{ModelServer, Reply, Usage};
use serde_json::{Value, json};

use crate::{MODEL, UNLIKE_ANY_STARTER, file, last, page, usual, with_model};

const TOOK: Usage = Usage { input: 1_000, output: 200, cache_read: 500, cache_write: 0 };

/// A project that the model makes in one call.
async fn build(models: &ModelServer, owner: &Client) -> Built {
    models.script([Reply::text(file("src/App.tsx", &page("x"))).usage(TOOK)]);
    let built = owner.build(UNLIKE_ANY_STARTER).await;
    last(&owner.events(&built.generation).await.to_end().await, "done");
    built
}

async fn report(client: &Client, path: &str) -> Value {
    client.get(path).await.expect(200).json()
}

on_both_databases! {
    async fn everybody_sees_their_own_and_administrators_see_all(db) {
        let models = crate::models().await;
        let app = TestApp::on(db, usual().model(&models)).await;
        let owner = app.owner().await;
        let ada = app.user("ada").await;
        let built = build(&models, &owner).await;
        build(&models, &ada).await;

        let mine = report(&owner, "/api/usage?days=7").await;
        let cost = mine["total"]["cost_nanousd"].as_u64().unwrap();
        assert!(cost > 0, "{mine}");
        assert_eq!(mine["days"].as_array().unwrap().len(), 7);
        assert_eq!(mine["total"]["steps"], 1, "{mine}");
        assert_eq!(mine["cache_read_permille"], 333);
        assert_eq!(mine["users"], json!([]));
        assert_eq!(mine["kinds"][0]["kind"], "draft");
        assert_eq!(mine["projects"][0]["id"], built.project);
        let id = format!("custom/{MODEL}");
        assert_eq!(mine["models"][0]["id"], id);
        assert_eq!(mine["days"][6]["models"], json!([{ "model": id, "tokens": 1_700, "cost_nanousd": cost }]));
        assert_eq!(mine["keys"][0]["id"], "custom", "{mine}");
        assert!(mine["prices"]["date"].as_str().unwrap().starts_with("20"), "{mine}");

        for (query, steps) in [
            (format!("project={}", built.project), 1),
            (format!("model={id}"), 1),
            ("model=custom/another".to_owned(), 0),
            ("key=custom".to_owned(), 1),
            ("key=openai".to_owned(), 0),
            ("from=2020-01-01&until=2020-01-31".to_owned(), 0),
        ] {
            let report = report(&owner, &format!("/api/usage?{query}")).await;
            assert_eq!(report["total"]["steps"], steps, "{query}: {report}");
        }

        // Another's project is nobody's business, by any filter.
        let theirs = report(&ada, &format!("/api/usage?project={}", built.project)).await;
        assert_eq!(theirs["total"]["steps"], 0, "{theirs}");
        assert_eq!(theirs["projects"], json!([]));
        let text = ada.get("/api/usage.csv").await.expect(200).text();
        assert_eq!(text.lines().count(), 2, "{text}");
        for path in ["/api/admin/usage", "/api/admin/usage.csv", "/api/admin/prices"] {
            ada.get(path).await.expect_problem(403, "forbidden");
        }

        let all = report(&owner, "/api/admin/usage").await;
        assert_eq!(all["total"]["cost_nanousd"], 2 * cost, "{all}");
        let mut names: Vec<&str> =
            all["users"].as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names.len(), 2);
        assert!(names.contains(&"ada"), "{names:?}");
        assert_eq!(all["projects"].as_array().unwrap().len(), 2);
        let text = owner.get("/api/admin/usage.csv").await.expect(200).text();
        assert!(text.starts_with("user,time,project,") && text.lines().count() == 3, "{text}");
        models.finish().await;
    }
}

#[tokio::test]
async fn an_export_has_a_row_for_each_call_and_is_safe_to_open() {
    let (models, _app, owner) = with_model().await;
    let built = build(&models, &owner).await;
    let name = json!({ "name": "=cmd(\"x\"), y" });
    owner.patch(&format!("/api/projects/{}", built.project), name).await.expect(200);
    let generation = format!("/api/generations/{}", built.generation);
    let summary = owner.get(&generation).await.json()["summary"].clone();
    let answer = owner.get("/api/usage.csv?days=1").await.expect(200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    let named = answer.header("content-disposition");
    assert!(named.starts_with("attachment; filename=\"quickvibe-usage-20"), "{named}");

    let usd = |nanousd: &Value| {
        let nanousd = nanousd.as_u64().unwrap();
        format!("{}.{:09}", nanousd / 1_000_000_000, nanousd % 1_000_000_000)
    };
    let text = answer.text();
    let (head, row) = text.split_once("\r\n").unwrap();
    assert_eq!(
        head,
        "time,project,model,provider,key,kind,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,\
         counted_by,cost_usd,naive_input_tokens,naive_output_tokens,naive_cost_usd"
    );
    let (time, rest) = row.split_once(',').unwrap();
    assert!(time.ends_with('Z'), "{row}");
    let key = rest.split(',').nth(4).unwrap();
    assert!(key.ends_with("(from the server's environment)"), "{row}");
    let expected = format!(
        "\"'=cmd(\"\"x\"\"), y\",{MODEL},custom,{key},draft,1000,500,0,200,provider,{},{},{},{}\r\n",
        usd(&summary["cost_nanousd"]),
        summary["naive_input_tokens"],
        summary["naive_output_tokens"],
        usd(&summary["naive_cost_nanousd"]),
    );
    assert_eq!(rest, expected);
    models.finish().await;
}

#[tokio::test]
async fn an_edit_is_compared_to_its_file_answered_whole() {
    let (models, app, owner) = with_model().await;
    let built = build(&models, &owner).await;
    // A file of many lines, of which one changes.
    let line = |n: u32| format!("export const name_{n} = \"the value of number {n}\";\n");
    let long: String = (0..1_500).map(line).collect();
    let edit = "I change it.\n\n<edit path=\"src/long.ts\">\n<<<<<<< SEARCH\nexport const name_7 = \"the value \
                of number 7\";\n=======\nexport const name_7 = 7;\n>>>>>>> REPLACE\n</edit>\n";
    models.script([
        Reply::text(file("src/long.ts", &long)).usage(TOOK),
        // So much is reviewed.
        Reply::text("<ok/>").usage(TOOK),
        // It does not fit, and is mended: a call that nobody makes who is answered whole files.
        Reply::text(edit.replace("name_7 = \"the", "nowhere = \"but")).usage(TOOK),
        Reply::text(edit).usage(TOOK),
    ]);
    let mut summaries = Vec::new();
    for words in ["add src/long.ts", "change name_7 in src/long.ts"] {
        let generation = owner.say(&built.project, words).await;
        last(&owner.events(&generation).await.to_end().await, "done");
        let answer = owner.get(&format!("/api/generations/{generation}")).await.json();
        summaries.push(answer["summary"].clone());
    }
    let number = |turn: usize, name: &str| summaries[turn][name].as_u64().unwrap();
    // Who writes the file whole takes what whole files take, give or take the count.
    let whole = number(1, "naive_output_tokens");
    assert!(whole > 20_000, "{}", summaries[1]);
    assert_eq!(summaries[1]["usage"]["output"], 400);
    assert!(number(1, "naive_cost_nanousd") > 10 * number(1, "cost_nanousd"), "{}", summaries[1]);
    // The mending call sends nothing the naive way, and the draft's edit is answered where it is kept.
    let report = report(&owner, "/api/usage").await;
    let kinds = report["kinds"].as_array().unwrap();
    let repair = kinds.iter().find(|kind| kind["kind"] == "repair").unwrap();
    let naive = &repair["totals"]["naive"];
    assert_eq!((&naive["steps"], &naive["spent_tokens"]), (&json!(1), &json!(1_700)));
    assert_eq!(naive["tokens"].as_u64().unwrap(), whole, "{report}");
    // Neither it nor the review is made the naive way.
    assert_eq!(app.db.number("SELECT count(*) FROM token_usage WHERE naive_tokens = 0").await, 2);
    models.finish().await;
}

#[tokio::test]
async fn a_price_that_is_set_is_what_turns_cost() {
    let (models, app, owner) = with_model().await;
    let other = app.user("other").await;
    let id = format!("custom/{MODEL}");
    let path = "/api/admin/prices";
    let before = owner.get(path).await.expect(200).json();
    assert_eq!(before["items"], json!([]));
    let price = json!({ "model": id, "input_microusd": 4_000_000, "output_microusd": 8_000_000,
                        "cache_read_microusd": 1_000_000 });
    other.put(path, price.clone()).await.expect_problem(403, "forbidden");
    let set = owner.put(path, price).await.expect(200).json();
    assert_eq!(set["items"][0]["cache_write_microusd"], 4_000_000, "as what is sent");
    let listed = owner.get("/api/models").await.expect(200).json();
    assert_eq!(listed["items"][0]["input_price_microusd"], 4_000_000, "{listed}");
    assert_eq!(listed["prices"], before["prices"]);

    build(&models, &owner).await;
    let total = report(&owner, "/api/usage").await["total"].clone();
    assert_eq!(total["cost_nanousd"], 4_000 * 1_000 + 8_000 * 200 + 500 * 1_000);

    for (body, field) in [
        (json!({ "model": "x", "input_microusd": 1, "output_microusd": 1 }), "model"),
        (json!({ "model": "nobody/x", "input_microusd": 1, "output_microusd": 1 }), "model"),
        (json!({ "model": "openai/ ", "input_microusd": 1, "output_microusd": 1 }), "model"),
        (
            json!({ "model": "openai/x", "input_microusd": 1, "output_microusd": 10_000_000_001_u64 }),
            "output_microusd",
        ),
    ] {
        let problem = owner.put(path, body.clone()).await.expect_problem(400, "invalid");
        assert_eq!(problem["fields"][0]["field"], field, "{body}");
    }
    let one = format!("{path}?model={id}");
    other.delete(&one).await.expect_problem(403, "forbidden");
    owner.delete(&one).await.expect(204);
    owner.delete(&one).await.expect_problem(404, "not_found");
    models.finish().await;
}

#[tokio::test]
async fn a_model_of_unknown_price_stays_unknown() {
    let models = ModelServer::serve(qv_testkit::model_server::Script {
        models: vec!["nobody-knows-it".to_owned()],
        key: Some(qv_testkit::app::MODEL_KEY.to_owned()),
        ..qv_testkit::model_server::Script::default()
    });
    let models = models.await.unwrap();
    let app = TestApp::with_model(&models).await;
    let owner = app.owner().await;
    build(&models, &owner).await;
    let total = report(&owner, "/api/usage").await["total"].clone();
    assert_eq!((&total["unpriced_steps"], &total["cost_nanousd"]), (&json!(1), &json!(0)));
    let naive = &total["naive"];
    assert_eq!((&naive["steps"], &naive["priced_steps"]), (&json!(1), &json!(0)), "{total}");
    models.finish().await;
}

#[tokio::test]
async fn a_time_that_is_too_long_or_none_is_refused() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    for (query, field) in [
        ("days=0", "days"),
        ("days=367", "days"),
        ("from=2026-01-02&until=2026-01-01", "from"),
        ("from=2020-01-01&until=2021-01-01", "from"),
        ("from=soon", "from"),
        ("until=2026-02-30", "until"),
        ("days=3&from=2026-01-01", "days"),
        ("model=claude", "model"),
    ] {
        for path in ["/api/usage", "/api/usage.csv", "/api/admin/usage"] {
            let problem =
                owner.get(&format!("{path}?{query}")).await.expect_problem(400, "invalid");
            assert_eq!(problem["fields"][0]["field"], field, "{query}: {problem}");
        }
    }
    // A year with its leap day is the most.
    let year = report(&owner, "/api/usage?from=2024-01-01&until=2024-12-31").await;
    assert_eq!(year["days"].as_array().unwrap().len(), 366);
}
