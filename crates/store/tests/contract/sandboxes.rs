use qv_domain::{EngineKind, Month, NodeId, SandboxId, Timestamp};
use qv_store::testing::TestDb;
use qv_store::{Project, Sandbox, SandboxRan, SandboxTime, StoreError};

use crate::fixture::{insert_project, insert_user};

fn sandbox(db: &TestDb, project: &Project, engine: EngineKind) -> Sandbox {
    Sandbox {
        id: SandboxId::generate(&db.env),
        project_id: project.id,
        engine,
        node_id: NodeId::generate(&db.env),
        created_at: db.now(),
        used_at: db.now(),
    }
}

qv_store::on_both_databases! {
    async fn a_project_has_one_machine_until_it_goes(db) {
        let project = insert_project(&db, insert_user(&db, "a@b.example").await.id, "Notes").await;
        let mine = sandbox(&db, &project, EngineKind::Local);
        let mut tx = db.begin().await.unwrap();
        tx.insert_sandbox(&mine).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let second = tx.insert_sandbox(&sandbox(&db, &project, EngineKind::Daytona)).await;
        assert!(matches!(second, Err(StoreError::Conflict(_))), "{second:?}");
        drop(tx);

        let later = db.now().plus(std::time::Duration::from_secs(60));
        let mut tx = db.begin().await.unwrap();
        tx.touch_sandbox(mine.id, later).await.unwrap();
        tx.touch_sandbox(mine.id, db.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        let touched = Sandbox { used_at: later, ..mine.clone() };
        assert_eq!(conn.sandbox_of(project.id).await.unwrap(), Some(touched.clone()));
        assert_eq!(conn.sandbox(mine.id).await.unwrap(), Some(touched.clone()));
        let of = conn.sandboxes_of(EngineKind::Local, Some(mine.node_id)).await.unwrap();
        assert_eq!(of, std::slice::from_ref(&touched));
        assert_eq!(conn.sandboxes_of(EngineKind::Local, None).await.unwrap(), of);
        let other = Some(NodeId::generate(&db.env));
        assert_eq!(conn.sandboxes_of(EngineKind::Local, other).await.unwrap(), []);
        assert_eq!(conn.sandboxes_of(EngineKind::Daytona, None).await.unwrap(), []);
        let listed = conn.listed_sandboxes(10).await.unwrap();
        assert_eq!((&listed[0].sandbox, listed[0].project_name.as_str()), (&touched, project.name.as_str()));
        drop(conn);

        let mut tx = db.begin().await.unwrap();
        tx.delete_project(project.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(db.read().await.unwrap().sandbox(mine.id).await.unwrap(), None);
    }

    async fn a_choice_replaces_the_one_before(db) {
        let project = insert_project(&db, insert_user(&db, "a@b.example").await.id, "Notes").await;
        for choice in [Some(EngineKind::Local), Some(EngineKind::Browser), None, None] {
            let mut tx = db.begin().await.unwrap();
            tx.choose_engine(project.id, choice, db.now()).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(db.read().await.unwrap().engine_choice(project.id).await.unwrap(), choice);
        }
    }

    async fn times_add_up_by_month_and_stay_when_the_project_goes(db) {
        let owner = insert_user(&db, "a@b.example").await;
        let project = insert_project(&db, owner.id, "Notes").await;
        let month = Month::of(Timestamp::from_micros(0));
        let mut tx = db.begin().await.unwrap();
        for (month, seconds, cost_nanousd) in [(month, 10, 100), (month, 5, 50), (month.next(), 1, 1)] {
            let time = SandboxTime { seconds, cost_nanousd };
            let ran = SandboxRan {
                project_id: project.id, user_id: owner.id, engine: EngineKind::Local, month, time,
            };
            tx.add_sandbox_time(&ran).await.unwrap();
        }
        tx.delete_project(project.id).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        let sum = SandboxTime { seconds: 15, cost_nanousd: 150 };
        assert_eq!(conn.sandbox_time(project.id, month).await.unwrap(), sum);
        assert_eq!(conn.engine_time(EngineKind::Local, month).await.unwrap(), sum);
        assert_eq!(conn.engine_time(EngineKind::Daytona, month).await.unwrap(), SandboxTime::default());
    }
}
