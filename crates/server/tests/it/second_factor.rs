//! The second factor: asked for after the password, taken once, and changed by nobody who has not just given the
//! password.

use std::time::Duration;

use qv_domain::Env as _;
use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::{Answer, Client};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::auth::{PASSWORD, login, set_password};
use crate::passwords::age;
use crate::vault::maintenance;

const ADA: &str = "ada@example.org";
const STEP: Duration = Duration::from_secs(30);

/// An authenticator app.
struct Phone(TOTP);

impl Phone {
    fn new(secret: &Value) -> Self {
        let secret = Secret::Encoded(secret.as_str().unwrap().to_owned()).to_bytes().unwrap();
        Self(TOTP::new_unchecked(Algorithm::SHA1, 6, 1, 30, secret, None, "ada".to_owned()))
    }

    /// The code of so many steps from now.
    fn code(&self, app: &TestApp, steps: i64) -> String {
        let seconds = app.env.now().as_micros() / 1_000_000 + steps * 30;
        self.0.generate(seconds.try_into().unwrap())
    }
}

/// A cookie that an answer sets.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let cookies = answer.headers.get_all("set-cookie").iter();
    cookies
        .map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned())
        .find(|text| text.starts_with(&format!("{name}=")))
}

async fn enter(who: &Client, code: &str) -> Answer {
    who.post("/api/auth/login/code", json!({ "code": code })).await
}

/// Somebody whose password was right and whose code is awaited.
async fn half_way(from: &Client) -> Client {
    let answer = login(from, ADA, PASSWORD).await.expect(202);
    from.clone().with_cookie(&cookie(&answer, "qv-pending").unwrap())
}

/// The owner with a second factor, and their recovery codes.
async fn with_factor(app: &TestApp) -> (Client, Phone, Vec<String>) {
    set_password(&app.owner().await).await;
    let answer = login(&app.anyone(), ADA, PASSWORD).await.expect(200);
    let owner = app.anyone().signed_in_by(&answer);
    let offered = owner.post("/api/auth/second-factor", json!({})).await.expect(200).json();
    let uri = offered["uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/QuickVibe:ada%40example.org?"), "{uri}");
    let phone = Phone::new(&offered["secret"]);
    let code = json!({ "code": phone.code(app, 0) });
    let confirmed = owner.post("/api/auth/second-factor/confirm", code).await.expect(200).json();
    let codes: Vec<String> = serde_json::from_value(confirmed["codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    (owner, phone, codes)
}

on_both_databases! {
    async fn a_code_is_asked_for_after_the_password(db) {
        let app = TestApp::on(db, crate::usual()).await;
        set_password(&app.owner().await).await;
        let answer = login(&app.anyone(), ADA, PASSWORD).await.expect(200);
        let (owner, other) = (app.anyone().signed_in_by(&answer), app.anyone());
        let other = other.signed_in_by(&login(&other, ADA, PASSWORD).await.expect(200));
        let state = owner.get("/api/auth/second-factor").await.expect(200).json();
        assert_eq!(state, json!({ "since": null, "recovery_codes": 0 }));
        let confirm = "/api/auth/second-factor/confirm";
        owner.post(confirm, json!({ "code": "123456" })).await.expect_problem(409, "conflict");

        // The last offer counts, and only its code; until then nothing is asked for.
        let first = owner.post("/api/auth/second-factor", json!({})).await.expect(200).json();
        let second = owner.post("/api/auth/second-factor", json!({})).await.expect(200).json();
        let (first, phone) = (Phone::new(&first["secret"]), Phone::new(&second["secret"]));
        for wrong in [&first.code(&app, 0), &phone.code(&app, 5), "", "000000x"] {
            let problem = owner.post(confirm, json!({ "code": wrong })).await.expect_problem(400, "invalid");
            assert_eq!(problem["fields"][0]["field"], "code");
        }
        login(&app.anyone(), ADA, PASSWORD).await.expect(200);
        let code = phone.code(&app, 0);
        owner.post(confirm, json!({ "code": code })).await.expect(200);
        owner.post("/api/auth/second-factor", json!({})).await.expect_problem(409, "conflict");
        let state = owner.get("/api/auth/second-factor").await.expect(200).json();
        assert!(state["since"].is_string() && state["recovery_codes"] == 10, "{state}");
        other.get("/api/auth/session").await.expect_problem(401, "unauthenticated");

        let anyone = app.anyone();
        login(&anyone, ADA, "wrong").await.expect_problem(401, "bad_credentials");
        let answer = login(&anyone, ADA, PASSWORD).await.expect(202);
        assert_eq!(cookie(&answer, "qv"), None, "nobody is signed in yet");
        assert_eq!(cookie(&answer, "qv-device"), None);
        let pending = cookie(&answer, "qv-pending").unwrap();
        let half = anyone.clone().with_cookie(&pending);
        half.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
        // Nor is what waits a session by another name.
        let posed = anyone.clone().with_cookie(&pending.replace("qv-pending=", "qv="));
        posed.get("/api/auth/session").await.expect_problem(401, "unauthenticated");
        app.env.advance(STEP);
        let right = phone.code(&app, 0);
        enter(&anyone, &right).await.expect_problem(401, "sign_in_expired");
        enter(&half, "123").await.expect_problem(401, "bad_credentials");
        let answer = enter(&half, &format!(" {} {} ", &right[..3], &right[3..])).await.expect(200);
        let signed_in = anyone.clone().with_cookie(&cookie(&answer, "qv").unwrap());
        let session = signed_in.get("/api/auth/session").await.expect(200).json();
        assert_eq!(session["account"]["email"], ADA);
        assert!(cookie(&answer, "qv-device").is_some());
        assert_eq!(cookie(&answer, "qv-pending").as_deref(), Some("qv-pending="));
        // It is finished once.
        app.env.advance(STEP);
        enter(&half, &phone.code(&app, 0)).await.expect_problem(401, "sign_in_expired");
    }

    // asvs: 34
    async fn a_code_is_taken_once(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let (_, phone, codes) = with_factor(&app).await;
        // Not the one that confirmed it, and none from before.
        let half = half_way(&app.anyone()).await;
        for steps in [0, -1] {
            enter(&half, &phone.code(&app, steps)).await.expect_problem(401, "bad_credentials");
        }
        app.env.advance(STEP);
        let code = phone.code(&app, 0);
        enter(&half, &code).await.expect(200);
        let half = half_way(&app.anyone()).await;
        enter(&half, &code).await.expect_problem(401, "bad_credentials");
        // A step ahead is taken; the one before it is then over.
        app.env.advance(STEP * 3);
        enter(&half, &phone.code(&app, 1)).await.expect(200);
        let half = half_way(&app.anyone()).await;
        enter(&half, &phone.code(&app, 0)).await.expect_problem(401, "bad_credentials");
        enter(&half, &phone.code(&app, 1)).await.expect_problem(401, "bad_credentials");

        // Of those who show the same code at the same time, one is let in.
        app.env.advance(STEP * 40);
        for code in [phone.code(&app, 0), codes[0].clone()] {
            let mut halves = Vec::new();
            for _ in 0..4 {
                halves.push(half_way(&app.anyone()).await);
            }
            let tries: Vec<_> = halves
                .into_iter()
                .map(|half| {
                    let code = code.clone();
                    tokio::spawn(async move { enter(&half, &code).await.status })
                })
                .collect();
            let mut entered = 0;
            for status in tries {
                entered += u32::from(status.await.unwrap() == 200);
            }
            assert_eq!(entered, 1);
            app.env.advance(STEP * 40);
        }
        // Each recovery code by itself, however it is typed.
        let half = half_way(&app.anyone()).await;
        enter(&half, &codes[0]).await.expect_problem(401, "bad_credentials");
        enter(&half, &codes[1].to_uppercase().replace('-', " ")).await.expect(200);
    }

    async fn wrong_codes_lock_strangers_from_wherever_and_not_known_devices(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let (_, phone, codes) = with_factor(&app).await;
        app.env.advance(STEP * 40);
        let answer = enter(&half_way(&app.anyone()).await, &codes[0]).await.expect(200);
        let device = cookie(&answer, "qv-device").unwrap();
        // Right passwords in between forget no wrong code, and neither does another address.
        for number in 0..5 {
            let from = app.anyone().with("x-forwarded-for", &format!("198.51.100.{number}"));
            let half = half_way(&from).await;
            enter(&half, "000000").await.expect_problem(401, "bad_credentials");
        }
        let half = half_way(&app.anyone().with("x-forwarded-for", "198.51.100.77")).await;
        let locked = enter(&half, &phone.code(&app, 0)).await;
        assert_eq!(locked.header("retry-after"), "900");
        locked.expect_problem(429, "rate_limited");
        let known = app.anyone().with_cookie(&device);
        let answer = login(&known, ADA, PASSWORD).await.expect(202);
        let pending = cookie(&answer, "qv-pending").unwrap();
        let half = app.anyone().with_cookie(&format!("{device}; {pending}"));
        enter(&half, &phone.code(&app, 0)).await.expect(200);
    }

    async fn a_sign_in_waits_five_minutes_and_ends_with_its_password(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let (owner, phone, _) = with_factor(&app).await;
        let half = half_way(&app.anyone()).await;
        app.env.advance(Duration::from_secs(5 * 60));
        enter(&half, &phone.code(&app, 0)).await.expect_problem(401, "sign_in_expired");
        let half = half_way(&app.anyone()).await;
        let change = json!({ "current": PASSWORD, "new": "another horse battery staple" });
        owner.post("/api/auth/password", change).await.expect(204);
        enter(&half, &phone.code(&app, 0)).await.expect_problem(401, "sign_in_expired");
    }

    async fn a_hash_that_is_made_anew_meanwhile_ends_no_sign_in(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let (_, phone, _) = with_factor(&app).await;
        age(&app, ADA).await;
        let half = half_way(&app.anyone()).await;
        app.env.advance(STEP);
        enter(&half, &phone.code(&app, 0)).await.expect(200);
    }

    // asvs: 33
    async fn a_link_that_sets_a_password_leaves_it_as_it_is(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let (_, phone, _) = with_factor(&app).await;
        let command = maintenance(&app).await;
        let token = command.reset_link(ADA).await.unwrap();
        command.close().await;
        let new = "another horse battery staple";
        let set = json!({ "token": token.expose(), "password": new });
        app.anyone().post("/api/auth/reset", set).await.expect(204);
        login(&app.anyone(), ADA, PASSWORD).await.expect_problem(401, "bad_credentials");
        let answer = login(&app.anyone(), ADA, new).await.expect(202);
        let half = app.anyone().with_cookie(&cookie(&answer, "qv-pending").unwrap());
        half.get("/api/projects").await.expect_problem(401, "unauthenticated");
        app.env.advance(STEP);
        enter(&half, &phone.code(&app, 0)).await.expect(200);
    }

    async fn an_operator_takes_it_away_from_who_lost_it(db) {
        let app = TestApp::on(db, crate::usual()).await;
        with_factor(&app).await;
        let command = maintenance(&app).await;
        let half = half_way(&app.anyone()).await;
        command.remove_second_factor(ADA).await.unwrap();
        let again = command.remove_second_factor(ADA).await.unwrap_err();
        assert!(again.for_operator().contains("no second factor"));
        command.close().await;
        // Only the password, given anew, signs in.
        enter(&half, "123456").await.expect(401);
        login(&app.anyone(), ADA, PASSWORD).await.expect(200);
    }

    // asvs: 39
    async fn it_is_changed_by_who_has_just_given_the_password(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let (owner, phone, codes) = with_factor(&app).await;
        app.env.advance(Duration::from_secs(15 * 60));
        for (method, path) in [
            ("POST", "/api/auth/second-factor"),
            ("POST", "/api/auth/second-factor/confirm"),
            ("DELETE", "/api/auth/second-factor"),
            ("POST", "/api/auth/second-factor/recovery-codes"),
            ("PUT", "/api/keys/custom"),
            ("DELETE", "/api/keys/custom"),
        ] {
            let body = match path {
                "/api/auth/second-factor/confirm" => json!({ "code": phone.code(&app, 0) }),
                "/api/keys/custom" => json!({ "secret": "sk-x", "base_url": "http://127.0.0.1:1/v1" }),
                _ => json!({}),
            };
            let answer = owner.ask(method, path).json(&body).send().await;
            answer.expect_problem(403, "reauthenticate");
        }
        let email = json!({ "email": "eve@example.org" });
        owner.patch("/api/account", email).await.expect_problem(403, "reauthenticate");

        let given = json!({ "password": PASSWORD });
        let answer = owner.post("/api/auth/reauthenticate", given).await.expect(204);
        let owner = owner.clone().with_cookie(&cookie(&answer, "qv").unwrap());
        let renewed = owner.post("/api/auth/second-factor/recovery-codes", json!({})).await;
        let renewed = renewed.expect(200).json();
        let half = half_way(&app.anyone()).await;
        enter(&half, &codes[0]).await.expect_problem(401, "bad_credentials");
        enter(&half, renewed["codes"][0].as_str().unwrap()).await.expect(200);
        let state = owner.get("/api/auth/second-factor").await.expect(200).json();
        assert_eq!(state["recovery_codes"], 9);
        owner.delete("/api/auth/second-factor").await.expect(204);
        owner.delete("/api/auth/second-factor").await.expect_problem(404, "not_found");
        let more = owner.post("/api/auth/second-factor/recovery-codes", json!({})).await;
        more.expect_problem(404, "not_found");
        login(&app.anyone(), ADA, PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn whoever_has_no_password_sets_one_first() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let problem = owner.post("/api/auth/second-factor", json!({})).await;
    assert_eq!(problem.expect_problem(400, "invalid")["fields"][0]["field"], "password");
}
