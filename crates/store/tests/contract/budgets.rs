//! Money that is set aside before a call and settled after it.

use std::time::Duration;

use qv_domain::{LimitScope, Month, PurseKind};
use qv_store::testing::TestDb;
use qv_store::{Balance, BudgetLimits, Db, Fence, Outcome, Purse, Reserved};

use crate::fixture::{enqueue, insert_project, insert_user, running};

fn month(db: &TestDb) -> Month {
    Month::of(db.now())
}

async fn reserve(
    db: &Db,
    fence: &Fence,
    step: u32,
    purses: &[Purse],
    wanted: i64,
    least: i64,
) -> Reserved {
    let mut tx = db.begin().await.unwrap();
    let reserved = tx.reserve(fence, step, purses, wanted, least).await.unwrap();
    match reserved {
        Reserved::Granted(_) => tx.commit().await.unwrap(),
        Reserved::Refused(_) => drop(tx),
    }
    reserved
}

async fn settle(db: &Db, fence: &Fence, step: u32, purses: &[Purse], took: i64) -> Vec<Balance> {
    let mut tx = db.begin().await.unwrap();
    let reached = tx.settle(fence, step, purses, took).await.unwrap();
    tx.commit().await.unwrap();
    reached
}

async fn standing(db: &Db, purse: Purse) -> (i64, i64) {
    let balances = db.read().await.unwrap().balances(&[purse]).await.unwrap();
    (balances[0].spent, balances[0].reserved)
}

qv_store::on_both_databases! {
    // asvs: 7
    async fn a_hundred_at_once_on_a_balance_for_ten(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        let month = month(&db);
        let user = Purse::user(ada.id, month, Some(1_000));
        let mut tasks = Vec::new();
        for number in 0..100 {
            let project = insert_project(&db, ada.id, &format!("P{number}")).await;
            let fence = enqueue(&db, &project).await;
            let purses = [
                Purse::turn(fence.generation(), Some(5_000)),
                user,
                Purse::project(project.id, month, None),
            ];
            let db: Db = (*db).clone();
            tasks.push(tokio::spawn(async move {
                (fence, purses, reserve(&db, &fence, 0, &purses, 100, 100).await)
            }));
        }
        let mut granted = Vec::new();
        for task in tasks {
            let (fence, purses, reserved) = task.await.unwrap();
            match reserved {
                Reserved::Granted(amount) => {
                    assert_eq!(amount, 100);
                    granted.push((fence, purses));
                }
                Reserved::Refused(tightest) => {
                    assert_eq!(tightest.purse.kind(), PurseKind::User);
                    assert_eq!(tightest.left(), Some(0));
                }
            }
        }
        assert_eq!(granted.len(), 10);
        assert_eq!(standing(&db, user).await, (0, 1_000), "exactly all of it, never more");

        // Half of them are settled at once, the others end without a word.
        let now = db.now();
        let tasks: Vec<_> = granted.into_iter().enumerate().map(|(number, (fence, purses))| {
            let db: Db = (*db).clone();
            tokio::spawn(async move {
                if number % 2 == 0 {
                    settle(&db, &fence, 0, &purses, 30).await;
                }
                let mut tx = db.begin().await.unwrap();
                tx.finish(&fence, &Outcome::Done, None, now).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(standing(&db, purses[0]).await, (0, 0), "a turn's own purse goes with it");
                standing(&db, purses[2]).await
            })
        }).collect();
        let mut of_projects = 0;
        for task in tasks {
            let (spent, reserved) = task.await.unwrap();
            assert_eq!(reserved, 0);
            of_projects += spent;
        }
        assert_eq!(standing(&db, user).await, (150, 0));
        assert_eq!(of_projects, 150);
        assert_eq!(db.number("SELECT COUNT(*) FROM budget_reservations").await, 0);
    }

    async fn less_is_granted_where_it_is_of_use(db) {
        let (project, fence) = running(&db).await;
        let user = Purse::user(project.owner_id, month(&db), Some(100));
        assert_eq!(reserve(&db, &fence, 0, &[user], 60, 60).await, Reserved::Granted(60));
        // The same step again: what it has comes back first.
        assert_eq!(reserve(&db, &fence, 0, &[user], 80, 80).await, Reserved::Granted(80));
        assert_eq!(reserve(&db, &fence, 1, &[user], 60, 10).await, Reserved::Granted(20));
        let refused = reserve(&db, &fence, 2, &[user], 60, 10).await;
        assert!(matches!(refused, Reserved::Refused(tightest) if tightest.left() == Some(0)));
        assert_eq!(standing(&db, user).await, (0, 100));
        // A call may take more than was thought. Then nothing is left, and nothing is owed.
        settle(&db, &fence, 0, &[user], 130).await;
        let balances = db.read().await.unwrap().balances(&[user]).await.unwrap();
        assert_eq!((balances[0].spent, balances[0].reserved, balances[0].left()), (130, 20, Some(0)));
        // One that is not limited is counted all the same.
        let free = Purse::user(project.owner_id, month(&db), None);
        assert_eq!(reserve(&db, &fence, 3, &[free], 1_000, 1_000).await, Reserved::Granted(1_000));
    }

    async fn shares_of_a_limit_are_told_once(db) {
        let (project, fence) = running(&db).await;
        let user = Purse::user(project.owner_id, month(&db), Some(100));
        let shares = |reached: &[Balance]| reached.iter().map(|one| one.alerted).collect::<Vec<_>>();
        let mut told = Vec::new();
        for (step, took) in [(0, 49), (1, 1), (2, 10), (3, 60), (4, 5)] {
            told.push(shares(&settle(&db, &fence, step, &[user], took).await));
        }
        assert_eq!(told, [vec![], vec![50], vec![], vec![100], vec![]], "80 is passed over");
        let (before, later) = (month(&db), db.env.advance(Duration::from_secs(40 * 86_400)));
        assert_ne!(Month::of(later), before);
        let next = Purse::user(project.owner_id, Month::of(later), Some(100));
        assert_eq!(shares(&settle(&db, &fence, 5, &[next], 50).await), [50], "each month anew");
    }

    async fn a_call_is_booked_in_the_month_of_its_reservation(db) {
        let (project, fence) = running(&db).await;
        let old = Purse::user(project.owner_id, month(&db), Some(100));
        reserve(&db, &fence, 0, &[old], 40, 40).await;
        let later = db.env.advance(Duration::from_secs(40 * 86_400));
        let new = Purse::user(project.owner_id, Month::of(later), Some(100));
        settle(&db, &fence, 0, &[new], 10).await;
        assert_eq!((standing(&db, old).await, standing(&db, new).await), ((10, 0), (0, 0)));
    }

    async fn a_deleted_projects_turn_gives_back_what_it_held(db) {
        let (project, fence) = running(&db).await;
        let user = Purse::user(project.owner_id, month(&db), Some(100));
        reserve(&db, &fence, 0, &[user], 40, 40).await;
        let mut tx = db.begin().await.unwrap();
        tx.delete_project(project.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(standing(&db, user).await, (0, 0));
    }

    async fn limits_are_set_and_taken_back(db) {
        let (project, _) = running(&db).await;
        let (user, now) = (project.owner_id, db.now());
        let mut tx = db.begin().await.unwrap();
        let none = tx.budget_limits(user, Some(project.id)).await.unwrap();
        assert_eq!(none, BudgetLimits::default());
        let id = user.as_uuid();
        tx.set_budget_limit(LimitScope::Own, id, Some(Some(5)), now).await.unwrap();
        tx.set_budget_limit(LimitScope::Own, id, Some(Some(7)), now).await.unwrap();
        tx.set_budget_limit(LimitScope::Admin, id, Some(None), now).await.unwrap();
        tx.set_budget_limit(LimitScope::Project, project.id.as_uuid(), Some(Some(9)), now).await.unwrap();
        let all = BudgetLimits { own: Some(7), admin: Some(None), project: Some(9) };
        assert_eq!(tx.budget_limits(user, Some(project.id)).await.unwrap(), all);
        tx.set_budget_limit(LimitScope::Own, id, None, now).await.unwrap();
        let rest = BudgetLimits { own: None, ..all };
        assert_eq!(tx.budget_limits(user, Some(project.id)).await.unwrap(), rest);
        let alone = tx.budget_limits(user, None).await.unwrap();
        assert_eq!(alone, BudgetLimits { project: None, ..rest });
    }
}
