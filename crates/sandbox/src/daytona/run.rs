//! What every command has in common: it ends in time, its output is bounded, and nothing of it is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::sleep;
use url::Url;

use super::http::{Api, Call, Repeat, under};
use super::inside::{execute, sweep};
use super::script::quoted;
use crate::{Command, ExecEvent, ExecInput, Execution, Exit, Output, Result, SandboxError};

/// Events that wait to be read.
const WAITING: usize = 64;
const SIGKILL: i32 = 9;
/// When a command is killed with its session that neither listened nor was found.
const OVERDUE: Duration = Duration::from_secs(5);

/// Ends a command: its processes by their name, and the session or terminal at an address by removing it there.
#[derive(Debug, Clone)]
pub(super) struct Kill {
    pub(super) api: Arc<Api>,
    pub(super) url: Url,
    toolbox: Url,
    nonce: String,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    asked: Notify,
    over: AtomicBool,
}

impl Kill {
    /// Of the command with this name, at an address below the toolbox.
    pub(super) fn new(api: Arc<Api>, toolbox: &Url, parts: &[&str], nonce: &str) -> Self {
        let (toolbox, url) = (toolbox.clone(), under(toolbox, parts));
        Self { api, url, toolbox, nonce: nonce.to_owned(), shared: Arc::default() }
    }

    /// Ends it at once; what has ended already is no error.
    async fn kill(&self) -> Result<()> {
        let swept = self.sweep(false).await;
        let removed = self.remove().await;
        // Without its sandbox there is nothing to be swept.
        if removed.is_ok() && !matches!(swept, Err(SandboxError::NotFound { .. })) {
            return swept;
        }
        removed
    }

    async fn sweep(&self, gently: bool) -> Result<()> {
        let command = sweep(&self.nonce, gently);
        execute(&self.api, &self.toolbox, &format!("sh -c {}", quoted(&command)?)).await.map(drop)
    }

    async fn remove(&self) -> Result<()> {
        let call = Call::new(Method::DELETE, self.url.clone(), Repeat::Patient);
        match self.api.call(call).await {
            Ok(_) | Err(SandboxError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Asks it to end, and kills it after two seconds.
    pub(super) async fn end(&self) -> Result<()> {
        self.sweep(true).await?;
        self.shared.asked.notify_one();
        Ok(())
    }

    /// Whether it has ended.
    pub(super) fn over(&self) -> bool {
        self.shared.over.load(Ordering::SeqCst)
    }

    /// When it should have ended that was asked to.
    async fn overdue(&self) {
        self.shared.asked.notified().await;
        sleep(OVERDUE).await;
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
    let (exit, by_itself) = tokio::select! {
        biased;
        () = events.closed() => (None, false),
        exit = reader => (Some(exit), exit != Exit::SandboxGone),
        () = in_time => (Some(Exit::TimedOut), false),
        () = kill.overdue() => (Some(Exit::Signal(SIGKILL)), false),
    };
    if !by_itself {
        report(kill.kill().await);
    }
    kill.shared.over.store(true, Ordering::SeqCst);
    if let Some(exit) = exit {
        let _ = events.send(ExecEvent::Ended(exit)).await;
    }
    drop(events);
    if by_itself {
        // What it had started was ended by its script.
        report(kill.remove().await);
    }
}

fn report(ended: Result<()>) {
    if let Err(error) = ended {
        tracing::warn!(%error, "a command at Daytona could not be ended");
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
