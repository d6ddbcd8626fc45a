//! npm packages of an app. Editors.

use axum::Json;
use axum::extract::State;
use qv_domain::ProjectId;
use qv_wire::{AddPackage, FileSaved, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;
use crate::access::Editor;
use crate::problem::Result;
use crate::query::Body;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add))
}

/// Adds a package to the app's `package.json` in its newest version.
#[utoipa::path(post, path = "/api/projects/{id}/packages", tag = "files", params(("id" = ProjectId, Path)), request_body = AddPackage,
    responses((status = 200, body = FileSaved), (status = 400, body = Problem)))]
async fn add(
    State(app): State<App>,
    Editor(access): Editor,
    Body(add): Body<AddPackage>,
) -> Result<Json<FileSaved>> {
    Ok(Json(app.engine.add_package(&access, add).await?))
}
