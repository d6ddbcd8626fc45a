//! The API: making, finding, changing and removing sandboxes.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State as Shared};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::preview::Preview;
use crate::refusal::{Answer, Refusal};
use crate::settings::Resources;
use crate::state::State;

type App = Shared<Arc<State>>;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/sandbox", get(list).post(create))
        .route("/sandbox/{id}", get(one).delete(remove))
        .route("/sandbox/{id}/stop", post(stop))
        .route("/sandbox/{id}/start", post(start))
        .route("/sandbox/{id}/ports/{port}/preview-url", get(preview))
        .route("/sandbox/{id}/toolbox-proxy-url", get(toolbox))
}

async fn create(Shared(state): App, Json(asked): Json<Value>) -> Answer<Json<Value>> {
    let of = |name: &str| asked[name].as_u64().filter(|amount| *amount > 0);
    let sizes = (of("cpu"), of("memory"), of("disk"));
    let size = if asked["buildInfo"].is_object() {
        if asked["snapshot"].is_string() {
            let message = "Cannot specify a snapshot when using a build info entry";
            return Err(Refusal::bad(message));
        }
        Resources {
            cpu: sizes.0.unwrap_or(1),
            memory: sizes.1.unwrap_or(1),
            disk: sizes.2.unwrap_or(3),
        }
    } else if sizes != (None, None, None) {
        return Err(Refusal::bad("Cannot specify Sandbox resources when using a snapshot"));
    } else {
        state.settings.snapshot
    };
    let most = state.settings.per_sandbox;
    for (what, asked, most, unit) in [
        ("CPU", size.cpu, most.cpu, ""),
        ("Memory", size.memory, most.memory, "GB"),
        ("Disk", size.disk, most.disk, "GB"),
    ] {
        if asked > most {
            let message = format!(
                "{what} request {asked}{unit} exceeds maximum allowed per sandbox ({most}{unit})."
            );
            return Err(Refusal::bad(message));
        }
    }
    state.create(asked, size).map(Json)
}

#[derive(Deserialize)]
struct ListQuery {
    labels: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

async fn list(Shared(state): App, Query(query): Query<ListQuery>) -> Answer<Json<Value>> {
    let labels: BTreeMap<String, String> = match &query.labels {
        Some(labels) => {
            serde_json::from_str(labels).map_err(|_| Refusal::bad("labels must be JSON"))?
        }
        None => BTreeMap::new(),
    };
    let limit = query.limit.unwrap_or(100).clamp(1, 200);
    let from: usize = query.cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let all = state.all();
    let found: Vec<Value> = all
        .values()
        .filter(|sandbox| {
            labels.iter().all(|(name, value)| sandbox.labels.get(name) == Some(value))
        })
        .map(|sandbox| state.show(sandbox))
        .collect();
    let page: Vec<&Value> = found.iter().skip(from).take(limit).collect();
    let next = from + page.len();
    let next = (next < found.len()).then(|| next.to_string());
    Ok(Json(json!({ "items": page, "nextCursor": next })))
}

async fn one(Shared(state): App, Path(id): Path<String>) -> Answer<Json<Value>> {
    state.with(&id, |sandbox| Ok(Json(state.show(sandbox))))
}

async fn toolbox(Shared(state): App, Path(id): Path<String>) -> Answer<Json<Value>> {
    let url = format!("http://{}/toolbox", state.address);
    state.with(&id, |_| Ok(Json(json!({ "url": url }))))
}

/// A change that is under way must end first.
fn settled(state: &str) -> Answer<()> {
    if state.ends_with("ing") {
        return Err(Refusal::conflict("Sandbox state change in progress"));
    }
    Ok(())
}

async fn remove(Shared(state): App, Path(id): Path<String>) -> Answer<Json<Value>> {
    let (id, mut shown) =
        state.with(&id, |sandbox| Ok((sandbox.id.clone(), state.show(sandbox))))?;
    state.remove(&id);
    shown["state"] = json!("destroying");
    Ok(Json(shown))
}

async fn stop(Shared(state): App, Path(id): Path<String>) -> Answer<Json<Value>> {
    let (id, shown) = state.with(&id, |sandbox| {
        settled(&sandbox.state)?;
        if sandbox.state != "started" {
            return Err(Refusal::bad("Sandbox is not started"));
        }
        State::stop(sandbox);
        Ok((sandbox.id.clone(), state.show(sandbox)))
    })?;
    state.later(id, "stopping", "stopped");
    Ok(Json(shown))
}

async fn start(Shared(state): App, Path(id): Path<String>) -> Answer<Json<Value>> {
    let size = state.with(&id, |sandbox| Ok(sandbox.size))?;
    state.within_quota(&state.all(), Resources { disk: 0, ..size })?;
    let (id, shown) = state.with(&id, |sandbox| {
        settled(&sandbox.state)?;
        if sandbox.state != "stopped" {
            return Err(Refusal::bad("Sandbox is not in valid state"));
        }
        "starting".clone_into(&mut sandbox.state);
        Ok((sandbox.id.clone(), state.show(sandbox)))
    })?;
    state.later(id, "starting", "started");
    Ok(Json(shown))
}

async fn preview(Shared(state): App, Path((id, port)): Path<(String, u16)>) -> Answer<Json<Value>> {
    if !(3_000..=9_999).contains(&port) {
        return Err(Refusal::bad("Invalid port"));
    }
    let fresh = state.fresh();
    let key = state.with(&id, |sandbox| Ok(sandbox.id.clone()))?;
    let known = state.with(&id, |sandbox| {
        Ok(sandbox.previews.get(&port).map(|preview| (preview.url(), preview.token.clone())))
    })?;
    let (url, token) = match known {
        Some(known) => known,
        None => {
            let preview = Preview::open(port, format!("preview-token-{fresh}")).await?;
            let shown = (preview.url(), preview.token.clone());
            state.with(&id, |sandbox| {
                sandbox.previews.insert(port, preview);
                Ok(())
            })?;
            shown
        }
    };
    Ok(Json(json!({ "sandboxId": key, "url": url, "token": token })))
}
