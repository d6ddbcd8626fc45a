//! What administrators do with accounts.

use std::time::Duration;

use qv_domain::Role;
use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::{Answer, Client};
use serde_json::{Value, json};

use crate::auth::{PASSWORD, login, set_password};
use crate::sessions::waiting;
use crate::tokens;

pub(crate) async fn id_of(user: &Client) -> String {
    let session = user.get("/api/auth/session").await.expect(200).json();
    session["account"]["id"].as_str().unwrap().to_owned()
}

async fn change(admin: &Client, user: &str, update: Value) -> Answer {
    admin.patch(&format!("/api/admin/users/{user}"), update).await
}

on_both_databases! {
    // asvs: 38
    async fn whoever_is_suspended_is_out_within_seconds(db) {
        let app = TestApp::on(db, waiting()).await;
        let owner = app.owner().await;
        let ada = app.user("ada").await;
        let id = id_of(&ada).await;
        ada.post("/api/auth/password", json!({ "new": PASSWORD })).await.expect(204);
        let anyone = app.anyone();
        let ada = anyone.signed_in_by(&login(&anyone, "ada@example.org", PASSWORD).await.expect(200));
        let program = tokens::program(&app, &tokens::make(&ada, "write").await);
        let built = ada.build("a pomodoro timer").await;
        let mut followed = ada.events(&built.generation).await;
        followed.next().await.unwrap();

        let told = change(&owner, &id, json!({ "suspended": true })).await.expect(200).json();
        assert!(told["suspended_at"].is_string(), "{told}");
        ada.get("/api/projects").await.expect_problem(401, "unauthenticated");
        program.get("/api/projects").await.expect_problem(401, "unauthenticated");
        assert!(followed.to_end().await.iter().all(|event| event.kind != "done"));
        // Strangers learn nothing; who knows the password is told why.
        login(&anyone, "ada@example.org", "wrong").await.expect_problem(401, "bad_credentials");
        login(&anyone, "ada@example.org", PASSWORD).await.expect_problem(403, "suspended");

        let told = change(&owner, &id, json!({ "suspended": false })).await.expect(200).json();
        assert_eq!(told["suspended_at"], Value::Null);
        program.get("/api/projects").await.expect_problem(401, "unauthenticated");
        let back = anyone.signed_in_by(&login(&anyone, "ada@example.org", PASSWORD).await.expect(200));
        back.get("/api/projects").await.expect(200);
    }

    async fn turns_of_whoever_is_suspended_do_not_start(db) {
        let app = TestApp::on(db, waiting()).await;
        let owner = app.owner().await;
        let ada = app.user("ada").await;
        let built = ada.build("a pomodoro timer").await;
        app.add_member(&built.project, &owner, Role::Owner).await;
        change(&owner, &id_of(&ada).await, json!({ "suspended": true })).await.expect(200);
        let app = app.restart_as(crate::usual(), Duration::ZERO, Duration::ZERO).await;
        let owner = owner.to(&app);
        let events = owner.events(&built.generation).await.until("cancelled").await;
        assert!(events.iter().all(|event| event.kind != "version_created"), "{events:?}");
    }

    async fn administrators_look_and_search(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        for name in ["ada", "bob", "al_an"] {
            app.env.advance(Duration::from_secs(1));
            app.user(name).await;
        }
        let names = |page: Value| -> Vec<String> {
            page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
        };
        let first = owner.get("/api/admin/users?limit=3").await.expect(200).json();
        let cursor = first["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(names(first), ["al_an", "bob", "ada"]);
        let rest = owner.get(&format!("/api/admin/users?cursor={cursor}")).await.expect(200).json();
        assert_eq!(names(rest), ["Owner"]);
        for (q, found) in [("BOB@", &["bob"][..]), ("l_a", &["al_an"]), ("%25", &[]), ("owner", &["Owner"])] {
            let page = owner.get(&format!("/api/admin/users?q={q}")).await.expect(200).json();
            assert_eq!(names(page), found, "{q}");
        }
        owner.get("/api/admin/users?cursor=x").await.expect_problem(400, "invalid");
    }

    async fn the_last_administrator_stays_one(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let ada = app.user("ada").await;
        let (me, other) = (id_of(&owner).await, id_of(&ada).await);
        for update in [json!({ "suspended": true }), json!({ "is_admin": false })] {
            change(&owner, &me, update).await.expect_problem(409, "conflict");
        }
        let told = change(&owner, &other, json!({ "is_admin": true, "plan": "pro" })).await.expect(200).json();
        assert_eq!((&told["is_admin"], &told["plan"]), (&json!(true), &json!("pro")));
        // What they may do has changed, so they get another token.
        let renewed = ada.get("/api/admin/users").await.expect(200);
        assert!(renewed.header("set-cookie").starts_with("qv="), "{}", renewed.header("set-cookie"));
        change(&owner, &me, json!({ "is_admin": false })).await.expect(200);
        owner.get("/api/admin/users").await.expect_problem(403, "forbidden");
        change(&owner, &other, json!({ "suspended": true })).await.expect_problem(403, "forbidden");
        let ada = ada.signed_in_by(&renewed);
        change(&ada, &other, json!({ "suspended": true })).await.expect_problem(409, "conflict");
        change(&ada, "01900000-0000-7000-8000-000000000000", json!({})).await.expect_problem(404, "not_found");
        change(&ada, &me, json!({ "balance": 5 })).await.expect_problem(400, "invalid");
    }

    // asvs: 39
    async fn deciding_about_others_needs_the_password_again(db) {
        let app = TestApp::on(db, crate::usual()).await;
        set_password(&app.owner().await).await;
        let ada = app.user("bob").await;
        let id = id_of(&ada).await;
        let anyone = app.anyone();
        let owner = anyone.signed_in_by(&login(&anyone, "ada@example.org", PASSWORD).await.expect(200));
        app.env.advance(Duration::from_secs(15 * 60));
        change(&owner, &id, json!({ "suspended": true })).await.expect_problem(403, "reauthenticate");
        ada.get("/api/projects").await.expect(200);
    }
}

// asvs: 48
#[tokio::test]
async fn what_nobody_may_set_is_refused_by_its_name() {
    let app = TestApp::start().await;
    let user = app.user("ada").await;
    let id = id_of(&user).await;
    let project = user.post("/api/projects", json!({ "name": "Mine" })).await.expect(201).json();
    let project = format!("/api/projects/{}", project["project"]["id"].as_str().unwrap());
    let before = user.get(&project).await.expect(200).json();
    for field in ["role", "balance", "owner_id", "is_admin", "plan"] {
        for (method, path, mut body) in [
            ("PATCH", "/api/account", json!({ "name": "Ada" })),
            ("POST", "/api/projects", json!({ "name": "Other" })),
            ("PATCH", project.as_str(), json!({ "name": "Other" })),
            ("POST", "/api/tokens", json!({ "name": "CI", "scope": "read", "expires_in_days": 1 })),
            ("PUT", "/api/budgets", json!({ "limit_nanousd": 1 })),
        ] {
            body[field] = json!(id);
            let refused = user.ask(method, path).json(&body).send().await;
            let refused = refused.expect_problem(400, "invalid");
            assert!(refused.to_string().contains(field), "{method} {path}: {refused}");
        }
    }
    assert_eq!(user.get(&project).await.expect(200).json(), before);
    let session = user.get("/api/auth/session").await.expect(200).json();
    assert_eq!(
        (&session["account"]["name"], &session["account"]["is_admin"]),
        (&json!("ada"), &json!(false))
    );
}
