use std::time::Duration;

use qv_domain::{AuditAction, AuditActor, AuditId, AuditTarget, UserId};
use qv_store::testing::TestDb;
use qv_store::{AuditEntry, AuditFilter, StoreError};
use serde_json::json;

use crate::fixture::{insert_user, project};

fn entry(db: &TestDb, action: AuditAction, actor: Option<UserId>) -> AuditEntry {
    AuditEntry {
        id: AuditId::generate(&db.env),
        at: db.now(),
        actor_kind: AuditActor::User,
        actor_id: actor,
        action,
        target_kind: None,
        target_id: None,
        project_id: None,
        address: Some("192.0.2.7".to_owned()),
        detail: json!({ "by": "test" }),
        once: None,
    }
}

async fn keep(db: &TestDb, entry: &AuditEntry) -> bool {
    let mut tx = db.begin().await.unwrap();
    let kept = tx.audit(entry).await.unwrap();
    tx.commit().await.unwrap();
    kept
}

async fn listed(db: &TestDb, filter: AuditFilter) -> Vec<AuditAction> {
    let filter = AuditFilter { limit: 50, ..filter };
    let page = db.read().await.unwrap().audit_entries(&filter).await.unwrap();
    page.items.iter().map(|row| row.entry.action).collect()
}

qv_store::on_both_databases! {
    async fn an_entry_is_kept_with_its_act_or_not_at_all(db) {
        let mut tx = db.begin().await.unwrap();
        tx.audit(&entry(&db, AuditAction::SignIn, None)).await.unwrap();
        drop(tx);
        assert!(listed(&db, AuditFilter::default()).await.is_empty());
        let kept = entry(&db, AuditAction::SignIn, None);
        assert!(keep(&db, &kept).await);
        let filter = AuditFilter { limit: 1, ..AuditFilter::default() };
        let page = db.read().await.unwrap().audit_entries(&filter).await.unwrap();
        assert_eq!(page.items[0].entry, kept);
        assert_eq!(page.next, None);
    }

    async fn lists_are_the_newest_first_by_page_and_filter(db) {
        let mine = project(&db).await;
        let other = insert_user(&db, "bob@example.com").await;
        let start = db.now();
        let mut all = vec![];
        for (action, actor) in [
            (AuditAction::SignIn, Some(mine.owner_id)),
            (AuditAction::ProjectCreated, Some(mine.owner_id)),
            (AuditAction::BudgetChanged, Some(other.id)),
            (AuditAction::SignIn, Some(other.id)),
        ] {
            db.env.advance(Duration::from_secs(1));
            let mut made = entry(&db, action, actor);
            match action {
                AuditAction::ProjectCreated => made.project_id = Some(mine.id),
                AuditAction::BudgetChanged => {
                    made.target_kind = Some(AuditTarget::User);
                    made.target_id = Some(mine.owner_id.to_string());
                }
                _ => {}
            }
            assert!(keep(&db, &made).await);
            all.insert(0, made);
        }
        let mut filter = AuditFilter { limit: 3, ..AuditFilter::default() };
        let mut read = vec![];
        loop {
            let page = db.read().await.unwrap().audit_entries(&filter).await.unwrap();
            read.extend(page.items);
            filter.after = page.next;
            if filter.after.is_none() {
                break;
            }
        }
        assert_eq!(read.iter().map(|row| &row.entry).collect::<Vec<_>>(), all.iter().collect::<Vec<_>>());
        assert_eq!(read[1].target_name.as_deref(), Some("Ada"));
        assert_eq!(read[2].project_name.as_deref(), Some("Focus"));
        assert_eq!(read[2].actor_name.as_deref(), Some("Ada"));
        let about = AuditFilter { about: Some(mine.owner_id), ..AuditFilter::default() };
        assert_eq!(
            listed(&db, about).await,
            [AuditAction::BudgetChanged, AuditAction::ProjectCreated, AuditAction::SignIn]
        );
        let about = AuditFilter { about: Some(other.id), ..AuditFilter::default() };
        assert_eq!(listed(&db, about).await, [AuditAction::SignIn, AuditAction::BudgetChanged]);
        let action = AuditFilter { action: Some(AuditAction::SignIn), ..AuditFilter::default() };
        assert_eq!(listed(&db, action).await.len(), 2);
        let from = start.plus(Duration::from_secs(2));
        let until = from.plus(Duration::from_secs(2));
        let time = AuditFilter { from: Some(from), until: Some(until), ..AuditFilter::default() };
        assert_eq!(listed(&db, time).await, [AuditAction::BudgetChanged, AuditAction::ProjectCreated]);
    }

    async fn what_happens_often_is_told_once(db) {
        let mut first = entry(&db, AuditAction::KeyUsed, None);
        first.once = Some("k/u/1".to_owned());
        assert!(keep(&db, &first).await);
        let again = AuditEntry { id: AuditId::generate(&db.env), ..first.clone() };
        assert!(!keep(&db, &again).await);
        let next = AuditEntry { id: AuditId::generate(&db.env), once: Some("k/u/2".to_owned()), ..first };
        assert!(keep(&db, &next).await);
        let mut conn = db.read().await.unwrap();
        let count = conn.audit_count(AuditAction::KeyUsed, db.now(), 10).await.unwrap();
        assert_eq!(count, 2);
        assert_eq!(conn.audit_count(AuditAction::KeyUsed, db.now(), 1).await.unwrap(), 1);
        assert!(conn.audit_is_told("k/u/2").await.unwrap());
        assert!(!conn.audit_is_told("k/u/3").await.unwrap());
    }

    async fn what_is_old_is_forgotten_piece_by_piece(db) {
        for _ in 0..5 {
            keep(&db, &entry(&db, AuditAction::SignOut, None)).await;
            db.env.advance(Duration::from_secs(1));
        }
        let before = db.now().minus(Duration::from_secs(1));
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.forget_audit(before, 3).await.unwrap(), 3);
        assert_eq!(tx.forget_audit(before, 3).await.unwrap(), 1);
        assert_eq!(tx.forget_audit(before, 3).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(listed(&db, AuditFilter::default()).await.len(), 1);
    }

    async fn a_detail_is_small(db) {
        let mut long = entry(&db, AuditAction::SignIn, None);
        long.detail = json!({ "text": "x".repeat(3_000) });
        let mut tx = db.begin().await.unwrap();
        assert!(matches!(tx.audit(&long).await, Err(StoreError::Corrupt(_))));
    }
}
