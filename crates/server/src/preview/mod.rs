//! Previews: hostile code on an origin of its own, or without one. No cookie of ours is read or set here, and no
//! route of the app is reachable.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qv_domain::{FilePath, PreviewId, ProjectId};
use qv_engine::{COMPONENT_BYTES, PreviewFile, PreviewOptions};
use serde::Deserialize;

mod machine;
mod page;
mod proxy;

pub(crate) use machine::entrance;

use crate::place::Origin;
use crate::problem::Failure;
use crate::{App, sse};

const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const AGENT_CLUSTER: HeaderName = HeaderName::from_static("origin-agent-cluster");

#[derive(Debug, Deserialize)]
struct Events {
    revision: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Transform {
    path: String,
}

/// Answers a request to one preview.
pub(crate) async fn serve(app: App, id: PreviewId, origin: Origin, request: Request) -> Response {
    let options = origin.preview_options(&id);
    let Ok(project) = app.engine.preview_project(&id).await else {
        return framed(not_found("There is no such preview."), &options);
    };
    let request = match app.engine.shows_in_browser(project).await {
        Ok(true) => request,
        Ok(false) => match machine::serve(&app, &id, project, &origin, request).await {
            Ok(response) => return response,
            Err(request) => request,
        },
        Err(error) => return framed(failed(error), &options),
    };
    let response = answer(&app, project, &origin.preview_origin(&id), &options, request).await;
    framed(response, &options)
}

async fn answer(
    app: &App,
    project: ProjectId,
    own: &str,
    options: &PreviewOptions,
    request: Request,
) -> Response {
    let path = request.uri().path();
    let path = path.strip_prefix(options.base.as_str()).unwrap_or(path);
    let query = request.uri().query().unwrap_or_default();
    match (request.method(), path) {
        (&Method::OPTIONS, _) => StatusCode::NO_CONTENT.into_response(),
        (&Method::GET, "/@qv/events") => {
            let since = parsed::<Events>(query).and_then(|events| events.revision);
            match app.engine.preview_updates(project, options, since).await {
                Ok(updates) => sse::preview(app, updates),
                Err(error) => failed(error),
            }
        }
        (&Method::POST, "/@qv/transform") => {
            let file = parsed::<Transform>(query)
                .and_then(|asked| FilePath::parse(asked.path.trim_start_matches('/')).ok());
            let Some(file) = file else { return not_found("Name the file in `path`.") };
            let Ok(code) = axum::body::to_bytes(request.into_body(), COMPONENT_BYTES).await else {
                return StatusCode::PAYLOAD_TOO_LARGE.into_response();
            };
            let code = String::from_utf8_lossy(&code);
            match app.engine.preview_transform(project, options, &file, &code, own).await {
                Ok(code) => ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], code)
                    .into_response(),
                Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.detail()).into_response(),
            }
        }
        (&Method::GET | &Method::HEAD, _) => {
            let brotli = takes_brotli(request.headers());
            if let Some(name) = path.strip_prefix("/@qv/")
                && let Some(file) = app.engine.runtime_file(name, brotli)
            {
                return file_response(&file, request.headers());
            }
            let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
            match app.engine.preview_file(project, options, target).await {
                Ok(Some(file)) => file_response(&file, request.headers()),
                Ok(None) => not_found("The app has no such file."),
                Err(error) => failed(error),
            }
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// Answers a request for a file of bundled packages: the same for everybody, for ever.
pub(crate) async fn packages(
    app: &App,
    path: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Response {
    let mut response = match *method {
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        Method::GET | Method::HEAD => package(app, path, headers).await,
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    };
    open_to_all(response.headers_mut());
    response
}

async fn package(app: &App, path: &str, headers: &HeaderMap) -> Response {
    let found = match path.trim_start_matches('/').split_once('/') {
        Some((key, file)) => app.engine.package_file(key, file, takes_brotli(headers)).await,
        None => None,
    };
    found.map_or_else(
        || not_found("There is no such package."),
        |file| file_response(&file, headers),
    )
}

/// Sends a file, or says that what the browser has is still right.
fn file_response(file: &PreviewFile, asked: &HeaderMap) -> Response {
    let tag = entity_tag(file);
    let known =
        asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.body.to_vec()).into_response()
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Ok(kind) = HeaderValue::from_str(&file.content_type) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    let cache = if file.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if file.brotli {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// Names a content. Weak, because it may still be compressed on its way. A reader of its own app's files gains
/// nothing by a collision, so a fast hash is enough.
fn entity_tag(file: &PreviewFile) -> String {
    let mut hasher = DefaultHasher::new();
    (&file.content_type, file.brotli, &*file.body).hash(&mut hasher);
    format!("W/\"{:016x}\"", hasher.finish())
}

/// The headers of everything that a preview serves.
fn framed(mut response: Response, options: &PreviewOptions) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(AGENT_CLUSTER, HeaderValue::from_static("?1"));
    // On an address without sub-domains the app is at the same origin: the sandbox takes the preview's away, in a
    // frame and in a tab alike.
    let policy = if options.opaque {
        format!(
            "sandbox allow-scripts allow-forms allow-modals allow-popups; frame-ancestors {}",
            options.app_origin
        )
    } else {
        format!("frame-ancestors {}", options.app_origin)
    };
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if options.opaque {
        // A document without an origin fetches its own files across origins.
        open_to_all(headers);
    }
    response
}

fn open_to_all(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

fn parsed<T: serde::de::DeserializeOwned>(query: &str) -> Option<T> {
    let uri: axum::http::Uri = format!("/?{query}").parse().ok()?;
    axum::extract::Query::try_from_uri(&uri).ok().map(|axum::extract::Query(value)| value)
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("br") && !parts.any(|part| matches!(part, "q=0" | "q=0.0"))
    })
}

fn not_found(text: &'static str) -> Response {
    (StatusCode::NOT_FOUND, text).into_response()
}

fn failed(error: qv_engine::EngineError) -> Response {
    let status =
        StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, error.detail()).into_response();
    response.extensions_mut().insert(Failure::from(error));
    response
}
