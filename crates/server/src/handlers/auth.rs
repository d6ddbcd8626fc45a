//! Signing in and out. Anyone may try to sign in; the rest is for whoever is signed in.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use qv_engine::{Client, SignIn, SignedIn, Token};
use qv_wire::{
    CodeWanted, Login, PasswordChange, Problem, Reauthentication, SessionInfo, SetupToken,
};
use utoipa_axum::routes;

use super::second_factor;
use crate::access::Signed;
use crate::limits::{ClientAddress, Rate};
use crate::place::Origin;
use crate::problem::Result;
use crate::query::Body;
use crate::rule::{Routes, Rule};
use crate::{App, cookie};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .counted(Rate::SignIns, Rule::Anyone, routes!(setup))
        .counted(Rate::SignIns, Rule::Anyone, routes!(login))
        .route(Rule::Signed, routes!(logout))
        .route(Rule::Anyone, routes!(clear))
        .route(Rule::Signed, routes!(password))
        .route(Rule::Signed, routes!(reauthenticate))
        .route(Rule::Signed, routes!(session))
}

/// Trades the printed one-time link for a session.
#[utoipa::path(post, path = "/api/auth/setup", tag = "auth", request_body = SetupToken,
    responses((status = 200, body = SessionInfo), (status = 401, body = Problem)))]
async fn setup(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Body(setup): Body<SetupToken>,
) -> Result<Response> {
    let client = client(address, &headers, &origin);
    let signed_in = app.engine.redeem_link(&setup.token, client).await?;
    with_cookie(&app, &signed_in, &origin)
}

/// Signs in by e-mail and password; where a second factor is set, its code must follow.
#[utoipa::path(post, path = "/api/auth/login", tag = "auth", request_body = Login,
    responses((status = 200, body = SessionInfo), (status = 202, body = CodeWanted), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
async fn login(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Body(login): Body<Login>,
) -> Result<Response> {
    let client = client(address, &headers, &origin);
    match app.engine.login(&login.email, &login.password, client).await? {
        SignIn::Done(signed_in) => with_cookie(&app, &signed_in, &origin),
        SignIn::CodeWanted { token, until } => Ok(second_factor::wanted(&token, until, &origin)),
    }
}

/// Ends this session.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth", responses((status = 204), (status = 401, body = Problem)))]
async fn logout(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Signed(actor): Signed,
) -> Result<Response> {
    app.engine.logout(&actor).await?;
    let mut response = cleared(&origin);
    // Not `cookies`: that this device is known must outlast a session.
    let site = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert("clear-site-data", site);
    Ok(response)
}

/// Removes the cookie, whatever it holds: the way out of a broken session.
#[utoipa::path(post, path = "/api/auth/clear-session", tag = "auth", responses((status = 204)))]
async fn clear(Extension(origin): Extension<Origin>) -> Response {
    cleared(&origin)
}

/// Sets or changes the password; the other sessions end.
#[utoipa::path(post, path = "/api/auth/password", tag = "auth", request_body = PasswordChange,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn password(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Signed(actor): Signed,
    Body(change): Body<PasswordChange>,
) -> Result<Response> {
    let token = app.engine.change_password(&actor, change.current, change.new).await?;
    Ok(renewed(&token, &origin))
}

/// Shows the password once more: what is refused with `reauthenticate` is allowed for 15 minutes then.
#[utoipa::path(post, path = "/api/auth/reauthenticate", tag = "auth", request_body = Reauthentication,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn reauthenticate(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Signed(actor): Signed,
    Body(given): Body<Reauthentication>,
) -> Result<Response> {
    let token = app.engine.reauthenticate(&actor, given.password).await?;
    Ok(renewed(&token, &origin))
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/auth/session", tag = "auth",
    responses((status = 200, body = SessionInfo), (status = 401, body = Problem)))]
async fn session(State(app): State<App>, Signed(actor): Signed) -> Result<Json<SessionInfo>> {
    Ok(Json(app.engine.session_info(&actor)?))
}

pub(super) fn with_cookie(app: &App, signed_in: &SignedIn, origin: &Origin) -> Result<Response> {
    let mut response = Json(app.engine.session_info(&signed_in.actor)?).into_response();
    let value = cookie::set(signed_in.token.expose(), origin);
    response.headers_mut().append(header::SET_COOKIE, value);
    let device = cookie::set_device(&signed_in.device, origin);
    response.headers_mut().append(header::SET_COOKIE, device);
    Ok(response)
}

/// Nothing to say but the session's new token.
fn renewed(token: &Token, origin: &Origin) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie::set(token.expose(), origin));
    response
}

fn cleared(origin: &Origin) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie::clear(origin));
    response
}

pub(super) fn client(
    ClientAddress(address): ClientAddress,
    headers: &HeaderMap,
    origin: &Origin,
) -> Client {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    Client {
        user_agent: agent.map(str::to_owned),
        address: Some(address.to_string()),
        device: cookie::read_device(headers, origin),
        session: cookie::read(headers, origin),
    }
}
