use std::time::Duration;

use qv_domain::{GenerationId, Month, ProjectId, StepKind, UsageId, UserId};
use qv_store::testing::TestDb;
use qv_store::{Purse, Reserved, Usage};

use crate::fixture::insert_user;

fn usage(db: &TestDb, user: UserId, cost: i64) -> Usage {
    Usage {
        id: UsageId::generate(&db.env),
        user_id: user,
        project_id: ProjectId::NONE,
        generation_id: GenerationId::generate(&db.env),
        step: 0,
        kind: StepKind::Plan,
        provider: "anthropic".to_owned(),
        model: "claude".to_owned(),
        key_id: None,
        input_tokens: 100,
        output_tokens: 10,
        cache_read_tokens: 0,
        cache_write_tokens: 0,
        reported: true,
        cost_nanousd: Some(cost),
        naive_tokens: None,
        at: db.now(),
        naive_output_tokens: None,
        naive_cost_nanousd: None,
    }
}

async fn hold(
    db: &TestDb,
    user: UserId,
    purse: Purse,
    wanted: i64,
    least: i64,
) -> (UsageId, Reserved) {
    let id = UsageId::generate(&db.env);
    let until = db.now().plus(Duration::from_secs(60));
    let mut tx = db.begin().await.unwrap();
    let times = (db.now(), until);
    let held = tx.hold_for_call(id, (user, purse), (wanted, least), times).await.unwrap();
    tx.commit().await.unwrap();
    (id, held)
}

async fn standing(db: &TestDb, purse: Purse) -> (i64, i64) {
    let balances = db.read().await.unwrap().balances(&[purse]).await.unwrap();
    (balances[0].spent, balances[0].reserved)
}

qv_store::on_both_databases! {
    async fn a_call_outside_turns_is_held_to_the_month(db) {
        let ada = insert_user(&db, "ada@example.com").await.id;
        let purse = Purse::user(ada, Month::of(db.now()), Some(1_000));
        let (first, held) = hold(&db, ada, purse, 700, 100).await;
        assert_eq!(held, Reserved::Granted(700));
        let (second, held) = hold(&db, ada, purse, 700, 100).await;
        assert_eq!(held, Reserved::Granted(300), "what is left is of use");
        assert!(matches!(hold(&db, ada, purse, 700, 100).await.1, Reserved::Refused(_)));
        assert_eq!(standing(&db, purse).await, (0, 1_000));
        let mut tx = db.begin().await.unwrap();
        tx.settle_call(first, purse, Some(&usage(&db, ada, 50))).await.unwrap();
        tx.settle_call(second, purse, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(standing(&db, purse).await, (50, 0), "paid is what it took");
    }

    async fn what_a_lost_server_held_comes_back(db) {
        let ada = insert_user(&db, "ada@example.com").await.id;
        let purse = Purse::user(ada, Month::of(db.now()), Some(1_000));
        let (lost, _) = hold(&db, ada, purse, 1_000, 1_000).await;
        db.env.advance(Duration::from_secs(61));
        assert_eq!(hold(&db, ada, purse, 900, 900).await.1, Reserved::Granted(900));
        assert_eq!(standing(&db, purse).await, (0, 900));
        // It was only slow: what it took is paid, and nothing is given back twice.
        let mut tx = db.begin().await.unwrap();
        tx.settle_call(lost, purse, Some(&usage(&db, ada, 20))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(standing(&db, purse).await, (20, 900));
    }
}
