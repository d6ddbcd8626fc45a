//! Models that can be asked. Whoever is signed in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_wire::{ModelList, Problem, SaveModelChoice};
use utoipa_axum::routes;

use crate::App;
use crate::access::Signed;
use crate::problem::Result;
use crate::query::Body;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::User, routes!(list))
        .route(Rule::User, routes!(refresh))
        .route(Rule::Signed, routes!(choose))
}

/// Every model that one can use, and how each provider stands.
#[utoipa::path(get, path = "/api/models", tag = "models", responses((status = 200, body = ModelList)))]
async fn list(State(app): State<App>, Signed(actor): Signed) -> Result<Json<ModelList>> {
    Ok(Json(app.engine.models(&actor).await?))
}

/// Looks for local servers again and asks every provider anew.
#[utoipa::path(post, path = "/api/models/refresh", tag = "models", responses((status = 200, body = ModelList)))]
async fn refresh(State(app): State<App>, Signed(actor): Signed) -> Result<Json<ModelList>> {
    Ok(Json(app.engine.refresh_models(&actor).await?))
}

/// Sets the model that a turn uses when it names none.
#[utoipa::path(put, path = "/api/models/default", tag = "models", request_body = SaveModelChoice,
    responses((status = 204), (status = 400, body = Problem)))]
async fn choose(
    State(app): State<App>,
    Signed(actor): Signed,
    Body(choice): Body<SaveModelChoice>,
) -> Result<StatusCode> {
    app.engine.set_default_model(&actor, choice.model.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
