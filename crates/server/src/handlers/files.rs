//! A project's files. Reading: viewers; writing: editors.

use axum::Json;
use axum::body::Body as RawBody;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use qv_domain::{FilePath, ProjectId, Role};
use qv_wire::{FileContent, FileList, FileSaved, Problem, SaveFile};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::problem::{ApiError, Result};
use crate::query::{Body, Path, Query};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Project(Role::Viewer), routes!(list))
        .route(Rule::Project(Role::Viewer), routes!(get))
        .route(Rule::Project(Role::Editor), routes!(save, delete))
}

#[derive(Debug, Deserialize)]
pub(crate) struct FileAt {
    path: String,
}

impl FileAt {
    fn path(&self) -> Result<FilePath> {
        FilePath::parse(&self.path).map_err(|error| ApiError::invalid("path", error.to_string()))
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadQuery {
    /// The bytes themselves, as a download.
    #[serde(default)]
    raw: bool,
}

/// Every file, without contents.
#[utoipa::path(get, path = "/api/projects/{id}/files", tag = "files", params(("id" = ProjectId, Path)),
    responses((status = 200, body = FileList)))]
async fn list(State(app): State<App>, Member(access): Member) -> Result<Json<FileList>> {
    Ok(Json(app.engine.files(&access).await?))
}

/// One file with its content.
#[utoipa::path(get, path = "/api/projects/{id}/files/{*path}", tag = "files",
    params(("id" = ProjectId, Path), ("path" = String, Path), ReadQuery),
    responses((status = 200, body = FileContent), (status = 404, body = Problem)))]
async fn get(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<FileAt>,
    Query(query): Query<ReadQuery>,
) -> Result<Response> {
    let path = at.path()?;
    if !query.raw {
        return Ok(Json(app.engine.file(&access, &path).await?).into_response());
    }
    let file = app.engine.raw_file(&access, &path).await?;
    let mut response = RawBody::from(file.content.to_vec()).into_response();
    let headers = response.headers_mut();
    // Hostile bytes on the app's own origin: never shown, only saved.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'"),
    );
    let name: String = path
        .name()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' })
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Saves a file: a new version, at once in the preview.
#[utoipa::path(put, path = "/api/projects/{id}/files/{*path}", tag = "files",
    params(("id" = ProjectId, Path), ("path" = String, Path)), request_body = SaveFile,
    responses((status = 200, body = FileSaved), (status = 409, body = Problem), (status = 413, body = Problem)))]
async fn save(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<FileAt>,
    Body(save): Body<SaveFile>,
) -> Result<Json<FileSaved>> {
    Ok(Json(app.engine.save_file(&access, &at.path()?, save).await?))
}

/// Removes a file: a new version.
#[utoipa::path(delete, path = "/api/projects/{id}/files/{*path}", tag = "files",
    params(("id" = ProjectId, Path), ("path" = String, Path)),
    responses((status = 200, body = FileSaved), (status = 404, body = Problem)))]
async fn delete(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<FileAt>,
) -> Result<Json<FileSaved>> {
    Ok(Json(app.engine.delete_file(&access, &at.path()?).await?))
}
