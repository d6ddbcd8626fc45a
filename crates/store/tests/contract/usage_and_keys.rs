use std::time::Duration;

use qv_domain::chat::TokenUsage;
use qv_domain::{KeyId, StepKind, UsageId, UserId};
use qv_store::testing::TestDb;
use qv_store::{
    Fence, Key, ModelPrice, NaiveTotals, Project, ProviderModel, Sealed, StoreError, Usage,
    UsageFilter, UsageKey, UsageTotals,
};

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
        naive_output_tokens: Some(300),
        naive_cost_nanousd: Some(50),
    }
}

qv_store::on_both_databases! {
    async fn what_a_provider_counts_is_added_up_by_model(db) {
        assert_eq!(db.read().await.unwrap().calibration("a/b").await.unwrap(), (0, 0, 0));
        let mut tx = db.begin().await.unwrap();
        for (model, counted, reported) in [("a/b", 100, 120), ("a/c", 7, 8), ("a/b", 50, 70)] {
            tx.calibrate(model, counted, reported).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(db.read().await.unwrap().calibration("a/b").await.unwrap(), (2, 150, 190));
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
            naive_cost_nanousd: None,
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
            naive: NaiveTotals {
                calls: 2,
                spent_tokens: 2_234,
                tokens: 18_600,
                priced_calls: 1,
                spent_nanousd: 5,
                cost_nanousd: 50,
            },
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

    async fn usage_is_told_by_day_and_by_what_it_was_for(db) {
        let (project, fence) = running(&db).await;
        let eve = insert_user(&db, "eve@example.com").await;
        let start = db.now();
        let kept = key(&db, Some(project.owner_id));
        let mut tx = db.begin().await.unwrap();
        tx.put_key(&kept, &Sealed(vec![1])).await.unwrap();
        for _ in 0..2 {
            tx.insert_usage(&fence, &usage(&db, &project, &fence)).await.unwrap();
        }
        db.env.advance(DAY * 2);
        let other = Usage {
            kind: StepKind::Repair,
            provider: "openai".to_owned(),
            model: "gpt".to_owned(),
            key_id: Some(kept.id),
            naive_output_tokens: None,
            naive_cost_nanousd: None,
            ..usage(&db, &project, &fence)
        };
        tx.insert_usage(&fence, &other).await.unwrap();
        let eves = Usage { user_id: eve.id, ..usage(&db, &project, &fence) };
        tx.insert_usage(&fence, &eves).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        let mine = UsageFilter {
            user: Some(project.owner_id),
            project: None,
            model: None,
            key: None,
            from: start,
            until: db.now().plus(DAY),
        };
        let all = UsageFilter { user: None, ..mine.clone() };

        let days = reader.usage_by_day_and_model(&mine).await.unwrap();
        let first = days[0].group.day;
        let told: Vec<_> =
            days.iter().map(|d| (d.group.day - first, d.group.model.as_str(), d.totals.calls)).collect();
        assert_eq!(told, [(0, "claude", 2), (2, "gpt", 1)]);
        let kinds = reader.usage_by_kind(&mine).await.unwrap();
        let told: Vec<_> = kinds.iter().map(|k| (k.group.kind, k.totals.calls)).collect();
        assert_eq!(told, [(StepKind::Draft, 2), (StepKind::Repair, 1)]);
        let users = reader.usage_by_user(&all).await.unwrap();
        let mut told: Vec<_> = users.iter().map(|u| (u.group.user_id, u.totals.calls)).collect();
        told.sort();
        let mut expected = [(project.owner_id, 3), (eve.id, 1)];
        expected.sort();
        assert_eq!(told, expected);
        let keys = reader.usage_by_key(&mine).await.unwrap();
        let told: Vec<_> =
            keys.iter().map(|k| (k.group.provider.as_str(), k.group.last4.as_deref())).collect();
        assert_eq!(told, [("anthropic", None), ("openai", Some("abcd"))]);

        // A project's name is for those who may see it, and for everybody's list.
        let names = async |reader: &mut qv_store::Reader, filter: &UsageFilter| {
            let projects = reader.usage_by_project(filter).await.unwrap();
            projects.into_iter().map(|p| (p.group.name, p.totals.calls)).collect::<Vec<_>>()
        };
        let name = Some(project.name.as_str().to_owned());
        assert_eq!(names(&mut reader, &mine).await, [(name.clone(), 3)]);
        assert_eq!(names(&mut reader, &all).await, [(name.clone(), 4)]);
        let of_eve = UsageFilter { user: Some(eve.id), ..mine.clone() };
        assert_eq!(names(&mut reader, &of_eve).await, [(None, 1)]);
        let lines = reader.usage_lines(&of_eve, None).await.unwrap();
        assert_eq!((lines.len(), &lines[0].names.project_name), (1, &None));

        let model = ProviderModel { provider: "openai".to_owned(), model: "gpt".to_owned() };
        for (filter, calls) in [
            (UsageFilter { model: Some(model), ..mine.clone() }, 1),
            (UsageFilter { key: Some(UsageKey::Kept(kept.id)), ..mine.clone() }, 1),
            (UsageFilter { key: Some(UsageKey::Without("anthropic".to_owned())), ..mine.clone() }, 2),
            (UsageFilter { key: Some(UsageKey::Without("openai".to_owned())), ..mine.clone() }, 0),
            (UsageFilter { project: Some(project.id), ..mine.clone() }, 3),
            (UsageFilter { until: start, ..mine.clone() }, 0),
            (UsageFilter { from: start.plus(DAY), ..mine.clone() }, 1),
            (all, 4),
        ] {
            let lines = reader.usage_lines(&filter, None).await.unwrap();
            assert_eq!(lines.len(), calls, "{filter:?}");
        }
        let lines = reader.usage_lines(&mine, None).await.unwrap();
        let after = (lines[0].usage.at, lines[0].usage.id);
        assert_eq!(reader.usage_lines(&mine, Some(after)).await.unwrap(), lines[1..]);
        assert_eq!((&lines[2].usage, &lines[2].names.project_name), (&other, &name));
        assert_eq!(lines[2].names.key_last4.as_deref(), Some("abcd"));
    }

    async fn prices_are_set_and_taken_back(db) {
        let price = |model: &str, input| ModelPrice {
            model: model.to_owned(),
            input_price: input,
            output_price: 2,
            cache_read_price: 3,
            cache_write_price: 4,
            updated_at: db.now(),
        };
        let mut tx = db.begin().await.unwrap();
        for (model, input) in [("b/m", 1), ("a/m", 5), ("b/m", 7)] {
            tx.set_model_price(&price(model, input)).await.unwrap();
        }
        assert_eq!(tx.model_prices().await.unwrap(), [price("a/m", 5), price("b/m", 7)]);
        assert_eq!(tx.model_price("b/m").await.unwrap(), Some(price("b/m", 7)));
        assert!(tx.delete_model_price("b/m").await.unwrap());
        assert!(!tx.delete_model_price("b/m").await.unwrap());
        assert_eq!(tx.model_price("b/m").await.unwrap(), None);
        tx.commit().await.unwrap();
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
