//! Messages that wait until the agent is free. Looking: viewers; everything else: editors.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_domain::{ProjectId, QueuedId, Role};
use qv_wire::{ChangeQueued, MessageQueue, Problem, QueuedMessage, StartTurn};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::limits::Rate;
use crate::problem::Result;
use crate::query::{Body, Path};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Project(Role::Viewer), routes!(list))
        .counted(Rate::Turns, Rule::Project(Role::Editor), routes!(add))
        .route(Rule::Project(Role::Editor), routes!(change, remove))
}

#[derive(Debug, Deserialize)]
struct QueuedAt {
    message: QueuedId,
}

/// What waits, in order, and the turn that is at work.
#[utoipa::path(get, path = "/api/projects/{id}/queue", tag = "turns", params(("id" = ProjectId, Path)),
    responses((status = 200, body = MessageQueue), (status = 404, body = Problem)))]
async fn list(State(app): State<App>, Member(access): Member) -> Result<Json<MessageQueue>> {
    Ok(Json(app.engine.queue(&access).await?))
}

/// Lets a message wait for its turn; where nothing is at work it is sent at once. At most 20 wait in a project.
#[utoipa::path(post, path = "/api/projects/{id}/queue", tag = "turns", params(("id" = ProjectId, Path)), request_body = StartTurn,
    responses((status = 201, body = QueuedMessage), (status = 400, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    Member(access): Member,
    Body(start): Body<StartTurn>,
) -> Result<(StatusCode, Json<QueuedMessage>)> {
    Ok((StatusCode::CREATED, Json(app.engine.add_queued(&access, start).await?)))
}

/// Changes what a waiting message says (its author) or its place. A held one is let go on by any change, also by an
/// empty one.
#[utoipa::path(patch, path = "/api/projects/{id}/queue/{message}", tag = "turns",
    params(("id" = ProjectId, Path), ("message" = QueuedId, Path)), request_body = ChangeQueued,
    responses((status = 200, body = QueuedMessage), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn change(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<QueuedAt>,
    Body(change): Body<ChangeQueued>,
) -> Result<Json<QueuedMessage>> {
    Ok(Json(app.engine.change_queued(&access, at.message, change).await?))
}

/// Removes a waiting message.
#[utoipa::path(delete, path = "/api/projects/{id}/queue/{message}", tag = "turns",
    params(("id" = ProjectId, Path), ("message" = QueuedId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn remove(
    State(app): State<App>,
    Member(access): Member,
    Path(at): Path<QueuedAt>,
) -> Result<StatusCode> {
    app.engine.remove_queued(&access, at.message).await?;
    Ok(StatusCode::NO_CONTENT)
}
