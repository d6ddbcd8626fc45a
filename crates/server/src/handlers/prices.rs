//! Prices that an administrator sets. Administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_wire::{PriceList, Problem, SavePrice};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Admin;
use crate::problem::Result;
use crate::query::{Body, Query};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::Admin, routes!(list, set, remove))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct PriceQuery {
    /// `provider/name`.
    model: String,
}

/// The prices that are set, and where all others come from.
#[utoipa::path(get, path = "/api/admin/prices", tag = "admin",
    responses((status = 200, body = PriceList), (status = 403, body = Problem)))]
async fn list(State(app): State<App>, Admin(actor): Admin) -> Result<Json<PriceList>> {
    Ok(Json(app.engine.prices(&actor).await?))
}

/// Sets a model's price, for turns that begin from now on.
#[utoipa::path(put, path = "/api/admin/prices", tag = "admin",
    responses((status = 200, body = PriceList), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn set(
    State(app): State<App>,
    Admin(actor): Admin,
    Body(price): Body<SavePrice>,
) -> Result<Json<PriceList>> {
    Ok(Json(app.engine.set_price(&actor, price).await?))
}

/// Goes back to the list's price.
#[utoipa::path(delete, path = "/api/admin/prices", tag = "admin", params(PriceQuery),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn remove(
    State(app): State<App>,
    Admin(actor): Admin,
    Query(query): Query<PriceQuery>,
) -> Result<StatusCode> {
    app.engine.remove_price(&actor, &query.model).await?;
    Ok(StatusCode::NO_CONTENT)
}
