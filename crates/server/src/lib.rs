//! HTTP: routes, streams, previews and the embedded web app.
//!
//! A request's way: [`place`] tells by the host whether it is for the web app, a preview or the shared packages;
//! previews and packages never reach a route of the app. For the app, [`guard`] refuses what comes from other
//! sites, and each route is declared with the [`rule::Rule`] that says who may call it and is checked before the handler
//! runs; the handler takes what was checked by an extractor of [`access`]. Handlers call the engine and nothing below
//! it; errors become `application/problem+json` in [`problem`].

mod access;
mod assets;
mod config;
mod connection;
mod cookie;
mod document;
mod guard;
mod handlers;
mod limits;
mod place;
mod preview;
mod problem;
mod query;
mod request;
mod router;
mod rule;
mod sse;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::ListenerExt as _;
use limits::{Limiter, MemoryLimiter};
use qv_engine::Engine;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use config::ServerConfig;
pub use ipnet::IpNet;
pub use limits::{Quota, Rates};
pub use router::openapi;

/// What every handler can reach.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) engine: Arc<Engine>,
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) limiter: Arc<dyn Limiter>,
    /// Fires when no more requests are taken.
    pub(crate) closing: CancellationToken,
}

/// Serves until `stop` fires; open streams are then ended, and running requests finish. While the engine stops,
/// requests still work; streams that are open are told to come back.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    engine: Arc<Engine>,
    config: ServerConfig,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let limiter = Arc::new(MemoryLimiter::default());
    let app = App { engine, config: Arc::new(config), limiter, closing: stop.clone() };
    let listener = listener.tap_io(|stream| connection::prepare(stream));
    let service = router::service(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await
}
