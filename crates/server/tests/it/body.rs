//! What is sent in: bodies, queries, ids.

use qv_store::{Backend, testing::TestDb};
use qv_testkit::TestApp;
use serde_json::json;

// asvs: 48
#[tokio::test]
async fn a_field_that_is_not_known_is_named() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let project = owner.build("a pomodoro timer").await.project;
    let at = |rest: &str| format!("/api/projects/{project}{rest}");
    let text = json!({ "encoding": "utf8", "content": "" });
    for (method, path, body) in [
        ("POST", "/api/projects".to_owned(), json!({ "nmae": "x" })),
        ("PATCH", at(""), json!({ "owner_id": "x" })),
        ("POST", at("/turns"), json!({ "message": "x", "nmae": "x" })),
        ("PUT", at("/files/a.txt"), json!({ "text": text, "hash": "x" })),
        ("PATCH", at("/versions/1"), json!({ "title": "x", "number": 3 })),
        ("PATCH", "/api/account".to_owned(), json!({ "is_admin": true })),
        ("PUT", "/api/keys/openai".to_owned(), json!({ "secret": "x", "user_id": "x" })),
        ("PUT", "/api/models/default".to_owned(), json!({ "model": null, "x": 1 })),
        ("POST", "/api/auth/login".to_owned(), json!({ "email": "", "password": "", "x": 1 })),
    ] {
        let names = ["nmae", "owner_id", "hash", "number", "is_admin", "user_id", "x"];
        let problem = owner.ask(method, &path).json(&body).send().await;
        let problem = problem.expect_problem(400, "invalid");
        let field = problem["fields"][0]["field"].as_str().unwrap();
        assert!(body.get(field).is_some() && names.contains(&field), "{path}: {problem}");
    }
}

#[tokio::test]
async fn a_field_that_is_wrong_or_missing_is_named() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let project = owner.build("a pomodoro timer").await.project;
    let turns = format!("/api/projects/{project}/turns");
    for (body, field) in [
        (json!({}), "message"),
        (json!({ "message": 3 }), "message"),
        (json!({ "message": "x", "mode": "destroy" }), "mode"),
        (
            json!({ "message": "x", "images": [{ "media_type": 1, "data": "" }] }),
            "images[0].media_type",
        ),
        (json!({ "message": "  " }), "message"),
        (json!({ "message": "x".repeat(100_000) }), "message"),
        (json!({ "message": "x", "model": "nobody/nothing" }), "model"),
    ] {
        let problem = owner.post(&turns, body.clone()).await.expect_problem(400, "invalid");
        assert_eq!(problem["fields"][0]["field"], field, "{body}: {problem}");
        assert!(!problem["fields"][0]["message"].as_str().unwrap().is_empty());
    }
    let unread = owner.ask("POST", &turns).header("content-type", "application/json").body("{\"a");
    unread.send().await.expect_problem(400, "invalid");
    let untyped = owner.ask("POST", &turns).body("{}");
    untyped.send().await.expect_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn cursors_and_numbers_that_no_list_gave_are_refused() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let built = owner.build("a pomodoro timer").await;
    owner.events(&built.generation).await.until("done").await;
    let project = format!("/api/projects/{}", built.project);
    for path in [
        "/api/projects?cursor=nonsense".to_owned(),
        format!("{project}/messages?cursor=nonsense"),
        format!("{project}/versions?cursor=%00"),
        "/api/projects?limit=many".to_owned(),
        "/api/usage?days=-1".to_owned(),
        format!("/api/generations/{}/events?after=x", built.generation),
    ] {
        owner.get(&path).await.expect_problem(400, "invalid");
    }
    let events = owner.ask("GET", &format!("/api/generations/{}/events", built.generation));
    events.header("last-event-id", "x").send().await.expect_problem(400, "invalid");
    for path in [
        "/api/projects/nonsense".to_owned(),
        "/api/generations/1/events".to_owned(),
        format!("{project}/versions/one"),
        format!("{project}/versions/99"),
        format!("{project}/versions/1/diff/x"),
        format!("{project}/versions/-1/restore"),
        format!("{project}/images/nonsense"),
        "/api/starters/nonsense/thumbnail".to_owned(),
    ] {
        let method = if path.ends_with("restore") { "POST" } else { "GET" };
        owner.ask(method, &path).send().await.expect_problem(404, "not_found");
    }
    for path in ["..%2F..%2Fetc%2Fpasswd", ".git/config", "a%00b", "C:%5Cx"] {
        let answer = owner.get(&format!("{project}/files/{path}")).await;
        let problem = answer.expect_problem(400, "invalid");
        assert_eq!(problem["fields"][0]["field"], "path", "{problem}");
    }
}

// asvs: 23
#[tokio::test]
async fn a_request_may_be_so_large_and_no_larger() {
    let mut setup = crate::usual();
    setup.engine.limits.upload_bytes = 10_000;
    let app = TestApp::on(TestDb::new(Backend::Sqlite).await, setup).await;
    let owner = app.owner().await;
    let body = |length: usize| json!({ "prompt": "x".repeat(length) });
    owner.post("/api/projects", body(9_000)).await.expect(201);
    let problem = owner.post("/api/projects", body(10_001)).await;
    problem.expect_problem(413, "too_large");
    owner.get("/api/auth/session").await.expect(200);
}

// asvs: 23
#[tokio::test]
async fn the_limit_of_a_request_is_exact() {
    let mut setup = crate::usual();
    setup.engine.limits.upload_bytes = 10_000;
    let app = TestApp::on(TestDb::new(Backend::Sqlite).await, setup).await;
    let owner = app.owner().await;
    let sized = |bytes: usize| {
        let empty = json!({ "prompt": "" }).to_string().len();
        let body = json!({ "prompt": "x".repeat(bytes - empty) }).to_string();
        assert_eq!(body.len(), bytes);
        owner.ask("POST", "/api/projects").header("content-type", "application/json").body(body)
    };
    sized(10_000).send().await.expect(201);
    sized(10_001).send().await.expect_problem(413, "too_large");
}
