//! The gallery of starters. Whoever is signed in.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use qv_wire::{Problem, StarterList};
use utoipa_axum::routes;

use crate::App;
use crate::access::Signed;
use crate::problem::Result;
use crate::query::Path;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::User, routes!(list)).route(Rule::User, routes!(thumbnail))
}

/// Every starter.
#[utoipa::path(get, path = "/api/starters", tag = "starters", responses((status = 200, body = StarterList)))]
async fn list(State(app): State<App>, _: Signed) -> Json<StarterList> {
    Json(app.engine.starters())
}

/// A starter's picture.
#[utoipa::path(get, path = "/api/starters/{id}/thumbnail", tag = "starters", params(("id" = String, Path)),
    responses((status = 200, content_type = "image/webp"), (status = 404, body = Problem)))]
async fn thumbnail(State(app): State<App>, _: Signed, Path(id): Path<String>) -> Result<Response> {
    let bytes = app.engine.starter_thumbnail(&id)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/webp"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    Ok(response)
}
