//! Projects. Listing and making: whoever is signed in; the rest: members.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_domain::{ProjectId, Role};
use qv_wire::{CreateProject, Page, Problem, Project, ProjectCreated, UpdateProject};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::{Member, Signed};
use crate::limits::Rate;
use crate::problem::Result;
use crate::query::{Body, Query};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::User, routes!(list))
        .counted(Rate::Turns, Rule::User, routes!(create))
        .route(Rule::Project(Role::Viewer), routes!(get))
        .route(Rule::Project(Role::Editor), routes!(update))
        .route(Rule::Project(Role::Owner), routes!(delete))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those whose name has this in it.
    q: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Rows on the page: 1 to 200, 30 unless said.
    limit: Option<u32>,
}

/// One's projects, last changed first.
#[utoipa::path(get, path = "/api/projects", tag = "projects", params(ListQuery), responses((status = 200, body = Page<Project>)))]
async fn list(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Project>>> {
    let limit = query.limit.unwrap_or(30).clamp(1, 200);
    Ok(Json(app.engine.projects(&actor, query.q.as_deref(), query.cursor.as_deref(), limit).await?))
}

/// Makes a project; with a prompt its first turn starts.
#[utoipa::path(post, path = "/api/projects", tag = "projects", request_body = CreateProject,
    responses((status = 201, body = ProjectCreated), (status = 400, body = Problem)))]
async fn create(
    State(app): State<App>,
    Signed(actor): Signed,
    Body(create): Body<CreateProject>,
) -> Result<(StatusCode, Json<ProjectCreated>)> {
    Ok((StatusCode::CREATED, Json(app.engine.create_project(&actor, create).await?)))
}

/// One project.
#[utoipa::path(get, path = "/api/projects/{id}", tag = "projects", params(("id" = ProjectId, Path)),
    responses((status = 200, body = Project), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, Member(access): Member) -> Result<Json<Project>> {
    Ok(Json(app.engine.project(&access).await?))
}

/// Renames a project, or changes who may see it (its owner only).
#[utoipa::path(patch, path = "/api/projects/{id}", tag = "projects", params(("id" = ProjectId, Path)), request_body = UpdateProject,
    responses((status = 200, body = Project), (status = 403, body = Problem)))]
async fn update(
    State(app): State<App>,
    Member(access): Member,
    Body(update): Body<UpdateProject>,
) -> Result<Json<Project>> {
    Ok(Json(app.engine.update_project(&access, update).await?))
}

/// Removes a project and everything in it, for good.
#[utoipa::path(delete, path = "/api/projects/{id}", tag = "projects", params(("id" = ProjectId, Path)),
    responses((status = 204), (status = 403, body = Problem)))]
async fn delete(State(app): State<App>, Member(access): Member) -> Result<StatusCode> {
    app.engine.delete_project(&access).await?;
    Ok(StatusCode::NO_CONTENT)
}
