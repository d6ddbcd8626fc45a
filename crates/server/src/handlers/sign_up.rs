//! New accounts: anyone may ask, the server's setting decides. Administrators invite.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use qv_domain::InviteId;
use qv_wire::{
    CreateInvite, InviteCreated, InviteInfo, InviteList, InviteToken, Problem, SessionInfo, SignUp,
};
use utoipa_axum::routes;

use super::auth::{client, with_cookie};
use crate::App;
use crate::access::Admin;
use crate::limits::{ClientAddress, Rate};
use crate::place::Origin;
use crate::problem::Result;
use crate::query::{Body, Path};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .counted(Rate::SignUps, Rule::Anyone, routes!(sign_up))
        .counted(Rate::SignIns, Rule::Anyone, routes!(info))
        .route(Rule::Admin, routes!(list, create))
        .route(Rule::Admin, routes!(revoke))
}

/// Makes an account and signs its user in, where this server takes new ones from whoever asks.
#[utoipa::path(post, path = "/api/auth/signup", tag = "auth", request_body = SignUp,
    responses((status = 200, body = SessionInfo), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
async fn sign_up(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Body(ask): Body<SignUp>,
) -> Result<Response> {
    let signed_in = app.engine.sign_up(ask, client(address, &headers, &origin)).await?;
    with_cookie(&app, &signed_in, &origin)
}

/// What an invitation says, to whoever has its link.
#[utoipa::path(post, path = "/api/auth/invite", tag = "auth", request_body = InviteToken,
    responses((status = 200, body = InviteInfo), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, body = Problem)))]
async fn info(State(app): State<App>, Body(invite): Body<InviteToken>) -> Result<Json<InviteInfo>> {
    Ok(Json(app.engine.invite_info(&invite.token).await?))
}

/// Invitations that can still be used. Administrators.
#[utoipa::path(get, path = "/api/admin/invites", tag = "users",
    responses((status = 200, body = InviteList), (status = 403, body = Problem)))]
async fn list(State(app): State<App>, Admin(actor): Admin) -> Result<Json<InviteList>> {
    Ok(Json(app.engine.invites(&actor).await?))
}

/// Makes an invitation: the answer shows its token, this once. Administrators.
#[utoipa::path(post, path = "/api/admin/invites", tag = "users", request_body = CreateInvite,
    responses((status = 201, body = InviteCreated), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
async fn create(
    State(app): State<App>,
    Admin(actor): Admin,
    Body(create): Body<CreateInvite>,
) -> Result<(StatusCode, Json<InviteCreated>)> {
    Ok((StatusCode::CREATED, Json(app.engine.create_invite(&actor, create).await?)))
}

/// Takes an invitation back that was not used. Administrators.
#[utoipa::path(delete, path = "/api/admin/invites/{id}", tag = "users", params(("id" = InviteId, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn revoke(
    State(app): State<App>,
    Admin(actor): Admin,
    Path(id): Path<InviteId>,
) -> Result<StatusCode> {
    app.engine.revoke_invite(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
