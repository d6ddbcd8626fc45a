//! Where a project's app runs. Looking: viewers; deciding: editors; removing the machine: owners. All machines:
//! administrators.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Json};
use qv_domain::{EngineKind, ProjectId, Role, SandboxId};
use qv_wire::{
    ChooseEngine, PreviewAddress, PreviewReports, Problem, Sandbox, SandboxOutput, SandboxOverview,
};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::access::{Admin, Member};
use crate::place::Origin;
use crate::preview;
use crate::problem::Result;
use crate::query::{Body, Path, Query};
use crate::rule::{Routes, Rule};
use crate::{App, sse};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Project(Role::Viewer), routes!(open))
        .route(Rule::Project(Role::Viewer), routes!(show))
        .route(Rule::Project(Role::Viewer), routes!(report))
        .route(Rule::Project(Role::Viewer), routes!(log))
        .route(Rule::Project(Role::Editor), routes!(choose))
        .route(Rule::Project(Role::Editor), routes!(stop))
        .route(Rule::Project(Role::Editor), routes!(restart))
        .route(Rule::Project(Role::Owner), routes!(delete))
        .route(Rule::Admin, routes!(overview))
        .route(Rule::Admin, routes!(stop_any))
}

/// Makes the app ready to be seen, and says where.
#[utoipa::path(post, path = "/api/projects/{id}/sandbox", tag = "sandbox", params(("id" = ProjectId, Path)),
    responses((status = 200, body = PreviewAddress), (status = 404, body = Problem)))]
async fn open(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Member(access): Member,
) -> Result<Json<PreviewAddress>> {
    if app.engine.shows_in_browser(access.project_id()).await? {
        let (id, diagnostics) =
            app.engine.open_preview(&access, |id| origin.preview_options(id)).await?;
        let reason = app.engine.sandbox_reason(&access).await?.1;
        return Ok(Json(PreviewAddress {
            engine: EngineKind::Browser,
            reason,
            mode: origin.preview_mode(),
            url: origin.preview_url(&id),
            origin: origin.preview_origin(&id),
            diagnostics,
        }));
    }
    let (engine, reason) = app.engine.sandbox_reason(&access).await?;
    let id = app.engine.preview_id(&access);
    let ticket = app.engine.preview_ticket(&access)?;
    Ok(Json(PreviewAddress {
        engine: engine.unwrap_or(EngineKind::Local),
        reason,
        mode: origin.preview_mode(),
        url: preview::entrance(&origin, &id, &ticket),
        origin: origin.preview_origin(&id),
        diagnostics: Vec::new(),
    }))
}

/// Where the app runs, why there, and how its machine is.
#[utoipa::path(get, path = "/api/projects/{id}/sandbox", tag = "sandbox", params(("id" = ProjectId, Path)),
    responses((status = 200, body = Sandbox), (status = 404, body = Problem)))]
async fn show(State(app): State<App>, Member(access): Member) -> Result<Json<Sandbox>> {
    Ok(Json(app.engine.sandbox(&access).await?))
}

/// Chooses where the app runs.
#[utoipa::path(put, path = "/api/projects/{id}/sandbox/engine", tag = "sandbox", params(("id" = ProjectId, Path)),
    request_body = ChooseEngine, responses((status = 200, body = Sandbox), (status = 400, body = Problem)))]
async fn choose(
    State(app): State<App>,
    Member(access): Member,
    Body(choose): Body<ChooseEngine>,
) -> Result<Json<Sandbox>> {
    Ok(Json(app.engine.choose_engine(&access, choose).await?))
}

/// Stops the app's machine; its files are kept.
#[utoipa::path(post, path = "/api/projects/{id}/sandbox/stop", tag = "sandbox", params(("id" = ProjectId, Path)),
    responses((status = 200, body = Sandbox), (status = 404, body = Problem)))]
async fn stop(State(app): State<App>, Member(access): Member) -> Result<Json<Sandbox>> {
    Ok(Json(app.engine.stop_machine(&access).await?))
}

/// Stops the app's machine and starts it again.
#[utoipa::path(post, path = "/api/projects/{id}/sandbox/restart", tag = "sandbox", params(("id" = ProjectId, Path)),
    responses((status = 200, body = Sandbox), (status = 404, body = Problem)))]
async fn restart(State(app): State<App>, Member(access): Member) -> Result<Json<Sandbox>> {
    Ok(Json(app.engine.restart_machine(&access).await?))
}

/// Removes the app's machine with what the app has kept there; the project's files stay.
#[utoipa::path(delete, path = "/api/projects/{id}/sandbox/machine", tag = "sandbox", params(("id" = ProjectId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(State(app): State<App>, Member(access): Member) -> Result<StatusCode> {
    app.engine.delete_machine(&access).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct LogQuery {
    /// The number of the last piece that is known already; `Last-Event-ID` says the same.
    after: Option<u64>,
}

/// What the app's machine writes, as server-sent events; ends after five minutes.
#[utoipa::path(get, path = "/api/projects/{id}/sandbox/log", tag = "sandbox",
    params(("id" = ProjectId, Path), LogQuery),
    responses((status = 200, content_type = "text/event-stream", body = SandboxOutput), (status = 404, body = Problem)))]
async fn log(
    State(app): State<App>,
    Member(access): Member,
    Query(query): Query<LogQuery>,
    headers: axum::http::HeaderMap,
) -> Result<Response> {
    let after = sse::last_event_id(&headers)?.or(query.after).unwrap_or(0);
    let feed = app.engine.machine_output(&access, after).await?;
    Ok(sse::output(&app, access, feed))
}

/// What an open preview saw, relayed by the page around it.
#[utoipa::path(post, path = "/api/projects/{id}/sandbox/reports", tag = "sandbox", params(("id" = ProjectId, Path)),
    request_body = PreviewReports, responses((status = 204), (status = 400, body = Problem)))]
async fn report(
    State(app): State<App>,
    Member(access): Member,
    Body(reports): Body<PreviewReports>,
) -> Result<StatusCode> {
    app.engine.report(&access, reports).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The engines of this instance, and all machines.
#[utoipa::path(get, path = "/api/admin/sandboxes", tag = "admin",
    responses((status = 200, body = SandboxOverview), (status = 403, body = Problem)))]
async fn overview(State(app): State<App>, Admin(actor): Admin) -> Result<Json<SandboxOverview>> {
    Ok(Json(app.engine.sandbox_overview(&actor).await?))
}

#[derive(Debug, Deserialize)]
struct SandboxPath {
    id: SandboxId,
}

/// Stops anybody's machine; its files are kept.
#[utoipa::path(post, path = "/api/admin/sandboxes/{id}/stop", tag = "admin", params(("id" = SandboxId, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn stop_any(
    State(app): State<App>,
    Admin(actor): Admin,
    Path(SandboxPath { id }): Path<SandboxPath>,
) -> Result<StatusCode> {
    app.engine.stop_sandbox_of(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
