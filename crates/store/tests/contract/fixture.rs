//! What most tests begin with.

use std::time::Duration;

use qv_domain::{
    Blob, Email, FilePath, GenerationId, Limits, MessageId, MessageRole, Plan, PreviewId,
    ProjectId, ProjectName, ProjectType, Timestamp, TurnMode, UserId, VersionId, VersionOrigin,
    Visibility,
};
use qv_store::testing::TestDb;
use qv_store::{
    Fence, FileChange, Generation, NewGeneration, NewMessage, NewProject, NewVersion, Project, User,
};

pub(crate) const LEASE: Duration = Duration::from_secs(15);

pub(crate) fn user(db: &TestDb, email: &str) -> User {
    User {
        id: UserId::generate(&db.env),
        email: Some(Email::parse(email).unwrap()),
        name: "Ada".to_owned(),
        plan: Plan::Free,
        is_admin: false,
        password_phc: None,
        created_at: db.now(),
        updated_at: db.now(),
        suspended_at: None,
    }
}

pub(crate) async fn insert_user(db: &TestDb, email: &str) -> User {
    let user = user(db, email);
    let mut tx = db.begin().await.unwrap();
    tx.insert_user(&user).await.unwrap();
    tx.commit().await.unwrap();
    user
}

pub(crate) fn new_project(db: &TestDb, owner: UserId, name: &str) -> NewProject {
    NewProject {
        id: ProjectId::generate(&db.env),
        owner_id: owner,
        name: ProjectName::parse(name).unwrap(),
        project_type: ProjectType::WebApp,
        visibility: Visibility::Private,
        preview_id: PreviewId::generate(&db.env),
        starter: None,
    }
}

pub(crate) async fn insert_project(db: &TestDb, owner: UserId, name: &str) -> Project {
    let mut tx = db.begin().await.unwrap();
    let project = tx.insert_project(&new_project(db, owner, name), db.now()).await.unwrap();
    tx.commit().await.unwrap();
    project
}

/// A user with a project.
pub(crate) async fn project(db: &TestDb) -> Project {
    let user = insert_user(db, "ada@example.com").await;
    insert_project(db, user.id, "Focus").await
}

pub(crate) fn path(text: &str) -> FilePath {
    FilePath::parse(text).unwrap()
}

pub(crate) fn blob(text: &str) -> Blob {
    text.as_bytes().into()
}

pub(crate) fn write(at: &str, text: &str) -> FileChange {
    FileChange::Write { path: path(at), content: blob(text) }
}

pub(crate) async fn apply(db: &TestDb, project: ProjectId, changes: &[FileChange]) {
    let mut tx = db.begin().await.unwrap();
    tx.apply_changes(project, changes, &Limits::default(), db.now()).await.unwrap();
    tx.commit().await.unwrap();
}

pub(crate) fn new_version(db: &TestDb, project: ProjectId, title: &str) -> NewVersion {
    NewVersion {
        id: VersionId::generate(&db.env),
        project_id: project,
        origin: VersionOrigin::Turn,
        generation_id: None,
        title: title.to_owned(),
        summary: None,
        verified: None,
        author_user_id: None,
    }
}

pub(crate) fn new_message(db: &TestDb, project: ProjectId, text: &str) -> NewMessage {
    NewMessage {
        id: MessageId::generate(&db.env),
        project_id: project,
        role: MessageRole::User,
        mode: Some(TurnMode::Build),
        text: text.to_owned(),
        images: vec![],
        generation_id: None,
        summary: None,
        context: None,
        author_user_id: None,
    }
}

/// A message and a queued generation that answers it.
pub(crate) async fn enqueue(db: &TestDb, project: &Project) -> Fence {
    let mut tx = db.begin().await.unwrap();
    let message = new_message(db, project.id, "a focus timer");
    let message = tx.insert_message(message, &Limits::default(), db.now()).await.unwrap();
    let new = NewGeneration {
        id: GenerationId::generate(&db.env),
        project_id: project.id,
        user_id: project.owner_id,
        message_id: message.id,
        mode: TurnMode::Build,
        model: None,
        attempt: 1,
    };
    let fence = tx.enqueue(new, db.now()).await.unwrap();
    tx.commit().await.unwrap();
    fence
}

pub(crate) fn lease(db: &TestDb) -> Timestamp {
    db.now().plus(LEASE)
}

pub(crate) async fn claim(db: &TestDb, worker: &str) -> Option<(Generation, Fence)> {
    db.claim(worker, db.now(), lease(db), 100).await.unwrap()
}

/// A generation that a worker has.
pub(crate) async fn running(db: &TestDb) -> (Project, Fence) {
    let project = project(db).await;
    enqueue(db, &project).await;
    let (_, fence) = claim(db, "worker-1").await.unwrap();
    (project, fence)
}
