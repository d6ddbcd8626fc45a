//! The web app, embedded in the binary.

use axum::Extension;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::guard::Nonce;
use crate::problem::ApiError;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Web;

const INDEX: &str = "index.html";
/// What stands in the page for the nonce of the answer; the build puts it there.
const NONCE: &str = "__CSP_NONCE__";

/// Answers everything that is no API route: a file of the web app, or its page for addresses that it routes itself.
pub(crate) async fn serve(Extension(nonce): Extension<Nonce>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::not_found().into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if let Some(file) = Web::get(path).filter(|_| !path.is_empty() && path != INDEX) {
        return answer(path, &file, request.headers());
    }
    // What programs ask for is never answered by a page.
    let first = path.split('/').next().unwrap_or_default();
    if ["api", "assets", "docs", "health", "metrics"].contains(&first) {
        return ApiError::not_found().into_response();
    }
    // Neither is a missing script, nor what only a scanner asks for, such as `.git/config`.
    if path.split('/').any(|name| name.contains(['.', '%', '~'])) {
        return ApiError::not_found().into_response();
    }
    match Web::get(INDEX) {
        Some(page) => page_with(&nonce, &page),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            "This server was built without its web app. Build it by `cargo xtask run`.",
        )
            .into_response(),
    }
}

/// The app's page. Nobody may keep it: its nonce is good for this one answer.
fn page_with(Nonce(nonce): &Nonce, page: &EmbeddedFile) -> Response {
    let text = String::from_utf8_lossy(&page.data).replace(NONCE, nonce);
    ([(header::CACHE_CONTROL, "no-store")], Html(text)).into_response()
}

fn answer(path: &str, file: &EmbeddedFile, asked: &HeaderMap) -> Response {
    let tag: String =
        file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    // Built names carry their content's hash.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let fresh =
        asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if fresh {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.clone()).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Ok(kind) = HeaderValue::from_str(file.metadata.mimetype()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}
