//! npm packages of an app. Editors.

use axum::Json;
use axum::extract::State;
use qv_domain::{ProjectId, Role};
use qv_wire::{AddPackage, FileSaved, Problem};
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::problem::Result;
use crate::query::Body;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::Project(Role::Editor), routes!(add))
}

/// Adds a package to the app's `package.json` in its newest version.
#[utoipa::path(post, path = "/api/projects/{id}/packages", tag = "files", params(("id" = ProjectId, Path)), request_body = AddPackage,
    responses((status = 200, body = FileSaved), (status = 400, body = Problem)))]
async fn add(
    State(app): State<App>,
    Member(access): Member,
    Body(add): Body<AddPackage>,
) -> Result<Json<FileSaved>> {
    Ok(Json(app.engine.add_package(&access, add).await?))
}
