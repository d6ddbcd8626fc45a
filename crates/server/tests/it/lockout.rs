//! Wrong passwords lock an account for who gave them, and for nobody else.

use std::time::Duration;

use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::Client;
use serde_json::{Value, json};

use crate::auth::{PASSWORD, login, set_password};

/// A device that has signed in here, without its session.
async fn known_device(app: &TestApp) -> Client {
    let answer = login(&app.anyone(), "ada@example.org", PASSWORD).await.expect(200);
    let cookies = answer.headers.get_all("set-cookie").iter();
    let device = cookies
        .map(|value| value.to_str().unwrap().split(';').next().unwrap())
        .find(|text| text.starts_with("qv-device="));
    app.anyone().with_cookie(device.unwrap())
}

/// A problem without its request's id.
fn anonymous(mut problem: Value) -> Value {
    problem.as_object_mut().unwrap().remove("request_id");
    problem
}

on_both_databases! {
    // asvs: 29
    async fn five_wrong_passwords_lock_strangers_and_not_known_devices(db) {
        let app = TestApp::on(db, crate::usual()).await;
        set_password(&app.owner().await).await;
        let device = known_device(&app).await;
        let forged = app.anyone().with_cookie("qv-device=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        let stranger = app.anyone();
        let (ada, nobody) = ("ada@example.org", "nobody@example.org");
        for _ in 0..5 {
            let known = login(&stranger, ada, "wrong").await.expect_problem(401, "bad_credentials");
            let unknown = login(&stranger, nobody, "wrong").await.expect_problem(401, "bad_credentials");
            assert_eq!(anonymous(known), anonymous(unknown));
        }
        let known = login(&stranger, ada, PASSWORD).await;
        assert_eq!(known.header("retry-after"), "900");
        let unknown = login(&stranger, nobody, PASSWORD).await;
        assert_eq!(unknown.header("retry-after"), "900");
        let known = anonymous(known.expect_problem(429, "rate_limited"));
        assert_eq!(known, anonymous(unknown.expect_problem(429, "rate_limited")));
        // However the address is written.
        login(&stranger, " ADA@Example.org ", PASSWORD).await.expect_problem(429, "rate_limited");
        login(&forged, ada, PASSWORD).await.expect_problem(429, "rate_limited");
        login(&device, ada, PASSWORD).await.expect(200);
        // Its own wrong passwords count.
        for _ in 0..5 {
            login(&device, ada, "wrong").await.expect_problem(401, "bad_credentials");
        }
        login(&device, ada, PASSWORD).await.expect_problem(429, "rate_limited");

        app.env.advance(Duration::from_secs(15 * 60 - 1));
        login(&stranger, ada, PASSWORD).await.expect_problem(429, "rate_limited");
        app.env.advance(Duration::from_secs(1));
        login(&stranger, ada, PASSWORD).await.expect(200);
        login(&stranger, ada, "wrong").await.expect(401);
    }

    async fn the_right_password_forgets_the_wrong_ones(db) {
        let app = TestApp::on(db, crate::usual()).await;
        set_password(&app.owner().await).await;
        let anyone = app.anyone();
        for _ in 0..2 {
            for _ in 0..4 {
                login(&anyone, "ada@example.org", "wrong").await.expect(401);
            }
            login(&anyone, "ada@example.org", PASSWORD).await.expect(200);
        }
    }

    async fn guesses_at_the_same_time_are_counted_before_they_are_judged(db) {
        let app = TestApp::on(db, crate::usual()).await;
        set_password(&app.owner().await).await;
        let anyone = app.anyone();
        let guesses: Vec<_> = (0..12)
            .map(|_| {
                let anyone = anyone.clone();
                tokio::spawn(async move { login(&anyone, "ada@example.org", "wrong").await.status })
            })
            .collect();
        let mut judged = 0;
        for guess in guesses {
            judged += u32::from(guess.await.unwrap() == 401);
        }
        assert!(judged <= 5, "{judged} guesses were judged");
    }
}

#[tokio::test]
async fn whoever_took_a_session_cannot_try_passwords() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    set_password(&owner).await;
    let answer = login(&app.anyone(), "ada@example.org", PASSWORD).await.expect(200);
    let owner = app.anyone().signed_in_by(&answer);
    for _ in 0..5 {
        owner.post("/api/auth/reauthenticate", json!({ "password": "wrong" })).await.expect(400);
    }
    let change = json!({ "current": PASSWORD, "new": "another horse battery staple" });
    owner.post("/api/auth/password", change).await.expect_problem(429, "rate_limited");
    // New passwords that are refused are no wrong ones.
    let answer = login(&app.anyone(), "ada@example.org", PASSWORD).await.expect(200);
    let mut owner = app.anyone().signed_in_by(&answer);
    for _ in 0..6 {
        let weak = json!({ "current": PASSWORD, "new": "short" });
        owner.post("/api/auth/password", weak).await.expect_problem(400, "invalid");
    }
    let change = json!({ "current": PASSWORD, "new": "another horse battery staple" });
    let answer = owner.post("/api/auth/password", change).await.expect(204);
    owner = owner.signed_in_by(&answer);
    owner.get("/api/auth/session").await.expect(200);
}
