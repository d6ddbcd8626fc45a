//! A project as an archive. Viewers.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use qv_domain::{ProjectId, Role};
use qv_wire::Problem;
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::problem::Result;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::Project(Role::Viewer), routes!(zip))
}

/// All files as a zip archive.
#[utoipa::path(get, path = "/api/projects/{id}/export.zip", tag = "files", params(("id" = ProjectId, Path)),
    responses((status = 200, content_type = "application/zip"), (status = 404, body = Problem)))]
async fn zip(State(app): State<App>, Member(access): Member) -> Result<Response> {
    let archive = app.engine.export(&access).await?;
    let mut response = archive.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", archive.name))
    {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
