//! What one's turns took. Whoever is signed in.

use axum::Json;
use axum::extract::State;
use qv_wire::UsageReport;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;
use crate::access::Signed;
use crate::problem::Result;
use crate::query::Query;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct UsageQuery {
    /// How many days, today included: 1 to 366, 30 unless said.
    days: Option<u32>,
}

/// Tokens and money by day.
#[utoipa::path(get, path = "/api/usage", tag = "usage", params(UsageQuery), responses((status = 200, body = UsageReport)))]
async fn get(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(query): Query<UsageQuery>,
) -> Result<Json<UsageReport>> {
    Ok(Json(app.engine.usage(&actor, query.days.unwrap_or(30)).await?))
}
