use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use axum::Json;
use axum::extract::{Path as UrlPath, State as Shared};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::files::inside;
use super::{App, Of};
use crate::pty::Terminal;
use crate::refusal::{Answer, Refusal};
use crate::state::State;

#[derive(Debug, Deserialize)]
pub(super) struct Create {
    id: String,
    cols: Option<u16>,
    rows: Option<u16>,
    cwd: Option<String>,
    envs: Option<BTreeMap<String, String>>,
}

pub(super) fn find(state: &State, of: &Of) -> Answer<Arc<Terminal>> {
    state.with_running(&of.id, |sandbox| {
        let found = sandbox.terminals.get(&of.terminal).filter(|terminal| terminal.runs());
        found.cloned().ok_or_else(|| Refusal::missing("PTY session"))
    })
}

pub(super) async fn create(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Json(asked): Json<Create>,
) -> Answer<(StatusCode, Json<Value>)> {
    let folder = inside(&state, &of.id, asked.cwd.as_deref().unwrap_or_default())?;
    let size = (asked.cols.unwrap_or(80), asked.rows.unwrap_or(24));
    state.with_running(&of.id, |sandbox| {
        if sandbox.terminals.get(&asked.id).is_some_and(|terminal| terminal.runs()) {
            return Err(Refusal::conflict("PTY session already exists"));
        }
        let mut env = sandbox.environment();
        env.extend(asked.envs.unwrap_or_default());
        let terminal = Terminal::open(&folder, &env, size)?;
        sandbox.terminals.insert(asked.id.clone(), terminal);
        Ok((StatusCode::CREATED, Json(json!({ "sessionId": asked.id }))))
    })
}

fn show(id: &str, terminal: &Terminal) -> Value {
    let (cols, rows) = *terminal.size.lock().unwrap_or_else(PoisonError::into_inner);
    json!({
        "id": id, "active": terminal.runs(), "cols": cols, "rows": rows, "cwd": "", "envs": {},
        "createdAt": "2026-11-24T11:00:00Z", "lazyStart": false,
    })
}

pub(super) async fn one(Shared(state): App, UrlPath(of): UrlPath<Of>) -> Answer<Json<Value>> {
    Ok(Json(show(&of.terminal, &*find(&state, &of)?)))
}

pub(super) async fn remove(Shared(state): App, UrlPath(of): UrlPath<Of>) -> Answer<Json<Value>> {
    find(&state, &of)?.end();
    state.with_running(&of.id, |sandbox| {
        sandbox.terminals.remove(&of.terminal);
        Ok(())
    })?;
    Ok(Json(json!({ "message": "PTY session deleted" })))
}

#[derive(Debug, Deserialize)]
pub(super) struct Resize {
    cols: u16,
    rows: u16,
}

pub(super) async fn resize(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Json(asked): Json<Resize>,
) -> Answer<Json<Value>> {
    let sizes = 1..=1_000;
    if !sizes.contains(&asked.cols) || !sizes.contains(&asked.rows) {
        return Err(Refusal::bad("cols and rows must be between 1 and 1000"));
    }
    let terminal = find(&state, &of)?;
    terminal.resize((asked.cols, asked.rows))?;
    Ok(Json(show(&of.terminal, &terminal)))
}
