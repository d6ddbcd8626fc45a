//! Shells in machines. A shell outlives the connection that it was opened by, so that a page can come back to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use qv_domain::{ProjectId, Role, UserId};
use qv_sandbox::{Command, ExecEvent, ExecInput, Execution, TerminalSize};
use qv_wire::ErrorCode;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::machine::{self, Hold};
use super::{Want, refusal};
use crate::{Access, Engine, EngineError, Result};

/// What is kept of a shell for those who come back.
const SCROLLBACK: usize = 256 * 1024;
/// A shell that nobody is connected to ends after this.
const ABANDONED: Duration = Duration::from_secs(5 * 60);
/// Shells of one project at once.
const MOST: usize = 8;
/// The largest terminal, in characters.
const LARGEST: TerminalSize = TerminalSize { columns: 500, rows: 300 };

/// The shells of this server.
#[derive(Debug, Default)]
pub(super) struct Terminals(Mutex<HashMap<String, Arc<Shell>>>);

/// A shell.
#[derive(Debug)]
struct Shell {
    id: String,
    project: ProjectId,
    /// Nobody else comes back to it.
    user: UserId,
    input: Box<dyn ExecInput>,
    written: Mutex<Written>,
    grown: watch::Sender<u64>,
    connected: watch::Sender<u32>,
    gone: CancellationToken,
}

/// What a shell has written.
#[derive(Debug, Default)]
struct Written {
    kept: Vec<u8>,
    /// How many bytes came before what is kept.
    forgotten: u64,
    /// How it ended.
    ended: Option<String>,
}

/// Somebody's connection to a shell.
#[derive(Debug)]
pub struct Terminal {
    shell: Arc<Shell>,
    grown: watch::Receiver<u64>,
    after: u64,
}

/// What comes out of a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalOutput {
    /// Bytes for the terminal.
    Bytes(Bytes),
    /// It ended, as a sentence; nothing follows.
    Ended(String),
}

impl Terminals {
    fn get(&self, id: &str) -> Option<Arc<Shell>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn of(&self, project: ProjectId) -> Vec<Arc<Shell>> {
        let shells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shells.values().filter(|shell| shell.project == project).cloned().collect()
    }

    /// Ends every shell of a project: its machine stops.
    pub(super) fn end_of(&self, project: ProjectId) {
        for shell in self.of(project) {
            shell.gone.cancel();
        }
    }

    fn forget(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

impl Engine {
    /// A shell in the project's machine, which is made ready first. `again` names one to come back to, and how many bytes
    /// of it are known already.
    ///
    /// # Errors
    /// `Forbidden` to viewers; when there is no machine, or too many shells.
    pub async fn open_terminal(
        self: &Arc<Self>,
        access: &Access,
        size: TerminalSize,
        again: Option<(&str, u64)>,
    ) -> Result<Terminal> {
        access.require(Role::Editor)?;
        let project = access.project_id();
        if let Some((id, after)) = again
            && let Some(shell) = self.sandboxes.terminals.get(id)
            && shell.project == project
            && shell.user == access.actor().user_id()
        {
            let terminal = Terminal::connect(shell, after);
            terminal.resize(size).await;
            return Ok(terminal);
        }
        if self.sandboxes.terminals.of(project).len() >= MOST {
            return Err(EngineError::refused(
                ErrorCode::Conflict,
                "There are as many terminals open as a project may have. Close one first.",
            ));
        }
        let machine = self.machine(&access.project, Want::Files).await?;
        let hold = machine.hold();
        let mut command = Command::new(["bash", "-l"]);
        command.terminal = Some(bounded(size));
        command.env = vec![("TERM".to_owned(), "xterm-256color".to_owned())];
        command.time_limit = None;
        command.output_limit = None;
        let execution = machine.engine.exec(machine.id, command).await.map_err(|e| refusal(&e))?;
        let mut random = [0; 16];
        self.env.fill_random(&mut random);
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let Execution { events, input } = execution;
        let shell = Arc::new(Shell {
            id: id.clone(),
            project,
            user: access.actor().user_id(),
            input,
            written: Mutex::default(),
            grown: watch::channel(0).0,
            connected: watch::channel(0).0,
            gone: CancellationToken::new(),
        });
        let shells = &self.sandboxes.terminals;
        shells.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, shell.clone());
        // Others may have been opened at the same time.
        if shells.of(project).len() > MOST {
            shell.gone.cancel();
        }
        let terminal = Terminal::connect(shell.clone(), 0);
        let engine = self.clone();
        self.tasks.spawn(async move { engine.keep_shell(&shell, events, hold).await });
        Ok(terminal)
    }

    /// Keeps what a shell writes until it ends, or nobody has been connected to it for a while.
    async fn keep_shell(
        &self,
        shell: &Shell,
        mut events: tokio::sync::mpsc::Receiver<ExecEvent>,
        hold: Hold,
    ) {
        let mut connected = shell.connected.subscribe();
        let abandoned = async {
            loop {
                let _ = connected.wait_for(|count| *count == 0).await;
                let back = connected.wait_for(|count| *count > 0);
                if tokio::time::timeout(ABANDONED, back).await.is_err() {
                    return;
                }
            }
        };
        tokio::pin!(abandoned);
        let reason = loop {
            tokio::select! {
                event = events.recv() => match event {
                    Some(ExecEvent::Output(_, bytes)) => shell.keep(&bytes),
                    Some(ExecEvent::Ended(exit)) => {
                        break match exit {
                            qv_sandbox::Exit::Code(_) => "The shell has ended.".to_owned(),
                            other => format!("The shell has ended: {}.", machine::how(other)),
                        };
                    }
                    None => break "The shell has ended: the sandbox was stopped.".to_owned(),
                },
                () = shell.gone.cancelled() => break "The sandbox was stopped.".to_owned(),
                () = self.stopping.cancelled() => break "The server is stopping.".to_owned(),
                () = &mut abandoned => break "Nobody was connected to the shell.".to_owned(),
            }
        };
        let _ = shell.input.end().await;
        shell.end(reason);
        self.sandboxes.terminals.forget(&shell.id);
        drop(hold);
    }
}

impl Shell {
    fn keep(&self, bytes: &[u8]) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.kept.extend_from_slice(bytes);
        // In large steps, so that not every piece moves all of it.
        if written.kept.len() > 2 * SCROLLBACK {
            let gone = written.kept.len() - SCROLLBACK;
            written.kept.drain(..gone);
            written.forgotten += gone as u64;
        }
        let total = written.forgotten + written.kept.len() as u64;
        drop(written);
        self.grown.send_replace(total);
    }

    fn end(&self, reason: String) {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).ended = Some(reason);
        self.grown.send_modify(|_| {});
    }
}

impl Terminal {
    fn connect(shell: Arc<Shell>, after: u64) -> Self {
        shell.connected.send_modify(|count| *count += 1);
        let mut terminal = Self { grown: shell.grown.subscribe(), shell, after };
        terminal.after = terminal.first(after);
        terminal
    }

    /// Where what can still be given begins: a page that was away for long has missed some.
    fn first(&self, after: u64) -> u64 {
        let written = self.shell.written.lock().unwrap_or_else(PoisonError::into_inner);
        let total = written.forgotten + written.kept.len() as u64;
        after.clamp(written.forgotten, total)
    }

    /// The shell's name, to come back to it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.shell.id
    }

    /// How many bytes the shell wrote before the first that comes next.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.after
    }

    /// What the shell writes next; waits for it.
    pub async fn next(&mut self) -> TerminalOutput {
        loop {
            self.grown.borrow_and_update();
            {
                let written = self.shell.written.lock().unwrap_or_else(PoisonError::into_inner);
                let from = self.after.max(written.forgotten) - written.forgotten;
                let fresh = usize::try_from(from).ok().and_then(|from| written.kept.get(from..));
                match fresh {
                    Some(fresh) if !fresh.is_empty() => {
                        let bytes = Bytes::copy_from_slice(fresh);
                        self.after = written.forgotten + written.kept.len() as u64;
                        return TerminalOutput::Bytes(bytes);
                    }
                    _ => {
                        if let Some(reason) = &written.ended {
                            return TerminalOutput::Ended(reason.clone());
                        }
                    }
                }
            }
            if self.grown.changed().await.is_err() {
                return TerminalOutput::Ended("The shell has ended.".to_owned());
            }
        }
    }

    /// What types into it.
    #[must_use]
    pub fn input(&self) -> TerminalInput {
        TerminalInput(self.shell.clone())
    }

    /// Gives the terminal another size.
    pub async fn resize(&self, size: TerminalSize) {
        let _ = self.shell.input.resize(bounded(size)).await;
    }

    /// Ends the shell.
    pub async fn end(&self) {
        let _ = self.shell.input.end().await;
    }
}

/// Types into a shell.
#[derive(Debug, Clone)]
pub struct TerminalInput(Arc<Shell>);

impl TerminalInput {
    /// Types something; waits for a program that does not read. What a shell that has ended is told, nobody hears.
    pub async fn write(&self, bytes: Bytes) {
        let _ = self.0.input.write(bytes).await;
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.shell.connected.send_modify(|count| *count = count.saturating_sub(1));
    }
}

fn bounded(size: TerminalSize) -> TerminalSize {
    TerminalSize {
        columns: size.columns.clamp(2, LARGEST.columns),
        rows: size.rows.clamp(1, LARGEST.rows),
    }
}
