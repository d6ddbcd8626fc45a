//! How the server is. Administrators.

use axum::Json;
use axum::extract::State;
use qv_wire::{Health, Problem};
use utoipa_axum::routes;

use crate::App;
use crate::access::Admin;
use crate::problem::Result;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::Admin, routes!(health))
}

/// Version, time, database, queue and disk of the server that answers.
#[utoipa::path(get, path = "/api/admin/health", tag = "admin",
    responses((status = 200, body = Health), (status = 403, body = Problem)))]
async fn health(State(app): State<App>, Admin(actor): Admin) -> Result<Json<Health>> {
    Ok(Json(app.engine.health(&actor).await?))
}
