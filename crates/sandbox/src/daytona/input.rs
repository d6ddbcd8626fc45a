//! What a running command can be told.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use http::Method;
use tokio::sync::Mutex;
use tokio_tungstenite::tungstenite::Message;
use url::Url;

use super::http::{Call, Repeat, under};
use super::run::Kill;
use super::socket::Socket;
use super::wire::{ResizePty, SendInput};
use crate::{ExecInput, Result, SandboxError, TerminalSize};

/// The longest line of input.
const LONGEST_LINE: usize = 64 << 10;
/// The largest terminal of Daytona's.
const LARGEST: u16 = 1_000;

/// Input of a command without a terminal: lines of text.
#[derive(Debug)]
pub(super) struct SessionInput {
    kill: Kill,
    url: Url,
    /// The beginning of a line: Daytona would end it.
    begun: Mutex<Vec<u8>>,
}

impl SessionInput {
    pub(super) fn new(kill: Kill, url: Url) -> Self {
        Self { kill, url, begun: Mutex::default() }
    }
}

fn ended(error: SandboxError) -> SandboxError {
    match error {
        SandboxError::NotFound { .. } | SandboxError::Conflict { .. } => has_ended(),
        error => error,
    }
}

fn has_ended() -> SandboxError {
    SandboxError::Conflict { message: "the command has ended".to_owned() }
}

#[async_trait]
impl ExecInput for SessionInput {
    async fn write(&self, bytes: Bytes) -> Result<()> {
        let invalid = |message: &str| SandboxError::InvalidSpec { message: message.to_owned() };
        if self.kill.over() {
            return Err(has_ended());
        }
        let mut begun = self.begun.lock().await;
        let lines = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let (whole, rest) = bytes.split_at(lines);
        if lines == 0 {
            if begun.len() + rest.len() > LONGEST_LINE {
                return Err(invalid("a line of input is longer than 65536 bytes"));
            }
            begun.extend_from_slice(rest);
            return Ok(());
        }
        let data = [begun.as_slice(), whole].concat();
        let data = std::str::from_utf8(&data)
            .map_err(|_| invalid("input of a command at Daytona must be text"))?;
        let call =
            Call::new(Method::POST, self.url.clone(), Repeat::Once).json(&SendInput { data })?;
        self.kill.api.call(call).await.map_err(ended)?;
        *begun = rest.to_vec();
        Ok(())
    }

    async fn resize(&self, _size: TerminalSize) -> Result<()> {
        Ok(())
    }

    async fn end(&self) -> Result<()> {
        self.kill.end().await
    }
}

/// Input of a terminal: bytes.
pub(super) struct TerminalInput {
    kill: Kill,
    sink: Arc<Mutex<SplitSink<Socket, Message>>>,
}

impl TerminalInput {
    pub(super) fn new(kill: Kill, sink: Arc<Mutex<SplitSink<Socket, Message>>>) -> Self {
        Self { kill, sink }
    }
}

impl fmt::Debug for TerminalInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TerminalInput").field("kill", &self.kill).finish_non_exhaustive()
    }
}

#[async_trait]
impl ExecInput for TerminalInput {
    async fn write(&self, bytes: Bytes) -> Result<()> {
        if self.kill.over() {
            return Err(has_ended());
        }
        self.sink.lock().await.send(Message::Binary(bytes)).await.map_err(|_| has_ended())
    }

    async fn resize(&self, size: TerminalSize) -> Result<()> {
        let call = Call::new(Method::POST, under(&self.kill.url, &["resize"]), Repeat::Safe);
        self.kill.api.call(call.json(&fitting(size))?).await.map(drop).map_err(ended)
    }

    async fn end(&self) -> Result<()> {
        self.kill.end().await
    }
}

/// The nearest size that Daytona takes.
pub(super) fn fitting(size: TerminalSize) -> ResizePty {
    ResizePty { cols: size.columns.clamp(1, LARGEST), rows: size.rows.clamp(1, LARGEST) }
}
