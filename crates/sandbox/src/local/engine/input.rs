use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rustix::termios::{Winsize, tcsetwinsize};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::super::link::transient;
use super::super::running::Running;
use super::super::wire::Request;
use super::stream::Writer;
use crate::{ExecInput, Result, SandboxError, TerminalSize};

/// How long a command has to end by itself once it is asked to.
const ASKED: Duration = Duration::from_secs(2);

/// What a command of the local engine can be told.
#[derive(Debug)]
pub(super) struct LocalInput {
    running: Arc<Running>,
    number: u64,
    /// `None` once its end was told.
    writer: Mutex<Option<Arc<Writer>>>,
    done: CancellationToken,
}

impl LocalInput {
    pub(super) fn new(
        running: Arc<Running>,
        number: u64,
        writer: Writer,
        done: CancellationToken,
    ) -> Self {
        Self { running, number, writer: Mutex::new(Some(Arc::new(writer))), done }
    }

    fn writer(&self) -> Result<Arc<Writer>> {
        let held = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone().filter(|_| !self.done.is_cancelled()).ok_or_else(Self::ended)
    }

    fn ended() -> SandboxError {
        SandboxError::Conflict { message: "the command has ended or takes no more input".into() }
    }
}

#[async_trait]
impl ExecInput for LocalInput {
    async fn write(&self, bytes: Bytes) -> Result<()> {
        let writer = self.writer()?;
        let written = if bytes.is_empty() && writer.terminal {
            writer.write_all(b"\x04").await
        } else if bytes.is_empty() {
            *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = None;
            Ok(())
        } else {
            tokio::select! {
                written = writer.write_all(&bytes) => written,
                () = self.done.cancelled() => return Err(Self::ended()),
            }
        };
        written.map_err(|_| Self::ended())
    }

    async fn resize(&self, size: TerminalSize) -> Result<()> {
        let writer = self.writer()?;
        if writer.terminal {
            let size =
                Winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0 };
            tcsetwinsize(writer.fd(), size).map_err(|error| transient("the terminal", error))?;
        }
        Ok(())
    }

    async fn end(&self) -> Result<()> {
        if self.done.is_cancelled() {
            return Ok(());
        }
        self.running.link.ask(Request::Terminate(self.number)).await?;
        let (running, number, done) = (Arc::clone(&self.running), self.number, self.done.clone());
        tokio::spawn(async move {
            if timeout(ASKED, done.cancelled()).await.is_err() {
                // A sandbox that is gone has no such command either.
                let _ = running.link.ask(Request::Kill(number)).await;
            }
        });
        Ok(())
    }
}
