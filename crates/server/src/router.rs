//! Every route, and what stands before them.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::place::{OPAQUE_PACKAGES, OPAQUE_PREVIEWS, Origin, Place};
use crate::problem::ApiError;
use crate::{App, assets, guard, handlers, preview, request};

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
    let (_, document) = routes().split_for_parts();
    document.to_pretty_json().unwrap_or_default()
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(handlers::health::routes())
        .merge(handlers::docs::routes())
        .merge(handlers::instance::routes())
        .merge(handlers::auth::routes())
        .merge(handlers::sessions::routes())
        .merge(handlers::projects::routes())
        .merge(handlers::files::routes())
        .merge(handlers::messages::routes())
        .merge(handlers::turns::routes())
        .merge(handlers::generations::routes())
        .merge(handlers::versions::routes())
        .merge(handlers::sandbox::routes())
        .merge(handlers::export::routes())
        .merge(handlers::models::routes())
        .merge(handlers::keys::routes())
        .merge(handlers::starters::routes())
        .merge(handlers::usage::routes())
}

/// The whole service: the request's place decides first.
pub(crate) fn service(app: App) -> Router {
    let upload = usize::try_from(app.engine.limits().upload_bytes).unwrap_or(usize::MAX);
    let (api, document) = routes().split_for_parts();
    let document = document.to_json().unwrap_or_default();
    let site = api
        .route(
            "/api/openapi.json",
            axum::routing::get(
                || async move { ([("content-type", "application/json")], document) },
            ),
        )
        .route(&format!("{OPAQUE_PREVIEWS}/{{id}}"), any(opaque_preview))
        .route(&format!("{OPAQUE_PREVIEWS}/{{id}}/"), any(opaque_preview))
        .route(&format!("{OPAQUE_PREVIEWS}/{{id}}/{{*path}}"), any(opaque_preview))
        .route(&format!("{OPAQUE_PACKAGES}/{{*path}}"), axum::routing::get(opaque_package))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(assets::serve)
        .layer(DefaultBodyLimit::max(upload))
        .layer(middleware::from_fn_with_state(app.clone(), guard::guard))
        .with_state(app.clone());
    let compressed = DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream"));
    Router::new()
        .fallback(place)
        .with_state((app.clone(), site))
        .layer(CatchPanicLayer::custom(request::panicked))
        .layer(middleware::from_fn_with_state(app, request::identify))
        // Outermost: what is below may still rewrite a body.
        .layer(CompressionLayer::new().br(true).gzip(true).compress_when(compressed))
}

async fn place(State((app, site)): State<(App, Router)>, request: Request) -> Response {
    match Place::of(request.headers(), request.uri().authority(), &app.config) {
        Place::App(_) => tower::ServiceExt::oneshot(site, request).await.into_response(),
        Place::Preview(id, origin) => preview::serve(app, id, origin, request).await,
        Place::Packages => preview::packages(&app, request.uri().path(), request.headers()).await,
        Place::Foreign => ApiError::new(
            qv_wire::ErrorCode::NotFound,
            "This server does not answer to that name. Set QUICKVIBE_PUBLIC_URL if it should.",
        )
        .into_response(),
    }
}

/// A preview on the app's own host. Where previews have origins of their own, this is closed: the same app must
/// not be reachable at two places with two kinds of isolation.
async fn opaque_preview(State(app): State<App>, request: Request) -> Response {
    let origin = request.extensions().get::<Origin>().cloned();
    let id = request.uri().path().split('/').nth(2).and_then(|id| id.parse().ok());
    match (origin, id) {
        (Some(origin), Some(id)) if origin.preview_mode() == qv_wire::PreviewMode::Opaque => {
            preview::serve(app, id, origin, request).await
        }
        _ => ApiError::not_found().into_response(),
    }
}

async fn opaque_package(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path().strip_prefix(OPAQUE_PACKAGES).unwrap_or_default();
    preview::packages(&app, path, request.headers()).await
}

async fn method_not_allowed() -> ApiError {
    ApiError::new(
        qv_wire::ErrorCode::MethodNotAllowed,
        "That method is not offered at this address.",
    )
}
