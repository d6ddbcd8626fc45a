//! Generations. Looking and following: viewers of the project; stopping and retrying: editors.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use qv_domain::{GenerationId, Role};
use qv_wire::{AnswerPermission, Event, Generation, Problem, TurnStarted};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::access::GenerationMember;
use crate::limits::Rate;
use crate::problem::Result;
use crate::query::{Body, Query};
use crate::rule::{Routes, Rule};
use crate::{App, sse};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Generation(Role::Viewer), routes!(get))
        .route(Rule::Generation(Role::Viewer), routes!(events))
        .route(Rule::Generation(Role::Editor), routes!(cancel))
        .route(Rule::Generation(Role::Editor), routes!(permission))
        .counted(Rate::Turns, Rule::Generation(Role::Editor), routes!(retry))
}

/// A generation as it stands.
#[utoipa::path(get, path = "/api/generations/{id}", tag = "generations", params(("id" = GenerationId, Path)),
    responses((status = 200, body = Generation), (status = 404, body = Problem)))]
async fn get(
    State(app): State<App>,
    GenerationMember(access, row): GenerationMember,
) -> Json<Generation> {
    Json(app.engine.generation(&access, &row))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// The number of the last event that is known already; `Last-Event-ID` says the same.
    after: Option<u64>,
}

/// A generation's log as server-sent events, from any place; ends after the last event, or after five minutes.
#[utoipa::path(get, path = "/api/generations/{id}/events", tag = "generations",
    params(("id" = GenerationId, Path), EventsQuery),
    responses((status = 200, content_type = "text/event-stream", body = Event), (status = 404, body = Problem)))]
async fn events(
    State(app): State<App>,
    GenerationMember(access, row): GenerationMember,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let after = sse::last_event_id(&headers)?.or(query.after).unwrap_or(0);
    let feed = app.engine.follow(&access, &row, after);
    let mut response = sse::generation(&app, access, feed);
    // How far there is to catch up.
    response.headers_mut().insert("x-last-seq", row.last_seq.into());
    Ok(response)
}

/// Stops a generation; what was applied stays.
#[utoipa::path(post, path = "/api/generations/{id}/cancel", tag = "generations", params(("id" = GenerationId, Path)),
    responses((status = 202, body = Generation), (status = 404, body = Problem)))]
async fn cancel(
    State(app): State<App>,
    GenerationMember(access, row): GenerationMember,
) -> Result<(StatusCode, Json<Generation>)> {
    Ok((StatusCode::ACCEPTED, Json(app.engine.cancel(&access, &row).await?)))
}

/// Says whether a turn may run what it asks about.
#[utoipa::path(post, path = "/api/generations/{id}/permission", tag = "generations", params(("id" = GenerationId, Path)),
    request_body = AnswerPermission, responses((status = 204), (status = 409, body = Problem)))]
async fn permission(
    State(app): State<App>,
    GenerationMember(access, row): GenerationMember,
    Body(answer): Body<AnswerPermission>,
) -> Result<StatusCode> {
    app.engine.answer_permission(&access, &row, &answer)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries a finished generation's message again.
#[utoipa::path(post, path = "/api/generations/{id}/retry", tag = "generations", params(("id" = GenerationId, Path)),
    responses((status = 201, body = TurnStarted), (status = 409, body = Problem)))]
async fn retry(
    State(app): State<App>,
    GenerationMember(access, row): GenerationMember,
) -> Result<(StatusCode, Json<TurnStarted>)> {
    Ok((StatusCode::CREATED, Json(app.engine.retry(&access, &row).await?)))
}
