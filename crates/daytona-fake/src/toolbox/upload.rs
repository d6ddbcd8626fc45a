use std::collections::HashMap;
use std::fs;

use axum::Json;
use axum::extract::{Multipart, Path as UrlPath, State as Shared};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use super::files::inside;
use super::{App, Of};
use crate::refusal::{Answer, Refusal};

/// Takes files in the one order that the real toolbox understands: a path, then its file. Its refusals have a form of their
/// own.
pub(super) async fn upload(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    mut form: Multipart,
) -> Answer<Response> {
    state.with_running(&of.id, |_| Ok(()))?;
    let (mut paths, mut errors, mut files) = (HashMap::new(), Vec::new(), Vec::new());
    let broken = |_| Refusal::bad("invalid multipart form");
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(rest) = name.strip_prefix("files[") else { continue };
        let bytes = part.bytes().await.map_err(broken)?;
        if let Some(index) = rest.strip_suffix("].path") {
            let path = String::from_utf8_lossy(&bytes).trim().to_owned();
            paths.insert(index.to_owned(), path);
            continue;
        }
        let Some(index) = rest.strip_suffix("].file") else { continue };
        let Some(path) = paths.get(index) else {
            errors.push(format!("file[{index}]: missing .path metadata"));
            continue;
        };
        let written = inside(&state, &of.id, path).and_then(|whole| {
            if let Some(folder) = whole.parent() {
                fs::create_dir_all(folder)?;
            }
            // A new file in its place, so that a link is not written through, and nobody sees half of it.
            let beside = whole.with_file_name(format!(".daytona-upload-{}", state.fresh()));
            fs::write(&beside, &bytes)?;
            fs::rename(&beside, &whole).inspect_err(|_| drop(fs::remove_file(&beside)))?;
            Ok(())
        });
        match written {
            Ok(()) => files.push(json!({ "path": path, "bytes": bytes.len() })),
            Err(Refusal(_, message)) => errors.push(format!("{path}: {message}")),
        }
    }
    if errors.is_empty() {
        return Ok(Json(json!({ "files": files })).into_response());
    }
    let body = Json(json!({ "errors": errors, "files": files }));
    Ok((StatusCode::BAD_REQUEST, body).into_response())
}
