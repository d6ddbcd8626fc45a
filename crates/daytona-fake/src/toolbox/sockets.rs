use std::sync::Arc;

use axum::Json;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path as UrlPath, State as Shared};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use super::commands::find_job;
use super::{App, Of, terminals};
use crate::log::Stream;
use crate::pty::Terminal;
use crate::refusal::Answer;
use crate::session::Job;

const EXIT_CONTROL: &str = "X-Daytona-Pty-Exit-Control";
/// How much is pushed at once: little, so that marks are cut in two.
const CHUNK: usize = 1_024;

/// A log: to be followed over a WebSocket, or whole. The vendor's client gets JSON; who asks for split output gets marks.
pub(super) async fn logs(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer<Response> {
    let job = find_job(&state, &of)?;
    let client = headers.contains_key("x-daytona-sdk-version");
    let split = client || headers.contains_key("x-daytona-split-output");
    if let (Ok(upgrade), true) = (upgrade, state.settings.sockets) {
        return Ok(upgrade.on_upgrade(move |socket| follow(socket, job, split)));
    }
    let text = |only| String::from_utf8_lossy(&job.log.plain(only)).into_owned();
    if client {
        let (out, err) = (text(Some(Stream::Out)), text(Some(Stream::Err)));
        let body = json!({ "output": text(None), "stdout": out, "stderr": err });
        return Ok(Json(body).into_response());
    }
    let body = if split { job.log.from(0) } else { job.log.plain(None) };
    Ok(String::from_utf8_lossy(&body).into_owned().into_response())
}

async fn follow(mut socket: WebSocket, job: Arc<Job>, split: bool) {
    let mut watch = job.log.watch();
    let mut at = 0;
    loop {
        let (_, ended) = *watch.borrow_and_update();
        let new = if split { job.log.from(at) } else { job.log.plain(None).split_off(at) };
        at += new.len();
        for chunk in new.chunks(CHUNK) {
            if socket.send(Message::Binary(chunk.to_vec().into())).await.is_err() {
                return;
            }
        }
        if ended.is_some() {
            let _ = socket.send(Message::Close(None)).await;
            return;
        }
        tokio::select! {
            changed = watch.changed() => if changed.is_err() { return },
            message = socket.recv() => if !matches!(message, Some(Ok(_))) { return },
        }
    }
}

pub(super) async fn terminal(
    Shared(state): App,
    UrlPath(of): UrlPath<Of>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Answer<Response> {
    let terminal = terminals::find(&state, &of)?;
    let control = headers
        .get("sec-websocket-protocol")
        .is_some_and(|asked| asked.to_str().is_ok_and(|asked| asked.contains(EXIT_CONTROL)));
    let upgrade = upgrade.protocols([EXIT_CONTROL]);
    Ok(upgrade.on_upgrade(move |socket| connect(socket, terminal, control)))
}

async fn connect(mut socket: WebSocket, terminal: Arc<Terminal>, control: bool) {
    let (mut output, mut ended) = terminal.listen();
    let connected = json!({ "type": "control", "status": "connected" }).to_string();
    if socket.send(Message::Text(connected.into())).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            biased;
            bytes = output.recv() => match bytes {
                Ok(bytes) => if socket.send(Message::Binary(bytes.into())).await.is_err() { return },
                Err(RecvError::Lagged(_)) => return,
                Err(RecvError::Closed) => break,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Binary(bytes))) => if terminal.write(&bytes).is_err() { break },
                Some(Ok(Message::Text(text))) => if terminal.write(text.as_bytes()).is_err() { break },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            () = async { drop(ended.wait_for(Option::is_some).await) } => break,
        }
    }
    let code = ended.borrow().unwrap_or(-1);
    let told =
        json!({ "exitCode": code, "exitReason": if code == 0 { None } else { Some("exit") } });
    if control {
        let mut told = told.clone();
        told["type"] = json!("control");
        told["status"] = json!("exited");
        let _ = socket.send(Message::Text(told.to_string().into())).await;
    }
    let close =
        CloseFrame { code: if code == 0 { 1_000 } else { 1_011 }, reason: told.to_string().into() };
    let _ = socket.send(Message::Close(Some(close))).await;
}
