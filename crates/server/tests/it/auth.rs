//! Signing in and out.

use std::time::Duration;

use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::{Answer, Client};
use serde_json::json;

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Gives the owner an address and a password.
pub(crate) async fn set_password(owner: &Client) {
    owner.patch("/api/account", json!({ "email": "ada@example.org" })).await.expect(200);
    owner.post("/api/auth/password", json!({ "new": PASSWORD })).await.expect(204);
}

pub(crate) async fn login(client: &Client, email: &str, password: &str) -> Answer {
    client.post("/api/auth/login", json!({ "email": email, "password": password })).await
}

on_both_databases! {
    // asvs: 30
    async fn a_setup_link_works_once_and_not_for_ever(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let anyone = app.anyone();
        let setup = |token: String| {
            let anyone = anyone.clone();
            async move { anyone.post("/api/auth/setup", json!({ "token": token })).await }
        };
        assert_eq!(anyone.get("/api/instance").await.json()["needs_setup"], true);
        setup("nonsense".to_owned()).await.expect_problem(401, "bad_credentials");

        let late = app.setup_token().await;
        app.env.advance(Duration::from_secs(24 * 3600 + 1));
        setup(late).await.expect_problem(401, "bad_credentials");

        let replaced = app.setup_token().await;
        let token = app.setup_token().await;
        setup(replaced).await.expect_problem(401, "bad_credentials");
        let answer = setup(token.clone()).await.expect(200);
        let cookie = answer.header("set-cookie");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!answer.text().contains(cookie.split(['=', ';']).nth(1).unwrap()));
        assert_eq!(answer.json()["account"]["is_admin"], true);
        let owner = anyone.signed_in_by(&answer);
        owner.get("/api/auth/session").await.expect(200);
        setup(token).await.expect_problem(401, "bad_credentials");
        assert_eq!(anyone.get("/api/instance").await.json()["needs_setup"], false);
    }

    async fn wrong_passwords_and_unknown_people_read_the_same(db) {
        let app = TestApp::on(db, crate::usual()).await;
        set_password(&app.owner().await).await;
        let anyone = app.anyone();
        let mut bodies = Vec::new();
        for (email, password) in [
            ("ada@example.org", "wrong horse battery staple"),
            ("nobody@example.org", PASSWORD),
            ("not an address", PASSWORD),
            ("ada@example.org", ""),
        ] {
            let answer = login(&anyone, email, password).await;
            let mut problem = answer.clone().expect_problem(401, "bad_credentials");
            problem.as_object_mut().unwrap().remove("request_id");
            assert_eq!(answer.header("set-cookie"), "");
            bodies.push(problem);
        }
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
        let answer = login(&anyone, "ADA@example.org", PASSWORD).await.expect(200);
        anyone.signed_in_by(&answer).get("/api/auth/session").await.expect(200);
    }

    async fn sessions_are_listed_and_ended(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let first = app.owner().await;
        set_password(&first).await;
        let agent = app.anyone().with("user-agent", "Second browser");
        let second = agent.signed_in_by(&login(&agent, "ada@example.org", PASSWORD).await.expect(200));
        let third = agent.signed_in_by(&login(&agent, "ada@example.org", PASSWORD).await.expect(200));

        let sessions = first.get("/api/auth/sessions").await.expect(200).json();
        let items = sessions["items"].as_array().unwrap();
        assert_eq!(items.len(), 3);
        assert_eq!(items.iter().filter(|item| item["current"] == true).count(), 1);
        assert!(items.iter().any(|item| item["user_agent"] == "Second browser"));
        assert!(items.iter().all(|item| item["address"] == "127.0.0.1"));

        let own = second.get("/api/auth/session").await.expect(200).json();
        let id = own["session_id"].as_str().unwrap();
        first.delete(&format!("/api/auth/sessions/{id}")).await.expect(204);
        first.delete(&format!("/api/auth/sessions/{id}")).await.expect_problem(404, "not_found");
        second.get("/api/auth/session").await.expect_problem(401, "unauthenticated");

        let answer = third.post("/api/auth/logout", json!({})).await.expect(204);
        assert!(answer.header("set-cookie").contains("Max-Age=0"));
        third.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
        first.get("/api/auth/session").await.expect(200);
    }

    // asvs: 38
    async fn a_new_password_ends_the_other_sessions(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let first = app.owner().await;
        set_password(&first).await;
        let anyone = app.anyone();
        let second = anyone.signed_in_by(&login(&anyone, "ada@example.org", PASSWORD).await.expect(200));

        let new = "another horse battery staple";
        let change = |current: &str, new: &str| json!({ "current": current, "new": new });
        let wrong = second.post("/api/auth/password", change("wrong", new)).await;
        assert_eq!(wrong.expect_problem(400, "invalid")["fields"][0]["field"], "current");
        let short = second.post("/api/auth/password", change(PASSWORD, "short")).await;
        assert_eq!(short.expect_problem(400, "invalid")["fields"][0]["field"], "new");
        second.post("/api/auth/password", change(PASSWORD, new)).await.expect(204);

        second.get("/api/auth/session").await.expect(200);
        first.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
        login(&anyone, "ada@example.org", PASSWORD).await.expect_problem(401, "bad_credentials");
        login(&anyone, "ada@example.org", new).await.expect(200);
        assert!(app.engine.owner_link().await.unwrap().is_none(), "a password ends the links");
    }
}

#[tokio::test]
async fn a_session_ends_by_itself_and_its_cookie_is_cleared() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    app.env.advance(Duration::from_secs(7 * 24 * 3600));
    let answer = owner.get("/api/auth/session").await;
    assert!(answer.header("set-cookie").starts_with("qv=;"), "{}", answer.header("set-cookie"));
    answer.expect_problem(401, "unauthenticated");
    // Without a cookie there is none to clear.
    assert_eq!(app.anyone().get("/api/auth/session").await.header("set-cookie"), "");
    let cleared = owner.post("/api/auth/clear-session", json!({})).await.expect(204);
    assert!(cleared.header("set-cookie").contains("Max-Age=0"));
}
