//! What anyone may know of this server.

use axum::extract::State;
use axum::{Extension, Json};
use qv_wire::Instance;
use utoipa_axum::routes;

use crate::App;
use crate::place::Origin;
use crate::problem::Result;
use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::Anyone, routes!(get))
}

/// What anyone may know before signing in.
#[utoipa::path(get, path = "/api/instance", tag = "instance", responses((status = 200, body = Instance)))]
async fn get(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
) -> Result<Json<Instance>> {
    Ok(Json(Instance {
        needs_setup: app.engine.needs_setup().await?,
        sign_up: app.engine.sign_up_mode(),
        reset_by_mail: app.engine.resets_by_mail(),
        preview_mode: origin.preview_mode(),
        webcontainer: app.engine.offers_webcontainer(),
        limits: *app.engine.limits(),
    }))
}
