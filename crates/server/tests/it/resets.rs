//! Passwords that were forgotten.

use std::time::Duration;

use qv_engine::MailConfig;
use qv_security::SecretString;
use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::{Client, Setup};
use qv_testkit::smtp::MailSink;
use serde_json::json;

use crate::auth::{PASSWORD, login, set_password};
use crate::sessions::waiting;
use crate::tokens::{make, program};

const NEW: &str = "another horse battery staple";

fn mailing(mut setup: Setup, sink: &MailSink) -> Setup {
    setup.engine.mail = Some(MailConfig {
        smtp_url: SecretString::from(sink.url()),
        from: "QuickVibe <build@example.org>".to_owned(),
        site: "https://build.example.org/".to_owned(),
    });
    setup
}

async fn forgot(client: &Client, email: &str) {
    let answer = client.post("/api/auth/forgot", json!({ "email": email })).await.expect(202);
    assert_eq!(answer.text(), "");
}

/// The token of the link in the newest of so many mails.
async fn mailed(sink: &MailSink, count: usize) -> String {
    let mails = tokio::time::timeout(Duration::from_secs(20), sink.wait_for(count)).await.unwrap();
    assert_eq!(mails.len(), count);
    let mail = mails.last().unwrap();
    assert_eq!(
        (mail.from.as_str(), &mail.to[..]),
        ("build@example.org", &["ada@example.org".to_owned()][..])
    );
    let (_, token) = mail.text.split_once("https://build.example.org/reset#token=").unwrap();
    token.split_whitespace().next().unwrap().to_owned()
}

async fn reset(client: &Client, token: &str, password: &str) -> qv_testkit::app::Answer {
    client.post("/api/auth/reset", json!({ "token": token, "password": password })).await
}

on_both_databases! {
    // asvs: 33, 38
    async fn a_mailed_link_sets_a_password_once_and_ends_what_was_open(db) {
        let sink = MailSink::serve().await.unwrap();
        let app = TestApp::on(db, mailing(waiting(), &sink)).await;
        let owner = app.owner().await;
        set_password(&owner).await;
        let anyone = app.anyone();
        let owner = anyone.signed_in_by(&login(&anyone, "ada@example.org", PASSWORD).await.expect(200));
        let script = program(&app, &make(&owner, "read").await);
        let built = owner.build("a pomodoro timer").await;
        let mut followed = owner.events(&built.generation).await;
        followed.next().await.unwrap();

        // Whoever asks learns nothing, and nobody is bothered twice.
        for email in ["nobody@example.org", "no address", "ada@example.org", "ADA@example.org"] {
            forgot(&anyone, email).await;
        }
        let token = mailed(&sink, 1).await;
        assert_eq!(token.len(), 43);
        // It signs nobody in.
        anyone.post("/api/auth/setup", json!({ "token": token })).await.expect_problem(401, "bad_credentials");
        let weak = reset(&anyone, &token, "short").await.expect_problem(400, "invalid");
        assert_eq!(weak["fields"][0]["field"], "password");
        let answer = reset(&anyone, &token, NEW).await.expect(204);
        assert_eq!(answer.header("set-cookie"), "", "the second factor is still to be shown");
        reset(&anyone, &token, PASSWORD).await.expect_problem(401, "bad_credentials");

        owner.get("/api/projects").await.expect_problem(401, "unauthenticated");
        script.get("/api/projects").await.expect_problem(401, "unauthenticated");
        assert!(followed.to_end().await.iter().all(|event| event.kind != "done"));
        login(&anyone, "ada@example.org", PASSWORD).await.expect_problem(401, "bad_credentials");
        login(&anyone, "ada@example.org", NEW).await.expect(200);
        assert_eq!(sink.mails().len(), 1);
    }

    // asvs: 33
    async fn a_link_ends_after_an_hour_and_strangers_end_none(db) {
        let sink = MailSink::serve().await.unwrap();
        let app = TestApp::on(db, mailing(crate::usual(), &sink)).await;
        set_password(&app.owner().await).await;
        let anyone = app.anyone();
        forgot(&anyone, "ada@example.org").await;
        let first = mailed(&sink, 1).await;
        app.env.advance(Duration::from_secs(5 * 60));
        forgot(&anyone, "ada@example.org").await;
        let second = mailed(&sink, 2).await;
        // Whoever asks again does not end the one that may be in use, and fills no mailbox.
        for _ in 0..3 {
            app.env.advance(Duration::from_secs(5 * 60));
            forgot(&anyone, "ada@example.org").await;
        }
        mailed(&sink, 3).await;
        let weak = reset(&anyone, &first, "short").await;
        weak.expect_problem(400, "invalid");
        app.env.advance(Duration::from_secs(60 * 60));
        for token in [&first, &second] {
            reset(&anyone, token, NEW).await.expect_problem(401, "bad_credentials");
        }
        forgot(&anyone, "ada@example.org").await;
        let third = mailed(&sink, 4).await;
        // Another password ends it, too: whoever took the mailbox over later has nothing.
        let owner = anyone.signed_in_by(&login(&anyone, "ada@example.org", PASSWORD).await.expect(200));
        owner.post("/api/auth/password", json!({ "current": PASSWORD, "new": NEW })).await.expect(204);
        reset(&anyone, &third, PASSWORD).await.expect_problem(401, "bad_credentials");
    }
}

#[tokio::test]
async fn without_a_mail_server_the_answer_is_the_same() {
    let app = TestApp::start().await;
    set_password(&app.owner().await).await;
    let anyone = app.anyone();
    assert_eq!(anyone.get("/api/instance").await.json()["reset_by_mail"], false);
    forgot(&anyone, "ada@example.org").await;
    reset(&anyone, "nonsense", NEW).await.expect_problem(401, "bad_credentials");
}

#[tokio::test]
async fn a_mail_server_that_is_gone_stops_nobody() {
    let sink = MailSink::serve().await.unwrap();
    let mut setup = mailing(crate::usual(), &sink);
    if let Some(mail) = &mut setup.engine.mail {
        mail.smtp_url = SecretString::from("smtp://127.0.0.1:1");
    }
    let db = qv_store::testing::TestDb::new(qv_store::Backend::Sqlite).await;
    let app = TestApp::on(db, setup).await;
    set_password(&app.owner().await).await;
    forgot(&app.anyone(), "ada@example.org").await;
    login(&app.anyone(), "ada@example.org", PASSWORD).await.expect(200);
}
