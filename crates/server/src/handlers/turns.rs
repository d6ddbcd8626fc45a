//! Saying something in a project. Editors.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_domain::{MessageId, ProjectId, Role};
use qv_wire::{Problem, StartTurn, TurnStarted};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::limits::Rate;
use crate::problem::Result;
use crate::query::{Body, Path};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().counted(Rate::Turns, Rule::Project(Role::Editor), routes!(start)).counted(
        Rate::Turns,
        Rule::Project(Role::Editor),
        routes!(edit),
    )
}

/// Starts a turn: from this answer on it is durable, whoever stays connected.
#[utoipa::path(post, path = "/api/projects/{id}/turns", tag = "turns", params(("id" = ProjectId, Path)), request_body = StartTurn,
    responses((status = 201, body = TurnStarted), (status = 400, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn start(
    State(app): State<App>,
    Member(access): Member,
    Body(start): Body<StartTurn>,
) -> Result<(StatusCode, Json<TurnStarted>)> {
    Ok((StatusCode::CREATED, Json(app.engine.start_turn(&access, start).await?)))
}

#[derive(Debug, Deserialize)]
struct MessageAt {
    message: MessageId,
}

/// Says something in the place of an earlier message: that one and all after it are set aside, and the files become
/// what they were before it.
#[utoipa::path(post, path = "/api/projects/{id}/messages/{message}/edit", tag = "turns",
    params(("id" = ProjectId, Path), ("message" = MessageId, Path)), request_body = StartTurn,
    responses((status = 202, body = TurnStarted), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn edit(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<MessageAt>,
    Body(start): Body<StartTurn>,
) -> Result<(StatusCode, Json<TurnStarted>)> {
    Ok((StatusCode::ACCEPTED, Json(app.engine.edit_message(&access, at.message, start).await?)))
}
