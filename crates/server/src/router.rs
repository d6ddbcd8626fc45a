//! Every route, and what stands before them.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use qv_wire::PreviewMode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::place::{OPAQUE_PACKAGES, OPAQUE_PREVIEWS, Origin, Place};
use crate::problem::ApiError;
use crate::rule::Routes;
use crate::{App, assets, document, guard, handlers, preview, request};

#[derive(OpenApi)]
#[openapi(info(
    title = "QuickVibe",
    description = "The API of a QuickVibe server. JSON in snake_case; errors are problem+json (RFC 9457); lists are pages with a cursor. \
                   Requests that change something come from QuickVibe's own pages, or from programs that send no Origin."
))]
struct Document;

/// The OpenAPI document as JSON.
#[must_use]
pub fn openapi() -> String {
    let (_, document) = documented();
    document.to_pretty_json().unwrap_or_default()
}

/// The routes of the API, and their document.
fn documented() -> (Router<App>, utoipa::openapi::OpenApi) {
    let routes = OpenApiRouter::with_openapi(Document::openapi()).merge(routes().into_router());
    let (api, mut told) = routes.split_for_parts();
    document::complete(&mut told);
    (api, told)
}

fn routes() -> Routes {
    Routes::new()
        .merge(handlers::health::routes())
        .merge(handlers::docs::routes())
        .merge(handlers::csp_reports::routes())
        .merge(handlers::instance::routes())
        .merge(handlers::auth::routes())
        .merge(handlers::sign_up::routes())
        .merge(handlers::resets::routes())
        .merge(handlers::second_factor::routes())
        .merge(handlers::sessions::routes())
        .merge(handlers::api_tokens::routes())
        .merge(handlers::users::routes())
        .merge(handlers::projects::routes())
        .merge(handlers::files::routes())
        .merge(handlers::findings::routes())
        .merge(handlers::packages::routes())
        .merge(handlers::messages::routes())
        .merge(handlers::turns::routes())
        .merge(handlers::queue::routes())
        .merge(handlers::suggestions::routes())
        .merge(handlers::generations::routes())
        .merge(handlers::dead_letters::routes())
        .merge(handlers::versions::routes())
        .merge(handlers::checks::routes())
        .merge(handlers::sandbox::routes())
        .merge(handlers::terminal::routes())
        .merge(handlers::export::routes())
        .merge(handlers::models::routes())
        .merge(handlers::roles::routes())
        .merge(handlers::prompts::routes())
        .merge(handlers::keys::routes())
        .merge(handlers::starters::routes())
        .merge(handlers::usage::routes())
        .merge(handlers::prices::routes())
        .merge(handlers::budgets::routes())
        .merge(handlers::audit::routes())
        .merge(handlers::admin::routes())
}

/// The whole service: the request's place decides first.
pub(crate) fn service(app: App) -> Router {
    let upload = usize::try_from(app.engine.limits().upload_bytes).unwrap_or(usize::MAX);
    let (api, document) = documented();
    let document = Arc::<str>::from(document.to_json().unwrap_or_default());
    let site = api
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(assets::serve)
        .layer(DefaultBodyLimit::max(upload))
        .layer(middleware::from_fn(|request, next| request::limit(request::LONGEST, request, next)))
        .layer(middleware::from_fn(guard::guard))
        .layer(Extension(handlers::docs::OpenApiText(document)))
        .layer(Extension(app.clone()))
        .with_state(app.clone());
    around(Router::new().fallback(place).with_state((app.clone(), site)), app)
}

/// What stands around everything that is answered.
fn around(service: Router, app: App) -> Router {
    let compressed = DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream"));
    service
        .layer(CatchPanicLayer::custom(request::panicked))
        .layer(middleware::from_fn_with_state(app, request::identify))
        // Outermost: what is below may still rewrite a body.
        .layer(CompressionLayer::new().br(true).gzip(true).compress_when(compressed))
}

async fn place(State((app, site)): State<(App, Router)>, mut request: Request) -> Response {
    match Place::of(request.headers(), request.uri().authority(), &app.config) {
        Place::App(origin) if is_opaque(request.uri().path()) => opaque(app, origin, request).await,
        Place::App(origin) => {
            request.extensions_mut().insert(origin);
            tower::ServiceExt::oneshot(site, request).await.into_response()
        }
        Place::Preview(id, origin) => preview::serve(app, id, origin, request).await,
        Place::Packages => {
            let path = request.uri().path();
            preview::packages(&app, path, request.method(), request.headers()).await
        }
        Place::Foreign => ApiError::new(
            qv_wire::ErrorCode::NotFound,
            "This server does not answer to that name. Set QUICKVIBE_PUBLIC_URL if it should.",
        )
        .into_response(),
    }
}

fn is_opaque(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    [OPAQUE_PREVIEWS, OPAQUE_PACKAGES].iter().any(|place| place.trim_start_matches('/') == first)
}

/// A preview or its packages on the app's own host, for documents without an origin: to them everything is another
/// site, so the app's guard does not stand before it. Where previews have origins of their own this is closed: the
/// same app must not be reachable at two places with two kinds of isolation.
async fn opaque(app: App, origin: Origin, request: Request) -> Response {
    if origin.preview_mode() != PreviewMode::Opaque {
        return ApiError::not_found().into_response();
    }
    if let Some(path) = request.uri().path().strip_prefix(OPAQUE_PACKAGES) {
        return preview::packages(&app, path, request.method(), request.headers()).await;
    }
    match request.uri().path().split('/').nth(2).and_then(|id| id.parse().ok()) {
        Some(id) => preview::serve(app, id, origin, request).await,
        None => ApiError::not_found().into_response(),
    }
}

async fn method_not_allowed() -> ApiError {
    ApiError::of(qv_wire::ErrorCode::MethodNotAllowed)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex, PoisonError};
    use std::time::Duration;

    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use qv_engine::{Engine, EngineConfig, EngineError, SystemEnv};
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt as _;

    use super::*;
    use crate::limits::MemoryLimiter;

    /// What is logged, as text.
    #[derive(Debug, Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Log {
        /// The lines of errors, from here on in this thread.
        fn start() -> (Self, tracing::subscriber::DefaultGuard) {
            let log = Self::default();
            let writer = log.clone();
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::ERROR)
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .finish();
            (log, tracing::subscriber::set_default(subscriber))
        }

        fn take(&self) -> Vec<String> {
            let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
            String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
        }
    }

    async fn panics() {
        panic!("of secret words")
    }

    async fn fails() -> crate::problem::Result<()> {
        let source = std::io::Error::other("the disk is gone");
        Err(EngineError::Io { what: "cannot read the key".into(), source }.into())
    }

    /// A service with routes that fail as handlers can.
    async fn failing(folder: &tempfile::TempDir) -> Router {
        let mut config = EngineConfig::new(folder.path());
        config.offline = true;
        config.probes.doors.clear();
        let engine = Engine::start(config, Arc::new(SystemEnv)).await.unwrap();
        let app = App {
            engine,
            config: Arc::default(),
            limiter: Arc::new(MemoryLimiter::default()),
            closing: CancellationToken::new(),
        };
        let routes = Router::new()
            .route("/panics", get(panics))
            .route("/fails", get(fails))
            .route("/hangs", get(std::future::pending::<()>))
            .route("/lives", get(|| async {}))
            .layer(middleware::from_fn(|request, next| {
                request::limit(Duration::from_millis(20), request, next)
            }));
        around(routes, app)
    }

    // asvs: 50
    #[tokio::test]
    async fn what_breaks_is_a_problem_logged_once_and_the_server_lives() {
        let folder = tempfile::tempdir().unwrap();
        let service = failing(&folder).await;
        let ask = |path: &str| {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            service.clone().oneshot(request)
        };
        for (path, status, code, logged) in [
            ("/panics", 500, "internal", "a handler panicked: of secret words"),
            ("/fails", 500, "internal", "cannot read the key: the disk is gone"),
            ("/hangs", 504, "timeout", "code=timeout"),
        ] {
            let (log, _guard) = Log::start();
            let response = ask(path).await.unwrap();
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
            let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
            let body = to_bytes(response.into_body(), 10_000).await.unwrap();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!((&body["code"], &body["status"]), (&code.into(), &status.into()), "{path}");
            assert_eq!(body["request_id"], id, "{path}");
            assert_eq!(body["type"], format!("/docs/errors#{code}"), "{path}");
            let text = body.to_string();
            assert!(!text.contains("secret") && !text.contains("disk"), "{path}: {text}");
            let lines = log.take();
            let about: Vec<&String> = lines.iter().filter(|line| line.contains(&id)).collect();
            assert_eq!(about.len(), 1, "{path}: {lines:?}");
            assert!(about[0].contains(logged), "{path}: {}", about[0]);
            assert_eq!(lines.len(), 1, "{path}: {lines:?}");
        }
        assert_eq!(ask("/lives").await.unwrap().status(), 200);
    }
}
