//! Everybody's accounts. Administrators.

use axum::Json;
use axum::extract::State;
use qv_domain::UserId;
use qv_engine::UserQuery;
use qv_wire::{Page, Problem, UpdateUser, UserEntry};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Admin;
use crate::problem::Result;
use crate::query::{Body, Path, Query};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::Admin, routes!(list)).route(Rule::Admin, routes!(update))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those whose name or address contains this.
    q: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Rows on the page: 1 to 200, 30 unless said.
    limit: Option<u32>,
}

/// Accounts, the newest first.
#[utoipa::path(get, path = "/api/admin/users", tag = "users", params(ListQuery),
    responses((status = 200, body = Page<UserEntry>), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    Admin(actor): Admin,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<UserEntry>>> {
    let query = UserQuery {
        search: query.q.as_deref(),
        cursor: query.cursor.as_deref(),
        limit: query.limit.unwrap_or(30).clamp(1, 200),
    };
    Ok(Json(app.engine.users(&actor, query).await?))
}

/// Suspends an account or lets it in again, and sets its plan and rights. Needs a password that was given lately.
#[utoipa::path(patch, path = "/api/admin/users/{id}", tag = "users", params(("id" = UserId, Path)), request_body = UpdateUser,
    responses((status = 200, body = UserEntry), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn update(
    State(app): State<App>,
    Admin(actor): Admin,
    Path(id): Path<UserId>,
    Body(update): Body<UpdateUser>,
) -> Result<Json<UserEntry>> {
    Ok(Json(app.engine.update_user(&actor, id, update).await?))
}
