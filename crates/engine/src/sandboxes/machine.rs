//! A project's machine while this server knows it: what it is, what it does, and one job at a time on it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use qv_domain::{
    BlobHash, EngineKind, FilePath, ProjectId, SandboxId, SandboxState, Timestamp, UserId,
};
use qv_sandbox::{ExecEvent, Exit, PreviewTarget, SandboxEngine};
use qv_wire::OutputSource;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::output::OutputLog;
use crate::Engine;

/// A project's machine.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(super) id: SandboxId,
    pub(super) project: ProjectId,
    /// Who pays.
    pub(super) owner: UserId,
    pub(super) kind: EngineKind,
    pub(super) engine: Arc<dyn SandboxEngine>,
    pub(super) output: Arc<OutputLog>,
    live: Mutex<Live>,
    /// A command was cut off: what it left in the project's files is not known.
    pub(super) dirty: AtomicBool,
    /// Whoever brings it further holds this: one job at a time.
    pub(super) work: tokio::sync::Mutex<Work>,
}

/// How it is.
#[derive(Debug, Clone)]
pub(super) struct Live {
    pub(super) state: SandboxState,
    /// What is done to it now, or why it failed.
    pub(super) step: Option<String>,
    /// What serves the app.
    pub(super) server: Option<&'static str>,
    /// Where, once it takes connections.
    pub(super) port: Option<u16>,
    pub(super) used_at: Timestamp,
    /// Since when its time is not written down.
    pub(super) unpaid_since: Option<Instant>,
    /// What uses it and does not say so by and by: terminals and the agent's commands.
    pub(super) holders: u32,
    /// When it failed last.
    pub(super) failed_at: Option<Instant>,
    /// An administrator has stopped it: only a member's word starts it again.
    pub(super) held_down: bool,
    /// How its server is reached, as it was told a moment ago.
    pub(super) target: Option<(PreviewTarget, Instant)>,
}

impl Live {
    /// The app's server does not take connections any more.
    pub(super) fn unserved(&mut self) {
        self.port = None;
        self.server = None;
        self.target = None;
    }
}

/// What has been done to it.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Whether the engine has it.
    pub(super) made: bool,
    /// What of the project's files is in it; `None` until it is known.
    pub(super) files: Option<BTreeMap<FilePath, BlobHash>>,
    /// The packages that are installed, by the name of their set.
    pub(super) installed: Option<String>,
    /// What serves the app.
    pub(super) service: Option<Service>,
    /// Why the app's server is not started: nothing changed since it failed.
    pub(super) server_failed: Option<String>,
    /// The app's server is older than its files.
    pub(super) stale: bool,
    /// It was removed: whoever waited for it must look for another.
    pub(super) gone: bool,
}

/// A server of the app that runs.
#[derive(Debug)]
pub(super) struct Service {
    /// Ends it, with its execution.
    pump: AbortHandle,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

/// Keeps a machine from being stopped for being idle.
#[derive(Debug)]
pub(crate) struct Hold(Arc<Machine>);

impl Drop for Hold {
    fn drop(&mut self) {
        let mut live = self.0.live();
        live.holders = live.holders.saturating_sub(1);
    }
}

impl Machine {
    pub(super) fn new(
        row: &qv_store::Sandbox,
        owner: UserId,
        engine: Arc<dyn SandboxEngine>,
        made: bool,
    ) -> Arc<Self> {
        let live = Live {
            state: if made { SandboxState::Stopped } else { SandboxState::Starting },
            step: None,
            server: None,
            port: None,
            used_at: row.used_at,
            unpaid_since: None,
            holders: 0,
            failed_at: None,
            held_down: false,
            target: None,
        };
        Arc::new(Self {
            id: row.id,
            project: row.project_id,
            owner,
            kind: row.engine,
            engine,
            output: OutputLog::new(),
            live: Mutex::new(live),
            dirty: AtomicBool::new(false),
            work: tokio::sync::Mutex::new(Work { made, ..Work::default() }),
        })
    }

    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what is done to it now, to those who look and in its log.
    pub(super) fn step(&self, engine: &Engine, words: &str) {
        self.live().step = Some(words.to_owned());
        self.tell(engine, words);
    }

    /// Says something in its log.
    pub(super) fn tell(&self, engine: &Engine, words: &str) {
        self.output.push(OutputSource::Quickvibe, &format!("{words}\r\n"), &*engine.env);
    }

    /// Somebody uses it now.
    pub(super) fn touch(&self, engine: &Engine) {
        self.live().used_at = engine.env.now();
    }

    /// Keeps it from being stopped for being idle, until what is returned is dropped.
    pub(crate) fn hold(self: &Arc<Self>) -> Hold {
        self.live().holders += 1;
        Hold(self.clone())
    }

    pub(super) fn runs(&self) -> bool {
        self.live().state == SandboxState::Running
    }

    /// Whether it runs, or is about to.
    pub(super) fn uses_room(&self) -> bool {
        matches!(self.live().state, SandboxState::Running | SandboxState::Starting)
    }

    /// Where the app's server takes connections, if it does.
    pub(super) fn port(&self) -> Option<u16> {
        self.live().port
    }

    /// It has ended, or is about to: nothing in it works any more.
    pub(super) fn ended(&self, state: SandboxState, step: Option<String>) {
        let mut live = self.live();
        live.state = state;
        live.step = step;
        live.unserved();
        live.failed_at = (state == SandboxState::Failed).then(Instant::now);
    }
}

/// Hands on what a server writes until it ends, and notes that it did.
pub(super) fn watch(
    engine: &Arc<Engine>,
    machine: &Arc<Machine>,
    mut execution: qv_sandbox::Execution,
) -> Service {
    let (engine, machine) = (engine.clone(), machine.clone());
    let pump = tokio::spawn(async move {
        let exit = loop {
            match execution.events.recv().await {
                Some(ExecEvent::Output(_, bytes)) => {
                    write(&engine, &machine, OutputSource::Server, &bytes);
                }
                Some(ExecEvent::Ended(exit)) => break exit,
                None => break Exit::SandboxGone,
            }
        };
        let words = format!("The app's server ended: {}.", how(exit));
        machine.tell(&engine, &words);
        let mut live = machine.live();
        live.unserved();
        if live.state == SandboxState::Running {
            live.step = Some(words);
        }
    });
    Service { pump: pump.abort_handle() }
}

/// Puts what a program has written into the log.
pub(super) fn write(engine: &Engine, machine: &Machine, source: OutputSource, bytes: &[u8]) {
    machine.output.push(source, &String::from_utf8_lossy(bytes), &*engine.env);
}

/// How a command ended, in words.
pub(super) fn how(exit: Exit) -> String {
    match exit {
        Exit::Code(0) => "it did what it was to do".to_owned(),
        Exit::Code(code) => format!("exit code {code}"),
        Exit::Signal(signal) => format!("ended by signal {signal}"),
        Exit::TimedOut => "it took too long".to_owned(),
        Exit::OutOfMemory => "it used more memory than the sandbox has".to_owned(),
        Exit::SandboxGone => "the sandbox was stopped".to_owned(),
    }
}
