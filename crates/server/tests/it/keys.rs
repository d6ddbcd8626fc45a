//! Keys of providers: written, used, never seen again.

use qv_store::on_both_databases;
use qv_testkit::TestApp;
use qv_testkit::app::MODEL_KEY;
use qv_testkit::model_server::{ModelServer, Reply, Script};
use serde_json::json;

use crate::{UNLIKE_ANY_STARTER, file, last, page, with_model};

const CANARY: &str = "sk-canary-9b2e77c1d04f5a68";

/// Every file below a folder.
fn contents(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

on_both_databases! {
    async fn a_saved_key_is_used_and_never_shown(db) {
        let models = ModelServer::serve(Script {
            models: vec![crate::MODEL.to_owned()],
            key: Some(CANARY.to_owned()),
            ..Script::default()
        });
        let models = models.await.unwrap();
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let key = |secret: &str| json!({ "secret": secret, "base_url": models.base_url() });

        owner.post("/api/keys/custom/test", json!({})).await.expect_problem(404, "not_found");
        owner.put("/api/keys/custom", key("sk-of-somebody-else")).await.expect(200);
        let saved = owner.put("/api/keys/custom", key(CANARY)).await.expect(200);
        let listed = owner.get("/api/keys").await.expect(200);
        for answer in [&saved, &listed] {
            assert!(!answer.text().contains(CANARY), "{}", answer.text());
            assert!(answer.text().contains("5a68"), "the last four tell keys apart");
        }
        assert_eq!(listed.json()["items"].as_array().unwrap().len(), 1, "one key a provider");
        let test = owner.post("/api/keys/custom/test", json!({})).await.expect(200).json();
        assert_eq!(test["ok"], true, "{test}");

        models.script([Reply::text(file("src/App.tsx", &page("x")))]);
        let built = owner.build(UNLIKE_ANY_STARTER).await;
        let events = owner.events(&built.generation).await.to_end().await;
        last(&events, "done");
        assert!(events.iter().all(|event| !event.data.to_string().contains(CANARY)));
        assert_eq!(models.requests()[0].key(), Some(CANARY));

        // Nobody else has it, or sees it.
        let other = app.user("other").await;
        assert_eq!(other.get("/api/keys").await.json()["items"], json!([]));
        other.post("/api/keys/custom/test", json!({})).await.expect_problem(404, "not_found");
        other.delete("/api/keys/custom").await.expect_problem(404, "not_found");

        let files = contents(app.db.data_dir());
        assert!(files.iter().any(|(name, _)| name.ends_with("master.key")));
        for (name, bytes) in files {
            assert!(!contains(&bytes, CANARY), "the key is in clear in {name}");
        }
        if app.db.backend() == qv_store::Backend::Postgres {
            let clear = "SELECT count(*) FROM vault_keys WHERE vault_keys::text LIKE '%canary%'";
            assert_eq!(app.db.number(clear).await, 0);
        }
        owner.delete("/api/keys/custom").await.expect(204);
        owner.delete("/api/keys/custom").await.expect_problem(404, "not_found");
        models.finish().await;
    }
}

#[tokio::test]
async fn the_master_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = TestApp::start().await;
    let key = std::fs::metadata(app.db.data_dir().join("master.key")).unwrap();
    assert_eq!((key.permissions().mode() & 0o777, key.len()), (0o600, 32));
}

#[tokio::test]
async fn a_key_from_the_environment_is_shown_as_such() {
    let (models, _app, owner) = with_model().await;
    let keys = owner.get("/api/keys").await.expect(200);
    assert!(!keys.text().contains(MODEL_KEY));
    let keys = keys.json();
    assert_eq!(keys["items"][0]["id"], json!(null));
    assert_eq!(keys["items"][0]["label"], "From the environment");
    assert_eq!(keys["items"][0]["base_url"], models.base_url());
    owner.delete("/api/keys/custom").await.expect_problem(404, "not_found");
    let models_listed = owner.get("/api/models").await.expect(200);
    assert!(!models_listed.text().contains(MODEL_KEY));
    assert_eq!(models_listed.json()["default"], format!("custom/{}", crate::MODEL));
}

#[tokio::test]
async fn what_cannot_be_a_key_or_an_address_is_refused() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    for (provider, body, field) in [
        ("nobody", json!({ "secret": "sk-x" }), "provider"),
        ("openai", json!({ "secret": "" }), "secret"),
        ("openai", json!({ "secret": "sk\nx" }), "secret"),
        ("openai", json!({ "secret": "x".repeat(4_001) }), "secret"),
        ("custom", json!({ "secret": "sk-x" }), "base_url"),
        ("custom", json!({ "secret": "sk-x", "base_url": "file:///etc/passwd" }), "base_url"),
        (
            "custom",
            json!({ "secret": "sk-x", "base_url": "http://169.254.169.254/v1" }),
            "base_url",
        ),
        ("custom", json!({ "secret": "sk-x", "base_url": "http://10.0.0.1/v1" }), "base_url"),
    ] {
        let answer = owner.put(&format!("/api/keys/{provider}"), body.clone()).await;
        let problem = answer.expect_problem(400, "invalid");
        assert_eq!(problem["fields"][0]["field"], field, "{body}");
    }
    assert_eq!(owner.get("/api/keys").await.json()["items"], json!([]));
}
