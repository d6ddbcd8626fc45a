use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::Result;

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The program and its arguments; nothing is expanded. The program is looked for in the sandbox's `PATH`.
    pub argv: Vec<String>,
    /// Beside the sandbox's own environment.
    pub env: Vec<(String, String)>,
    /// The folder, relative to the project's; empty is the project's own.
    pub folder: String,
    /// Runs on a terminal of this size; then output has one stream.
    pub terminal: Option<TerminalSize>,
    /// How long it may take; then it is killed. `None`: as long as it likes.
    pub time_limit: Option<Duration>,
    /// How many bytes of output are handed on; the rest is read and thrown away. `None`: all.
    pub output_limit: Option<u64>,
}

impl Command {
    /// Runs a program without a terminal, for at most a minute, handing on at most 1 MB of output.
    #[must_use]
    pub fn new<I, S>(argv: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        Self {
            argv: argv.into_iter().map(Into::into).collect(),
            env: Vec::new(),
            folder: String::new(),
            terminal: None,
            time_limit: Some(Duration::from_secs(60)),
            output_limit: Some(1_000_000),
        }
    }
}

/// How large a terminal is, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalSize {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// Where output comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Standard output, or the terminal.
    Stdout,
    /// Standard error.
    Stderr,
}

/// What happened with a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecEvent {
    /// It wrote something.
    Output(Output, Bytes),
    /// It ended; nothing follows.
    Ended(Exit),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code; 0 is success.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It ran for longer than it might.
    TimedOut,
    /// It used more memory than the sandbox has.
    OutOfMemory,
    /// The sandbox ended under it.
    SandboxGone,
}

impl Exit {
    /// Whether it did what it was to do.
    #[must_use]
    pub const fn success(self) -> bool {
        matches!(self, Self::Code(0))
    }
}

/// A command that runs. Dropping it ends the command and whatever it has started.
#[derive(Debug)]
pub struct Execution {
    /// What happens, in order; the last is [`ExecEvent::Ended`]. Whoever does not read holds the command back.
    pub events: mpsc::Receiver<ExecEvent>,
    /// What it can be told.
    pub input: Box<dyn ExecInput>,
}

/// What a running command can be told.
#[async_trait]
pub trait ExecInput: fmt::Debug + Send + Sync {
    /// Writes to its standard input or terminal. No bytes end the input: the command reads its end, or a terminal ^D.
    ///
    /// # Errors
    /// When it has ended.
    async fn write(&self, bytes: Bytes) -> Result<()>;

    /// Changes its terminal's size; without a terminal does nothing.
    ///
    /// # Errors
    /// When it has ended.
    async fn resize(&self, size: TerminalSize) -> Result<()>;

    /// Ends it: it is asked to (SIGTERM), and killed after two seconds.
    ///
    /// # Errors
    /// When the engine cannot be reached.
    async fn end(&self) -> Result<()>;
}

impl Execution {
    /// Reads to its end: standard output, standard error, and how it ended.
    pub async fn collect(mut self) -> (Vec<u8>, Vec<u8>, Exit) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        while let Some(event) = self.events.recv().await {
            match event {
                ExecEvent::Output(Output::Stdout, bytes) => out.extend_from_slice(&bytes),
                ExecEvent::Output(Output::Stderr, bytes) => err.extend_from_slice(&bytes),
                ExecEvent::Ended(exit) => return (out, err, exit),
            }
        }
        (out, err, Exit::SandboxGone)
    }
}
