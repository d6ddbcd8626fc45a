//! Where a project's app runs. Viewers.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use qv_domain::{EngineKind, ProjectId, Role};
use qv_wire::{PreviewAddress, PreviewReports, Problem};
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::place::Origin;
use crate::problem::Result;
use crate::query::Body;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Project(Role::Viewer), routes!(open))
        .route(Rule::Project(Role::Viewer), routes!(report))
}

/// Makes the app ready to be seen, and says where.
#[utoipa::path(post, path = "/api/projects/{id}/sandbox", tag = "sandbox", params(("id" = ProjectId, Path)),
    responses((status = 200, body = PreviewAddress), (status = 404, body = Problem)))]
async fn open(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Member(access): Member,
) -> Result<Json<PreviewAddress>> {
    let (id, diagnostics) =
        app.engine.open_preview(&access, |id| origin.preview_options(id)).await?;
    Ok(Json(PreviewAddress {
        engine: EngineKind::Browser,
        reason: "Runs in your browser: it needs no server of its own.".to_owned(),
        mode: origin.preview_mode(),
        url: origin.preview_url(&id),
        origin: origin.preview_origin(&id),
        diagnostics,
    }))
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
