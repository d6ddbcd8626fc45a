//! Around every request: an id, one line in the log, and 500 instead of a dead connection.

use std::any::Any;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use qv_wire::ErrorCode;

use crate::App;
use crate::limits::ClientAddress;
use crate::problem::{ApiError, Cause, Failure, Unsigned};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, and tells of it once it is answered.
pub(crate) async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = new_id(&app);
    // Without a connection, as in tests of this layer, nobody is there to be named.
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    let client =
        peer.map(|peer| ClientAddress::of(peer, request.headers(), &app.config.trusted_proxies));
    if let Some(client) = client {
        request.extensions_mut().insert(client);
    }
    let client = client.map(|ClientAddress(address)| address.to_string());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let start = Instant::now();
    let mut response = next.run(request).await;
    let status = response.status();
    let failure = response.extensions_mut().remove::<Failure>();
    let refused = failure.as_ref().map(|failure| failure.code.as_str());
    if status.is_server_error() {
        let code = failure.as_ref().map_or(ErrorCode::Internal, |failure| failure.code);
        let error = failure.and_then(|failure| failure.cause).as_ref().map(Cause::chain);
        tracing::error!(request = %id, %method, path, %code, error, "a request failed");
    }
    if let Some(Unsigned(mut problem)) = response.extensions_mut().remove::<Unsigned>() {
        problem.request_id = Some(id.clone());
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(axum::http::header::CONTENT_LENGTH);
        let body = serde_json::to_vec(&*problem).unwrap_or_default();
        response = Response::from_parts(parts, Body::from(body));
    }
    let ms = start.elapsed().as_millis();
    if matches!(status.as_u16(), 403 | 429) {
        tracing::warn!(request = %id, client, %method, path, code = refused, "a request was refused");
    }
    // Paths of previews hold unguessable ids; the log has them, but no query.
    tracing::info!(request = %id, client, %method, path, status = status.as_u16(), ms, "request");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn new_id(app: &App) -> String {
    let mut random = [0; 8];
    app.engine.env().fill_random(&mut random);
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a handler's panic becomes.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    ApiError::panicked(words).into_response()
}

/// The longest that an answer of the API may take to begin; streams are answers that have begun.
pub(crate) const LONGEST: Duration = Duration::from_secs(120);

/// Ends what takes longer than `longest`.
pub(crate) async fn limit(longest: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::of(ErrorCode::Timeout).into_response(),
    }
}
