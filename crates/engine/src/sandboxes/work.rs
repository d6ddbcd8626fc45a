//! Commands of the agent in a project's machine.

use std::sync::Arc;
use std::time::Duration;

use qv_agent::{Capture, ToolCall, ToolExit, Tools};
use qv_domain::{Blob, BlobHash, FilePath, ToolKind, TurnMode};
use qv_sandbox::{Command, ExecEvent, Exit, Manifest, Purpose};
use qv_store as store;
use qv_wire::OutputSource;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::machine::{self, Machine};
use super::ready::{Want, mark_installed, set_of};
use super::refusal;
use crate::{Engine, Result};

/// How long one run may take.
const LONGEST: Duration = Duration::from_secs(300);
/// Files that are looked at after a command, for what it has changed.
const MOST_LOOKED_AT: usize = 300;
/// What runs may be named after that an app's packages bring, at most.
const MOST_PROGRAMS: usize = 500;

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: ToolExit,
    pub(crate) output: String,
    pub(crate) took: Duration,
    /// The project's files that it changed in the machine.
    pub(crate) changed: Vec<(FilePath, Blob)>,
}

impl Engine {
    /// What a turn may run; `None` where the project needs no machine, or can have none. A project that is in the browser
    /// gets one when it is asked for something that needs it.
    pub(crate) async fn tools_of(
        &self,
        project: &store::Project,
        mode: TurnMode,
        prompt: &str,
    ) -> Result<Option<Tools>> {
        if mode != TurnMode::Build {
            return Ok(None);
        }
        let wants = self.wants(project.id).await?;
        let machine = self.known_machine(project).await.ok().flatten();
        let needs_one = !wants.is_for_the_browser() || machine.is_some();
        if !needs_one && !qv_sandbox::asks_for_a_machine(prompt) {
            return Ok(None);
        }
        if self.decide(project, &wants, Purpose::Work).await?.is_err() {
            return Ok(None);
        }
        let mut tools = Tools::default();
        if let Some(machine) = machine.filter(|machine| machine.runs())
            && let Ok(folder) = FilePath::parse("node_modules/.bin")
            && let Ok(entries) = machine.engine.list(machine.id, Some(&folder)).await
        {
            tools.installed =
                entries.into_iter().take(MOST_PROGRAMS).map(|entry| entry.name).collect();
        }
        Ok(Some(tools))
    }

    /// Runs something in a project's machine; what it writes goes to `output`, too, as long as somebody takes it.
    pub(crate) async fn run_tool(
        self: &Arc<Self>,
        project: &store::Project,
        call: &ToolCall,
        output: &mpsc::Sender<String>,
    ) -> Ran {
        let started = Instant::now();
        let want = if call.kind() == ToolKind::Install { Want::Files } else { Want::Packages };
        let ran = async {
            let machine = self.machine(project, want).await?;
            let _hold = machine.hold();
            let kind = call.kind();
            let _turn = match kind {
                ToolKind::Command => None,
                _ => Some(self.sandboxes.heavy.acquire().await),
            };
            let mut command = Command::new(call.argv());
            command.time_limit = Some(LONGEST);
            command.env =
                vec![("CI".to_owned(), "1".to_owned()), ("NO_COLOR".to_owned(), "1".to_owned())];
            command.output_limit = None;
            machine.output.push(OutputSource::Agent, &format!("$ {call}\r\n"), &*self.env);
            let execution =
                machine.engine.exec(machine.id, command).await.map_err(|error| refusal(&error))?;
            let (exit, text) = self.listen(&machine, execution, output).await;
            let changed = self.changed_by_run(&machine, call).await?;
            if kind == ToolKind::Install && exit.ok() {
                self.note_installed(&machine, &changed).await?;
            }
            machine.touch(self);
            Ok((exit, text, changed))
        };
        let ran: Result<_> = ran.await;
        let (exit, text, changed) = match ran {
            Ok(ran) => ran,
            Err(error) => (ToolExit::NotStarted, error.detail(), Vec::new()),
        };
        Ran { exit, output: text, took: started.elapsed(), changed }
    }

    async fn listen(
        &self,
        machine: &Machine,
        mut execution: qv_sandbox::Execution,
        output: &mpsc::Sender<String>,
    ) -> (ToolExit, String) {
        let mut kept = Capture::default();
        loop {
            match execution.events.recv().await {
                Some(ExecEvent::Output(from, bytes)) => {
                    machine::write(self, machine, OutputSource::Agent, from, &bytes);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    kept.push(&text);
                    let _ = output.send(text).await;
                }
                Some(ExecEvent::Ended(exit)) => return (exit_of(exit), kept.finish()),
                None => return (ToolExit::Lost, kept.finish()),
            }
        }
    }

    /// The project's files that are not in the machine as this server wrote them. Of many files only `package.json` is
    /// looked at, and of a build or the tests none: what these write is no part of the project.
    async fn changed_by_run(
        &self,
        machine: &Machine,
        call: &ToolCall,
    ) -> Result<Vec<(FilePath, Blob)>> {
        let work = machine.work.lock().await;
        let Some(files) = work.files.clone() else { return Ok(Vec::new()) };
        drop(work);
        let all = call.kind() == ToolKind::Command && files.len() <= MOST_LOOKED_AT;
        let looked_at: Vec<(FilePath, BlobHash)> = match call.kind() {
            ToolKind::Build | ToolKind::Test => Vec::new(),
            _ => files
                .into_iter()
                .filter(|(path, _)| all || path.as_str() == "package.json")
                .collect(),
        };
        let most = self.config.limits.file_bytes;
        let mut changed = Vec::new();
        for (path, known) in looked_at {
            let Ok(bytes) = machine.engine.read_file(machine.id, &path, most).await else {
                continue;
            };
            if store::blob_hash(&bytes) != known {
                changed.push((path, Blob::from(&bytes[..])));
            }
        }
        Ok(changed)
    }

    /// The packages of the new `package.json` are there: they need not be installed once more.
    async fn note_installed(&self, machine: &Machine, changed: &[(FilePath, Blob)]) -> Result<()> {
        let manifest = changed.iter().find(|(path, _)| path.as_str() == "package.json");
        let manifest = match manifest {
            Some((_, text)) => Manifest::read(&String::from_utf8_lossy(text)),
            None => self.wants(machine.project).await?.manifest,
        };
        let Some(set) = set_of(&manifest) else { return Ok(()) };
        let mut work = machine.work.lock().await;
        mark_installed(machine, &set).await?;
        work.installed = Some(set);
        Ok(())
    }
}

const fn exit_of(exit: Exit) -> ToolExit {
    match exit {
        Exit::Code(code) => ToolExit::Code(code),
        Exit::Signal(signal) => ToolExit::Signal(signal),
        Exit::TimedOut => ToolExit::TimedOut,
        Exit::OutOfMemory => ToolExit::OutOfMemory,
        Exit::SandboxGone => ToolExit::Lost,
    }
}
