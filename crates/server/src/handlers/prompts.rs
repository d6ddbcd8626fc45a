//! Prompts before they are sent. Whoever is signed in.

use axum::Json;
use axum::extract::State;
use qv_wire::{EnhancePrompt, EnhancedPrompt, Problem};
use utoipa_axum::routes;

use crate::App;
use crate::access::Signed;
use crate::limits::Rate;
use crate::problem::Result;
use crate::query::Body;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().counted(Rate::Turns, Rule::User, routes!(enhance))
}

/// Says the same wish in more useful words: one call of a model, paid from the asker's month. At most 30 seconds.
#[utoipa::path(post, path = "/api/prompts/enhance", tag = "models", request_body = EnhancePrompt,
    responses((status = 200, body = EnhancedPrompt), (status = 400, body = Problem), (status = 402, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem)))]
async fn enhance(
    State(app): State<App>,
    Signed(actor): Signed,
    Body(ask): Body<EnhancePrompt>,
) -> Result<Json<EnhancedPrompt>> {
    Ok(Json(app.engine.enhance_prompt(&actor, ask).await?))
}
