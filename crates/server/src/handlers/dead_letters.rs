//! Turns that failed for good. Whoever is signed in, about their own projects; administrators, about all.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_domain::{DeadLetterId, ProjectId};
use qv_engine::DeadLetterQuery;
use qv_wire::{DeadLetter, Page, Problem, TurnStarted};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Signed;
use crate::limits::Rate;
use crate::problem::Result;
use crate::query::{Path, Query};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::User, routes!(list))
        .counted(Rate::Turns, Rule::User, routes!(retry))
        .route(Rule::User, routes!(discard))
}

/// Which ones a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Shown {
    /// Those about which nobody has decided.
    #[default]
    Open,
    /// All.
    All,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those of one project.
    #[param(value_type = Option<String>)]
    project: Option<ProjectId>,
    /// Only those about which nobody has decided (`open`, unless said), or `all`.
    #[serde(default)]
    #[param(inline)]
    state: Shown,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Rows on the page: 1 to 200, 30 unless said.
    limit: Option<u32>,
}

/// Failed turns, the newest first.
#[utoipa::path(get, path = "/api/dead-letters", tag = "dead letters", params(ListQuery),
    responses((status = 200, body = Page<DeadLetter>), (status = 400, body = Problem)))]
async fn list(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<DeadLetter>>> {
    let query = DeadLetterQuery {
        project: query.project,
        all: query.state == Shown::All,
        cursor: query.cursor.as_deref(),
        limit: query.limit.unwrap_or(30).clamp(1, 200),
    };
    Ok(Json(app.engine.dead_letters(&actor, query).await?))
}

/// Tries a failed turn's message again.
#[utoipa::path(post, path = "/api/dead-letters/{id}/retry", tag = "dead letters", params(("id" = DeadLetterId, Path)),
    responses((status = 201, body = TurnStarted), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn retry(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<DeadLetterId>,
) -> Result<(StatusCode, Json<TurnStarted>)> {
    Ok((StatusCode::CREATED, Json(app.engine.retry_dead_letter(&actor, id).await?)))
}

/// Leaves a failed turn as it is: it goes from the list of open ones.
#[utoipa::path(delete, path = "/api/dead-letters/{id}", tag = "dead letters", params(("id" = DeadLetterId, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn discard(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<DeadLetterId>,
) -> Result<StatusCode> {
    app.engine.discard_dead_letter(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
