//! Whether the server lives and is ready. Anyone may ask.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::routes;

use crate::App;
use crate::problem::Result;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::Anyone, routes!(live)).route(Rule::Anyone, routes!(ready))
}

/// The process answers.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 204)))]
async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The database answers and work is taken.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses((status = 204), (status = 503, body = qv_wire::Problem)))]
async fn ready(State(app): State<App>) -> Result<StatusCode> {
    app.engine.ready().await?;
    Ok(StatusCode::NO_CONTENT)
}
