use std::time::Duration;

use qv_domain::{BuildStatus, PreviewId, ProjectId, ProjectName, ProjectType, Role, Visibility};
use qv_store::testing::TestDb;
use qv_store::{Cursor, Member, MyProject, ProjectChange, ProjectFilter, StoreError};

use crate::fixture::{insert_project, insert_user, new_project, project};

/// Names of all pages, checked to be cut to `limit` each.
async fn names(db: &TestDb, user: qv_domain::UserId, filter: &ProjectFilter<'_>) -> Vec<String> {
    let mut reader = db.read().await.unwrap();
    let (mut names, mut after) = (vec![], filter.after);
    loop {
        let page = reader.projects(user, &ProjectFilter { after, ..filter.clone() }).await.unwrap();
        assert!(page.items.len() <= filter.limit as usize);
        names.extend(page.items.iter().map(|mine| mine.project.name.as_str().to_owned()));
        match page.next {
            // As a client would hand it back.
            Some(next) => after = Some(next.to_string().parse::<Cursor>().unwrap()),
            None => return names,
        }
    }
}

qv_store::on_both_databases! {
    async fn a_project_begins_empty_and_owned(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        let new = new_project(&db, ada.id, "Focus");
        let mut tx = db.begin().await.unwrap();
        let made = tx.insert_project(&new, db.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((made.id, made.name.clone(), made.created_at), (new.id, new.name, db.now()));
        assert_eq!((made.file_count, made.size_bytes, made.message_count), (0, 0, 0));
        assert_eq!((made.build_status, made.last_build_at), (BuildStatus::None, None));
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.project(made.id).await.unwrap(), Some(made.clone()));
        assert_eq!(reader.project_by_preview(&made.preview_id).await.unwrap(), Some(made.clone()));
        let mine = MyProject { project: made.clone(), role: Role::Owner };
        assert_eq!(reader.project_of_member(made.id, ada.id).await.unwrap(), Some(mine));
        let other = PreviewId::generate(&db.env);
        assert_eq!(reader.project_by_preview(&other).await.unwrap(), None);
    }

    async fn a_project_needs_an_owner(db) {
        let nobody = qv_domain::UserId::generate(&db.env);
        let mut tx = db.begin().await.unwrap();
        let error = tx.insert_project(&new_project(&db, nobody, "Focus"), db.now()).await;
        assert!(matches!(error, Err(StoreError::Conflict(_))), "{error:?}");
    }

    async fn only_what_is_given_changes(db) {
        let project = project(&db).await;
        let now = db.env.advance(Duration::from_secs(5));
        let change = ProjectChange {
            name: Some(ProjectName::parse("Pomodoro").unwrap()),
            visibility: Some(Visibility::Public),
            ..ProjectChange::default()
        };
        let mut tx = db.begin().await.unwrap();
        let changed = tx.update_project(project.id, &change, now).await.unwrap().unwrap();
        let gone = ProjectId::generate(&db.env);
        assert_eq!(tx.update_project(gone, &change, now).await.unwrap(), None);
        assert!(tx.set_build_status(project.id, BuildStatus::Building, now).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(changed.name.as_str(), "Pomodoro");
        assert_eq!(changed.visibility, Visibility::Public);
        assert_eq!(changed.project_type, ProjectType::WebApp);
        assert_eq!((changed.created_at, changed.updated_at), (project.created_at, now));
        let kept = db.read().await.unwrap().project(project.id).await.unwrap().unwrap();
        assert_eq!((kept.build_status, kept.last_build_at), (BuildStatus::Building, Some(now)));
    }

    async fn lists_are_newest_first_and_paged(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        let bob = insert_user(&db, "bob@example.com").await;
        // Three at the same moment: their ids decide.
        for name in ["One", "Two", "Three"] {
            insert_project(&db, ada.id, name).await;
        }
        db.env.advance(Duration::from_secs(1));
        insert_project(&db, ada.id, "Four").await;
        insert_project(&db, bob.id, "Bob's").await;
        let all = names(&db, ada.id, &ProjectFilter { limit: 50, ..Default::default() }).await;
        assert_eq!(all.len(), 4);
        assert_eq!(all[0], "Four");
        for limit in 1..=4 {
            let filter = ProjectFilter { limit, ..Default::default() };
            assert_eq!(names(&db, ada.id, &filter).await, all, "pages of {limit}");
        }
    }

    async fn names_are_filtered_in_any_case_and_script(db) {
        let ada = insert_user(&db, "ada@example.com").await;
        for name in ["Kanban Board", "100% Fokus", "ÜBER_SICHT", "Über!Blick"] {
            insert_project(&db, ada.id, name).await;
        }
        for (text, mut expected) in [
            ("BOARD", vec!["Kanban Board"]),
            ("%", vec!["100% Fokus"]),
            ("_", vec!["ÜBER_SICHT"]),
            ("!", vec!["Über!Blick"]),
            ("über", vec!["ÜBER_SICHT", "Über!Blick"]),
            ("nothing", vec![]),
        ] {
            let filter = ProjectFilter { name_contains: Some(text), limit: 1, after: None };
            let mut found = names(&db, ada.id, &filter).await;
            found.sort();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    async fn members_come_and_go(db) {
        let project = project(&db).await;
        let bob = insert_user(&db, "bob@example.com").await;
        let now = db.env.advance(Duration::from_secs(1));
        let mut tx = db.begin().await.unwrap();
        tx.set_member(project.id, bob.id, Role::Viewer, now).await.unwrap();
        tx.set_member(project.id, bob.id, Role::Editor, now).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.role(project.id, bob.id).await.unwrap(), Some(Role::Editor));
        let member = Member {
            project_id: project.id,
            user_id: bob.id,
            role: Role::Editor,
            created_at: now,
        };
        assert_eq!(reader.members(project.id).await.unwrap().get(1), Some(&member));
        let filter = ProjectFilter { limit: 9, ..Default::default() };
        assert_eq!(names(&db, bob.id, &filter).await, ["Focus"]);
        let mut tx = db.begin().await.unwrap();
        assert!(tx.remove_member(project.id, bob.id).await.unwrap());
        assert!(!tx.remove_member(project.id, bob.id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(reader.role(project.id, bob.id).await.unwrap(), None);
        assert_eq!(reader.project_of_member(project.id, bob.id).await.unwrap(), None);
    }
}
