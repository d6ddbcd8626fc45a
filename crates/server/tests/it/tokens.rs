//! API tokens: what programs come with.

use std::time::Duration;

use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::Client;
use serde_json::{Value, json};

use crate::auth::{PASSWORD, login, set_password};
use crate::sessions::waiting;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A fresh token of somebody's, as it was answered.
pub(crate) async fn make(user: &Client, scope: &str) -> Value {
    let create = json!({ "name": "CI", "scope": scope, "expires_in_days": 30 });
    user.post("/api/tokens", create).await.expect(201).json()
}

/// A program that comes with this token and nothing else.
pub(crate) fn program(app: &TestApp, made: &Value) -> Client {
    app.anyone().with("authorization", &format!("Bearer {}", made["token"].as_str().unwrap()))
}

on_both_databases! {
    async fn a_program_is_its_user_as_far_as_its_token_goes(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let reading = program(&app, &make(&owner, "read").await);
        let writing = program(&app, &make(&owner, "write").await);
        // No page's token is needed: nobody else can make a program send what it holds.
        let project = writing.post("/api/projects", json!({ "name": "Mine" })).await.expect(201);
        let project = project.json()["project"]["id"].as_str().unwrap().to_owned();
        for client in [&reading, &writing] {
            client.get(&format!("/api/projects/{project}")).await.expect(200);
        }
        let path = format!("/api/projects/{project}");
        let refused = reading.patch(&path, json!({ "name": "Other" })).await;
        refused.expect_problem(403, "forbidden");
        writing.patch(&path, json!({ "name": "Other" })).await.expect(200);
        // Account matters are a person's own, and its user's rights over the instance are not its own.
        for client in [&reading, &writing] {
            for path in ["/api/tokens", "/api/keys", "/api/auth/session", "/api/admin/users"] {
                client.get(path).await.expect_problem(403, "forbidden");
            }
            client.post("/api/auth/password", json!({ "new": PASSWORD })).await.expect_problem(403, "forbidden");
        }
        // It is judged alone: the session of the same browser adds nothing, and does not save a wrong one.
        let cookie = owner.header_lines().into_iter().find_map(|line| line.strip_prefix("cookie: ").map(str::to_owned));
        let both = reading.clone().with_cookie(&cookie.unwrap());
        both.patch(&path, json!({ "name": "Third" })).await.expect_problem(403, "forbidden");
        let wrong = owner.clone().with("authorization", "Bearer qvp_nonsense");
        let answer = wrong.get("/api/projects").await;
        assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        assert_eq!(answer.header("set-cookie"), "");
        answer.expect_problem(401, "unauthenticated");
        // Pages of other sites send nothing with it either.
        let page = writing.with("sec-fetch-site", "cross-site");
        page.patch(&path, json!({ "name": "Fourth" })).await.expect_problem(403, "cross_site");
    }

    async fn a_token_is_shown_once_kept_as_a_hash_and_ends(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let made = make(&owner, "read").await;
        let token = made["token"].as_str().unwrap();
        // 256 bits in base64url.
        assert_eq!((token.len(), &token[..4]), (4 + 43, "qvp_"));
        let script = program(&app, &made);
        script.get("/api/projects").await.expect(200);
        let listed = owner.get("/api/tokens").await.expect(200);
        assert!(!listed.text().contains(token));
        let entry = listed.json()["items"][0].clone();
        assert_eq!(entry["last4"], token[token.len() - 4..]);
        assert!(entry["last_used_at"].is_string(), "{entry}");
        let hash = qv_testkit::app::token_hash(token);
        let mut reader = app.db.read().await.unwrap();
        let now = qv_domain::Env::now(&*app.env);
        assert!(reader.api_token(&hash, now).await.unwrap().is_some(), "what is kept is its hash");
        drop(reader);

        let other = app.user("other").await;
        let path = format!("/api/tokens/{}", entry["id"].as_str().unwrap());
        other.delete(&path).await.expect_problem(404, "not_found");
        owner.delete(&path).await.expect(204);
        script.get("/api/projects").await.expect_problem(401, "unauthenticated");
        owner.delete(&path).await.expect_problem(404, "not_found");

        let late = program(&app, &make(&owner, "read").await);
        app.env.advance(30 * DAY - Duration::from_secs(1));
        late.get("/api/projects").await.expect(200);
        app.env.advance(Duration::from_secs(1));
        late.get("/api/projects").await.expect_problem(401, "unauthenticated");
    }

    // asvs: 39
    async fn a_token_is_made_with_a_name_an_end_and_the_password(db) {
        let app = TestApp::on(db, crate::usual()).await;
        set_password(&app.owner().await).await;
        let anyone = app.anyone();
        let owner = anyone.signed_in_by(&login(&anyone, "ada@example.org", PASSWORD).await.expect(200));
        let ask = |name: &str, days: u32| json!({ "name": name, "scope": "read", "expires_in_days": days });
        for (ask, field) in [(ask(" ", 1), "name"), (ask("CI", 0), "expires_in_days"), (ask("CI", 366), "expires_in_days")] {
            let refused = owner.post("/api/tokens", ask).await.expect_problem(400, "invalid");
            assert_eq!(refused["fields"][0]["field"], field);
        }
        owner.post("/api/tokens", json!({ "name": "CI", "scope": "read" })).await.expect(400);
        owner.post("/api/tokens", ask("CI", 365)).await.expect(201);
        app.env.advance(Duration::from_secs(15 * 60));
        owner.post("/api/tokens", ask("CI", 1)).await.expect_problem(403, "reauthenticate");
        owner.get("/api/tokens").await.expect(200);
    }

    async fn what_a_program_follows_ends_with_its_token(db) {
        let app = TestApp::on(db, waiting()).await;
        let owner = app.owner().await;
        let built = owner.build("a pomodoro timer").await;
        let made = make(&owner, "read").await;
        let mut followed = program(&app, &made).events(&built.generation).await;
        followed.next().await.unwrap();
        owner.delete(&format!("/api/tokens/{}", made["entry"]["id"].as_str().unwrap())).await.expect(204);
        // It ends long before its five minutes: a test waits 20 seconds at most.
        assert!(followed.to_end().await.iter().all(|event| event.kind != "done"));
    }
}
