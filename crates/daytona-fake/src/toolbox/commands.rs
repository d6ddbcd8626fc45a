use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path as UrlPath, State as Shared};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::files::inside;
use super::{App, Of};
use crate::log::Stream;
use crate::process::{end_group, shell};
use crate::refusal::{Answer, Refusal};
use crate::session::{Job, Session};
use crate::state::State;

#[derive(Debug, Deserialize)]
pub(super) struct Execute {
    command: String,
    cwd: Option<String>,
    #[serde(default)]
    envs: Option<BTreeMap<String, String>>,
    timeout: Option<u64>,
}

pub(super) async fn execute(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Json(asked): Json<Execute>,
) -> Answer<Json<Value>> {
    let folder = inside(&state, &of.id, asked.cwd.as_deref().unwrap_or_default())?;
    let mut env = state.with_running(&of.id, |sandbox| Ok(sandbox.environment()))?;
    env.extend(asked.envs.unwrap_or_default());
    let mut command = shell(&format!("{{ {}\n}} 2>&1", asked.command), &folder, &env);
    let child = command.stdin(std::process::Stdio::null()).spawn()?;
    let pid = child.id();
    let limit = Duration::from_secs(asked.timeout.filter(|limit| *limit > 0).unwrap_or(10));
    let Ok(output) = tokio::time::timeout(limit, child.wait_with_output()).await else {
        end_group(pid);
        return Err(Refusal(StatusCode::REQUEST_TIMEOUT, "command execution timeout".to_owned()));
    };
    let output = output?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(Json(json!({ "exitCode": output.status.code().unwrap_or(-1), "result": text })))
}

fn find(state: &State, of: &Of) -> Answer<Arc<Session>> {
    state.with_running(&of.id, |sandbox| {
        let found = sandbox.sessions.get(&of.session).cloned();
        found.ok_or_else(|| Refusal::missing("session"))
    })
}

pub(super) fn find_job(state: &State, of: &Of) -> Answer<Arc<Job>> {
    find(state, of)?.job(&of.command).ok_or_else(|| Refusal::missing("command"))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateSession {
    session_id: String,
}

pub(super) async fn create(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Json(asked): Json<CreateSession>,
) -> Answer<StatusCode> {
    state.with_running(&of.id, |sandbox| {
        if sandbox.sessions.contains_key(&asked.session_id) {
            return Err(Refusal::conflict("session already exists"));
        }
        sandbox.sessions.insert(asked.session_id, Arc::default());
        Ok(StatusCode::CREATED)
    })
}

fn show(id: &str, session: &Session) -> Value {
    let commands: Vec<Value> = session.jobs().iter().map(|job| show_job(job)).collect();
    json!({ "sessionId": id, "commands": commands })
}

fn show_job(job: &Job) -> Value {
    json!({ "id": job.id, "command": job.script, "exitCode": job.log.code() })
}

pub(super) async fn sessions(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
) -> Answer<Json<Vec<Value>>> {
    state.with_running(&of.id, |sandbox| {
        Ok(Json(sandbox.sessions.iter().map(|(id, session)| show(id, session)).collect()))
    })
}

pub(super) async fn session(Shared(state): App, UrlPath(of): UrlPath<Of>) -> Answer<Json<Value>> {
    Ok(Json(show(&of.session, &*find(&state, &of)?)))
}

pub(super) async fn remove(Shared(state): App, UrlPath(of): UrlPath<Of>) -> Answer<StatusCode> {
    let session = state.with_running(&of.id, |sandbox| {
        sandbox.sessions.remove(&of.session).ok_or_else(|| Refusal::missing("session"))
    })?;
    session.end();
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionExecute {
    command: String,
    run_async: Option<bool>,
    #[serde(rename = "async")]
    is_async: Option<bool>,
    suppress_input_echo: Option<bool>,
}

pub(super) async fn exec(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Json(asked): Json<SessionExecute>,
) -> Answer<Response> {
    let session = find(&state, &of)?;
    let (home, env) =
        state.with_running(&of.id, |sandbox| Ok((sandbox.home.clone(), sandbox.environment())))?;
    let id = format!("cmd-{}", state.fresh());
    let echoes = asked.suppress_input_echo != Some(true);
    let job = session.start(
        id.clone(),
        &asked.command,
        echoes,
        &mut shell(&asked.command, &home, &env),
    )?;
    if asked.run_async.or(asked.is_async) == Some(true) {
        // As the real one, which nulls what its description demands.
        let body = json!({
            "cmdId": id, "output": null, "stdout": null, "stderr": null, "exitCode": null
        });
        return Ok((StatusCode::ACCEPTED, Json(body)).into_response());
    }
    let mut watch = job.log.watch();
    let _ = watch.wait_for(|(_, code)| code.is_some()).await;
    let text = |only| String::from_utf8_lossy(&job.log.plain(only)).into_owned();
    Ok(Json(json!({
        "cmdId": id, "exitCode": job.log.code(), "output": text(None),
        "stdout": text(Some(Stream::Out)), "stderr": text(Some(Stream::Err)),
    }))
    .into_response())
}

pub(super) async fn status(Shared(state): App, UrlPath(of): UrlPath<Of>) -> Answer<Json<Value>> {
    Ok(Json(show_job(&*find_job(&state, &of)?)))
}

#[derive(Debug, Deserialize)]
pub(super) struct Input {
    data: String,
}

pub(super) async fn input(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    Json(asked): Json<Input>,
) -> Answer<StatusCode> {
    let job = find_job(&state, &of)?;
    if job.log.code().is_some() {
        return Err(Refusal(StatusCode::GONE, "command has already completed".to_owned()));
    }
    job.write(&asked.data).await?;
    Ok(StatusCode::NO_CONTENT)
}
