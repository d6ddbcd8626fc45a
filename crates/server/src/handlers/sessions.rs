//! One's own sign-ins and account. Whoever is signed in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_domain::SessionId;
use qv_wire::{Account, Problem, SessionList, UpdateAccount};
use utoipa_axum::routes;

use crate::App;
use crate::access::Signed;
use crate::problem::Result;
use crate::query::{Body, Path};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Signed, routes!(list))
        .route(Rule::Signed, routes!(revoke))
        .route(Rule::Signed, routes!(update))
}

/// Where one is signed in.
#[utoipa::path(get, path = "/api/auth/sessions", tag = "auth", responses((status = 200, body = SessionList)))]
async fn list(State(app): State<App>, Signed(actor): Signed) -> Result<Json<SessionList>> {
    Ok(Json(app.engine.sessions(&actor).await?))
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/api/auth/sessions/{id}", tag = "auth", params(("id" = SessionId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn revoke(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<SessionId>,
) -> Result<StatusCode> {
    app.engine.revoke_session(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes one's name or address.
#[utoipa::path(patch, path = "/api/account", tag = "auth", request_body = UpdateAccount,
    responses((status = 200, body = Account), (status = 400, body = Problem)))]
async fn update(
    State(app): State<App>,
    Signed(actor): Signed,
    Body(update): Body<UpdateAccount>,
) -> Result<Json<Account>> {
    Ok(Json(app.engine.update_account(&actor, update).await?))
}
