//! Commands on a terminal.
//!
//! Daytona's terminals run a shell of its own; it is told to run our command and to end with it. What it writes before that
//! is not handed on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::SplitStream;
use futures_util::{SinkExt, StreamExt};
use http::Method;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::Core;
use super::demux::{Demux, Told};
use super::http::{Call, Repeat, under};
use super::input::{TerminalInput, fitting};
use super::remote::Remote;
use super::run::{Begun, Deliver, Kill, exit_of, start};
use super::script;
use super::socket::{self, Socket};
use super::wire::{CreatePty, PtyControl};
use crate::{Command, Execution, Exit, Output, Result, SandboxError, TerminalSize};

/// Asks to be told in words how the terminal ended; older toolboxes say it as they close the socket.
const EXIT_CONTROL: &str = "X-Daytona-Pty-Exit-Control";
/// How long the socket may be silent before it is asked whether the terminal is still there.
const SILENCE: Duration = Duration::from_secs(30);
/// How long the shell may take until it runs our command.
const SHELL_START: Duration = Duration::from_secs(15);
const SIGKILL: i32 = 9;

impl Core {
    pub(super) async fn exec_terminal(
        self: &Arc<Self>,
        remote: Arc<Remote>,
        command: &Command,
        size: TerminalSize,
    ) -> Result<Execution> {
        let nonce = self.api.nonce();
        let project = self.project(&remote).await?.to_owned();
        let job = Job {
            core: Arc::clone(self),
            line: script::for_terminal(command, &project, &nonce)?,
            program: command.argv.first().cloned().unwrap_or_default(),
            terminal: format!("quickvibe-{nonce}"),
            project,
            nonce,
            size,
            remote,
        };
        let parts = ["process", "pty", &job.terminal];
        let kill = Kill::new(Arc::clone(&self.api), &job.remote.toolbox, &parts, &job.nonce);
        let for_input = kill.clone();
        start(command, kill, |deliver, begun| job.run(deliver, begun, for_input)).await
    }
}

struct Job {
    core: Arc<Core>,
    remote: Arc<Remote>,
    line: String,
    program: String,
    project: String,
    terminal: String,
    nonce: String,
    size: TerminalSize,
}

/// What a socket of a terminal's says.
enum Said {
    Bytes(Bytes),
    Connected,
    Ended(Exit),
    Nothing,
}

impl Job {
    async fn run(self, mut deliver: Deliver, begun: Begun, kill: Kill) -> Exit {
        let (sink, mut stream) = match self.open(&kill).await {
            Ok(socket) => socket.split(),
            Err(error) => {
                let _ = begun.send(Err(self.core.explain(self.remote.id, error).await));
                return Exit::SandboxGone;
            }
        };
        let sink = Arc::new(Mutex::new(sink));
        let typed = sink.lock().await.send(Message::text(self.line.as_str())).await;
        let first = match typed {
            Ok(()) => timeout(SHELL_START, self.begins(&mut stream)).await.unwrap_or_else(|_| {
                Err(SandboxError::Timeout { what: "the start of a terminal", limit: SHELL_START })
            }),
            Err(_) => Err(lost()),
        };
        let first = match first {
            Ok(first) => first,
            Err(error) => {
                let _ = begun.send(Err(error));
                return Exit::SandboxGone;
            }
        };
        let _ = begun.send(Ok(Box::new(TerminalInput::new(kill.clone(), sink))));
        for bytes in first {
            deliver.wrote(Output::Stdout, bytes).await;
        }
        loop {
            match timeout(SILENCE, next(&mut stream)).await {
                Ok(Said::Bytes(bytes)) => deliver.wrote(Output::Stdout, bytes).await,
                Ok(Said::Ended(exit)) => return exit,
                Ok(Said::Connected | Said::Nothing) => {}
                Err(_) if self.core.api.call(Call::get(kill.url.clone())).await.is_err() => {
                    return Exit::SandboxGone;
                }
                Err(_) => {}
            }
        }
    }

    async fn open(&self, kill: &Kill) -> Result<Socket> {
        let api = &self.core.api;
        let size = fitting(self.size);
        let body = CreatePty {
            id: &self.terminal,
            cols: size.cols,
            rows: size.rows,
            cwd: &self.project,
            envs: BTreeMap::from([("TERM", "xterm-256color")]),
        };
        let url = under(&self.remote.toolbox, &["process", "pty"]);
        api.call(Call::new(Method::POST, url, Repeat::Once).json(&body)?).await?;
        let url = under(&kill.url, &["connect"]);
        socket::open(api, url, Some(EXIT_CONTROL)).await?.ok_or_else(|| {
            let message = "what stands before Daytona lets no terminals through".to_owned();
            SandboxError::InvalidSpec { message }
        })
    }

    /// Waits until the command runs; gives what it has written since.
    async fn begins(&self, stream: &mut SplitStream<Socket>) -> Result<Vec<Bytes>> {
        let mut demux = Demux::new(&self.nonce);
        loop {
            let bytes = match next(stream).await {
                Said::Bytes(bytes) => bytes,
                Said::Ended(_) => return Err(lost()),
                Said::Connected | Said::Nothing => continue,
            };
            let mut told = demux.push(&bytes).into_iter();
            for one in told.by_ref() {
                match one {
                    Told::Begins => {
                        let mut rest: Vec<Told> = told.collect();
                        rest.extend(demux.finish());
                        return Ok(rest.into_iter().filter_map(written).collect());
                    }
                    Told::NoFolder => return Err(SandboxError::NotFound { what: "folder" }),
                    Told::NoProgram => {
                        let program: String = self.program.chars().take(80).collect();
                        let message = format!("there is no program `{program}` in the sandbox");
                        return Err(SandboxError::InvalidSpec { message });
                    }
                    // The shell's greeting, and the line that was typed.
                    Told::Wrote(..) | Told::Ended(_) | Told::Last(_) => {}
                }
            }
        }
    }
}

fn written(told: Told) -> Option<Bytes> {
    match told {
        Told::Wrote(_, bytes) => Some(bytes),
        _ => None,
    }
}

async fn next(stream: &mut SplitStream<Socket>) -> Said {
    match stream.next().await {
        Some(Ok(Message::Binary(bytes))) => Said::Bytes(bytes),
        Some(Ok(Message::Text(text))) => match serde_json::from_str::<PtyControl>(&text) {
            Ok(control) if control.kind.as_deref() == Some("control") => {
                match control.status.as_deref() {
                    Some("connected") => Said::Connected,
                    Some("exited") => Said::Ended(exit(control.exit_code)),
                    Some("error") => {
                        let error = control.error.as_deref().unwrap_or_default();
                        tracing::debug!(error, "a terminal at Daytona failed");
                        Said::Ended(Exit::SandboxGone)
                    }
                    _ => Said::Nothing,
                }
            }
            _ => Said::Bytes(Bytes::from(text)),
        },
        Some(Ok(Message::Close(frame))) => {
            let reason = frame.map(|frame| frame.reason.to_string()).unwrap_or_default();
            let control: PtyControl = serde_json::from_str(&reason).unwrap_or_default();
            match control.exit_code {
                Some(code) => Said::Ended(exit(Some(code))),
                None => Said::Ended(Exit::SandboxGone),
            }
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Said::Nothing,
        Some(Err(_)) | None => Said::Ended(Exit::SandboxGone),
    }
}

/// A code below 0 is the toolbox's word for a signal.
const fn exit(code: Option<i32>) -> Exit {
    match code {
        Some(code) if code < 0 => Exit::Signal(SIGKILL),
        Some(code) => exit_of(code),
        None => Exit::SandboxGone,
    }
}

fn lost() -> SandboxError {
    SandboxError::Transient { message: "the terminal at Daytona was lost".to_owned() }
}
