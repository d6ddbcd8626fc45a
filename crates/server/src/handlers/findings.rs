//! What an app's makers should know before they publish it. Viewers.

use axum::Json;
use axum::extract::State;
use qv_domain::{ProjectId, Role};
use qv_wire::Findings;
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::problem::Result;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::Project(Role::Viewer), routes!(list))
}

/// Secrets in the app's files, risky code, packages that are too new or named like others: the worst first.
#[utoipa::path(get, path = "/api/projects/{id}/findings", tag = "projects", params(("id" = ProjectId, Path)),
    responses((status = 200, body = Findings)))]
async fn list(State(app): State<App>, Member(access): Member) -> Result<Json<Findings>> {
    Ok(Json(app.engine.findings(&access).await?))
}
