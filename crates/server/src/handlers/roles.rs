//! Who plays the agent's parts in one's own turns. Whoever is signed in.

use axum::Json;
use axum::extract::State;
use qv_wire::{Problem, Roles};
use utoipa_axum::routes;

use crate::App;
use crate::access::Signed;
use crate::problem::Result;
use crate::query::Body;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::User, routes!(get)).route(Rule::Signed, routes!(save))
}

/// Who plans, reviews and tests in the asker's turns.
#[utoipa::path(get, path = "/api/roles", tag = "models", responses((status = 200, body = Roles)))]
async fn get(State(app): State<App>, Signed(actor): Signed) -> Result<Json<Roles>> {
    Ok(Json(app.engine.roles(&actor).await?))
}

/// Sets who plans, reviews and tests in the asker's turns.
#[utoipa::path(put, path = "/api/roles", tag = "models", request_body = Roles,
    responses((status = 200, body = Roles), (status = 400, body = Problem)))]
async fn save(
    State(app): State<App>,
    Signed(actor): Signed,
    Body(roles): Body<Roles>,
) -> Result<Json<Roles>> {
    Ok(Json(app.engine.set_roles(&actor, roles).await?))
}
