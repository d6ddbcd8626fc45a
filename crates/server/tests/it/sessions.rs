//! Sessions: how they age, are renewed and end.

use std::time::Duration;

use qv_domain::Role;
use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::{Answer, Client, Setup};
use serde_json::json;

use crate::auth::{PASSWORD, login, set_password};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// An app whose turns stay in the queue: their streams stay open.
pub(crate) fn waiting() -> Setup {
    let mut setup = crate::usual();
    setup.engine.turns_at_once = 0;
    setup
}

/// The cookie that an answer sets for the session, if it does.
fn session_cookie(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all("set-cookie").iter();
    let texts = cookies.map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned());
    texts.into_iter().find(|text| text.starts_with("qv="))
}

async fn signed_in(app: &TestApp) -> Client {
    let anyone = app.anyone();
    anyone.signed_in_by(&login(&anyone, "ada@example.org", PASSWORD).await.expect(200))
}

on_both_databases! {
    async fn a_token_is_renewed_each_day_and_the_old_one_ends(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        app.env.advance(DAY - Duration::from_secs(1));
        assert_eq!(session_cookie(&owner.get("/api/auth/session").await.expect(200)), None);
        app.env.advance(Duration::from_secs(1));
        let answer = owner.get("/api/projects").await.expect(200);
        let renewed = owner.signed_in_by(&answer);
        assert!(answer.header("set-cookie").contains("HttpOnly"));
        // What was under way still works, and is not renewed again.
        app.env.advance(Duration::from_secs(59));
        assert_eq!(session_cookie(&owner.get("/api/auth/session").await.expect(200)), None);
        // From its first use on, the one before has a minute.
        renewed.get("/api/auth/session").await.expect(200);
        app.env.advance(Duration::from_secs(59));
        owner.get("/api/auth/session").await.expect(200);
        app.env.advance(Duration::from_secs(1));
        owner.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
        renewed.get("/api/auth/session").await.expect(200);
        assert_eq!(renewed.get("/api/auth/sessions").await.json()["items"].as_array().unwrap().len(), 1);
    }

    async fn a_new_token_that_was_lost_on_its_way_is_given_again(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        app.env.advance(DAY);
        assert!(session_cookie(&owner.get("/api/projects").await.expect(200)).is_some());
        // Its answer never came. Requests of the same moment are not given yet another one.
        assert_eq!(session_cookie(&owner.get("/api/projects").await.expect(200)), None);
        app.env.advance(Duration::from_secs(3600));
        let answer = owner.get("/api/projects").await.expect(200);
        let renewed = owner.signed_in_by(&answer);
        renewed.get("/api/auth/session").await.expect(200);
        app.env.advance(Duration::from_secs(60));
        owner.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
        renewed.get("/api/auth/session").await.expect(200);
    }

    async fn a_password_may_be_changed_by_the_request_that_renews_the_token(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        owner.patch("/api/account", json!({ "email": "ada@example.org" })).await.expect(200);
        app.env.advance(DAY);
        let answer = owner.post("/api/auth/password", json!({ "new": PASSWORD })).await.expect(204);
        owner.signed_in_by(&answer).get("/api/auth/session").await.expect(200);
        // The token before shows no password, although it still works.
        owner.patch("/api/account", json!({ "name": "Ada" })).await.expect(200);
        let other = json!({ "email": "eve@example.org" });
        owner.patch("/api/account", other.clone()).await.expect_problem(403, "reauthenticate");
        owner.signed_in_by(&answer).patch("/api/account", other).await.expect(200);
    }

    // asvs: 37
    async fn a_session_ends_unused_after_a_week_and_in_any_case_after_thirty_days(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let idle = app.owner().await;
        app.env.advance(7 * DAY - Duration::from_secs(1));
        idle.get("/api/auth/session").await.expect(200);
        app.env.advance(7 * DAY);
        idle.get("/api/auth/session").await.expect_problem(401, "unauthenticated");

        let mut used = app.owner().await;
        for _ in 0..5 {
            app.env.advance(6 * DAY - Duration::from_secs(1));
            let answer = used.get("/api/auth/session").await.expect(200);
            used = used.signed_in_by(&answer);
        }
        app.env.advance(Duration::from_secs(5));
        used.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
    }

    // asvs: 36
    async fn a_sign_in_takes_another_token_and_ends_the_session_before(db) {
        let app = TestApp::on(db, crate::usual()).await;
        set_password(&app.owner().await).await;
        let first = signed_in(&app).await;
        let answer = login(&first, "ada@example.org", PASSWORD).await.expect(200);
        let second = first.signed_in_by(&answer);
        second.get("/api/auth/session").await.expect(200);
        first.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
        let cookie = session_cookie(&answer).unwrap();
        // 256 bits in base64url.
        assert_eq!(cookie.len(), "qv=".len() + 43, "{cookie}");
        assert!(!answer.text().contains(&cookie["qv=".len()..]));
        for value in answer.headers.get_all("set-cookie") {
            let value = value.to_str().unwrap();
            assert!(value.contains("; HttpOnly; SameSite=Lax"), "{value}");
        }
    }

    // asvs: 38
    async fn a_new_password_ends_what_others_follow(db) {
        let app = TestApp::on(db, waiting()).await;
        let owner = app.owner().await;
        set_password(&owner).await;
        let built = owner.build("a pomodoro timer").await;
        let other = signed_in(&app).await;
        let mut followed = other.events(&built.generation).await;
        followed.next().await.unwrap();
        let change = json!({ "current": PASSWORD, "new": "another horse battery staple" });
        let changed = owner.post("/api/auth/password", change).await.expect(204);
        let owner = owner.signed_in_by(&changed);
        // It ends long before its five minutes: a test waits 20 seconds at most.
        assert!(followed.to_end().await.iter().all(|event| event.kind != "done"));
        other.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
        owner.get("/api/auth/session").await.expect(200);
    }

    // asvs: 41
    async fn who_leaves_a_project_hears_no_more_of_it(db) {
        let app = TestApp::on(db, waiting()).await;
        let owner = app.owner().await;
        let built = owner.build("a pomodoro timer").await;
        let viewer = app.user("viewer").await;
        app.add_member(&built.project, &viewer, Role::Viewer).await;
        let mut followed = viewer.events(&built.generation).await;
        followed.next().await.unwrap();
        let project = built.project.parse().unwrap();
        let session = viewer.get("/api/auth/session").await.json();
        let user = session["account"]["id"].as_str().unwrap().parse().unwrap();
        let mut tx = app.db.begin().await.unwrap();
        assert!(tx.remove_member(project, user).await.unwrap());
        tx.commit().await.unwrap();
        followed.to_end().await;
    }

    // asvs: 39
    async fn what_decides_about_an_account_needs_the_password_again(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let key = json!({ "secret": "sk-of-somebody" });
        // Whoever has no password has none to give.
        app.env.advance(Duration::from_secs(3_600));
        owner.put("/api/keys/openai", key.clone()).await.expect(200);
        set_password(&owner).await;
        let owner = signed_in(&app).await;
        owner.put("/api/keys/openai", key.clone()).await.expect(200);
        app.env.advance(Duration::from_secs(15 * 60));
        let address = json!({ "email": "countess@example.org" });
        for answer in [
            owner.patch("/api/account", address.clone()).await,
            owner.put("/api/keys/openai", key.clone()).await,
            owner.delete("/api/keys/openai").await,
        ] {
            answer.expect_problem(403, "reauthenticate");
        }
        owner.patch("/api/account", json!({ "name": "Countess" })).await.expect(200);
        let show = |password: &str| json!({ "password": password });
        let wrong = owner.post("/api/auth/reauthenticate", show("wrong")).await;
        assert_eq!(wrong.expect_problem(400, "invalid")["fields"][0]["field"], "password");
        owner.patch("/api/account", address.clone()).await.expect_problem(403, "reauthenticate");
        let shown = owner.post("/api/auth/reauthenticate", show(PASSWORD)).await.expect(204);
        let owner = owner.signed_in_by(&shown);
        owner.patch("/api/account", address).await.expect(200);
        owner.delete("/api/keys/openai").await.expect(204);
    }
}

#[tokio::test]
async fn what_somebody_may_do_is_read_when_they_ask() {
    let app = TestApp::start().await;
    let other = app.user("other").await;
    let session = other.get("/api/auth/session").await.json();
    assert_eq!(session["permissions"], json!(["build"]));
    let mut tx = app.db.begin().await.unwrap();
    let id = session["account"]["id"].as_str().unwrap().parse().unwrap();
    let mut user = tx.user(id).await.unwrap().unwrap();
    user.is_admin = true;
    tx.update_user(&user).await.unwrap();
    tx.commit().await.unwrap();
    let session = other.get("/api/auth/session").await.json();
    assert_eq!(session["permissions"], json!(["build", "administer"]));
}

// asvs: 47
#[tokio::test]
async fn signing_out_leaves_nothing_in_the_browser() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let answer = owner.post("/api/auth/logout", json!({})).await.expect(204);
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(session_cookie(&answer).unwrap(), "qv=");
}
