//! Shells in machines, over WebSockets. Editors of the project, in person.

use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use qv_domain::{ProjectId, Role};
use qv_engine::{Access, Terminal, TerminalOutput, TerminalSize};
use qv_wire::{ErrorCode, Problem, TerminalEvent, TerminalRequest};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::App;
use crate::access::Member;
use crate::place::Origin;
use crate::problem::{ApiError, Result};
use crate::query::Query;
use crate::rule::{Routes, Rule};

/// How often it is looked whether whoever holds a shell may still have it.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A connection is asked whether it lives so often.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// The longest message that a page may send: what is pasted.
const LONGEST: usize = 256 * 1024;
/// Close codes: the server stops; whoever holds it may no longer have it.
const GOING_AWAY: u16 = 1001;
const NO_LONGER_ALLOWED: u16 = 4403;
const TOO_MUCH: u16 = 1008;
/// Messages that may wait for a program that does not read.
const TYPED_AHEAD: usize = 256;

/// Ends a task with whoever holds this.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::ProjectInPerson(Role::Editor), routes!(terminal))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct TerminalQuery {
    /// A shell to come back to.
    terminal: Option<String>,
    /// How many bytes of it are known already.
    after: Option<u64>,
    /// The terminal's size in characters; 80 without it.
    columns: Option<u16>,
    /// 24 without it.
    rows: Option<u16>,
}

/// A shell in the project's machine, as a WebSocket: binary messages are the terminal's bytes, text messages are
/// `TerminalRequest` from the page and `TerminalEvent` from the server.
#[utoipa::path(get, path = "/api/projects/{id}/terminal", tag = "sandbox", params(("id" = ProjectId, Path), TerminalQuery),
    responses((status = 101, description = "A WebSocket of `TerminalEvent` and bytes", body = TerminalEvent),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn terminal(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Member(access): Member,
    Query(query): Query<TerminalQuery>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response> {
    // Browsers let every page open a WebSocket, with our cookie: it must be our own page that does.
    let from = headers.get(header::ORIGIN);
    if from.is_none_or(|from| from.as_bytes() != origin.app().as_bytes()) {
        return Err(ApiError::of(ErrorCode::CrossSite));
    }
    let upgrade = upgrade.map_err(|_| {
        ApiError::new(ErrorCode::Invalid, "A terminal is a WebSocket: connect to it as one.")
    })?;
    Ok(upgrade
        .max_message_size(LONGEST)
        .on_upgrade(move |socket| async move { serve(&app, &access, query, socket).await }))
}

async fn serve(app: &App, access: &Access, query: TerminalQuery, mut socket: WebSocket) {
    let size =
        TerminalSize { columns: query.columns.unwrap_or(80), rows: query.rows.unwrap_or(24) };
    let again = query.terminal.as_deref().map(|id| (id, query.after.unwrap_or(0)));
    let step = TerminalEvent::Preparing { step: "Getting the sandbox ready".to_owned() };
    if say(&mut socket, &step).await.is_err() {
        return;
    }
    let opened = tokio::select! {
        opened = app.engine.open_terminal(access, size, again) => opened,
        // Whoever leaves while it gets ready wants no shell.
        () = gone(&mut socket) => return,
    };
    match opened {
        Ok(terminal) => relay(app, access, terminal, socket).await,
        Err(error) => {
            let _ = say(&mut socket, &TerminalEvent::Failed { message: error.detail() }).await;
            let _ = socket.send(Message::Close(None)).await;
        }
    }
}

/// Waits until the page has left.
async fn gone(socket: &mut WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if matches!(message, Message::Close(_)) {
            return;
        }
    }
}

async fn relay(app: &App, access: &Access, mut terminal: Terminal, mut socket: WebSocket) {
    let attached =
        TerminalEvent::Attached { terminal: terminal.id().to_owned(), offset: terminal.offset() };
    if say(&mut socket, &attached).await.is_err() {
        return;
    }
    // What a program does not read must not hold up what it says, nor our looking after it.
    let terminal_input = terminal.input();
    let (typed, mut keys) = tokio::sync::mpsc::channel::<bytes::Bytes>(TYPED_AHEAD);
    let _writer = AbortOnDrop(tokio::spawn(async move {
        while let Some(bytes) = keys.recv().await {
            terminal_input.write(bytes).await;
        }
    }));
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    let mut look = tokio::time::interval(LOOK_EVERY);
    let stopping = app.engine.stopping();
    let close = loop {
        tokio::select! {
            output = terminal.next() => match output {
                TerminalOutput::Bytes(bytes) => {
                    if socket.send(Message::Binary(bytes)).await.is_err() {
                        return;
                    }
                }
                TerminalOutput::Ended(reason) => {
                    let _ = say(&mut socket, &TerminalEvent::Ended { reason }).await;
                    break None;
                }
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    if typed.try_send(bytes).is_err() {
                        break Some((TOO_MUCH, "the program does not read what is typed"));
                    }
                }
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(TerminalRequest::Resize { columns, rows }) => {
                        terminal.resize(TerminalSize { columns, rows }).await;
                    }
                    Ok(TerminalRequest::End {}) => terminal.end().await,
                    Err(error) => tracing::debug!(%error, "a terminal's page said something else"),
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            _ = heartbeat.tick() => {
                if socket.send(Message::Ping(bytes::Bytes::new())).await.is_err() {
                    return;
                }
            }
            _ = look.tick() => {
                if !may_still(app, access).await {
                    break Some((NO_LONGER_ALLOWED, "no longer allowed"));
                }
            }
            () = stopping.cancelled() => break Some((GOING_AWAY, "the server is stopping")),
        }
    };
    let frame = close.map(|(code, reason)| CloseFrame { code, reason: reason.into() });
    let _ = socket.send(Message::Close(frame)).await;
}

/// Whether session and membership still hold, as an editor.
async fn may_still(app: &App, access: &Access) -> bool {
    let holds = match app.engine.still_holds(access).await {
        Ok(holds) => holds,
        Err(error) => {
            tracing::warn!(%error, "who holds a terminal was not looked at");
            return true;
        }
    };
    holds && app.engine.access(access.actor(), access.project_id(), Role::Editor).await.is_ok()
}

async fn say(socket: &mut WebSocket, event: &TerminalEvent) -> Result<(), axum::Error> {
    let text = serde_json::to_string(event).map_err(axum::Error::new)?;
    socket.send(Message::Text(text.into())).await
}
