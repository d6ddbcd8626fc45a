//! How often one caller may change things.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use qv_server::{Quota, Rates, ServerConfig};
use qv_store::Backend;
use qv_store::testing::TestDb;
use qv_testkit::TestApp;
use qv_testkit::app::{Answer, Client, Setup};
use serde_json::json;

/// 10 changes in 10 s, 2 turns and 3 tries to sign in a minute.
async fn limited(proxies: &[&str]) -> TestApp {
    let mut rates = Rates::per_minute(10, 2, 3);
    rates.changes = Quota { limit: 10, window: Duration::from_secs(10) };
    let trusted_proxies = proxies.iter().map(|network| network.parse().unwrap()).collect();
    let server = ServerConfig { rates, trusted_proxies, ..ServerConfig::default() };
    let setup = Setup { server, ..Setup::default() };
    TestApp::on(TestDb::new(Backend::Sqlite).await, setup).await
}

async fn change(client: &Client) -> Answer {
    client.patch("/api/account", json!({ "name": "Ada" })).await
}

async fn let_through(client: &Client, tries: usize) -> usize {
    let mut count = 0;
    for _ in 0..tries {
        let answer = change(client).await;
        match answer.status {
            200 => count += 1,
            _ => drop(answer.expect_problem(429, "rate_limited")),
        }
    }
    count
}

// asvs: 8
#[tokio::test]
async fn bursts_on_both_sides_of_an_edge_are_one() {
    let app = limited(&[]).await;
    let owner = app.owner().await;
    app.env.advance(Duration::from_millis(9_900));
    assert_eq!(let_through(&owner, 20).await, 10);
    app.env.advance(Duration::from_millis(200));
    assert_eq!(let_through(&owner, 20).await, 0);
    app.env.advance(Duration::from_millis(9_700));
    assert_eq!(let_through(&owner, 20).await, 0);
    app.env.advance(Duration::from_millis(101));
    assert_eq!(let_through(&owner, 20).await, 10);
    // Somebody else is not concerned.
    assert_eq!(let_through(&app.user("other").await, 12).await, 10);
}

#[tokio::test]
async fn answers_say_what_is_left() {
    let app = limited(&[]).await;
    let owner = app.owner().await;
    let first = change(&owner).await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"changes\";q=10;w=10");
    assert_eq!(first.header("ratelimit"), "\"changes\";r=9;t=10");
    assert_eq!(first.header("x-ratelimit-limit"), "10");
    assert_eq!(first.header("x-ratelimit-remaining"), "9");
    assert_eq!(first.header("x-ratelimit-reset"), "10");
    app.env.advance(Duration::from_millis(2_500));
    assert_eq!(let_through(&owner, 9).await, 9);
    let refused = change(&owner).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), "8");
    assert_eq!(refused.header("ratelimit"), "\"changes\";r=0;t=8");
    assert_eq!(refused.header("retry-after"), refused.json()["retry_after"].to_string());
    assert!(refused.json()["detail"].as_str().unwrap().contains("in 8 s"));
    // Looking is not counted.
    assert_eq!(owner.get("/api/projects").await.expect(200).header("ratelimit"), "");
}

#[tokio::test]
async fn turns_and_sign_ins_have_limits_of_their_own() {
    let app = limited(&[]).await;
    let owner = app.owner().await;
    for _ in 0..2 {
        owner.post("/api/projects", json!({})).await.expect(201);
    }
    owner.post("/api/projects", json!({})).await.expect_problem(429, "rate_limited");
    change(&owner).await.expect(200);
    let anyone = app.anyone();
    let login = json!({ "email": "ada@example.org", "password": "wrong" });
    // The owner's own sign-in was the first of three.
    for expected in [401, 401, 429, 429] {
        let answer = anyone.post("/api/auth/login", login.clone()).await;
        assert_eq!(answer.status, expected, "{}", answer.text());
    }
    app.env.advance(Duration::from_secs(61));
    anyone.post("/api/auth/login", login).await.expect_problem(401, "bad_credentials");
}

#[tokio::test]
async fn browsers_reports_are_small_and_few() {
    let app = limited(&[]).await;
    let anyone = app.anyone();
    let report = |size: usize| {
        let violation = json!({ "document-uri": "x".repeat(size), "blocked-uri": "inline" });
        let ask = anyone.ask("POST", "/api/csp-reports");
        ask.json(&json!({ "csp-report": violation })).send()
    };
    report(100).await.expect(204);
    report(16_000).await.expect_problem(413, "too_large");
    anyone.post("/api/csp-reports", json!([])).await.expect_problem(400, "invalid");
    for _ in 3..20 {
        report(1).await.expect(204);
    }
    report(1).await.expect_problem(429, "rate_limited");
}

// asvs: 20
#[tokio::test]
async fn an_address_that_a_stranger_names_is_not_believed() {
    let app = limited(&[]).await;
    let anyone = app.anyone();
    let answers = stream::iter(0..10_000u32).map(|i| {
        let named = std::net::Ipv4Addr::from(i.wrapping_mul(2_654_435_761));
        let client = anyone.clone();
        async move {
            let ask = client.ask("POST", "/api/auth/clear-session");
            let ask = ask.header("x-forwarded-for", &named.to_string());
            let ask = ask.header("x-real-ip", &named.to_string());
            ask.header("forwarded", &format!("for={named}")).send().await.status
        }
    });
    let statuses: Vec<u16> = answers.buffer_unordered(32).collect().await;
    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 10);
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 9_990);
}

// asvs: 20
#[tokio::test]
async fn a_trusted_proxy_is_believed_about_who_asks() {
    let app = limited(&["127.0.0.0/8", "10.0.0.0/8"]).await;
    let anyone = app.anyone();
    let from = |named: &str| {
        let client = anyone.clone().with("x-forwarded-for", named);
        async move { client.post("/api/auth/clear-session", json!({})).await.status }
    };
    let mut through = 0;
    for i in 0..30 {
        // What the client wrote itself stands left of the proxy's word.
        through +=
            usize::from(from(&format!("203.0.113.{i}, 198.51.100.7, 10.0.0.9")).await == 204);
    }
    assert_eq!(through, 10);
    assert_eq!(from("198.51.100.8").await, 204);
}
