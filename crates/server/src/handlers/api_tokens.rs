//! API tokens of one's own: shown once. Whoever is signed in, in person.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_domain::ApiTokenId;
use qv_wire::{ApiTokenCreated, ApiTokenList, CreateApiToken, Problem};
use utoipa_axum::routes;

use crate::App;
use crate::access::Signed;
use crate::problem::Result;
use crate::query::{Body, Path};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::Signed, routes!(list, create)).route(Rule::Signed, routes!(revoke))
}

/// One's API tokens, without secrets.
#[utoipa::path(get, path = "/api/tokens", tag = "tokens", responses((status = 200, body = ApiTokenList)))]
async fn list(State(app): State<App>, Signed(actor): Signed) -> Result<Json<ApiTokenList>> {
    Ok(Json(app.engine.api_tokens(&actor).await?))
}

/// Makes an API token: the answer shows it, this once. Needs a password that was given lately.
#[utoipa::path(post, path = "/api/tokens", tag = "tokens", request_body = CreateApiToken,
    responses((status = 201, body = ApiTokenCreated), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
async fn create(
    State(app): State<App>,
    Signed(actor): Signed,
    Body(create): Body<CreateApiToken>,
) -> Result<(StatusCode, Json<ApiTokenCreated>)> {
    Ok((StatusCode::CREATED, Json(app.engine.create_api_token(&actor, create).await?)))
}

/// Ends one of one's own API tokens.
#[utoipa::path(delete, path = "/api/tokens/{id}", tag = "tokens", params(("id" = ApiTokenId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn revoke(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<ApiTokenId>,
) -> Result<StatusCode> {
    app.engine.revoke_api_token(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
