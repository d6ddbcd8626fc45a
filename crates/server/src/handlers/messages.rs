//! A project's chat. Viewers.

use axum::Json;
use axum::body::Body as RawBody;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use qv_domain::{ProjectId, Role};
use qv_wire::{Message, Page, Problem};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::problem::Result;
use crate::query::{PageQuery, Path, Query};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Project(Role::Viewer), routes!(list))
        .route(Rule::Project(Role::Viewer), routes!(image))
}

/// The chat: the newest page first, each page from oldest to newest.
#[utoipa::path(get, path = "/api/projects/{id}/messages", tag = "messages", params(("id" = ProjectId, Path), PageQuery),
    responses((status = 200, body = Page<Message>)))]
async fn list(
    State(app): State<App>,
    Member(access): Member,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Message>>> {
    Ok(Json(app.engine.messages(&access, query.cursor.as_deref(), query.limit()).await?))
}

#[derive(Debug, Deserialize)]
struct ImageAt {
    hash: String,
}

/// A picture of the chat.
#[utoipa::path(get, path = "/api/projects/{id}/images/{hash}", tag = "messages",
    params(("id" = ProjectId, Path), ("hash" = String, Path)),
    responses((status = 200, content_type = "image/*"), (status = 404, body = Problem)))]
async fn image(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<ImageAt>,
) -> Result<Response> {
    let (media_type, bytes) = app.engine.message_image(&access, &at.hash).await?;
    let mut response = RawBody::from(bytes.to_vec()).into_response();
    let headers = response.headers_mut();
    // The type was told by the bytes when it was uploaded.
    if let Ok(kind) = HeaderValue::from_str(&media_type) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=31536000, immutable"),
    );
    Ok(response)
}
