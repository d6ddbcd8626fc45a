//! What every command has in common: it ends in time, its output is bounded, and nothing of it is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::sleep;
use url::Url;

use super::http::{Api, Call, Repeat};
use crate::{Command, ExecEvent, ExecInput, Execution, Exit, Output, Result, SandboxError};

/// Events that wait to be read.
const WAITING: usize = 64;
const SIGTERM: i32 = 15;

/// Ends what runs at an address by removing it there.
#[derive(Debug, Clone)]
pub(super) struct Kill {
    pub(super) api: Arc<Api>,
    pub(super) url: Url,
    asked: Arc<Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    yes: AtomicBool,
    now: Notify,
}

impl Kill {
    pub(super) fn new(api: Arc<Api>, url: Url) -> Self {
        Self { api, url, asked: Arc::default() }
    }

    /// Ends it; what has ended already is no error.
    async fn kill(&self) -> Result<()> {
        let call = Call::new(Method::DELETE, self.url.clone(), Repeat::Patient);
        match self.api.call(call).await {
            Ok(_) | Err(SandboxError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// As asked for from outside.
    pub(super) async fn end(&self) -> Result<()> {
        self.asked.yes.store(true, Ordering::SeqCst);
        let killed = self.kill().await;
        match killed {
            Ok(()) => self.asked.now.notify_one(),
            Err(_) => self.asked.yes.store(false, Ordering::SeqCst),
        }
        killed
    }

    async fn quietly(&self) {
        if let Err(error) = self.kill().await {
            tracing::warn!(%error, "a command at Daytona could not be ended");
        }
    }
}

/// Where a command's output goes.
#[derive(Debug)]
pub(super) struct Deliver {
    events: mpsc::Sender<ExecEvent>,
    left: Option<u64>,
}

impl Deliver {
    pub(super) async fn wrote(&mut self, stream: Output, mut bytes: Bytes) {
        if let Some(left) = &mut self.left {
            bytes.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= bytes.len() as u64;
        }
        if !bytes.is_empty() {
            // Nobody reads any more: whoever drives this sees it, too.
            let _ = self.events.send(ExecEvent::Output(stream, bytes)).await;
        }
    }
}

/// Says that a command has begun, with what it can be told, or why it has not.
pub(super) type Begun = oneshot::Sender<Result<Box<dyn ExecInput>>>;

/// Runs `reader`, which starts a command, hands on what it writes and gives how it ended. Gives the execution when it has
/// begun.
pub(super) async fn start<F>(
    command: &Command,
    kill: Kill,
    reader: impl FnOnce(Deliver, Begun) -> F,
) -> Result<Execution>
where
    F: Future<Output = Exit> + Send + 'static,
{
    let (sender, events) = mpsc::channel(WAITING);
    let (begun, begins) = oneshot::channel();
    let deliver = Deliver { events: sender.clone(), left: command.output_limit };
    let limit = command.time_limit;
    tokio::spawn(drive(reader(deliver, begun), kill, sender, limit));
    match begins.await {
        Ok(input) => Ok(Execution { events, input: input? }),
        Err(_) => {
            let limit = limit.unwrap_or_default();
            Err(SandboxError::Timeout { what: "the start of a command", limit })
        }
    }
}

async fn drive(
    reader: impl Future<Output = Exit> + Send,
    kill: Kill,
    events: mpsc::Sender<ExecEvent>,
    limit: Option<Duration>,
) {
    let in_time = async {
        match limit {
            Some(limit) => sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    let exit = tokio::select! {
        biased;
        () = events.closed() => None,
        () = kill.asked.now.notified() => Some(Exit::Signal(SIGTERM)),
        exit = reader => Some(exit),
        () = in_time => Some(Exit::TimedOut),
    };
    match exit {
        None => kill.quietly().await,
        Some(Exit::TimedOut) => {
            kill.quietly().await;
            let _ = events.send(ExecEvent::Ended(Exit::TimedOut)).await;
        }
        Some(exit) => {
            // It may have gone because somebody ended it, a moment before they say so.
            let asked = kill.asked.yes.load(Ordering::SeqCst) && exit == Exit::SandboxGone;
            let exit = if asked { Exit::Signal(SIGTERM) } else { exit };
            let _ = events.send(ExecEvent::Ended(exit)).await;
            drop(events);
            // What it started and left behind.
            kill.quietly().await;
        }
    }
}

/// A shell's way of saying that its command was killed.
pub(super) const fn exit_of(code: i32) -> Exit {
    match code {
        129..=192 => Exit::Signal(code - 128),
        _ => Exit::Code(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_signals() {
        assert_eq!(exit_of(0), Exit::Code(0));
        assert_eq!(exit_of(128), Exit::Code(128));
        assert_eq!(exit_of(137), Exit::Signal(9));
        assert_eq!(exit_of(255), Exit::Code(255));
    }

    #[tokio::test]
    async fn output_is_cut_at_its_limit() {
        let (events, mut read) = mpsc::channel(8);
        let mut deliver = Deliver { events, left: Some(5) };
        for text in ["abc", "def", "ghi"] {
            deliver.wrote(Output::Stdout, Bytes::from_static(text.as_bytes())).await;
        }
        drop(deliver);
        let mut all = Vec::new();
        while let Some(ExecEvent::Output(_, bytes)) = read.recv().await {
            all.extend_from_slice(&bytes);
        }
        assert_eq!(all, b"abcde");
    }
}
