//! What stands before every route of the app: other sites are refused, and answers carry their headers.

use axum::Extension;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use qv_domain::Env;
use qv_wire::ErrorCode;

use crate::App;
use crate::access::Renewed;
use crate::cookie;
use crate::handlers::csp_reports::CSP_REPORTS;
use crate::place::Origin;
use crate::problem::ApiError;

/// The page that runs an app by WebContainer, where that is turned on: it is isolated across origins, and frames the
/// vendor's.
const CONTAINER_PAGE: &str = "/run/";
const CONTAINER_FRAMES: &str = " https://stackblitz.com https://*.webcontainer-api.io";

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a page's own scripts and styles carry, and nothing that somebody else has put into it can know: 128 random bits,
/// new for each answer.
#[derive(Debug, Clone)]
pub(crate) struct Nonce(pub(crate) String);

impl Nonce {
    fn generate(env: &dyn Env) -> Self {
        let mut bytes = [0; 16];
        env.fill_random(&mut bytes);
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Refuses changes that another site asks for, and sets the headers that every answer of the app has.
pub(crate) async fn guard(
    Extension(origin): Extension<Origin>,
    Extension(app): Extension<App>,
    mut request: Request,
    next: Next,
) -> Response {
    let nonce = Nonce::generate(&**app.engine.env());
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe && is_cross_site(request.headers(), &origin) {
        return ApiError::new(
            ErrorCode::CrossSite,
            "Only QuickVibe's own pages may change things. Open it directly and try again.",
        )
        .into_response();
    }
    let is_api = request.uri().path().starts_with("/api/");
    let is_container =
        app.engine.offers_webcontainer() && request.uri().path().starts_with(CONTAINER_PAGE);
    let renewed = Renewed::default();
    request.extensions_mut().insert(renewed.clone());
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A handler that sets a session or ends one has the last word.
    if let Some(token) = renewed.0.get()
        && !headers.contains_key(header::SET_COOKIE)
    {
        headers.append(header::SET_COOKIE, cookie::set(token.expose(), &origin));
    }
    for (name, value) in security_headers(&origin, &nonce, is_container) {
        headers.entry(name).or_insert(value);
    }
    if is_api {
        // What is somebody's own stays out of caches, unless a route says that it may be kept.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; programs say neither, and
/// carry no cookies that somebody else could borrow.
fn is_cross_site(headers: &HeaderMap, origin: &Origin) -> bool {
    if let Some(site) = headers.get(FETCH_SITE) {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    headers.get(header::ORIGIN).is_some_and(|from| from.as_bytes() != origin.app().as_bytes())
}

fn security_headers(
    origin: &Origin,
    Nonce(nonce): &Nonce,
    is_container: bool,
) -> Vec<(HeaderName, HeaderValue)> {
    let vendor = if is_container { CONTAINER_FRAMES } else { "" };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
         frame-src {}{vendor}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'; \
         report-uri {CSP_REPORTS}",
        origin.frames()
    );
    let mut headers = vec![
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // For browsers that do not know `frame-ancestors`.
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (HeaderName::from_static("origin-agent-cluster"), HeaderValue::from_static("?1")),
    ];
    if is_container {
        headers.push((
            HeaderName::from_static("cross-origin-embedder-policy"),
            HeaderValue::from_static("require-corp"),
        ));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.push((header::CONTENT_SECURITY_POLICY, policy));
    }
    if origin.is_secure() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.push((header::STRICT_TRANSPORT_SECURITY, year));
    }
    headers
}
