//! Checks of a project's app, and pictures of it. Looking: viewers; running and removing: editors.

use axum::Json;
use axum::body::Body as RawBody;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qv_domain::{BlobHash, ProjectId, Role};
use qv_wire::{CheckRun, MeantChange, Problem, SmokeChecks};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::problem::Result;
use crate::query::{Body, Path};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Project(Role::Viewer), routes!(list))
        .route(Rule::Project(Role::Editor), routes!(run))
        .route(Rule::Project(Role::Editor), routes!(meant))
        .route(Rule::Project(Role::Viewer), routes!(screenshot))
}

/// The project's smoke checks and what became of them.
#[utoipa::path(get, path = "/api/projects/{id}/checks", tag = "checks", params(("id" = ProjectId, Path)),
    responses((status = 200, body = SmokeChecks)))]
async fn list(State(app): State<App>, Member(access): Member) -> Result<Json<SmokeChecks>> {
    Ok(Json(app.engine.smoke_checks(&access).await?))
}

/// Looks at the app now: compiles it, opens it, carries its smoke checks out. One at a time of a project.
#[utoipa::path(post, path = "/api/projects/{id}/checks/run", tag = "checks", params(("id" = ProjectId, Path)),
    responses((status = 200, body = CheckRun), (status = 409, body = Problem)))]
async fn run(State(app): State<App>, Member(access): Member) -> Result<Json<CheckRun>> {
    Ok(Json(app.engine.run_checks(&access).await?))
}

/// Says that a check fails because the app was meant to change: the check is removed.
#[utoipa::path(post, path = "/api/projects/{id}/checks/meant", tag = "checks", params(("id" = ProjectId, Path)),
    request_body = MeantChange, responses((status = 204), (status = 404, body = Problem)))]
async fn meant(
    State(app): State<App>,
    Member(access): Member,
    Body(change): Body<MeantChange>,
) -> Result<StatusCode> {
    app.engine.meant_change(&access, &change.path).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
struct PictureAt {
    hash: BlobHash,
}

/// A picture of the app.
#[utoipa::path(get, path = "/api/projects/{id}/screenshots/{hash}", tag = "checks",
    params(("id" = ProjectId, Path), ("hash" = String, Path)),
    responses((status = 200, content_type = "image/jpeg"), (status = 404, body = Problem)))]
async fn screenshot(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<PictureAt>,
) -> Result<Response> {
    let (kind, picture) = app.engine.screenshot(&access, at.hash).await?;
    let mut response = RawBody::from(picture.to_vec()).into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    // It shows what members alone may see, and its name is its content.
    let cache = HeaderValue::from_static("private, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, cache);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
