//! Budgets and estimates. Each states who may ask: one's own, a project's, and for administrators anybody's.

use axum::Json;
use axum::extract::State;
use qv_domain::{ProjectId, Role, UserId};
use qv_wire::{AskEstimate, Budgets, Estimate, Problem, ProjectBudget, SaveBudget, UserBudget};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::{Admin, Member, Signed};
use crate::problem::Result;
use crate::query::{Body, Path};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::User, routes!(get))
        .route(Rule::Signed, routes!(save))
        .route(Rule::Project(Role::Viewer), routes!(of_project))
        .route(Rule::Project(Role::Owner), routes!(save_of_project))
        .route(Rule::Admin, routes!(of_user, save_of_user, forget_of_user))
        .route(Rule::User, routes!(estimate_new))
        .route(Rule::Project(Role::Editor), routes!(estimate))
}

/// What the asker may spend this month.
#[utoipa::path(get, path = "/api/budgets", tag = "budgets", responses((status = 200, body = Budgets)))]
async fn get(State(app): State<App>, Signed(actor): Signed) -> Result<Json<Budgets>> {
    Ok(Json(app.engine.budgets(&actor).await?))
}

/// Sets the asker's own limit. It counts where it is lower than what their plan or an administrator allows.
#[utoipa::path(put, path = "/api/budgets", tag = "budgets", request_body = SaveBudget,
    responses((status = 200, body = Budgets), (status = 400, body = Problem)))]
async fn save(
    State(app): State<App>,
    Signed(actor): Signed,
    Body(save): Body<SaveBudget>,
) -> Result<Json<Budgets>> {
    Ok(Json(app.engine.save_budget(&actor, save).await?))
}

/// What a project may spend this month. Viewers.
#[utoipa::path(get, path = "/api/projects/{id}/budget", tag = "budgets", params(("id" = ProjectId, Path)),
    responses((status = 200, body = ProjectBudget), (status = 404, body = Problem)))]
async fn of_project(State(app): State<App>, Member(access): Member) -> Result<Json<ProjectBudget>> {
    Ok(Json(app.engine.project_budget(&access).await?))
}

/// Sets a project's limit. Its owner.
#[utoipa::path(put, path = "/api/projects/{id}/budget", tag = "budgets", params(("id" = ProjectId, Path)), request_body = SaveBudget,
    responses((status = 200, body = ProjectBudget), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn save_of_project(
    State(app): State<App>,
    Member(access): Member,
    Body(save): Body<SaveBudget>,
) -> Result<Json<ProjectBudget>> {
    Ok(Json(app.engine.save_project_budget(&access, save).await?))
}

#[derive(Debug, Deserialize)]
struct UserPath {
    id: UserId,
}

/// A user's month. Administrators.
#[utoipa::path(get, path = "/api/admin/users/{id}/budget", tag = "budgets", params(("id" = UserId, Path)),
    responses((status = 200, body = UserBudget), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn of_user(
    State(app): State<App>,
    Admin(actor): Admin,
    Path(UserPath { id }): Path<UserPath>,
) -> Result<Json<UserBudget>> {
    Ok(Json(app.engine.user_budget(&actor, id).await?))
}

/// Sets a user's limit in place of their plan's. Administrators.
#[utoipa::path(put, path = "/api/admin/users/{id}/budget", tag = "budgets", params(("id" = UserId, Path)), request_body = SaveBudget,
    responses((status = 200, body = UserBudget), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn save_of_user(
    State(app): State<App>,
    Admin(actor): Admin,
    Path(UserPath { id }): Path<UserPath>,
    Body(save): Body<SaveBudget>,
) -> Result<Json<UserBudget>> {
    Ok(Json(app.engine.save_user_budget(&actor, id, save).await?))
}

/// Lets a user's plan set their limit again. Administrators.
#[utoipa::path(delete, path = "/api/admin/users/{id}/budget", tag = "budgets", params(("id" = UserId, Path)),
    responses((status = 200, body = UserBudget), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn forget_of_user(
    State(app): State<App>,
    Admin(actor): Admin,
    Path(UserPath { id }): Path<UserPath>,
) -> Result<Json<UserBudget>> {
    Ok(Json(app.engine.forget_user_budget(&actor, id).await?))
}

/// What a new project's first message would cost.
#[utoipa::path(post, path = "/api/estimate", tag = "budgets", request_body = AskEstimate,
    responses((status = 200, body = Estimate), (status = 400, body = Problem)))]
async fn estimate_new(
    State(app): State<App>,
    Signed(actor): Signed,
    Body(ask): Body<AskEstimate>,
) -> Result<Json<Estimate>> {
    Ok(Json(app.engine.estimate_new(&actor, ask).await?))
}

/// What a message in a project would cost. Editors.
#[utoipa::path(post, path = "/api/projects/{id}/estimate", tag = "budgets", params(("id" = ProjectId, Path)), request_body = AskEstimate,
    responses((status = 200, body = Estimate), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn estimate(
    State(app): State<App>,
    Member(access): Member,
    Body(ask): Body<AskEstimate>,
) -> Result<Json<Estimate>> {
    Ok(Json(app.engine.estimate(&access, ask).await?))
}
