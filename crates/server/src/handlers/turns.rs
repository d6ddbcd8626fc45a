//! Saying something in a project. Editors.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_domain::ProjectId;
use qv_wire::{Problem, StartTurn, TurnStarted};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;
use crate::access::Editor;
use crate::problem::Result;
use crate::query::Body;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(start))
}

/// Starts a turn: from this answer on it is durable, whoever stays connected.
#[utoipa::path(post, path = "/api/projects/{id}/turns", tag = "turns", params(("id" = ProjectId, Path)), request_body = StartTurn,
    responses((status = 201, body = TurnStarted), (status = 400, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn start(
    State(app): State<App>,
    Editor(access): Editor,
    Body(start): Body<StartTurn>,
) -> Result<(StatusCode, Json<TurnStarted>)> {
    Ok((StatusCode::CREATED, Json(app.engine.start_turn(&access, start).await?)))
}
