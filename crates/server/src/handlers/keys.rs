//! Keys of one's own: written, never read back. Whoever is signed in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use qv_wire::{Key, KeyList, KeyTest, Problem, SaveKey};
use utoipa_axum::routes;

use crate::App;
use crate::access::Signed;
use crate::problem::Result;
use crate::query::{Body, Path};
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(Rule::Signed, routes!(list))
        .route(Rule::Signed, routes!(save, delete))
        .route(Rule::Signed, routes!(test))
}

/// One's keys and the system's, without secrets.
#[utoipa::path(get, path = "/api/keys", tag = "keys", responses((status = 200, body = KeyList)))]
async fn list(State(app): State<App>, Signed(actor): Signed) -> Result<Json<KeyList>> {
    Ok(Json(app.engine.keys(&actor).await?))
}

/// Saves one's key for a provider, in place of the one before.
#[utoipa::path(put, path = "/api/keys/{provider}", tag = "keys", params(("provider" = String, Path)), request_body = SaveKey,
    responses((status = 200, body = Key), (status = 400, body = Problem)))]
async fn save(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(provider): Path<String>,
    Body(save): Body<SaveKey>,
) -> Result<Json<Key>> {
    Ok(Json(app.engine.save_key(&actor, &provider, save).await?))
}

/// Removes one's key for a provider.
#[utoipa::path(delete, path = "/api/keys/{provider}", tag = "keys", params(("provider" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(provider): Path<String>,
) -> Result<StatusCode> {
    app.engine.delete_key(&actor, &provider).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the provider whether the key works.
#[utoipa::path(post, path = "/api/keys/{provider}/test", tag = "keys", params(("provider" = String, Path)),
    responses((status = 200, body = KeyTest), (status = 404, body = Problem)))]
async fn test(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(provider): Path<String>,
) -> Result<Json<KeyTest>> {
    Ok(Json(app.engine.test_key(&actor, &provider).await?))
}
