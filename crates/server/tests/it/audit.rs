//! Who did what: told with the act, read by administrators, and by everybody about themselves.

use std::time::Duration;

use qv_domain::{AuditAction, AuditActor, AuditId, Env};
use qv_store::{AuditEntry, on_both_databases};
use qv_testkit::TestApp;
use qv_testkit::app::Client;
use serde_json::{Value, json};

use crate::auth::{PASSWORD, login, set_password};

/// The owner with a password, signed in by it a moment ago.
async fn owner(app: &TestApp) -> Client {
    set_password(&app.owner().await).await;
    app.anyone().signed_in_by(&login(&app.anyone(), "ada@example.org", PASSWORD).await.expect(200))
}

async fn entries(admin: &Client, query: &str) -> Vec<Value> {
    let page = admin.get(&format!("/api/admin/audit?limit=200{query}")).await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

/// The actions that the log has, the newest first.
async fn actions(admin: &Client, query: &str) -> Vec<String> {
    let text = |entry: &Value| entry["action"].as_str().unwrap().to_owned();
    entries(admin, query).await.iter().map(text).collect()
}

async fn newest(admin: &Client, action: &str) -> Value {
    let found = entries(admin, &format!("&action={action}")).await;
    assert!(!found.is_empty(), "no {action} in the log");
    found[0].clone()
}

on_both_databases! {
    async fn each_act_is_told_once_with_who_and_what(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = owner(&app).await;
        let me = owner.get("/api/auth/session").await.json()["account"]["id"].clone();
        let other = login(&app.anyone(), "ada@example.org", PASSWORD).await.expect(200);
        let other_session = other.json()["session_id"].as_str().unwrap().to_owned();

        owner.put("/api/keys/anthropic", json!({ "secret": "sk-ant-canary-0123456789" })).await.expect(200);
        owner.delete("/api/keys/anthropic").await.expect(204);
        let user = me.as_str().unwrap();
        owner.put(&format!("/api/admin/users/{user}/budget"), json!({ "limit_nanousd": 5_000_000_000_u64 })).await.expect(200);
        owner.put("/api/budgets", json!({ "limit_nanousd": 9_000_000_000_u64 })).await.expect(200);
        // The same again is no act.
        owner.put("/api/budgets", json!({ "limit_nanousd": 9_000_000_000_u64 })).await.expect(200);
        let price = json!({ "model": "openai/x", "input_microusd": 1, "output_microusd": 2 });
        owner.put("/api/admin/prices", price).await.expect(200);
        owner.delete("/api/admin/prices?model=openai/x").await.expect(204);
        let project = owner.post("/api/projects", json!({ "name": "Focus" })).await.expect(201).json();
        let project = project["project"]["id"].as_str().unwrap().to_owned();
        for _ in 0..3 {
            owner.get(&format!("/api/projects/{project}/export.zip")).await.expect(200);
            owner.get("/api/usage.csv").await.expect(200);
        }
        owner.delete(&format!("/api/projects/{project}")).await.expect(204);
        owner.post("/api/auth/reauthenticate", json!({ "password": PASSWORD })).await.expect(204);
        owner.delete(&format!("/api/auth/sessions/{other_session}")).await.expect(204);
        let leaving = login(&app.anyone(), "ada@example.org", PASSWORD).await;
        app.anyone().signed_in_by(&leaving).post("/api/auth/logout", json!({})).await.expect(204);

        let told = actions(&owner, "").await;
        for action in [
            "owner_made", "password_changed", "email_changed", "key_set", "key_removed", "price_set",
            "price_removed", "project_created", "project_deleted", "project_exported",
            "usage_exported", "reauthenticated", "session_revoked", "sign_out",
        ] {
            assert_eq!(told.iter().filter(|told| *told == action).count(), 1, "{action}: {told:?}");
        }
        assert_eq!(told.iter().filter(|told| *told == "sign_in").count(), 4, "{told:?}");
        assert_eq!(told.iter().filter(|told| *told == "budget_changed").count(), 2, "{told:?}");

        // The clock stands, so these have one moment and any order.
        let set = entries(&owner, "&action=budget_changed").await;
        let scoped = |scope: &str| set.iter().find(|entry| entry["detail"]["scope"] == scope).unwrap();
        assert_eq!(scoped("own")["detail"]["limit_nanousd"], "9000000000");
        let by_admin = scoped("admin");
        assert_eq!(by_admin["detail"]["limit_nanousd"], "5000000000");
        assert_eq!((&by_admin["actor_id"], &by_admin["target_id"]), (&me, &me));
        assert_eq!(by_admin["address"], "127.0.0.1");
        let deleted = newest(&owner, "project_deleted").await;
        assert_eq!((&deleted["project_id"], &deleted["detail"]["name"]), (&json!(project), &json!("Focus")));
        assert_eq!(deleted["project_name"], Value::Null, "it is gone");
        let whole = owner.get("/api/admin/audit?limit=200").await;
        assert!(!whole.text().contains("canary") && !whole.text().contains(PASSWORD));
    }

    // asvs: 50
    async fn refused_sign_ins_are_told_and_cannot_fill_the_disk(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = owner(&app).await;
        for _ in 0..9 {
            login(&app.anyone(), "ada@example.org", "wrong-canary").await;
            login(&app.anyone(), "Nobody@example.org", "wrong-canary").await;
        }
        let failed = entries(&owner, "&action=sign_in_failed").await;
        assert_eq!(failed.len(), 2, "{failed:?}");
        assert!(failed.iter().all(|entry| entry["actor"] == "stranger"));
        let named: Vec<&Value> = failed.iter().map(|entry| &entry["target_name"]).collect();
        assert!(named.contains(&&Value::Null), "who does not exist is not named");
        assert!(failed.iter().all(|entry| entry["detail"]["reason"] == "bad_credentials"));
        assert_eq!(actions(&owner, "&action=sign_in_locked").await.len(), 2);
        let text = owner.get("/api/admin/audit").await.text();
        assert!(!text.contains("nobody@") && !text.contains("canary"), "{text}");
        app.env.advance(Duration::from_secs(16 * 60));
        login(&app.anyone(), "ada@example.org", "wrong").await.expect(401);
        assert_eq!(actions(&owner, "&action=sign_in_failed").await.len(), 3);

        // A stranger with any number of names.
        app.env.advance(Duration::from_secs(3_600));
        let mut tx = app.db.begin().await.unwrap();
        for _ in 0..500 {
            let action = AuditAction::SignInFailed;
            tx.audit(&entry(&*app.env, AuditActor::Stranger, action)).await.unwrap();
        }
        tx.commit().await.unwrap();
        app.env.advance(Duration::from_secs(1));
        login(&app.anyone(), "n@example.org", "x").await.expect(401);
        let flood = entries(&owner, "&action=sign_in_failed").await;
        assert!(flood[0]["detail"]["more_than"] == "500" && flood[0]["actor"] == "system");
        let all = db_count(&app).await;
        login(&app.anyone(), "one-more@example.org", "x").await.expect(401);
        assert_eq!(db_count(&app).await, all);
    }

    async fn the_log_is_read_by_page_filter_and_file(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = owner(&app).await;
        owner.post("/api/projects", json!({ "name": "=1+1" })).await.expect(201);
        let first = owner.get("/api/admin/audit?limit=2").await.expect(200).json();
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = entries(&owner, &format!("&cursor={cursor}")).await;
        assert_eq!(actions(&owner, "").await.len(), rest.len() + 2);
        assert_eq!(actions(&owner, "&user=ada@example.org").await.len(), rest.len() + 2);
        for (query, field) in [
            ("action=nonsense", "action"),
            ("user=nobody@example.org", "user"),
            ("from=yesterday", "from"),
            ("until=2026-1-1", "until"),
        ] {
            let problem = owner.get(&format!("/api/admin/audit?{query}")).await;
            let problem = problem.expect_problem(400, "invalid");
            assert_eq!(problem["fields"][0]["field"], field, "{problem}");
        }
        let tomorrow = "&from=2400-01-01";
        assert!(actions(&owner, tomorrow).await.is_empty());
        assert!(actions(&owner, "&until=2000-01-01").await.is_empty());

        let file = owner.get("/api/admin/audit.csv").await.expect(200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"quickvibe-audit.csv\"");
        let text = file.text();
        assert!(text.starts_with("time,action,actor_kind,"), "{text}");
        assert!(text.contains(",'=1+1,"), "a spreadsheet must not compute it: {text}");
        assert_eq!(actions(&owner, "&action=audit_exported").await.len(), 1);
    }

    async fn everybody_reads_their_own_and_nothing_of_others(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let bob = app.user("bob").await;
        let id = bob.get("/api/auth/session").await.json()["account"]["id"].as_str().unwrap().to_owned();
        owner.put(&format!("/api/admin/users/{id}/budget"), json!({ "limit_nanousd": 1 })).await.expect(200);
        bob.post("/api/projects", json!({ "name": "Mine" })).await.expect(201);
        let mine = bob.get("/api/account/activity").await.expect(200).json();
        let told: Vec<&str> = mine["items"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
        assert!(told.contains(&"budget_changed") && told.contains(&"project_created"), "{told:?}");
        for entry in mine["items"].as_array().unwrap() {
            let about = entry["actor_id"] == json!(id) || entry["target_id"] == json!(id);
            assert!(about, "{entry}");
            if entry["actor_id"] != json!(id) {
                assert_eq!(entry["address"], Value::Null, "an administrator's address is theirs");
            }
        }
        bob.get("/api/admin/audit").await.expect_problem(403, "forbidden");
        bob.get("/api/admin/audit.csv").await.expect_problem(403, "forbidden");
        bob.get("/api/admin/health").await.expect_problem(403, "forbidden");
        app.anyone().get("/api/account/activity").await.expect_problem(401, "unauthenticated");
    }

    async fn what_is_older_than_the_configuration_says_is_forgotten(db) {
        let mut tx = db.begin().await.unwrap();
        let old = AuditEntry {
            at: db.now().minus(Duration::from_secs(31 * 24 * 3_600)),
            ..entry(&db.env, AuditActor::System, AuditAction::BackupMade)
        };
        tx.audit(&old).await.unwrap();
        tx.commit().await.unwrap();
        let mut setup = crate::usual();
        setup.engine.audit_days = 30;
        let app = TestApp::on(db, setup).await;
        let owner = app.owner().await;
        let forgotten = async {
            while !actions(&owner, "&action=backup_made").await.is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), forgotten).await.unwrap();
        assert_eq!(actions(&owner, "&action=owner_made").await.len(), 1);
    }

    async fn administrators_see_how_the_server_is(db) {
        let app = TestApp::on(db, crate::usual()).await;
        let owner = app.owner().await;
        let health = owner.get("/api/admin/health").await.expect(200).json();
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(health["not_ready"], Value::Null);
        assert!(health["database"]["bytes"].as_u64().unwrap() > 10_000, "{health}");
        assert_eq!(health["queue"], json!({ "queued": 0, "running": 0, "most": 2, "failed": 0 }));
        let (free, total) = (&health["disk"]["free_bytes"], &health["disk"]["total_bytes"]);
        assert!(free.as_u64().unwrap() <= total.as_u64().unwrap(), "{health}");
    }
}

fn entry(env: &dyn Env, actor_kind: AuditActor, action: AuditAction) -> AuditEntry {
    AuditEntry {
        id: AuditId::generate(env),
        at: env.now(),
        actor_kind,
        actor_id: None,
        action,
        target_kind: None,
        target_id: None,
        project_id: None,
        address: None,
        detail: json!({}),
        once: None,
    }
}

async fn db_count(app: &TestApp) -> i64 {
    qv_store::testing::number_of(&app.db, "SELECT COUNT(*) FROM audit_log").await
}
