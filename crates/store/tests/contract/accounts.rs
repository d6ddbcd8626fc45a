use std::time::Duration;

use qv_domain::{
    ApiTokenId, AttemptId, Email, InviteId, LinkPurpose, Plan, SessionId, TokenScope, UserId,
};
use qv_store::testing::TestDb;
use qv_store::{
    ApiToken, Attempt, Invite, Link, PasswordHash, Session, StoreError, User, UserFilter,
};

use crate::fixture::{insert_user, user};

const DAY: Duration = Duration::from_secs(86_400);

fn session(db: &TestDb, user: UserId, token: u8) -> Session {
    Session {
        id: SessionId::generate(&db.env),
        user_id: user,
        token_hash: [token; 32],
        created_at: db.now(),
        last_seen_at: db.now(),
        expires_at: db.now().plus(DAY),
        user_agent: Some("Firefox".to_owned()),
        address: None,
        previous_hash: None,
        previous_until: None,
        rotated_at: db.now(),
        authenticated_at: db.now(),
    }
}

async fn insert_session(db: &TestDb, user: UserId, token: u8) -> Session {
    let session = session(db, user, token);
    let mut tx = db.begin().await.unwrap();
    tx.insert_session(&session).await.unwrap();
    tx.commit().await.unwrap();
    session
}

fn link(db: &TestDb, token: u8) -> Link {
    Link {
        token_hash: [token; 32],
        purpose: LinkPurpose::Setup,
        user_id: None,
        created_at: db.now(),
        expires_at: db.now().plus(DAY),
        used_at: None,
    }
}

qv_store::on_both_databases! {
    async fn a_user_is_found_by_id_and_address(db) {
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.user_count().await.unwrap(), 0);
        let ada = insert_user(&db, "Ada@Example.com").await;
        assert_eq!(reader.user(ada.id).await.unwrap(), Some(ada.clone()));
        let email = Email::parse("ada@example.COM").unwrap();
        assert_eq!(reader.user_by_email(&email).await.unwrap(), Some(ada));
        assert_eq!(reader.user_count().await.unwrap(), 1);
        assert_eq!(reader.user(UserId::generate(&db.env)).await.unwrap(), None);
    }

    async fn an_address_belongs_to_one_user_and_none_to_many(db) {
        insert_user(&db, "ada@example.com").await;
        let mut tx = db.begin().await.unwrap();
        let error = tx.insert_user(&user(&db, "ada@example.com")).await.unwrap_err();
        let StoreError::Conflict(text) = error else { panic!("{error:?} is no Conflict") };
        assert!(text.contains("e-mail"), "{text}");
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        for _ in 0..2 {
            tx.insert_user(&User { email: None, ..user(&db, "x@y") }).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn a_user_changes(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        let changed = User {
            email: None,
            name: "Ada \0 Löwe".to_owned(),
            plan: Plan::Team,
            is_admin: true,
            password_phc: Some(PasswordHash("$argon2id$…".to_owned())),
            updated_at: db.env.advance(DAY),
            ..ada
        };
        let mut tx = db.begin().await.unwrap();
        assert!(tx.update_user(&changed).await.unwrap());
        assert!(!tx.update_user(&user(&db, "nobody@example.com")).await.unwrap());
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        // NUL cannot be kept on PostgreSQL, and is replaced on both.
        let kept = User { name: "Ada \u{fffd} Löwe".to_owned(), ..changed };
        assert_eq!(reader.user(kept.id).await.unwrap(), Some(kept.clone()));
        assert_eq!(reader.first_admin().await.unwrap(), Some(kept.clone()));
        assert!(!format!("{kept:?}").contains("argon2id"), "Debug shows no hash");
    }

    async fn a_link_works_once(db) {
        let mut tx = db.begin().await.unwrap();
        tx.insert_link(&link(&db, 1)).await.unwrap();
        tx.commit().await.unwrap();
        let now = db.env.advance(Duration::from_secs(1));
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.use_link(&[9; 32], now).await.unwrap(), None, "unknown");
        let used = tx.use_link(&[1; 32], now).await.unwrap().unwrap();
        assert_eq!((used.purpose, used.used_at), (LinkPurpose::Setup, Some(now)));
        assert_eq!(tx.use_link(&[1; 32], now).await.unwrap(), None, "used");
        tx.commit().await.unwrap();
    }

    async fn a_link_expires_and_is_replaced(db) {
        let mut tx = db.begin().await.unwrap();
        for token in [1, 2] {
            tx.insert_link(&link(&db, token)).await.unwrap();
        }
        tx.use_link(&[1; 32], db.now()).await.unwrap().unwrap();
        assert_eq!(tx.delete_unused_links(LinkPurpose::SignIn).await.unwrap(), 0);
        assert_eq!(tx.delete_unused_links(LinkPurpose::Setup).await.unwrap(), 1);
        tx.insert_link(&link(&db, 3)).await.unwrap();
        let end = db.env.advance(DAY);
        assert_eq!(tx.use_link(&[3; 32], end).await.unwrap(), None, "expired");
        assert_eq!(tx.delete_expired_links(end).await.unwrap(), 2);
        tx.commit().await.unwrap();
    }

    async fn a_link_is_found_by_its_purpose_and_its_user(db) {
        let ada = insert_user(&db, "ada@example.org").await;
        let bob = insert_user(&db, "bob@example.org").await;
        let of = |token, user, purpose| Link { user_id: Some(user), purpose, ..link(&db, token) };
        let reset = of(1, ada.id, LinkPurpose::Reset);
        let mut tx = db.begin().await.unwrap();
        for link in [&reset, &of(2, ada.id, LinkPurpose::SignIn), &of(3, bob.id, LinkPurpose::Reset)] {
            tx.insert_link(link).await.unwrap();
        }
        let now = db.now();
        assert_eq!(tx.open_link(&[1; 32], LinkPurpose::Reset, now).await.unwrap(), Some(reset.clone()));
        assert_eq!(tx.open_link(&[1; 32], LinkPurpose::SignIn, now).await.unwrap(), None);
        assert_eq!(tx.open_link(&[1; 32], LinkPurpose::Reset, reset.expires_at).await.unwrap(), None);
        tx.use_link(&[1; 32], now).await.unwrap().unwrap();
        assert_eq!(tx.open_link(&[1; 32], LinkPurpose::Reset, now).await.unwrap(), None, "used");
        let open = tx.open_links_of(ada.id, LinkPurpose::Reset, now).await.unwrap();
        assert_eq!(open, []);
        assert_eq!(tx.delete_links_of(ada.id).await.unwrap(), 2);
        assert!(tx.open_links_of(bob.id, LinkPurpose::Reset, now).await.unwrap().len() == 1, "others keep theirs");
        tx.commit().await.unwrap();
    }

    async fn an_invitation_is_used_once(db) {
        let ada = insert_user(&db, "ada@example.org").await;
        let invite = |number: u8| Invite {
            id: InviteId::generate(&db.env),
            token_hash: [number; 32],
            email: None,
            made_by: Some(ada.id),
            created_at: db.now(),
            expires_at: db.now().plus(DAY * u32::from(number)),
            used_at: None,
        };
        let first = invite(1);
        db.env.advance(Duration::from_secs(1));
        let second = invite(2);
        let (now, end) = (db.now(), first.expires_at);
        let mut tx = db.begin().await.unwrap();
        for row in [&first, &second] {
            tx.insert_invite(row).await.unwrap();
        }
        assert_eq!(tx.open_invite(&[1; 32], now).await.unwrap(), Some(first.clone()));
        assert_eq!(tx.open_invites(now).await.unwrap(), [second.clone(), first.clone()]);
        assert_eq!(tx.open_invite(&[1; 32], end).await.unwrap(), None, "expired");
        assert!(!tx.use_invite(first.id, end).await.unwrap(), "expired");
        assert!(tx.use_invite(first.id, now).await.unwrap());
        assert!(!tx.use_invite(first.id, now).await.unwrap(), "used");
        assert!(!tx.delete_open_invite(first.id).await.unwrap(), "used");
        assert_eq!(tx.open_invite(&[1; 32], now).await.unwrap(), None);
        assert_eq!(tx.delete_expired_invites(end).await.unwrap(), 1);
        assert!(tx.delete_open_invite(second.id).await.unwrap());
        assert_eq!(tx.open_invites(now).await.unwrap(), []);
        tx.commit().await.unwrap();
    }

    async fn one_of_many_gets_a_link(db) {
        let mut tx = db.begin().await.unwrap();
        tx.insert_link(&link(&db, 1)).await.unwrap();
        tx.commit().await.unwrap();
        let now = db.now();
        let tasks: Vec<_> = (0..8).map(|_| {
            let db = (*db).clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let link = tx.use_link(&[1; 32], now).await.unwrap();
                tx.commit().await.unwrap();
                link.is_some()
            })
        }).collect();
        let mut got = 0;
        for task in tasks {
            got += u32::from(task.await.unwrap());
        }
        assert_eq!(got, 1);
    }

    async fn a_session_signs_in_until_it_expires(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        let session = insert_session(&db, ada.id, 1).await;
        let mut reader = db.read().await.unwrap();
        let found = reader.session_by_token(&[1; 32], db.now()).await.unwrap();
        assert_eq!(found, Some((session.clone(), ada)));
        assert_eq!(reader.session_by_token(&[2; 32], db.now()).await.unwrap(), None);
        let end = session.expires_at;
        assert_eq!(reader.session_by_token(&[1; 32], end).await.unwrap(), None);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.delete_expired_sessions(end).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }

    async fn sessions_are_touched_rotated_and_revoked(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        let bob = insert_user(&db, "bob@example.com").await;
        let first = insert_session(&db, ada.id, 1).await;
        let second = insert_session(&db, ada.id, 2).await;
        insert_session(&db, ada.id, 3).await;
        let other = insert_session(&db, bob.id, 4).await;

        let now = db.env.advance(Duration::from_secs(60));
        let mut tx = db.begin().await.unwrap();
        assert!(tx.touch_session(second.id, now, now.plus(DAY)).await.unwrap());
        let grace = now.plus(Duration::from_secs(60));
        assert!(tx.rotate_session(second.id, (&[2; 32], &[2; 32]), &[5; 32], now, grace).await.unwrap());
        assert!(!tx.rotate_session(second.id, (&[2; 32], &[2; 32]), &[6; 32], now, grace).await.unwrap(), "once");
        assert!(tx.authenticate_session(first.id, &[1; 32], &[9; 32], now, grace).await.unwrap());
        assert!(!tx.revoke_session(ada.id, other.id).await.unwrap(), "not hers");
        assert!(tx.revoke_session(ada.id, first.id).await.unwrap());
        tx.commit().await.unwrap();

        let mut reader = db.read().await.unwrap();
        assert!(reader.session_by_token(&[2; 32], now).await.unwrap().is_some(), "within the grace");
        let old = reader.session_by_token(&[2; 32], grace).await.unwrap();
        assert_eq!(old, None, "the old token");
        assert!(reader.session_by_token(&[5; 32], grace).await.unwrap().is_some());
        assert!(reader.session_is_good(second.id, now).await.unwrap());
        assert!(!reader.session_is_good(second.id, now.plus(DAY)).await.unwrap());
        assert!(!reader.session_is_good(first.id, now).await.unwrap());
        let sessions = reader.sessions(ada.id, now).await.unwrap();
        let kept = Session {
            token_hash: [5; 32],
            last_seen_at: now,
            expires_at: now.plus(DAY),
            previous_hash: Some([2; 32]),
            previous_until: Some(grace),
            rotated_at: now,
            ..second.clone()
        };
        assert_eq!(sessions.first(), Some(&kept), "last used first");
        assert_eq!(sessions.len(), 2);

        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.revoke_other_sessions(ada.id, Some(second.id)).await.unwrap(), 1);
        assert_eq!(tx.revoke_other_sessions(ada.id, None).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(reader.sessions(ada.id, now).await.unwrap(), []);
        assert_eq!(reader.sessions(bob.id, now).await.unwrap(), [other], "others keep theirs");
    }

    async fn an_api_token_signs_in_until_it_ends(db) {
        let ada = insert_user(&db, "ada@example.org").await;
        let bob = insert_user(&db, "bob@example.org").await;
        let token = |user, number: u8| ApiToken {
            id: ApiTokenId::generate(&db.env),
            user_id: user,
            token_hash: [number; 32],
            name: "CI".to_owned(),
            last4: "abcd".to_owned(),
            scope: TokenScope::Write,
            created_at: db.now(),
            expires_at: db.now().plus(DAY * u32::from(number)),
            last_used_at: None,
        };
        let first = token(ada.id, 1);
        let now = db.env.advance(Duration::from_secs(60));
        let (second, other) = (token(ada.id, 2), token(bob.id, 3));
        let mut tx = db.begin().await.unwrap();
        for row in [&first, &second, &other] {
            tx.insert_api_token(row).await.unwrap();
        }
        tx.touch_api_token(second.id, now).await.unwrap();
        assert!(!tx.revoke_api_token(ada.id, other.id).await.unwrap(), "not hers");
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.api_token(&[1; 32], now).await.unwrap(), Some((first.clone(), ada.clone())));
        assert_eq!(reader.api_token(&[9; 32], now).await.unwrap(), None);
        let second = ApiToken { last_used_at: Some(now), ..second };
        assert_eq!(reader.api_tokens(ada.id, now).await.unwrap(), [second.clone(), first.clone()]);
        let end = first.expires_at;
        assert_eq!(reader.api_token(&[1; 32], end).await.unwrap(), None);
        assert!(!reader.api_token_is_good(first.id, end).await.unwrap());
        assert!(reader.api_token_is_good(second.id, end).await.unwrap());
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.delete_expired_api_tokens(end).await.unwrap(), 1);
        assert!(tx.set_suspended(ada.id, Some(now), now).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!reader.api_token_is_good(second.id, end).await.unwrap(), "she is suspended");
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.revoke_api_tokens(ada.id).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(reader.api_tokens(bob.id, end).await.unwrap().len(), 1, "others keep theirs");
    }

    async fn accounts_are_listed_suspended_and_given_rights(db) {
        let ada = insert_user(&db, "ada@example.org").await;
        db.env.advance(DAY);
        let bob = insert_user(&db, "b_b@example.org").await;
        let session = insert_session(&db, bob.id, 1).await;
        let now = db.now();
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.hold_admins().await.unwrap(), []);
        assert!(tx.set_plan_and_rights(bob.id, Plan::Pro, true, now).await.unwrap());
        assert_eq!(tx.hold_admins().await.unwrap(), [bob.id]);
        assert_eq!(tx.renew_sessions_of(bob.id).await.unwrap(), 1);
        assert!(tx.set_suspended(bob.id, Some(now), now).await.unwrap());
        assert_eq!(tx.hold_admins().await.unwrap(), []);
        assert_eq!(tx.first_admin().await.unwrap(), None);
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert!(!reader.session_is_good(session.id, now).await.unwrap(), "he is suspended");
        let page = |search: Option<&str>, limit| UserFilter { search: search.map(str::to_owned), after: None, limit };
        let first = reader.users(&page(None, 1)).await.unwrap();
        let bob = User { plan: Plan::Pro, is_admin: true, suspended_at: Some(now), ..bob };
        assert_eq!(first.items.as_slice(), std::slice::from_ref(&bob));
        let rest = UserFilter { after: first.next, ..page(None, 9) };
        assert_eq!(reader.users(&rest).await.unwrap().items, [ada]);
        assert_eq!(reader.users(&page(Some("B_B@"), 9)).await.unwrap().items, [bob]);
        assert_eq!(reader.users(&page(Some("a_a"), 9)).await.unwrap().items, []);
    }

    async fn attempts_are_kept_by_account_and_client(db) {
        let attempt = |account: u8, client: &str| Attempt {
            id: AttemptId::generate(&db.env),
            account: [account; 32],
            client: client.to_owned(),
            at: db.now(),
        };
        let first = attempt(1, "a");
        let mut tx = db.begin().await.unwrap();
        tx.insert_attempt(&first).await.unwrap();
        tx.commit().await.unwrap();
        let later = db.env.advance(DAY);
        let (second, other) = (attempt(1, "a"), attempt(1, "b"));
        let mut tx = db.begin().await.unwrap();
        for row in [&second, &other, &attempt(2, "a")] {
            tx.insert_attempt(row).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        let both = reader.attempts(&[1; 32], "a").await.unwrap();
        assert_eq!(both, [second.clone(), first]);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.forget_attempts(later.minus(DAY)).await.unwrap(), 1);
        assert!(tx.delete_attempt(second.id).await.unwrap());
        assert_eq!(tx.clear_attempts(&[1; 32], "b").await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(reader.attempts(&[1; 32], "a").await.unwrap(), []);
        assert_eq!(reader.attempts(&[2; 32], "a").await.unwrap().len(), 1);
    }

    async fn settings_are_json(db) {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.setting::<Vec<u32>>("ports").await.unwrap(), None);
        tx.set_setting("ports", &vec![1_u32, 2], db.now()).await.unwrap();
        tx.set_setting("ports", &vec![3_u32], db.now()).await.unwrap();
        assert_eq!(tx.setting("ports").await.unwrap(), Some(vec![3_u32]));
        let wrong = tx.setting::<String>("ports").await.unwrap_err();
        assert!(matches!(wrong, StoreError::Corrupt(_)), "{wrong:?}");
        assert!(tx.delete_setting("ports").await.unwrap());
        assert!(!tx.delete_setting("ports").await.unwrap());
        tx.commit().await.unwrap();
    }
}
