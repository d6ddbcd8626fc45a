//! The second factor: asked for after the password, and set up by whoever is signed in.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use qv_domain::Timestamp;
use qv_engine::Token;
use qv_wire::{
    CodeWanted, NewSecondFactor, Problem, RecoveryCodes, SecondFactorCode, SecondFactorState,
    SessionInfo,
};
use utoipa_axum::routes;

use super::auth;
use crate::access::Signed;
use crate::limits::{ClientAddress, Rate};
use crate::place::Origin;
use crate::problem::Result;
use crate::query::Body;
use crate::rule::{Routes, Rule};
use crate::{App, cookie};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .counted(Rate::SignIns, Rule::Anyone, routes!(enter))
        .route(Rule::Signed, routes!(state, offer, remove))
        .route(Rule::Signed, routes!(confirm))
        .route(Rule::Signed, routes!(renew_codes))
}

/// The answer to a right password that is not enough: nothing but a cookie with which the code may be brought.
pub(super) fn wanted(token: &Token, until: Timestamp, origin: &Origin) -> Response {
    let wanted = Json(CodeWanted { code_wanted_until: until });
    let mut response = (StatusCode::ACCEPTED, wanted).into_response();
    let pending = cookie::set_pending(token.expose(), origin);
    response.headers_mut().append(header::SET_COOKIE, pending);
    response
}

/// The second step of a sign-in: the code of an authenticator app, or a recovery code.
#[utoipa::path(post, path = "/api/auth/login/code", tag = "auth", request_body = SecondFactorCode,
    responses((status = 200, body = SessionInfo), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn enter(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Body(given): Body<SecondFactorCode>,
) -> Result<Response> {
    let pending = cookie::read_pending(&headers, &origin);
    let client = auth::client(address, &headers, &origin);
    let signed_in = app.engine.enter_code(pending.as_deref(), &given.code, client).await?;
    let mut response = auth::with_cookie(&app, &signed_in, &origin)?;
    response.headers_mut().append(header::SET_COOKIE, cookie::clear_pending(&origin));
    Ok(response)
}

/// Whether a code is asked for when one signs in.
#[utoipa::path(get, path = "/api/auth/second-factor", tag = "auth",
    responses((status = 200, body = SecondFactorState)))]
async fn state(State(app): State<App>, Signed(actor): Signed) -> Result<Json<SecondFactorState>> {
    Ok(Json(app.engine.second_factor(&actor).await?))
}

/// Offers a secret for an authenticator app. No code is asked for until the first one is confirmed.
#[utoipa::path(post, path = "/api/auth/second-factor", tag = "auth",
    responses((status = 200, body = NewSecondFactor), (status = 400, body = Problem), (status = 409, body = Problem)))]
async fn offer(State(app): State<App>, Signed(actor): Signed) -> Result<Json<NewSecondFactor>> {
    Ok(Json(app.engine.offer_second_factor(&actor).await?))
}

/// Takes the first code: from now on one is asked for at each sign-in. The other sessions end.
#[utoipa::path(post, path = "/api/auth/second-factor/confirm", tag = "auth", request_body = SecondFactorCode,
    responses((status = 200, body = RecoveryCodes), (status = 400, body = Problem), (status = 409, body = Problem)))]
async fn confirm(
    State(app): State<App>,
    Signed(actor): Signed,
    Body(given): Body<SecondFactorCode>,
) -> Result<Json<RecoveryCodes>> {
    Ok(Json(app.engine.confirm_second_factor(&actor, &given.code).await?))
}

/// Takes the second factor away.
#[utoipa::path(delete, path = "/api/auth/second-factor", tag = "auth",
    responses((status = 204), (status = 404, body = Problem)))]
async fn remove(State(app): State<App>, Signed(actor): Signed) -> Result<StatusCode> {
    app.engine.remove_second_factor(&actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// New recovery codes; those from before are worth nothing.
#[utoipa::path(post, path = "/api/auth/second-factor/recovery-codes", tag = "auth",
    responses((status = 200, body = RecoveryCodes), (status = 404, body = Problem)))]
async fn renew_codes(State(app): State<App>, Signed(actor): Signed) -> Result<Json<RecoveryCodes>> {
    Ok(Json(app.engine.renew_recovery_codes(&actor).await?))
}
