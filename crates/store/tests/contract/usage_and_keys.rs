use std::time::Duration;

use qv_domain::chat::TokenUsage;
use qv_domain::{KeyId, StepKind, Timestamp, UsageId, UserId};
use qv_store::testing::TestDb;
use qv_store::{Fence, Key, Project, Sealed, StoreError, Usage, UsageTotals};

use crate::fixture::{insert_user, running};

const DAY: Duration = Duration::from_secs(86_400);

fn usage(db: &TestDb, project: &Project, fence: &Fence) -> Usage {
    Usage {
        id: UsageId::generate(&db.env),
        user_id: project.owner_id,
        project_id: project.id,
        generation_id: fence.generation(),
        step: 0,
        kind: StepKind::Draft,
        provider: "anthropic".to_owned(),
        model: "claude".to_owned(),
        key_id: None,
        input_tokens: 100,
        output_tokens: 10,
        cache_read_tokens: 1_000,
        cache_write_tokens: 7,
        reported: true,
        cost_nanousd: Some(5),
        naive_tokens: Some(9_000),
        at: db.now(),
    }
}

fn key(db: &TestDb, owner: Option<UserId>) -> Key {
    Key {
        id: KeyId::generate(&db.env),
        user_id: owner,
        provider: "openai".to_owned(),
        label: "mine".to_owned(),
        base_url: None,
        last4: "abcd".to_owned(),
        created_at: db.now(),
        updated_at: db.now(),
        last_used_at: None,
    }
}

qv_store::on_both_databases! {
    async fn usage_adds_up(db) {
        let (project, fence) = running(&db).await;
        let first = usage(&db, &project, &fence);
        let second = Usage {
            step: 1,
            kind: StepKind::Repair,
            key_id: Some(KeyId::generate(&db.env)),
            reported: false,
            cost_nanousd: None,
            naive_tokens: None,
            ..usage(&db, &project, &fence)
        };
        let mut tx = db.begin().await.unwrap();
        let none = tx.usage_of_project(project.id).await.unwrap();
        assert_eq!((none.calls, none.cost_nanousd, none.tokens.reported), (0, 0, true));
        tx.insert_usage(&fence, &first).await.unwrap();
        tx.insert_usage(&fence, &second).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        let totals = UsageTotals {
            calls: 2,
            tokens: TokenUsage {
                input: 200,
                output: 20,
                cache_read: 2_000,
                cache_write: 14,
                reported: false,
            },
            cost_nanousd: 5,
            unpriced_calls: 1,
            naive_tokens: 9_000,
        };
        assert_eq!(reader.usage_of_project(project.id).await.unwrap(), totals);
        assert_eq!(reader.usage_of_generation(fence.generation()).await.unwrap(), totals);
        assert_eq!(reader.usage_steps(fence.generation()).await.unwrap(), [first.clone(), second]);

        let mut tx = db.begin().await.unwrap();
        let twice = tx.insert_usage(&fence, &first).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        tx.delete_project(project.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(reader.usage_of_project(project.id).await.unwrap(), totals, "it was spent");
    }

    async fn usage_is_told_by_day(db) {
        let (project, fence) = running(&db).await;
        let start = db.now();
        let mut tx = db.begin().await.unwrap();
        for _ in 0..2 {
            tx.insert_usage(&fence, &usage(&db, &project, &fence)).await.unwrap();
        }
        db.env.advance(DAY * 2);
        tx.insert_usage(&fence, &usage(&db, &project, &fence)).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        let until = db.now().plus(DAY);
        let days = reader.usage_by_day(project.owner_id, start, until).await.unwrap();
        let told: Vec<_> = days.iter().map(|day| (day.day.to_string(), day.totals.calls)).collect();
        let expected = [("2026-11-18T00:00:00Z", 2), ("2026-11-20T00:00:00Z", 1)];
        assert_eq!(told, expected.map(|(day, calls)| (day.to_owned(), calls)));
        let none = reader.usage_by_day(project.owner_id, Timestamp::from_micros(0), start).await;
        assert_eq!(none.unwrap(), []);
    }

    async fn keys_are_listed_without_their_secret(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        let (mine, system) = (key(&db, Some(ada.id)), key(&db, None));
        let mut tx = db.begin().await.unwrap();
        tx.put_key(&mine, &Sealed(vec![1, 2, 3])).await.unwrap();
        tx.put_key(&system, &Sealed(vec![4])).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.keys(Some(ada.id)).await.unwrap(), std::slice::from_ref(&mine));
        assert_eq!(reader.keys(None).await.unwrap(), [system]);
        assert_eq!(reader.key(mine.id).await.unwrap(), Some(mine.clone()));
        let sealed = reader.sealed_key(mine.id).await.unwrap().unwrap();
        assert_eq!(sealed, Sealed(vec![1, 2, 3]));
        assert_eq!(format!("{sealed:?}"), "Sealed(3 bytes)");
        assert_eq!(reader.sealed_key(KeyId::generate(&db.env)).await.unwrap(), None);
    }

    async fn a_key_is_replaced_used_and_forgotten(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        let bob = insert_user(&db, "bob@example.com").await;
        let old = key(&db, Some(ada.id));
        let now = db.env.advance(DAY);
        let new = Key {
            label: "new".to_owned(),
            base_url: Some("http://localhost:1".to_owned()),
            last4: "wxyz".to_owned(),
            updated_at: now,
            ..old.clone()
        };
        let mut tx = db.begin().await.unwrap();
        tx.put_key(&old, &Sealed(vec![1])).await.unwrap();
        tx.put_key(&new, &Sealed(vec![2])).await.unwrap();
        assert!(tx.touch_key(new.id, now).await.unwrap());
        let kept = Key { last_used_at: Some(now), ..new.clone() };
        assert_eq!(tx.keys(Some(ada.id)).await.unwrap(), [kept]);
        assert_eq!(tx.sealed_key(new.id).await.unwrap(), Some(Sealed(vec![2])));
        assert!(!tx.delete_key(Some(bob.id), new.id).await.unwrap(), "not his");
        assert!(!tx.delete_key(None, new.id).await.unwrap(), "not the system's");
        assert!(tx.delete_key(Some(ada.id), new.id).await.unwrap());
        assert_eq!(tx.key(new.id).await.unwrap(), None);
        tx.commit().await.unwrap();
    }
}
