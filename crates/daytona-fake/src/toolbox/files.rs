use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};

use axum::Json;
use axum::extract::{Path as UrlPath, Query, State as Shared};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{App, Of};
use crate::refusal::{Answer, Refusal};
use crate::state::State;

#[derive(Debug, Deserialize)]
pub(super) struct FileQuery {
    path: Option<String>,
    #[serde(default)]
    recursive: bool,
}

/// A path inside the sandbox's folder; nothing outside of it is touched, by name.
pub(super) fn inside(state: &State, id: &str, path: &str) -> Answer<PathBuf> {
    let home = state.with_running(id, |sandbox| Ok(sandbox.home.clone()))?;
    let whole = home.join(path);
    let climbs = whole.components().any(|part| part == Component::ParentDir);
    if climbs || !whole.starts_with(&home) {
        return Err(Refusal(StatusCode::FORBIDDEN, "outside of the sandbox".to_owned()));
    }
    Ok(whole)
}

pub(super) async fn list(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Query(query): Query<FileQuery>,
) -> Answer<Json<Vec<Value>>> {
    let folder = inside(&state, &of.id, &query.path.unwrap_or_default())?;
    if !fs::metadata(&folder)?.is_dir() {
        return Err(Refusal::bad("not a directory"));
    }
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        all.push(info(&entry.file_name().to_string_lossy(), &entry.path().symlink_metadata()?));
    }
    Ok(Json(all))
}

fn info(name: &str, data: &Metadata) -> Value {
    let kind = match data.file_type() {
        kind if kind.is_dir() => 'd',
        kind if kind.is_symlink() => 'L',
        kind if kind.is_file() => '-',
        _ => 'p',
    };
    let bits = data.permissions().mode();
    let letters: String = (0..9)
        .rev()
        .map(|bit| if bits >> bit & 1 == 1 { ['x', 'w', 'r'][bit % 3] } else { '-' })
        .collect();
    let modified = data.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
    let modified = modified.map(|time| time.to_string()).unwrap_or_default();
    json!({
        "name": name, "isDir": kind == 'd', "mode": format!("{kind}{letters}"), "size": data.len(),
        "permissions": format!("{:04o}", bits & 0o7777), "owner": data.uid().to_string(),
        "group": data.gid().to_string(), "modTime": modified, "modifiedAt": modified,
    })
}

pub(super) async fn folder(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Query(query): Query<FileQuery>,
) -> Answer<StatusCode> {
    let path = query.path.ok_or_else(|| Refusal::bad("path is required"))?;
    fs::create_dir_all(inside(&state, &of.id, &path)?)?;
    Ok(StatusCode::CREATED)
}

pub(super) async fn remove(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Query(query): Query<FileQuery>,
) -> Answer<StatusCode> {
    let path = query.path.ok_or_else(|| Refusal::bad("path is required"))?;
    let path = inside(&state, &of.id, &path)?;
    if path.symlink_metadata()?.is_dir() {
        if !query.recursive {
            return Err(Refusal::bad("cannot delete directory without recursive flag"));
        }
        fs::remove_dir_all(path)?;
    } else {
        fs::remove_file(path)?;
    }
    Ok(StatusCode::NO_CONTENT)
}

fn content(path: &Path) -> Answer<Vec<u8>> {
    let data = fs::metadata(path)?;
    if data.is_dir() {
        return Err(Refusal::bad("invalid file path: path points to a directory"));
    }
    if !data.is_file() {
        return Err(Refusal::bad("not a regular file"));
    }
    Ok(fs::read(path)?)
}

pub(super) async fn download(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Query(query): Query<FileQuery>,
) -> Answer<Response> {
    let path = query.path.ok_or_else(|| Refusal::bad("path is required"))?;
    let bytes = content(&inside(&state, &of.id, &path)?)?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

#[derive(Debug, Deserialize)]
pub(super) struct Paths {
    paths: Vec<String>,
}

/// The form that the vendor's client downloads by.
pub(super) async fn download_many(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Json(asked): Json<Paths>,
) -> Answer<Response> {
    let mut body = Vec::new();
    for path in asked.paths {
        let (name, bytes) = match inside(&state, &of.id, &path).and_then(|path| content(&path)) {
            Ok(bytes) => ("file", bytes),
            Err(Refusal(_, message)) => ("error", message.into_bytes()),
        };
        let head = format!(
            "--daytona-fake\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{path}\"\r\n\
             Content-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
            bytes.len()
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--daytona-fake--\r\n");
    let kind = [(CONTENT_TYPE, "multipart/form-data; boundary=daytona-fake")];
    Ok((kind, body).into_response())
}
