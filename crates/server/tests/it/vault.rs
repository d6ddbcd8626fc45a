//! The vault: whose key is used, and a master key that is replaced while everybody works.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use qv_engine::{EngineConfig, Maintenance, NewKey, SystemEnv};
use qv_store::testing::TestDb;
use qv_store::{SealedTable, on_both_databases};
use qv_testkit::TestApp;
use qv_testkit::app::{Client, MODEL_KEY};
use qv_testkit::model_server::{ModelServer, Reply, Script};
use serde_json::{Value, json};

use crate::{UNLIKE_ANY_STARTER, file, last, page};

/// What the operator's commands work with, beside the app.
fn config(app: &TestApp) -> EngineConfig {
    let mut config = EngineConfig::new(app.db.data_dir());
    config.database_url = match app.db.backend() {
        qv_store::Backend::Sqlite => "sqlite".to_owned(),
        qv_store::Backend::Postgres => app.db.url().to_owned(),
    };
    config
}

pub(crate) async fn maintenance(app: &TestApp) -> Maintenance {
    Maintenance::open(&config(app), Arc::new(SystemEnv)).await.unwrap()
}

fn key_file(db: &TestDb) -> Vec<u8> {
    std::fs::read(db.data_dir().join("master.key")).unwrap()
}

/// A model server that takes every key.
async fn any_key() -> ModelServer {
    let script = Script { models: vec![crate::MODEL.to_owned()], ..Script::default() };
    ModelServer::serve(script).await.unwrap()
}

async fn sources(who: &Client) -> Vec<(Value, Value)> {
    let keys = who.get("/api/keys").await.expect(200).json();
    let keys = keys["items"].as_array().unwrap().iter();
    keys.map(|key| (key["source"].clone(), key["last4"].clone())).collect()
}

/// With which key a turn calls the model.
async fn key_of_a_turn(models: &ModelServer, who: &Client) -> String {
    models.script([Reply::text(file("src/App.tsx", &page("x")))]);
    let built = who.build(UNLIKE_ANY_STARTER).await;
    last(&who.events(&built.generation).await.to_end().await, "done");
    models.requests().last().unwrap().key().unwrap().to_owned()
}

on_both_databases! {
    async fn ones_own_key_goes_before_the_systems_and_that_before_the_environments(db) {
        let models = any_key().await;
        let app = TestApp::on(db, crate::usual().model(&models)).await;
        let owner = app.owner().await;
        assert_eq!(key_of_a_turn(&models, &owner).await, MODEL_KEY);

        let maintenance = maintenance(&app).await;
        let new = |user, secret: &str| NewKey {
            provider: "custom",
            user,
            base_url: None,
            secret: secret.into(),
        };
        let refused = maintenance.set_key(new(None, "sk-system-0001-aaaa")).await.unwrap_err();
        assert!(refused.to_string().contains("--base-url"), "{refused}");
        let url = models.base_url();
        let placed = NewKey { base_url: Some(&url), ..new(None, "sk-system-0001-aaaa") };
        maintenance.set_key(placed).await.unwrap();
        assert_eq!(key_of_a_turn(&models, &owner).await, "sk-system-0001-aaaa");
        // A newer one, at the same place.
        maintenance.set_key(new(None, "sk-system-0002-bbbb")).await.unwrap();
        assert_eq!(key_of_a_turn(&models, &owner).await, "sk-system-0002-bbbb");

        let own = json!({ "secret": "sk-own-0003-cccc", "base_url": url });
        owner.put("/api/keys/custom", own).await.expect(200);
        assert_eq!(key_of_a_turn(&models, &owner).await, "sk-own-0003-cccc");
        let listed = sources(&owner).await;
        for (source, last4) in [("own", "cccc"), ("system", "bbbb"), ("environment", "c258")] {
            assert!(listed.contains(&(json!(source), json!(last4))), "{source}: {listed:?}");
        }
        owner.patch("/api/account", json!({ "email": "ada@example.org" })).await.expect(200);
        maintenance.set_key(new(Some("ada@example.org"), "sk-own-0004-dddd")).await.unwrap();
        assert_eq!(key_of_a_turn(&models, &owner).await, "sk-own-0004-dddd");
        for wrong in ["nobody@example.org", "no address"] {
            maintenance.set_key(new(Some(wrong), "sk-own-0005-eeee")).await.unwrap_err();
        }

        // Nobody removes the system's over the API, and each key has its own row of usage.
        owner.delete("/api/keys/custom").await.expect(204);
        owner.delete("/api/keys/custom").await.expect_problem(404, "not_found");
        assert_eq!(key_of_a_turn(&models, &owner).await, "sk-system-0002-bbbb");
        let usage = owner.get("/api/usage").await.expect(200);
        let by_key = usage.json()["keys"].as_array().unwrap().len();
        assert_eq!(by_key, 3, "{}", usage.text());
        for secret in ["sk-system-0002-bbbb", "sk-own-0003-cccc", MODEL_KEY] {
            assert!(!usage.text().contains(secret));
        }
        maintenance.close().await;
        models.finish().await;
    }

    // asvs: 45
    async fn a_master_key_is_replaced_while_keys_are_read_and_written(db) {
        let models = any_key().await;
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let key = |number: usize| {
            json!({ "secret": format!("sk-of-the-load-{number:06}"), "base_url": models.base_url() })
        };
        owner.put("/api/keys/custom", key(0)).await.expect(200);
        // Some that nobody touches.
        let mut idle = Vec::new();
        for number in 0..40 {
            let user = app.user(&format!("idle{number}")).await;
            user.put("/api/keys/custom", key(number)).await.expect(200);
            idle.push(user);
        }
        let stop = Arc::new(AtomicBool::new(false));
        let done = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let mut load = Vec::new();
        for number in 0..4 {
            let user = app.user(&format!("busy{number}")).await;
            user.put("/api/keys/custom", key(number)).await.expect(200);
            let (reader, stop_reading, reads) = (user.clone(), stop.clone(), done.clone());
            load.push(tokio::spawn(async move {
                while !stop_reading.load(Ordering::Relaxed) {
                    let test = reader.post("/api/keys/custom/test", json!({})).await.expect(200);
                    assert_eq!(test.json()["ok"], true, "{}", test.text());
                    reads[0].fetch_add(1, Ordering::Relaxed);
                }
            }));
            let (stop, writes, url) = (stop.clone(), done.clone(), models.base_url());
            load.push(tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let number = writes[1].fetch_add(1, Ordering::Relaxed);
                    let body = json!({ "secret": format!("sk-of-the-load-{number:06}"), "base_url": url });
                    user.put("/api/keys/custom", body).await.expect(200);
                }
            }));
        }
        let maintenance = maintenance(&app).await;
        let mut key_before = key_file(&app.db);
        for rotation in 0..6 {
            let before = [0, 1].map(|of| done[of].load(Ordering::Relaxed));
            let rotated = maintenance.rotate_master_key(false).await.unwrap();
            assert!(!rotated.resumed && rotated.unreadable == 0 && rotated.to_do.is_none());
            // Those that nobody touches, at least: the others may have been saved anew meanwhile.
            assert!(rotated.secrets >= 40, "{rotated:?}");
            let key_now = key_file(&app.db);
            assert!(key_now.len() == 32 && key_now != key_before, "rotation {rotation}");
            key_before = key_now;
            // The load goes on after it as before.
            while [0, 1].iter().any(|&of| done[of].load(Ordering::Relaxed) <= before[of] + 5) {
                assert!(load.iter().all(|task| !task.is_finished()), "somebody met an error");
                tokio::task::yield_now().await;
            }
        }
        stop.store(true, Ordering::Relaxed);
        for task in load {
            task.await.unwrap();
        }
        // What was sealed meanwhile is under the new key alone, whatever key the server knew.
        let ring = qv_security::KeyRing::parse(&key_before).unwrap();
        for table in SealedTable::ALL {
            let mut conn = app.db.read().await.unwrap();
            let old = conn.sealed_otherwise(table, &ring.prefix(), None).await.unwrap();
            assert_eq!(old, [], "sealed under an older key");
        }
        for user in &idle {
            let test = user.post("/api/keys/custom/test", json!({})).await.expect(200).json();
            assert_eq!(test["ok"], true, "{test}");
        }
        // Pages that were open all the time still work: their token is not the master key's.
        owner.put("/api/keys/custom", key(1)).await.expect(200);
        maintenance.close().await;
    }

    async fn nothing_is_kept_under_a_key_that_was_replaced(db) {
        let models = any_key().await;
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let old = key_file(&app.db);
        let maintenance = maintenance(&app).await;
        maintenance.rotate_master_key(false).await.unwrap();
        let new = key_file(&app.db);
        // Somebody puts the old file back, and the server finds no other.
        std::fs::write(app.db.data_dir().join("master.key"), &old).unwrap();
        let key = json!({ "secret": "sk-kept-0001-aaaa", "base_url": models.base_url() });
        owner.put("/api/keys/custom", key.clone()).await.expect_problem(500, "internal");
        std::fs::write(app.db.data_dir().join("master.key"), &new).unwrap();
        owner.put("/api/keys/custom", key).await.expect(200);
        let test = owner.post("/api/keys/custom/test", json!({})).await.expect(200).json();
        assert_eq!(test["ok"], true, "{test}");
        maintenance.close().await;
    }

    async fn keys_of_before_there_were_rings_open_and_are_rotated(db) {
        let models = any_key().await;
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let key = json!({ "secret": "sk-kept-0001-aaaa", "base_url": models.base_url() });
        let saved = owner.put("/api/keys/custom", key).await.expect(200).json();
        let user = owner.get("/api/auth/session").await.json()["account"]["id"].clone();
        let (user, id) = (user.as_str().unwrap(), saved["id"].as_str().unwrap());
        let bound = qv_security::SealedFor { owner: user, id, kind: "provider_key" };
        let before = qv_security::SealingKey::from_bytes(&key_file(&app.db)).unwrap();
        let sealed = before.seal(&"sk-of-before-0002".into(), bound, &SystemEnv).unwrap();
        let id = id.parse().unwrap();
        let mut tx = app.db.begin().await.unwrap();
        let now = tx.sealed_key(id).await.unwrap().unwrap();
        let old = qv_store::Sealed(sealed);
        assert!(tx.swap_sealed(SealedTable::Keys, id, &now, &old).await.unwrap());
        tx.commit().await.unwrap();

        assert_eq!(key_of_a_turn(&models, &owner).await, "sk-of-before-0002");
        let maintenance = maintenance(&app).await;
        assert_eq!(maintenance.rotate_master_key(false).await.unwrap().unreadable, 0);
        assert_eq!(key_of_a_turn(&models, &owner).await, "sk-of-before-0002");
        // A row that was moved to somebody else opens for nobody.
        let other = app.user("other").await;
        let other_id = other.get("/api/auth/session").await.json()["account"]["id"].clone();
        let other_id = other_id.as_str().unwrap().parse().unwrap();
        let mut tx = app.db.begin().await.unwrap();
        let mut moved = tx.key(id).await.unwrap().unwrap();
        let sealed = tx.sealed_key(id).await.unwrap().unwrap();
        moved.id = qv_domain::KeyId::generate(&SystemEnv);
        moved.user_id = Some(other_id);
        tx.put_key(&moved, &sealed).await.unwrap();
        tx.commit().await.unwrap();
        let answer = other.post("/api/keys/custom/test", json!({})).await;
        answer.expect_problem(502, "provider_auth");
        maintenance.close().await;
        models.finish().await;
    }
}
