//! Passwords that were forgotten. Anyone may ask; what is known of whom is told by mail alone.

use axum::extract::State;
use axum::http::StatusCode;
use qv_wire::{ForgotPassword, Problem, ResetPassword};
use utoipa_axum::routes;

use crate::App;
use crate::limits::Rate;
use crate::problem::Result;
use crate::query::Body;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().counted(Rate::SignIns, Rule::Anyone, routes!(forgot)).counted(
        Rate::SignIns,
        Rule::Anyone,
        routes!(reset),
    )
}

/// Sends a link to set a new password, if somebody signs in with this address and the server can send mail. The answer
/// is the same in any case.
#[utoipa::path(post, path = "/api/auth/forgot", tag = "auth", request_body = ForgotPassword,
    responses((status = 202), (status = 400, body = Problem), (status = 429, body = Problem)))]
async fn forgot(State(app): State<App>, Body(ask): Body<ForgotPassword>) -> StatusCode {
    app.engine.forgot_password(ask.email);
    StatusCode::ACCEPTED
}

/// Sets a new password by a link, which works once. All sessions and API tokens of its user end.
#[utoipa::path(post, path = "/api/auth/reset", tag = "auth", request_body = ResetPassword,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem)))]
async fn reset(State(app): State<App>, Body(reset): Body<ResetPassword>) -> Result<StatusCode> {
    app.engine.reset_password(&reset.token, reset.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
