//! What turns took. Whoever is signed in, about their own; administrators, about all.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use qv_domain::ProjectId;
use qv_engine::UsageExport;
use qv_wire::{Problem, UsageReport};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::{Admin, Signed};
use crate::problem::Result;
use crate::query::Query;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::User, routes!(get))
        .route(Rule::User, routes!(export))
        .route(Rule::Admin, routes!(get_all))
        .route(Rule::Admin, routes!(export_all))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct UsageQuery {
    /// How many days, today included: 1 to 366, 30 unless said.
    days: Option<u32>,
    /// The first day in the place of `days`: `YYYY-MM-DD`, UTC.
    from: Option<String>,
    /// The last day; today, unless said.
    until: Option<String>,
    /// Only in this project.
    #[param(value_type = Option<String>)]
    project: Option<ProjectId>,
    /// Only to this model: `provider/name`.
    model: Option<String>,
    /// Only with this key: its id, or a provider's name for calls without a key of the vault.
    key: Option<String>,
}

impl From<UsageQuery> for qv_engine::UsageQuery {
    fn from(query: UsageQuery) -> Self {
        let UsageQuery { days, from, until, project, model, key } = query;
        Self { days, from, until, project, model, key }
    }
}

/// Tokens and money by day, project, model and key.
#[utoipa::path(get, path = "/api/usage", tag = "usage", params(UsageQuery),
    responses((status = 200, body = UsageReport), (status = 400, body = Problem)))]
async fn get(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(query): Query<UsageQuery>,
) -> Result<Json<UsageReport>> {
    Ok(Json(app.engine.usage(&actor, &query.into()).await?))
}

/// The same as CSV, a row for each call.
#[utoipa::path(get, path = "/api/usage.csv", tag = "usage", params(UsageQuery),
    responses((status = 200, content_type = "text/csv"), (status = 400, body = Problem)))]
async fn export(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(query): Query<UsageQuery>,
) -> Result<Response> {
    Ok(csv(app.engine.usage_export(&actor, &query.into()).await?))
}

/// Everybody's tokens and money, also by user.
#[utoipa::path(get, path = "/api/admin/usage", tag = "admin", params(UsageQuery),
    responses((status = 200, body = UsageReport), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn get_all(
    State(app): State<App>,
    Admin(actor): Admin,
    Query(query): Query<UsageQuery>,
) -> Result<Json<UsageReport>> {
    Ok(Json(app.engine.usage_of_all(&actor, &query.into()).await?))
}

/// The same as CSV, a row for each call.
#[utoipa::path(get, path = "/api/admin/usage.csv", tag = "admin", params(UsageQuery),
    responses((status = 200, content_type = "text/csv"), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn export_all(
    State(app): State<App>,
    Admin(actor): Admin,
    Query(query): Query<UsageQuery>,
) -> Result<Response> {
    Ok(csv(app.engine.usage_export_of_all(&actor, &query.into()).await?))
}

/// An export as it is read. A database that fails on the way ends the connection: a file that is cut short never
/// looks whole.
fn csv(export: UsageExport) -> Response {
    let name = export.name();
    let pieces = stream::try_unfold(export, async |mut export| {
        let piece = export.next().await?;
        Ok::<_, qv_engine::EngineError>(piece.map(|piece| (piece, export)))
    });
    csv_file(&name, Body::from_stream(pieces))
}

/// A CSV file to be saved.
pub(super) fn csv_file(name: &str, body: Body) -> Response {
    let name = format!("attachment; filename=\"{name}\"");
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
