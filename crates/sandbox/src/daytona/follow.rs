//! The log of a command as it grows: pushed over a WebSocket, or asked for again and again where that cannot be had.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::header::CONTENT_TYPE;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use url::Url;

use super::http::{Api, Call, under};
use super::socket::{self, Socket};
use super::wire::{CommandStatus, Logs};
use crate::{Result, SandboxError};

/// The longest log that is asked for again and again.
const MOST_LOG: u64 = 16 << 20;
/// How long a socket may be silent before it is asked whether the command still runs.
const SILENCE: Duration = Duration::from_secs(30);
/// The first wait between two questions, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LAST_WAIT: Duration = Duration::from_secs(1);
/// How often a socket is opened again that brought nothing.
const MOST_SOCKETS: u32 = 3;

/// What comes next.
#[derive(Debug)]
pub(super) enum Next {
    /// More of the log.
    Bytes(Bytes),
    /// The command has ended with this code, and the log is whole.
    Over(i32),
}

#[derive(Debug)]
pub(super) struct Follow {
    api: Arc<Api>,
    command: Url,
    socket: Option<Socket>,
    /// How much of the log was handed on.
    seen: usize,
    /// How much the socket will repeat.
    repeated: usize,
    sockets: u32,
    asking: bool,
    too_long: bool,
    split_seen: (usize, usize),
    wait: Duration,
}

impl Follow {
    pub(super) fn new(api: Arc<Api>, command: Url) -> Self {
        Self {
            api,
            command,
            socket: None,
            seen: 0,
            repeated: 0,
            sockets: 0,
            asking: false,
            too_long: false,
            split_seen: (0, 0),
            wait: FIRST_WAIT,
        }
    }

    /// Waits for more of the log, or the end.
    pub(super) async fn next(&mut self) -> Result<Next> {
        loop {
            if self.socket.is_some() {
                if let Some(bytes) = self.pushed().await? {
                    return Ok(Next::Bytes(bytes));
                }
            } else if self.asking {
                if let Some(next) = self.asked().await? {
                    return Ok(next);
                }
                self.pause().await;
            } else {
                self.connect().await?;
            }
        }
    }

    async fn connect(&mut self) -> Result<()> {
        let mut url = under(&self.command, &["logs"]);
        url.query_pairs_mut().append_pair("follow", "true");
        if self.sockets > 0 {
            self.pause().await;
        }
        self.sockets += 1;
        match socket::open(&self.api, url, None).await {
            Ok(Some(socket)) => {
                self.socket = Some(socket);
                self.repeated = self.seen;
            }
            // What stands before Daytona lets no sockets through.
            Ok(None) | Err(SandboxError::InvalidSpec { .. } | SandboxError::Conflict { .. }) => {
                self.asking = true;
            }
            Err(_) if self.sockets > MOST_SOCKETS => self.asking = true,
            Err(error) if error.retryable() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// What the socket brings; `None` when it is over or brought nothing new.
    async fn pushed(&mut self) -> Result<Option<Bytes>> {
        let Some(socket) = &mut self.socket else { return Ok(None) };
        let bytes = match timeout(SILENCE, socket.next()).await {
            Ok(Some(Ok(Message::Binary(bytes)))) => bytes,
            Ok(Some(Ok(Message::Text(text)))) => Bytes::from(text),
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)))) => {
                return Ok(None);
            }
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => {
                self.socket = None;
                // What is missing is asked for when the command has ended, and pushed again when it has not.
                self.asking = self.ended().await?.is_some() || self.sockets > MOST_SOCKETS;
                return Ok(None);
            }
            Err(_) => {
                let lost = socket.send(Message::Ping(Bytes::new())).await.is_err();
                if lost || self.ended().await?.is_some() {
                    self.socket = None;
                    self.asking = !lost;
                }
                return Ok(None);
            }
        };
        let skipped = self.repeated.min(bytes.len());
        self.repeated -= skipped;
        let new = bytes.slice(skipped..);
        if new.is_empty() {
            return Ok(None);
        }
        self.seen += new.len();
        (self.sockets, self.wait) = (0, FIRST_WAIT);
        Ok(Some(new))
    }

    /// Asks for the whole log; `None` when there is nothing new.
    async fn asked(&mut self) -> Result<Option<Next>> {
        // Asked first: what is read after the end is whole.
        let ended = self.ended().await?;
        if !self.too_long
            && let Some(new) = self.more().await?
        {
            self.wait = FIRST_WAIT;
            return Ok(Some(Next::Bytes(new)));
        }
        Ok(ended.map(Next::Over))
    }

    async fn more(&mut self) -> Result<Option<Bytes>> {
        let mut call = Call::get(under(&self.command, &["logs"]));
        call.most = MOST_LOG;
        let answer = match self.api.call(call).await {
            Ok(answer) => answer,
            Err(SandboxError::Quota { .. }) => {
                self.too_long = true;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let log = if kind.is_some_and(|kind| kind.starts_with("application/json")) {
            let logs: Logs = answer.json()?;
            let output = logs.output.clone().unwrap_or_default();
            let marked = output.contains("\u{1}\u{1}\u{1}") || output.contains("\u{2}\u{2}\u{2}");
            if !marked && self.seen == 0 {
                return Ok(self.split(&logs));
            }
            Bytes::from(output)
        } else {
            answer.body
        };
        let new = log.slice(self.seen.min(log.len())..);
        self.seen = self.seen.max(log.len());
        Ok((!new.is_empty()).then_some(new))
    }

    /// A log that comes as two texts.
    fn split(&mut self, logs: &Logs) -> Option<Bytes> {
        let new = |text: Option<&String>, seen: &mut usize| {
            let bytes = text.map_or(&[][..], |text| text.as_bytes());
            let new = bytes.get((*seen).min(bytes.len())..).unwrap_or_default().to_vec();
            *seen = bytes.len().max(*seen);
            new
        };
        let out = new(logs.stdout.as_ref(), &mut self.split_seen.0);
        let err = new(logs.stderr.as_ref(), &mut self.split_seen.1);
        let mut all = Vec::new();
        for (mark, text) in [(1, out), (2, err)] {
            if !text.is_empty() {
                all.extend_from_slice(&[mark; 3]);
                all.extend_from_slice(&text);
            }
        }
        (!all.is_empty()).then(|| all.into())
    }

    async fn ended(&mut self) -> Result<Option<i32>> {
        let status: CommandStatus = self.api.call(Call::get(self.command.clone())).await?.json()?;
        Ok(status.exit_code)
    }

    async fn pause(&mut self) {
        sleep(self.wait).await;
        self.wait = (self.wait * 3 / 2).min(LAST_WAIT);
    }
}
