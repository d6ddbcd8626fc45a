//! What a password must be, and how it is kept.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use qv_domain::Email;
use qv_engine::{Engine, EngineConfig, SystemEnv};
use qv_store::{PasswordHash, on_both_databases};
use qv_testkit::TestApp;
use serde_json::json;

use crate::auth::{PASSWORD, login, set_password};

/// The stored hash of whoever signs in with this address.
async fn stored(app: &TestApp, email: &str) -> String {
    let email = Email::parse(email).unwrap();
    let user = app.db.read().await.unwrap().user_by_email(&email).await.unwrap().unwrap();
    user.password_phc.unwrap().0
}

/// Puts a hash as before there were peppers, and cheaper, in the place of somebody's.
pub(crate) async fn age(app: &TestApp, email: &str) -> String {
    let params = Params::new(19_456, 2, 1, None).unwrap();
    let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let salt = SaltString::encode_b64(&[7; 16]).unwrap();
    let old = old.hash_password(PASSWORD.as_bytes(), &salt).unwrap().to_string();
    let email = Email::parse(email).unwrap();
    let mut tx = app.db.begin().await.unwrap();
    let mut user = tx.user_by_email(&email).await.unwrap().unwrap();
    user.password_phc = Some(PasswordHash(old.clone()));
    tx.update_user(&user).await.unwrap();
    tx.commit().await.unwrap();
    old
}

on_both_databases! {
    async fn an_old_hash_is_made_anew_at_sign_in(db) {
        let app = TestApp::on(db, crate::usual()).await;
        set_password(&app.owner().await).await;
        let fresh = stored(&app, "ada@example.org").await;
        assert!(fresh.starts_with("$argon2id$v=19$m=65536,t=3,p=1,keyid="), "{fresh}");

        let old = age(&app, "ada@example.org").await;
        let anyone = app.anyone();
        login(&anyone, "ada@example.org", "wrong horse battery staple").await.expect(401);
        assert_eq!(stored(&app, "ada@example.org").await, old, "only the right password is hashed anew");
        login(&anyone, "ada@example.org", PASSWORD).await.expect(200);
        let upgraded = stored(&app, "ada@example.org").await;
        assert!(upgraded.starts_with("$argon2id$v=19$m=65536,t=3,p=1,keyid="), "{upgraded}");
        assert_ne!(upgraded, fresh, "under a salt of its own");
        login(&anyone, "ada@example.org", PASSWORD).await.expect(200);
        assert_eq!(stored(&app, "ada@example.org").await, upgraded);
    }
}

// asvs: 26, 28
#[tokio::test]
async fn the_policy_holds_in_both_directions() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    owner.patch("/api/account", json!({ "email": "lovelace@example.org" })).await.expect(200);
    for (bad, why) in [
        ("lamp orchid 7x", "fewer than 15"),
        ("Xq7!mK2$pLa", "shorter than 12"),
        ("qqqqqqqqqqqqqqqqqqqq", "repeats"),
        ("countess lovelace writes", "e-mail address"),
        ("quickvibe makes my apps", "name of this product"),
        ("122333444455555", "tried first"),
        ("passwordpassword12", "easy to guess"),
        (&"x7 ü".repeat(260), "longer than 1024 bytes"),
    ] {
        let answer = owner.post("/api/auth/password", json!({ "new": bad })).await;
        let problem = answer.expect_problem(400, "invalid");
        assert_eq!(problem["fields"][0]["field"], "new", "{bad}");
        let said = problem["fields"][0]["message"].as_str().unwrap();
        assert!(said.contains(why), "{bad}: {said}");
        assert!(!problem.to_string().contains(bad), "it is not repeated");
    }
    let (mut owner, mut current) = (owner, None);
    for good in [
        "Tr0ub4dor&3x!",
        "a river under seven lamps",
        "木曜日の朝に静かな図書館で雨を待つ",
        "  seven  lamps under a river  ",
        &"orchid 7ü lamp ".repeat(60),
    ] {
        let change = json!({ "current": current, "new": good });
        owner = owner.signed_in_by(&owner.post("/api/auth/password", change).await.expect(204));
        let anyone = app.anyone();
        login(&anyone, "lovelace@example.org", good).await.expect(200);
        // Whole, as it was given: neither trimmed nor cut nor folded.
        let cut: String = good.chars().take(good.chars().count() - 1).collect();
        login(&anyone, "lovelace@example.org", &cut).await.expect(401);
        current = Some(good.to_owned());
    }
}

#[tokio::test]
async fn an_imported_list_is_used_at_once() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    owner.patch("/api/account", json!({ "email": "ada@example.org" })).await.expect(200);
    let list = app.db.data_dir().join("list.txt");
    std::fs::write(&list, format!("something else\n{PASSWORD}\n")).unwrap();
    let imported = qv_engine::import_breached(app.db.data_dir(), &list).unwrap();
    assert_eq!(imported.passwords, 2);
    let refused = owner.post("/api/auth/password", json!({ "new": PASSWORD })).await;
    let problem = refused.expect_problem(400, "invalid");
    assert!(problem["fields"][0]["message"].as_str().unwrap().contains("tried first"), "{problem}");
    let other = format!("{PASSWORD}, twice");
    owner.post("/api/auth/password", json!({ "new": other })).await.expect(204);
}

#[tokio::test]
async fn another_pepper_is_refused_once_somebody_has_a_password() {
    let app = TestApp::start().await;
    let peppers = app.db.data_dir().join("peppers");
    let first = std::fs::read(&peppers).unwrap();
    // Nobody has a password: nothing was made with the lost one.
    std::fs::remove_file(&peppers).unwrap();
    let app = app.restart(Duration::ZERO, Duration::ZERO).await;
    assert_ne!(std::fs::read(&peppers).unwrap(), first);
    set_password(&app.owner().await).await;
    let kept = std::fs::read(&peppers).unwrap();
    std::fs::write(&peppers, &first).unwrap();
    let mut config = EngineConfig::new(app.db.data_dir());
    config.visitor = true;
    let start = || Engine::start(config.clone(), Arc::new(SystemEnv));
    let refused = start().await.unwrap_err().to_string();
    assert!(refused.contains("version 1") && refused.contains("`peppers`"), "{refused}");
    std::fs::write(&peppers, kept).unwrap();
    start().await.unwrap().stop(Duration::ZERO).await;
}
