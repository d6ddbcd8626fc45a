//! New accounts: every way to one obeys the server's setting.

use std::time::Duration;

use qv_domain::SignUpMode;
use qv_server::Rates;
use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::{Answer, Client, Setup};
use serde_json::{Value, json};

use crate::auth::{PASSWORD, login};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn mode(mode: SignUpMode) -> Setup {
    let mut setup = crate::usual();
    setup.engine.sign_up = mode;
    setup
}

fn ask(email: &str) -> Value {
    json!({ "email": email, "name": "Bob", "password": PASSWORD })
}

async fn sign_up(client: &Client, body: Value) -> Answer {
    client.post("/api/auth/signup", body).await
}

fn with_invite(mut body: Value, token: &str) -> Value {
    body["invite"] = json!(token);
    body
}

async fn invite(admin: &Client, create: Value) -> String {
    let made = admin.post("/api/admin/invites", create).await.expect(201).json();
    made["token"].as_str().unwrap().to_owned()
}

async fn people(app: &TestApp) -> u64 {
    app.db.read().await.unwrap().user_count().await.unwrap()
}

on_both_databases! {
    // asvs: 31
    async fn a_closed_server_makes_no_account_in_any_way(db) {
        let app = TestApp::on(db, mode(SignUpMode::Invite)).await;
        let owner = app.owner().await;
        let token = invite(&owner, json!({})).await;
        let setup = app.setup_token().await;
        let app = app.restart_as(mode(SignUpMode::Closed), Duration::ZERO, Duration::ZERO).await;
        let (owner, anyone) = (owner.to(&app), app.anyone());
        assert_eq!(anyone.get("/api/instance").await.json()["sign_up"], "closed");
        sign_up(&anyone, ask("bob@example.org")).await.expect_problem(403, "forbidden");
        let invited = with_invite(ask("bob@example.org"), &token);
        sign_up(&anyone, invited).await.expect_problem(403, "forbidden");
        let look = json!({ "token": token });
        anyone.post("/api/auth/invite", look).await.expect_problem(403, "forbidden");
        let refused = owner.post("/api/admin/invites", json!({})).await;
        let refused = refused.expect_problem(409, "conflict");
        assert!(refused["detail"].as_str().unwrap().contains("QUICKVIBE_SIGN_UP"), "{refused}");
        // What an owner without a password is given signs them in, and makes nobody.
        anyone.post("/api/auth/setup", json!({ "token": setup })).await.expect(200);
        login(&anyone, "bob@example.org", PASSWORD).await.expect_problem(401, "bad_credentials");
        assert_eq!(people(&app).await, 1);
    }

    // asvs: 31
    async fn an_invitation_makes_one_account(db) {
        let app = TestApp::on(db, mode(SignUpMode::Invite)).await;
        let owner = app.owner().await;
        let anyone = app.anyone();
        sign_up(&anyone, ask("bob@example.org")).await.expect_problem(403, "forbidden");
        for wrong in ["", "nonsense"] {
            let body = with_invite(ask("bob@example.org"), wrong);
            sign_up(&anyone, body).await.expect_problem(401, "bad_credentials");
        }
        let token = invite(&owner, json!({ "expires_in_days": 3 })).await;
        let look = json!({ "token": token });
        let told = anyone.post("/api/auth/invite", look.clone()).await.expect(200).json();
        assert_eq!(told["email"], Value::Null);
        // A refusal does not use it up.
        let mut weak = with_invite(ask("bob@example.org"), &token);
        weak["password"] = json!("short");
        let weak = sign_up(&anyone, weak).await.expect_problem(400, "invalid");
        assert_eq!(weak["fields"][0]["field"], "password");
        let answer = sign_up(&anyone, with_invite(ask("bob@example.org"), &token)).await.expect(200);
        let bob = anyone.signed_in_by(&answer);
        let session = bob.get("/api/auth/session").await.expect(200).json();
        assert_eq!(session["permissions"], json!(["build"]));
        assert_eq!(session["account"]["plan"], "free");
        sign_up(&anyone, with_invite(ask("eve@example.org"), &token)).await.expect_problem(401, "bad_credentials");
        anyone.post("/api/auth/invite", look).await.expect_problem(401, "bad_credentials");
        login(&anyone, "bob@example.org", PASSWORD).await.expect(200);
        assert_eq!(people(&app).await, 2);
        bob.post("/api/admin/invites", json!({})).await.expect_problem(403, "forbidden");
    }

    async fn an_invitation_is_for_its_address_ends_and_is_taken_back(db) {
        let app = TestApp::on(db, mode(SignUpMode::Invite)).await;
        let owner = app.owner().await;
        let anyone = app.anyone();
        let token = invite(&owner, json!({ "email": "Bob@example.org" })).await;
        let told = anyone.post("/api/auth/invite", json!({ "token": token })).await.expect(200).json();
        assert_eq!(told["email"], "bob@example.org");
        let other = sign_up(&anyone, with_invite(ask("eve@example.org"), &token)).await;
        assert_eq!(other.expect_problem(400, "invalid")["fields"][0]["field"], "email");
        app.env.advance(7 * DAY);
        let late = with_invite(ask("bob@example.org"), &token);
        let owner = owner_again(&app, &owner).await;
        sign_up(&anyone, late).await.expect_problem(401, "bad_credentials");

        let token = invite(&owner, json!({})).await;
        let listed = owner.get("/api/admin/invites").await.expect(200);
        assert!(!listed.text().contains(&token));
        let items = listed.json()["items"].as_array().unwrap().clone();
        assert_eq!(items.len(), 1, "{items:?}");
        let path = format!("/api/admin/invites/{}", items[0]["id"].as_str().unwrap());
        owner.delete(&path).await.expect(204);
        owner.delete(&path).await.expect_problem(404, "not_found");
        sign_up(&anyone, with_invite(ask("bob@example.org"), &token)).await.expect_problem(401, "bad_credentials");
        for (create, field) in [
            (json!({ "email": "nobody" }), "email"),
            (json!({ "expires_in_days": 31 }), "expires_in_days"),
            (json!({ "expires_in_days": 0 }), "expires_in_days"),
        ] {
            let refused = owner.post("/api/admin/invites", create).await.expect_problem(400, "invalid");
            assert_eq!(refused["fields"][0]["field"], field);
        }
    }

    // asvs: 31, 48
    async fn an_open_server_makes_accounts_of_the_least_kind(db) {
        let app = TestApp::on(db, mode(SignUpMode::Open)).await;
        let anyone = app.anyone();
        // The first account is the owner's, by the printed link alone.
        sign_up(&anyone, ask("eve@example.org")).await.expect_problem(403, "forbidden");
        app.owner().await;
        for field in ["role", "is_admin", "plan", "balance", "owner_id"] {
            let mut body = ask("bob@example.org");
            body[field] = json!(true);
            let refused = sign_up(&anyone, body).await.expect_problem(400, "invalid");
            assert!(refused.to_string().contains(field), "{refused}");
        }
        assert_eq!(people(&app).await, 1);
        let answer = sign_up(&anyone, ask("Bob@example.org")).await.expect(200);
        assert_eq!(answer.json()["account"]["is_admin"], false);
        sign_up(&anyone, ask("bob@example.org")).await.expect_problem(409, "conflict");
        assert_eq!(people(&app).await, 2);
    }

    async fn one_invitation_at_the_same_time_makes_one_account(db) {
        let app = TestApp::on(db, mode(SignUpMode::Invite)).await;
        let token = invite(&app.owner().await, json!({})).await;
        let asks: Vec<_> = (0..4)
            .map(|number| {
                let anyone = app.anyone();
                let body = with_invite(ask(&format!("bob{number}@example.org")), &token);
                tokio::spawn(async move { sign_up(&anyone, body).await.status })
            })
            .collect();
        let mut made = 0;
        for ask in asks {
            made += u32::from(ask.await.unwrap() == 200);
        }
        assert_eq!((made, people(&app).await), (1, 2));
    }
}

/// The owner after a week: their session has ended meanwhile.
async fn owner_again(app: &TestApp, owner: &Client) -> Client {
    owner.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
    app.owner().await
}

#[tokio::test]
async fn an_address_signs_up_so_many_an_hour() {
    let mut setup = mode(SignUpMode::Open);
    setup.server.rates = Rates {
        sign_ups: qv_server::Quota { limit: 2, window: Duration::from_secs(3_600) },
        ..setup.server.rates
    };
    let db = qv_store::testing::TestDb::new(qv_store::Backend::Sqlite).await;
    let app = TestApp::on(db, setup).await;
    app.owner().await;
    let anyone = app.anyone();
    // Those that are refused count, too.
    sign_up(&anyone, ask("nonsense")).await.expect_problem(400, "invalid");
    sign_up(&anyone, ask("bob@example.org")).await.expect(200);
    sign_up(&anyone, ask("eve@example.org")).await.expect_problem(429, "rate_limited");
    app.env.advance(Duration::from_secs(3_601));
    sign_up(&anyone, ask("eve@example.org")).await.expect(200);
}
