//! Versions. Looking: viewers; naming and restoring: editors.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_domain::{ProjectId, Role};
use qv_wire::{Page, Problem, RenameVersion, RestoreVersion, Version, VersionDiff, VersionFiles};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::problem::Result;
use crate::query::{Body, OptionalBody, PageQuery, Path, Query};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Project(Role::Viewer), routes!(list))
        .route(Rule::Project(Role::Viewer), routes!(get))
        .route(Rule::Project(Role::Editor), routes!(rename))
        .route(Rule::Project(Role::Viewer), routes!(diff))
        .route(Rule::Project(Role::Editor), routes!(restore))
}

#[derive(Debug, Deserialize)]
struct At {
    v: u32,
}

#[derive(Debug, Deserialize)]
struct Between {
    a: u32,
    b: u32,
}

/// Versions, newest first.
#[utoipa::path(get, path = "/api/projects/{id}/versions", tag = "versions", params(("id" = ProjectId, Path), PageQuery),
    responses((status = 200, body = Page<Version>)))]
async fn list(
    State(app): State<App>,
    Member(access): Member,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Version>>> {
    Ok(Json(app.engine.versions(&access, query.cursor.as_deref(), query.limit()).await?))
}

/// One version with the list of its files.
#[utoipa::path(get, path = "/api/projects/{id}/versions/{v}", tag = "versions",
    params(("id" = ProjectId, Path), ("v" = u32, Path)),
    responses((status = 200, body = VersionFiles), (status = 404, body = Problem)))]
async fn get(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<At>,
) -> Result<Json<VersionFiles>> {
    Ok(Json(app.engine.version(&access, at.v).await?))
}

/// Names a version.
#[utoipa::path(patch, path = "/api/projects/{id}/versions/{v}", tag = "versions",
    params(("id" = ProjectId, Path), ("v" = u32, Path)), request_body = RenameVersion,
    responses((status = 200, body = Version), (status = 404, body = Problem)))]
async fn rename(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<At>,
    Body(rename): Body<RenameVersion>,
) -> Result<Json<Version>> {
    Ok(Json(app.engine.rename_version(&access, at.v, &rename.title).await?))
}

/// What changed from version `a` (0: the empty project) to version `b`.
#[utoipa::path(get, path = "/api/projects/{id}/versions/{a}/diff/{b}", tag = "versions",
    params(("id" = ProjectId, Path), ("a" = u32, Path), ("b" = u32, Path)),
    responses((status = 200, body = VersionDiff), (status = 404, body = Problem)))]
async fn diff(
    State(app): State<App>,
    Member(access): Member,
    Path(between): Path<Between>,
) -> Result<Json<VersionDiff>> {
    Ok(Json(app.engine.diff(&access, between.a, between.b).await?))
}

/// Gives the project that version's files, as a new version; the chat goes back with them where that is asked for.
#[utoipa::path(post, path = "/api/projects/{id}/versions/{v}/restore", tag = "versions",
    params(("id" = ProjectId, Path), ("v" = u32, Path)), request_body = Option<RestoreVersion>,
    responses((status = 201, body = Version), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn restore(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<At>,
    OptionalBody(restore): OptionalBody<RestoreVersion>,
) -> Result<(StatusCode, Json<Version>)> {
    Ok((StatusCode::CREATED, Json(app.engine.restore_version(&access, at.v, restore).await?)))
}
