//! What goes wrong, in one form everywhere.

use qv_store::{Backend, on_both_databases, testing::TestDb};
use qv_testkit::TestApp;
use qv_testkit::app::Answer;
use serde_json::json;

/// Fails unless an answer has all that a problem has.
fn is_whole(answer: Answer, status: u16, code: &str, explained: &str) {
    let id = answer.header("x-request-id").to_owned();
    assert_eq!(answer.header("cache-control"), "no-store", "{}", answer.asked);
    let problem = answer.expect_problem(status, code);
    assert_eq!(problem["request_id"], id, "{problem}");
    assert_eq!(problem["type"], format!("/docs/errors#{code}"), "{problem}");
    assert!(explained.contains(&format!("id=\"{code}\"")), "{code} is not explained");
    for part in ["title", "detail"] {
        assert!(problem[part].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
    }
    assert!(problem["retryable"].is_boolean(), "{problem}");
}

#[tokio::test]
async fn every_refusal_is_a_whole_problem() {
    let mut setup = crate::usual();
    setup.engine.limits.upload_bytes = 10_000;
    let app = TestApp::on(TestDb::new(Backend::Sqlite).await, setup).await;
    let owner = app.owner().await;
    let explained = app.anyone().get("/docs/errors").await.expect(200).text();
    let project = owner.build("a pomodoro timer").await.project;
    let turns = format!("/api/projects/{project}/turns");
    let json_body = |body: &'static str| {
        owner.ask("POST", &turns).header("content-type", "application/json").body(body)
    };
    for (ask, status, code) in [
        (owner.ask("GET", "/api/nowhere"), 404, "not_found"),
        (owner.ask("POST", "/api/nowhere"), 404, "not_found"),
        (owner.ask("GET", "/api"), 404, "not_found"),
        (owner.ask("GET", "/health/nowhere"), 404, "not_found"),
        (owner.ask("GET", "/docs/nowhere"), 404, "not_found"),
        (owner.ask("GET", "/api/projects/nonsense"), 404, "not_found"),
        (owner.ask("DELETE", "/"), 404, "not_found"),
        (owner.ask("PUT", "/api/projects"), 405, "method_not_allowed"),
        (owner.ask("POST", "/health/live"), 405, "method_not_allowed"),
        (owner.ask("POST", &turns).body("{}"), 415, "unsupported_media_type"),
        (json_body("{\"message\":"), 400, "invalid"),
        (json_body(""), 400, "invalid"),
        (json_body("[]"), 400, "invalid"),
        (json_body("\u{0}"), 400, "invalid"),
        (owner.ask("GET", "/api/dead-letters?state=x"), 400, "invalid"),
        (app.anyone().ask("GET", "/api/projects"), 401, "unauthenticated"),
        (
            owner.clone().with("origin", "http://evil.example").ask("POST", "/api/projects"),
            403,
            "cross_site",
        ),
    ] {
        is_whole(ask.send().await, status, code, &explained);
    }
    let large = owner.post(&turns, json!({ "message": "x".repeat(20_000) })).await;
    is_whole(large, 413, "too_large", &explained);
    // A body that says nothing of its length is counted while it comes.
    let chunks = (0..20).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1_000]));
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    let ask = owner.ask("POST", &turns).header("content-type", "application/json");
    is_whole(ask.body(stream).send().await, 413, "too_large", &explained);
}

on_both_databases! {
    // asvs: 50
    async fn a_database_that_refuses_is_told_in_general_words(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        app.db.sql("ALTER TABLE projects RENAME TO elsewhere").await;
        let answer = owner.get("/api/projects").await;
        let id = answer.header("x-request-id").to_owned();
        let text = answer.text().to_lowercase();
        let problem = answer.expect_problem(500, "internal");
        assert_eq!((id.len(), &problem["request_id"]), (16, &json!(id)));
        for word in ["projects", "select", "sql", "table", "relation", "column", "elsewhere", ".rs"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
        // What does not need it goes on, and so does the rest when it is mended.
        owner.get("/api/auth/session").await.expect(200);
        app.db.sql("ALTER TABLE elsewhere RENAME TO projects").await;
        owner.get("/api/projects").await.expect(200);
    }
}
