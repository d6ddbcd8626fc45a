//! Passes requests on to an app's machine: HTTP and WebSockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, Version, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use hyper_util::rt::TokioIo;
use qv_domain::{PreviewId, ProjectId};
use qv_engine::{PreviewTarget, preview};
use tokio::io::copy_bidirectional;
use tokio_util::io::InspectReader;

use super::{machine, page};
use crate::App;
use crate::place::Origin;

/// How long an app may take until its answer begins.
const LONGEST: Duration = Duration::from_secs(60);
/// How often it is looked whether whoever holds a WebSocket may still see the app.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// What concerns one connection alone (RFC 9110, 7.6.1).
const OF_ONE_CONNECTION: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whether whoever asks may still see the app: for connections that last.
pub(super) struct Watch {
    pub(super) app: App,
    pub(super) id: PreviewId,
    pub(super) project: ProjectId,
    pub(super) pass: Option<String>,
}

impl Watch {
    /// Waits until they may not, or the server stops.
    async fn over(self, used: Arc<AtomicBool>) {
        let stopping = self.app.engine.stopping();
        let looked = async {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                if used.swap(false, Ordering::Relaxed) {
                    self.app.engine.touch_machine(self.project);
                }
                let pass = self.pass.as_deref();
                match self.app.engine.may_preview(&self.id, self.project, pass).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(error) => tracing::warn!(%error, "who holds a preview was not looked at"),
                }
            }
        };
        tokio::select! {
            () = stopping.cancelled() => {}
            () = looked => {}
        }
    }
}

/// Passes one request on and brings its answer back.
pub(super) async fn pass_on(
    target: &PreviewTarget,
    port: u16,
    watch: Watch,
    origin: &Origin,
    mut request: Request,
) -> Response {
    let wants_page = shown(&request);
    let socket = is_websocket(request.headers());
    let client = socket.then(|| hyper::upgrade::on(&mut request));
    let outer = request.uri().clone();
    let request = inner(request, port, socket, &watch.id, origin);
    let mut answer = match tokio::time::timeout(LONGEST, target.send(request)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            tracing::debug!(%error, "an app's machine did not answer");
            return page::failed(&wants_page, "The app's server does not answer.", "");
        }
        Err(_) => {
            return page::failed(&wants_page, "The app's server took longer than 60 s.", "");
        }
    };
    let upgraded = answer.status() == StatusCode::SWITCHING_PROTOCOLS;
    match client {
        Some(client) if upgraded => {
            let upstream = hyper::upgrade::on(&mut answer);
            tokio::spawn(async move {
                let (Ok(client), Ok(upstream)) = (client.await, upstream.await) else { return };
                let mut upstream = TokioIo::new(upstream);
                let used = Arc::new(AtomicBool::new(false));
                let seen = used.clone();
                let mut client = InspectReader::new(TokioIo::new(client), move |_| {
                    seen.store(true, Ordering::Relaxed);
                });
                tokio::select! {
                    _ = copy_bidirectional(&mut client, &mut upstream) => {}
                    () = watch.over(used) => {}
                }
            });
            answer.map(|_| Body::empty())
        }
        // Nobody has asked for that.
        None if upgraded => StatusCode::BAD_GATEWAY.into_response(),
        _ => outward(watched(answer.map(Body::new), watch), port, origin, &outer),
    }
}

/// An answer of unknown length may last: it ends when whoever asked may no longer see the app.
fn watched(response: Response, watch: Watch) -> Response {
    if axum::body::HttpBody::size_hint(response.body()).exact().is_some() {
        return response;
    }
    response.map(|body| {
        let used = Arc::new(AtomicBool::new(false));
        let seen = used.clone();
        let bytes = body.into_data_stream().inspect(move |_| seen.store(true, Ordering::Relaxed));
        Body::from_stream(bytes.take_until(watch.over(used)))
    })
}

/// The request as the app sees it: as if a browser on its own machine had made it.
fn inner(request: Request, port: u16, socket: bool, id: &PreviewId, origin: &Origin) -> Request {
    let (mut parts, body) = request.into_parts();
    let own = format!("localhost:{port}");
    let outside = origin.preview_origin(id);
    without_hops(&mut parts.headers);
    if let Some(host) = parts.headers.insert(header::HOST, value(&own)) {
        parts.headers.insert(HeaderName::from_static("x-forwarded-host"), host);
    }
    let scheme = if origin.is_secure() { "https" } else { "http" };
    parts.headers.insert(HeaderName::from_static("x-forwarded-proto"), value(scheme));
    parts.headers.remove("x-forwarded-for");
    parts.headers.remove("forwarded");
    if parts.headers.get(header::ORIGIN).is_some_and(|from| from.as_bytes() == outside.as_bytes()) {
        parts.headers.insert(header::ORIGIN, value(&format!("http://{own}")));
    }
    let cookies = machine::own_cookies(&parts.headers);
    parts.headers.remove(header::COOKIE);
    if let Some(cookies) = cookies {
        parts.headers.insert(header::COOKIE, cookies);
    }
    if socket {
        parts.headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        parts.headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    }
    parts.version = Version::HTTP_11;
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = path.parse().unwrap_or_else(|_| Uri::from_static("/"));
    parts.extensions.clear();
    Request::from_parts(parts, body)
}

/// The answer as the browser sees it: at the preview's own origin, and shown by QuickVibe only.
fn outward(response: Response, port: u16, origin: &Origin, asked: &Uri) -> Response {
    let (mut parts, body) = response.into_parts();
    without_hops(&mut parts.headers);
    if let Some(location) = parts.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()) {
        let location = value(&preview::location(location, port));
        parts.headers.insert(header::LOCATION, location);
    }
    let cookies: Vec<HeaderValue> = parts
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|cookie| Some(value(&preview::cookie(cookie.to_str().ok()?))))
        .collect();
    parts.headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        parts.headers.append(header::SET_COOKIE, cookie);
    }
    // Older than the policy below, and blind to whose frame it is. What the app's own policy says stays.
    parts.headers.remove(header::X_FRAME_OPTIONS);
    let framed = format!("frame-ancestors {}", origin.app());
    parts.headers.append(header::CONTENT_SECURITY_POLICY, value(&framed));
    parts
        .headers
        .insert(HeaderName::from_static("origin-agent-cluster"), HeaderValue::from_static("?1"));
    tracing::trace!(path = asked.path(), status = parts.status.as_u16(), "passed on");
    Response::from_parts(parts, body)
}

/// Removes what concerns one connection alone, and what the connection's own header names as such.
fn without_hops(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in OF_ONE_CONNECTION {
        headers.remove(name);
    }
}

fn is_websocket(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// What decides how a refusal is shown, kept when the request itself is sent on.
fn shown(request: &Request) -> Request {
    let mut kept = Request::new(Body::empty());
    if let Some(accept) = request.headers().get(header::ACCEPT) {
        kept.headers_mut().insert(header::ACCEPT, accept.clone());
    }
    kept
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
