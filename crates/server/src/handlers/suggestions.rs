//! Changes of the agent's that met what a person had just written. Looking: viewers; deciding: editors.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_domain::{ProjectId, Role, SuggestionId};
use qv_wire::{FileSaved, Problem, Suggestions};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::problem::Result;
use crate::query::Path;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Project(Role::Viewer), routes!(list))
        .route(Rule::Project(Role::Editor), routes!(apply))
        .route(Rule::Project(Role::Editor), routes!(leave))
}

#[derive(Debug, Deserialize)]
struct SuggestionAt {
    suggestion: SuggestionId,
}

/// What waits to be looked at, the oldest first.
#[utoipa::path(get, path = "/api/projects/{id}/suggestions", tag = "files", params(("id" = ProjectId, Path)),
    responses((status = 200, body = Suggestions), (status = 404, body = Problem)))]
async fn list(State(app): State<App>, Member(access): Member) -> Result<Json<Suggestions>> {
    Ok(Json(app.engine.suggestions(&access).await?))
}

/// Makes the change in the file as it is now: a hand edit, with its version.
#[utoipa::path(post, path = "/api/projects/{id}/suggestions/{suggestion}/apply", tag = "files",
    params(("id" = ProjectId, Path), ("suggestion" = SuggestionId, Path)),
    responses((status = 200, body = FileSaved), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn apply(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<SuggestionAt>,
) -> Result<Json<FileSaved>> {
    Ok(Json(app.engine.apply_suggestion(&access, at.suggestion).await?))
}

/// Decides against the change.
#[utoipa::path(delete, path = "/api/projects/{id}/suggestions/{suggestion}", tag = "files",
    params(("id" = ProjectId, Path), ("suggestion" = SuggestionId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn leave(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<SuggestionAt>,
) -> Result<StatusCode> {
    app.engine.drop_suggestion(&access, at.suggestion).await?;
    Ok(StatusCode::NO_CONTENT)
}
