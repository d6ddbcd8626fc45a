//! The listener: checks the key, lets calls go wrong as planned, and hands the rest to the routes.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{Request, StatusCode};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::faults::Fault;
use crate::refusal::Refusal;
use crate::state::State;
use crate::{api, routes, toolbox};

/// Breaks the connection.
#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken on purpose")
    }
}

impl std::error::Error for Broken {}

pub(crate) async fn serve(listener: TcpListener, state: Arc<State>) {
    let router = axum::Router::new()
        .nest("/api", api::routes())
        .nest("/toolbox/{id}", toolbox::routes())
        // Uploads are as large as whoever tests likes.
        .layer(axum::extract::DefaultBodyLimit::disable())
        .fallback(|| async { Refusal::missing("route") })
        .with_state(Arc::clone(&state));
    while let Ok((connection, _)) = listener.accept().await {
        let (router, state) = (router.clone(), Arc::clone(&state));
        let answer = service_fn(move |request: Request<hyper::body::Incoming>| {
            answer(router.clone(), Arc::clone(&state), request.map(Body::new))
        });
        tokio::spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(connection), answer)
                .with_upgrades();
            // A client that goes away is no matter.
            let _ = connection.await;
        });
    }
}

async fn answer(
    router: axum::Router,
    state: Arc<State>,
    request: Request<Body>,
) -> Result<Response, Broken> {
    let route = routes::name(request.method(), request.uri().path());
    let mut broken_after = false;
    match state.faults.called(&route) {
        None => {}
        Some(Fault::Status(status, message)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return Ok(Refusal(status, message).into_response());
        }
        Some(Fault::RateLimited(wait)) => {
            let refusal = Refusal(StatusCode::TOO_MANY_REQUESTS, "Too many requests".to_owned());
            return Ok(([(RETRY_AFTER, wait)], refusal).into_response());
        }
        Some(Fault::Slow(wait)) => tokio::time::sleep(wait).await,
        Some(Fault::Reset) => return Err(Broken),
        Some(Fault::ResetAfter) => broken_after = true,
        Some(Fault::Redirect(to)) => {
            return Ok((StatusCode::FOUND, [(LOCATION, to)]).into_response());
        }
        Some(Fault::Answer(json)) => {
            return Ok(([(CONTENT_TYPE, "application/json")], json).into_response());
        }
    }
    if let Some(refusal) = refused(&state, &request) {
        return Ok(refusal.into_response());
    }
    let response: Result<Response, Infallible> = router.oneshot(request).await;
    if broken_after {
        return Err(Broken);
    }
    Ok(match response {
        Ok(response) => response,
        Err(never) => match never {},
    })
}

fn refused(state: &State, request: &Request<Body>) -> Option<Refusal> {
    let bearer = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if bearer.and_then(|value| value.strip_prefix("Bearer ")) != Some(&state.settings.key) {
        return Some(Refusal(StatusCode::UNAUTHORIZED, "Invalid credentials".to_owned()));
    }
    let suspended = state.settings.suspended;
    suspended.then(|| {
        let message = "Organization is suspended: unpaid invoice".to_owned();
        Refusal(StatusCode::FORBIDDEN, message)
    })
}
