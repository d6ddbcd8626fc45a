//! Who did what. Whoever is signed in, about themselves; administrators, about all.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use futures_util::stream;
use qv_domain::AuditAction;
use qv_wire::{AuditEntry, Page, Problem};
use serde::Deserialize;
use utoipa_axum::routes;

use super::usage::csv_file;
use crate::App;
use crate::access::{Admin, Signed};
use crate::problem::Result;
use crate::query::{PageQuery, Query};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Admin, routes!(list))
        .route(Rule::Admin, routes!(export))
        .route(Rule::Signed, routes!(activity))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only this action.
    #[param(value_type = Option<AuditAction>)]
    action: Option<String>,
    /// Only what this user did, or what was done to them: their id or e-mail address.
    user: Option<String>,
    /// From this day on: `YYYY-MM-DD`, UTC.
    from: Option<String>,
    /// Until this day, which is included.
    until: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Rows on the page: 1 to 200, 30 unless said.
    limit: Option<u32>,
}

impl From<ListQuery> for qv_engine::AuditQuery {
    fn from(query: ListQuery) -> Self {
        let ListQuery { action, user, from, until, cursor, limit } = query;
        Self { action, user, from, until, cursor, limit: limit.unwrap_or(30).clamp(1, 200) }
    }
}

/// The audit log, the newest first.
#[utoipa::path(get, path = "/api/admin/audit", tag = "admin", params(ListQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    Admin(actor): Admin,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<AuditEntry>>> {
    Ok(Json(app.engine.audit(&actor, &query.into()).await?))
}

/// The same as CSV, all pages of it.
#[utoipa::path(get, path = "/api/admin/audit.csv", tag = "admin", params(ListQuery),
    responses((status = 200, content_type = "text/csv"), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn export(
    State(app): State<App>,
    Admin(actor): Admin,
    Query(query): Query<ListQuery>,
) -> Result<Response> {
    let export = app.engine.audit_export(&actor, &query.into()).await?;
    let name = export.name();
    let pieces = stream::try_unfold(export, async |mut export| {
        let piece = export.next().await?;
        Ok::<_, qv_engine::EngineError>(piece.map(|piece| (piece, export)))
    });
    Ok(csv_file(name, Body::from_stream(pieces)))
}

/// What the asker did, and what was done to them, the newest first.
#[utoipa::path(get, path = "/api/account/activity", tag = "auth", params(PageQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = 400, body = Problem)))]
async fn activity(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>> {
    Ok(Json(app.engine.activity(&actor, query.cursor.as_deref(), query.limit()).await?))
}
