//! Commands of the agent in a project's machine.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use qv_agent::{Capture, ToolCall, ToolExit, Tools};
use qv_domain::{Blob, BlobHash, FilePath, ToolKind, TurnMode};
use qv_sandbox::{Command, ExecEvent, Exit, Manifest, Purpose};
use qv_store as store;
use qv_wire::OutputSource;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::machine::{self, Machine, Work};
use super::ready::{Want, mark_installed, set_of};
use super::refusal;
use crate::{Engine, Result};

/// How long one run may take.
const LONGEST: Duration = Duration::from_secs(300);
/// Files that are looked at after a command, for what it has changed.
const MOST_LOOKED_AT: usize = 300;

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: ToolExit,
    pub(crate) output: String,
    pub(crate) took: Duration,
    /// The project's files that it changed in the machine.
    pub(crate) changed: Vec<ChangedFile>,
}

/// A file of the project that a run has changed in the machine.
#[derive(Debug)]
pub(crate) struct ChangedFile {
    pub(crate) path: FilePath,
    /// What it was when the run began, as far as the machine had it.
    pub(crate) before: BlobHash,
    pub(crate) content: Blob,
}

/// Marks a machine's files as not known, unless the run came to its end.
struct CutOff<'a>(Option<&'a Machine>);

impl Drop for CutOff<'_> {
    fn drop(&mut self) {
        if let Some(machine) = self.0 {
            machine.dirty.store(true, Ordering::Relaxed);
        }
    }
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
        // Programs are told by the packages that `package.json` names.
        Ok(Some(Tools::default()))
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
            // An install has the machine for itself, as QuickVibe's own have; it first, then a turn, as those do.
            let mut work = match kind {
                ToolKind::Install => Some(machine.work.lock().await),
                _ => None,
            };
            let turn = match kind {
                ToolKind::Command => None,
                _ => Some(self.sandboxes.heavy.acquire().await),
            };
            let mut cut_off = CutOff(Some(&machine));
            let mut command = Command::new(call.argv());
            command.time_limit = Some(LONGEST);
            command.env =
                vec![("CI".to_owned(), "1".to_owned()), ("NO_COLOR".to_owned(), "1".to_owned())];
            command.output_limit = None;
            machine.output.push(OutputSource::Agent, &format!("$ {call}\r\n"), &*self.env);
            let execution =
                machine.engine.exec(machine.id, command).await.map_err(|error| refusal(&error))?;
            let (exit, text) = self.listen(&machine, execution, output).await;
            drop(turn);
            let files = match &work {
                Some(work) => work.files.clone(),
                None => machine.work.lock().await.files.clone(),
            };
            let changed = self.changed_by_run(&machine, call, files.unwrap_or_default()).await;
            if let Some(work) = work.as_mut().filter(|_| exit.ok()) {
                self.note_installed(&machine, work, &changed).await?;
            }
            cut_off.0 = None;
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
                Some(ExecEvent::Output(_, bytes)) => {
                    machine::write(self, machine, OutputSource::Agent, &bytes);
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
        files: BTreeMap<FilePath, BlobHash>,
    ) -> Vec<ChangedFile> {
        let all = call.kind() == ToolKind::Command && files.len() <= MOST_LOOKED_AT;
        let looked_at: Vec<(FilePath, BlobHash)> = match call.kind() {
            ToolKind::Build | ToolKind::Test => Vec::new(),
            _ => files
                .into_iter()
                .filter(|(path, _)| {
                    all || ["package.json", "package-lock.json"].contains(&path.as_str())
                })
                .collect(),
        };
        let most = self.config.limits.file_bytes;
        let mut changed = Vec::new();
        for (path, known) in looked_at {
            let Ok(bytes) = machine.engine.read_file(machine.id, &path, most).await else {
                continue;
            };
            if store::blob_hash(&bytes) != known {
                let content = Blob::from(&bytes[..]);
                changed.push(ChangedFile { path, before: known, content });
            }
        }
        changed
    }

    /// The packages of the new `package.json` are there: they need not be installed once more.
    async fn note_installed(
        &self,
        machine: &Machine,
        work: &mut Work,
        changed: &[ChangedFile],
    ) -> Result<()> {
        let manifest = changed.iter().find(|file| file.path.as_str() == "package.json");
        let manifest = match manifest {
            Some(file) => Manifest::read(&String::from_utf8_lossy(&file.content)),
            None => self.wants(machine.project).await?.manifest,
        };
        let Some(set) = set_of(&manifest) else { return Ok(()) };
        mark_installed(machine, &set).await?;
        work.installed = Some(set);
        work.stale = true;
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
