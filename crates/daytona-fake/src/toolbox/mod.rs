//! What runs inside a sandbox: files, commands, terminals, ports.

mod commands;
mod files;
mod sockets;
mod terminals;
mod upload;

use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::preview::dial;
use crate::refusal::Answer;
use crate::state::State;

type App = Shared<Arc<State>>;

/// Parts of a path by their names.
#[derive(Debug, Deserialize)]
struct Of {
    id: String,
    #[serde(default)]
    session: String,
    #[serde(default)]
    command: String,
    #[serde(default)]
    terminal: String,
    #[serde(default)]
    port: u16,
}

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/work-dir", get(work_dir))
        .route("/user-home-dir", get(work_dir))
        .route("/version", get(|| async { Json(json!({ "version": "fake" })) }))
        .route("/system/metrics", get(metrics))
        .route("/port/{port}/in-use", get(in_use))
        .route("/files", get(files::list).delete(files::remove))
        .route("/files/folder", post(files::folder))
        .route("/files/download", get(files::download))
        .route("/files/bulk-download", post(files::download_many))
        .route("/files/bulk-upload", post(upload::upload))
        .route("/process/execute", post(commands::execute))
        .route("/process/session", get(commands::sessions).post(commands::create))
        .route("/process/session/{session}", get(commands::session).delete(commands::remove))
        .route("/process/session/{session}/exec", post(commands::exec))
        .route("/process/session/{session}/command/{command}", get(commands::status))
        .route("/process/session/{session}/command/{command}/input", post(commands::input))
        .route("/process/session/{session}/command/{command}/logs", get(sockets::logs))
        .route("/process/pty", post(terminals::create))
        .route("/process/pty/{terminal}", get(terminals::one).delete(terminals::remove))
        .route("/process/pty/{terminal}/resize", post(terminals::resize))
        .route("/process/pty/{terminal}/connect", get(sockets::terminal))
}

async fn work_dir(Shared(state): App, Path(of): Path<Of>) -> Answer<Json<Value>> {
    state.with_running(&of.id, |sandbox| Ok(Json(json!({ "dir": sandbox.home }))))
}

async fn metrics(Shared(state): App, Path(of): Path<Of>) -> Answer<Json<Value>> {
    state.with_running(&of.id, |sandbox| {
        let total = sandbox.size.memory << 30;
        Ok(Json(json!({
            "cpuCount": sandbox.size.cpu, "cpuUsedPct": 0.5, "memTotal": total, "memUsed": 50_000_000,
            "diskTotal": sandbox.size.disk << 30, "diskUsed": 1_000_000, "memCache": null,
        })))
    })
}

async fn in_use(Shared(state): App, Path(of): Path<Of>) -> Answer<Json<Value>> {
    state.with_running(&of.id, |_| Ok(()))?;
    Ok(Json(json!({ "isInUse": dial(of.port).await.is_ok() })))
}
