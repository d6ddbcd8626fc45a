//! Commands without a terminal: each in a session of its own, a shell that Daytona keeps; to end it is to remove that.

use std::sync::Arc;

use http::Method;

use super::Core;
use super::demux::{Demux, Told};
use super::follow::{Follow, Next};
use super::http::{Call, Repeat, under};
use super::input::SessionInput;
use super::remote::Remote;
use super::run::{Begun, Deliver, Kill, exit_of, start};
use super::script;
use super::wire::{CreateSession, SessionExecute, SessionExecuted};
use crate::{Command, Execution, Exit, Output, Result, SandboxError};

impl Core {
    pub(super) async fn exec_session(
        self: &Arc<Self>,
        remote: Arc<Remote>,
        command: &Command,
    ) -> Result<Execution> {
        let nonce = self.api.nonce();
        let project = self.project(&remote).await?;
        let job = Job {
            core: Arc::clone(self),
            script: script::for_session(command, project, &nonce)?,
            program: command.argv.first().cloned().unwrap_or_default(),
            session: format!("quickvibe-{nonce}"),
            nonce,
            remote,
        };
        let parts = ["process", "session", &job.session];
        let kill = Kill::new(Arc::clone(&self.api), &job.remote.toolbox, &parts, &job.nonce);
        let for_input = kill.clone();
        start(command, kill, |deliver, begun| job.run(deliver, begun, for_input)).await
    }
}

struct Job {
    core: Arc<Core>,
    remote: Arc<Remote>,
    script: String,
    program: String,
    session: String,
    nonce: String,
}

impl Job {
    async fn run(self, deliver: Deliver, begun: Begun, kill: Kill) -> Exit {
        let command = match self.send().await {
            Ok(command) => command,
            Err(error) => {
                let _ = begun.send(Err(self.core.explain(self.remote.id, error).await));
                return Exit::SandboxGone;
            }
        };
        let url = under(&kill.url, &["command", &command]);
        let input = SessionInput::new(kill, under(&url, &["input"]));
        let follow = Follow::new(Arc::clone(&self.core.api), url);
        self.read(deliver, begun, input, follow).await
    }

    async fn send(&self) -> Result<String> {
        let api = &self.core.api;
        let url = under(&self.remote.toolbox, &["process", "session"]);
        let body = CreateSession { session_id: &self.session };
        api.call(Call::new(Method::POST, url, Repeat::Once).json(&body)?).await?;
        let url = under(&self.remote.toolbox, &["process", "session", &self.session, "exec"]);
        let body =
            SessionExecute { command: &self.script, run_async: true, suppress_input_echo: true };
        let answer = api.call(Call::new(Method::POST, url, Repeat::Once).json(&body)?).await?;
        let executed: SessionExecuted = answer.json()?;
        executed.cmd_id.filter(|id| !id.is_empty()).ok_or_else(|| SandboxError::Transient {
            message: "Daytona's answer names no command".to_owned(),
        })
    }

    async fn read(
        self,
        mut deliver: Deliver,
        begun: Begun,
        input: SessionInput,
        mut follow: Follow,
    ) -> Exit {
        let mut demux = Demux::new(&self.nonce);
        // Taken when it begins.
        let mut waiting = Some((begun, input));
        let (mut code, mut out, mut err) = (None, false, false);
        loop {
            if let (Some(code), true, true) = (code, out, err) {
                return exit_of(code);
            }
            let (told, over) = match follow.next().await {
                Ok(Next::Bytes(bytes)) => (demux.push(&bytes), None),
                Ok(Next::Over(code)) => (demux.finish(), Some(code)),
                Err(error) => {
                    let error = self.core.explain(self.remote.id, error).await;
                    match waiting.take() {
                        Some((begun, _)) => drop(begun.send(Err(error))),
                        None => tracing::warn!(%error, "a command at Daytona was lost sight of"),
                    }
                    return Exit::SandboxGone;
                }
            };
            for told in told {
                match told {
                    Told::Begins => begins(&mut waiting),
                    Told::NoFolder => {
                        return self.refuse(waiting, SandboxError::NotFound { what: "folder" });
                    }
                    Told::NoProgram => {
                        let program: String = self.program.chars().take(80).collect();
                        let message = format!("there is no program `{program}` in the sandbox");
                        return self.refuse(waiting, SandboxError::InvalidSpec { message });
                    }
                    Told::Wrote(stream, bytes) if waiting.is_none() => {
                        deliver.wrote(stream, bytes).await;
                    }
                    // Before it begins only a shell can have written.
                    Told::Wrote(..) => {}
                    Told::Ended(ended) => code = Some(ended),
                    Told::Last(Output::Stdout) => out = true,
                    Told::Last(Output::Stderr) => err = true,
                }
            }
            if let Some(status) = over {
                begins(&mut waiting);
                return exit_of(code.unwrap_or(status));
            }
        }
    }

    fn refuse(&self, waiting: Option<(Begun, SessionInput)>, error: SandboxError) -> Exit {
        if let Some((begun, _)) = waiting {
            let _ = begun.send(Err(error));
        }
        Exit::SandboxGone
    }
}

fn begins(waiting: &mut Option<(Begun, SessionInput)>) {
    if let Some((begun, input)) = waiting.take() {
        let _ = begun.send(Ok(Box::new(input)));
    }
}
