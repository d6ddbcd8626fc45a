//! Brings a machine to where it is wanted: made, with the project's newest files, its packages and its server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use qv_domain::{Blob, BlobHash, EngineKind, FilePath, SandboxState};
use qv_sandbox::{
    Command, Egress, ExecEvent, Execution, Exit, FileWrite, Framework, Manifest, SandboxError,
    SandboxSpec,
};
use qv_wire::OutputSource;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::decide::Wants;
use super::engines::{Slot, sentence};
use super::machine::{self, Machine, Work};
use crate::{Engine, EngineError, Result};

/// How long packages may take to install.
const INSTALL: Duration = Duration::from_secs(300);
/// How long the app's server may take until it takes connections.
const START: Duration = Duration::from_secs(60);
/// What of an install's output is kept.
const INSTALL_OUTPUT: u64 = 256 * 1024;
/// In the machine: which of its files are the project's, and which packages are installed. Whoever changes these harms
/// only their own machine.
const FILES: &str = ".quickvibe/files.json";
const INSTALLED: &str = ".quickvibe/packages";
/// The content of a file that is in a machine, when nobody knows what it is: no content has this digest.
const UNKNOWN: BlobHash = BlobHash::from_bytes([0; 32]);
const NOTE_BYTES: u64 = 1_000_000;

/// How far a machine is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Want {
    /// It runs, with the project's files.
    Files,
    /// Its packages are installed, too.
    Packages,
    /// The app's server takes connections, too.
    Server,
}

impl Engine {
    /// Brings a machine to where it is wanted, after what others do to it. What is there already is left alone.
    ///
    /// # Errors
    /// When it does not get there; the machine's step says so, too.
    pub(super) async fn bring(self: &Arc<Self>, machine: &Arc<Machine>, want: Want) -> Result<()> {
        // Begun is finished, whoever leaves meanwhile: a machine that is half ready would stay so.
        let (engine, machine) = (self.clone(), machine.clone());
        let brought = self.tasks.spawn(async move {
            let stopping = engine.stopping.clone();
            let brought = stopping.run_until_cancelled(engine.bring_now(&machine, want)).await;
            brought.unwrap_or_else(|| {
                let words = "The server is stopping.";
                Err(EngineError::refused(qv_wire::ErrorCode::Unavailable, words))
            })
        });
        brought.await.unwrap_or_else(|error| {
            Err(EngineError::Internal(format!("a sandbox was not made ready: {error}")))
        })
    }

    async fn bring_now(self: &Arc<Self>, machine: &Arc<Machine>, want: Want) -> Result<()> {
        machine.touch(self);
        let mut work = machine.work.lock().await;
        if work.gone {
            let words = "The sandbox was removed meanwhile. Try again.";
            return Err(EngineError::refused(qv_wire::ErrorCode::Conflict, words));
        }
        let done = self.work_on(machine, &mut work, want).await;
        let mut live = machine.live();
        match &done {
            Ok(()) if live.state == SandboxState::Running && work.server_failed.is_none() => {
                live.step = None;
            }
            Ok(()) => {}
            Err(error) => {
                live.step = Some(error.detail());
                live.failed_at = Some(Instant::now());
            }
        }
        done
    }

    async fn work_on(
        self: &Arc<Self>,
        machine: &Arc<Machine>,
        work: &mut Work,
        want: Want,
    ) -> Result<()> {
        let wants = self.wants(machine.project).await?;
        self.start_machine(machine, work, &wants).await?;
        let changed = self.sync_machine(machine, work).await?;
        work.stale |= changed.iter().any(|path| restarts(path, &wants));
        if !changed.is_empty() {
            work.server_failed = None;
        }
        if want < Want::Packages {
            return Ok(());
        }
        if self.install(machine, work, &wants).await? {
            work.stale = true;
            work.server_failed = None;
        }
        if want < Want::Server {
            return Ok(());
        }
        if std::mem::take(&mut work.stale) {
            work.service = None;
            machine.live().unserved();
        }
        self.serve(machine, work, &wants).await
    }

    /// Makes it, or starts it again.
    async fn start_machine(
        self: &Arc<Self>,
        machine: &Arc<Machine>,
        work: &mut Work,
        wants: &Wants,
    ) -> Result<()> {
        if machine.runs() {
            // It may have ended by itself: by a limit, or at its engine.
            let status = machine.engine.status(machine.id).await;
            match status {
                Ok(status) if status.state == SandboxState::Running => return Ok(()),
                Err(error) if error.retryable() => return Err(refusal(&error)),
                Ok(status) => {
                    let fault = status.fault.unwrap_or_else(|| "nobody knows why".to_owned());
                    machine.tell(self, &format!("The sandbox has ended: {fault}."));
                }
                Err(_) => machine.tell(self, "The sandbox is gone."),
            }
            self.pay(machine).await?;
            machine.live().unpaid_since = None;
        }
        if machine.live().held_down {
            let words = "An administrator has stopped this sandbox. Restart it when it is needed.";
            return Err(EngineError::refused(qv_wire::ErrorCode::Conflict, words));
        }
        self.require_room(machine.owner, machine.project)?;
        work.service = None;
        work.server_failed = None;
        {
            let mut live = machine.live();
            live.state = SandboxState::Starting;
            live.unserved();
        }
        let words = if work.made { "Starting the sandbox" } else { "Making a sandbox" };
        machine.step(self, words);
        let resumed = if work.made {
            match machine.engine.resume(machine.id).await {
                Err(SandboxError::NotFound { .. }) => {
                    // Its files are gone with it: it is made anew.
                    machine.tell(self, "The sandbox was lost; a new one is made.");
                    *work = Work::default();
                    None
                }
                resumed => Some(resumed),
            }
        } else {
            None
        };
        let started = match resumed {
            Some(resumed) => resumed,
            None => self.make_machine(machine, work, wants).await,
        };
        match started {
            Ok(()) => {
                work.made = true;
                let mut live = machine.live();
                live.state = SandboxState::Running;
                live.unpaid_since = Some(Instant::now());
                drop(live);
                self.keep_started_later(machine, wants);
                Ok(())
            }
            Err(error) => {
                let words = sentence(&error);
                machine.ended(SandboxState::Failed, Some(words.clone()));
                machine.tell(self, &words);
                Err(refusal(&error))
            }
        }
    }

    /// Makes it, with its packages where they are kept.
    async fn make_machine(
        &self,
        machine: &Machine,
        work: &mut Work,
        wants: &Wants,
    ) -> Result<(), SandboxError> {
        let spec = self.spec(machine, wants);
        // Engines that keep none say yes to every set, and give none.
        let kept = match &spec.packages {
            Some(set) if machine.kind == EngineKind::Local => {
                machine.engine.has_packages(set).await.then(|| set.clone())
            }
            _ => None,
        };
        machine.engine.create(spec).await?;
        if let Some(set) = kept {
            // What was made is made: without its mark the packages are installed once more.
            match mark_installed(machine, &set).await {
                Ok(()) => work.installed = Some(set),
                Err(error) => tracing::debug!(%error, "kept packages were not noted"),
            }
        }
        Ok(())
    }

    pub(super) fn spec(&self, machine: &Machine, wants: &Wants) -> SandboxSpec {
        SandboxSpec {
            id: machine.id,
            limits: self.config.sandboxes.limits,
            egress: if self.config.offline { Egress::None } else { Egress::Registry },
            packages: package_set(wants),
            env: self.sandboxes.engines.slot(machine.kind).map(Slot::env).unwrap_or_default(),
        }
    }

    /// Brings the project's newest files into it, and says which have changed.
    async fn sync_machine(&self, machine: &Machine, work: &mut Work) -> Result<Vec<FilePath>> {
        if machine.dirty.swap(false, Ordering::Relaxed)
            && let Some(files) = &mut work.files
        {
            files.values_mut().for_each(|hash| *hash = UNKNOWN);
        }
        let known = match &work.files {
            Some(files) => files.clone(),
            None => self.files_in(machine).await,
        };
        let mut conn = self.db.read().await?;
        let head: BTreeMap<FilePath, BlobHash> = conn
            .files(machine.project)
            .await?
            .into_iter()
            .map(|meta| (meta.path, meta.hash))
            .collect();
        let differing: Vec<(&FilePath, BlobHash)> = head
            .iter()
            .filter(|(path, hash)| known.get(*path) != Some(hash))
            .map(|(path, hash)| (path, *hash))
            .collect();
        let hashes: Vec<BlobHash> = differing.iter().map(|(_, hash)| *hash).collect();
        let blobs = conn.blobs(&hashes).await?;
        drop(conn);
        let mut writes = Vec::new();
        for (path, hash) in differing {
            let content = blobs.get(&hash).cloned().ok_or_else(|| {
                EngineError::Internal(format!("the content of {path} is missing"))
            })?;
            writes.push(FileWrite { path: path.clone(), content: Some(content) });
        }
        let gone = known.keys().filter(|path| !head.contains_key(*path));
        writes.extend(gone.map(|path| FileWrite { path: path.clone(), content: None }));
        let changed: Vec<FilePath> = writes.iter().map(|write| write.path.clone()).collect();
        if !writes.is_empty() {
            if known.keys().ne(head.keys()) || work.files.is_none() {
                writes.push(FileWrite {
                    path: own_file(FILES)?,
                    content: Some(note(&head.keys().collect::<Vec<_>>())?),
                });
            }
            machine.engine.write_files(machine.id, writes).await.map_err(|e| refusal(&e))?;
        }
        work.files = Some(head);
        Ok(changed)
    }

    /// Which files of the project a machine has that this server did not fill; what is in them is not known.
    async fn files_in(&self, machine: &Machine) -> BTreeMap<FilePath, BlobHash> {
        let Ok(path) = own_file(FILES) else { return BTreeMap::new() };
        let read = machine.engine.read_file(machine.id, &path, NOTE_BYTES).await;
        let paths: Vec<String> =
            read.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        paths.iter().filter_map(|path| Some((FilePath::parse(path).ok()?, UNKNOWN))).collect()
    }

    /// Installs the app's packages where they are not. True when something was installed.
    async fn install(
        self: &Arc<Self>,
        machine: &Arc<Machine>,
        work: &mut Work,
        wants: &Wants,
    ) -> Result<bool> {
        let Some(set) = package_set(wants) else { return Ok(false) };
        if work.installed.is_none() {
            let path = own_file(INSTALLED)?;
            let read = machine.engine.read_file(machine.id, &path, 1_000).await.ok();
            work.installed = read.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        }
        if work.installed.as_deref() == Some(set.as_str()) {
            return Ok(false);
        }
        machine.step(self, "Waiting to install packages");
        let _turn = self.sandboxes.heavy.acquire().await;
        machine.step(self, "Installing packages");
        let locked = work
            .files
            .as_ref()
            .is_some_and(|files| files.keys().any(|path| path.as_str() == "package-lock.json"));
        let mut exit = Exit::SandboxGone;
        // A lock file that is older than package.json is no reason to run without packages.
        for verb in if locked { &["ci", "install"][..] } else { &["install"] } {
            let mut command =
                Command::new(["npm", verb, "--no-audit", "--no-fund", "--prefer-offline"]);
            command.time_limit = Some(INSTALL);
            command.output_limit = Some(INSTALL_OUTPUT);
            let ran = machine.engine.exec(machine.id, command).await.map_err(|e| refusal(&e))?;
            exit = self.hear_out(machine, OutputSource::Install, ran).await;
            if exit.success() {
                break;
            }
        }
        if !exit.success() {
            work.installed = Some(String::new());
            return Err(EngineError::refused(
                qv_wire::ErrorCode::Conflict,
                format!("The packages could not be installed: {}.", machine::how(exit)),
            ));
        }
        mark_installed(machine, &set).await?;
        work.installed = Some(set.clone());
        self.template_later(machine, wants, set);
        Ok(true)
    }

    /// Starts the app's server where it does not run.
    async fn serve(
        self: &Arc<Self>,
        machine: &Arc<Machine>,
        work: &mut Work,
        wants: &Wants,
    ) -> Result<()> {
        let server = wants.needs.server.clone();
        let Some(server) = server else {
            return Err(EngineError::refused(
                qv_wire::ErrorCode::Conflict,
                "QuickVibe found no way to start this app: give package.json a `dev` or `start` script.",
            ));
        };
        if machine.port().is_some() && work.service.is_some() {
            return Ok(());
        }
        if let Some(failed) = &work.server_failed {
            return Err(EngineError::refused(qv_wire::ErrorCode::Conflict, failed.clone()));
        }
        machine.step(self, &format!("Starting {}", server.framework.name()));
        let mut command = Command::new(server.command.clone());
        command.env = vec![
            ("PORT".to_owned(), server.port.to_string()),
            ("HOST".to_owned(), "127.0.0.1".to_owned()),
            ("BROWSER".to_owned(), "none".to_owned()),
            ("FORCE_COLOR".to_owned(), "1".to_owned()),
        ];
        command.time_limit = Some(START);
        command.output_limit = None;
        match machine.engine.start_service(machine.id, command, server.port).await {
            Ok(execution) => {
                {
                    let mut live = machine.live();
                    live.server = Some(server.framework.name());
                    live.port = Some(server.port);
                }
                // Afterwards: it may end at once, and takes that back.
                work.service = Some(machine::watch(self, machine, execution));
                Ok(())
            }
            Err(error) => {
                if let SandboxError::Ended { output } = &error {
                    machine.output.push(OutputSource::Server, output, &*self.env);
                }
                let words = sentence(&error);
                machine.tell(self, &words);
                work.server_failed = Some(words.clone());
                match error {
                    // It is the app's own doing.
                    SandboxError::Ended { .. } | SandboxError::Timeout { .. } => {
                        Err(EngineError::refused(qv_wire::ErrorCode::Conflict, words))
                    }
                    _ => Err(refusal(&error)),
                }
            }
        }
    }

    /// Puts a command's output into the machine's log until it ends.
    pub(super) async fn hear_out(
        &self,
        machine: &Machine,
        source: OutputSource,
        mut execution: Execution,
    ) -> Exit {
        while let Some(event) = execution.events.recv().await {
            match event {
                ExecEvent::Output(_, bytes) => machine::write(self, machine, source, &bytes),
                ExecEvent::Ended(exit) => return exit,
            }
        }
        Exit::SandboxGone
    }
}

/// Whether the app's server must be started anew when this file changes. Vite and Next.js see for themselves; so do
/// watchers, but nobody knows when they are done, and whoever asks meanwhile would get the old app or none.
fn restarts(path: &FilePath, wants: &Wants) -> bool {
    let Some(server) = &wants.needs.server else { return false };
    if matches!(server.framework, Framework::Vite | Framework::Next) {
        return false;
    }
    let path = path.as_str();
    let served_as_it_is = ["public/", "static/", "dist/"];
    !served_as_it_is.iter().any(|folder| path.starts_with(folder))
        && [".js", ".mjs", ".cjs", ".ts", ".mts", ".json", ".env"]
            .iter()
            .any(|end| path.ends_with(end))
}

/// Names the packages that an app begins with: a digest of what `package.json` asks for.
fn package_set(wants: &Wants) -> Option<String> {
    set_of(&wants.manifest)
}

pub(super) fn set_of(manifest: &Manifest) -> Option<String> {
    if manifest.packages.is_empty() {
        return None;
    }
    let mut digest = Sha256::new();
    for (name, version) in &manifest.packages {
        digest.update(format!("{name}\0{version}\0"));
    }
    Some(format!("{}", BlobHash::from_bytes(digest.finalize().into())))
}

/// Notes in the machine which packages are installed.
pub(super) async fn mark_installed(machine: &Machine, set: &str) -> Result<()> {
    let mark = FileWrite { path: own_file(INSTALLED)?, content: Some(set.as_bytes().into()) };
    machine.engine.write_files(machine.id, vec![mark]).await.map_err(|error| refusal(&error))
}

fn own_file(path: &str) -> Result<FilePath> {
    FilePath::parse(path).map_err(|error| EngineError::Internal(error.to_string()))
}

fn note(paths: &[&FilePath]) -> Result<Blob> {
    let text = serde_json::to_vec(paths).map_err(|error| {
        EngineError::Internal(format!("a list of files cannot be written: {error}"))
    })?;
    Ok(text.into())
}

/// What a sandbox engine says, as the API says it.
pub(crate) fn refusal(error: &SandboxError) -> EngineError {
    use qv_wire::ErrorCode;
    let code = match error {
        SandboxError::NotFound { .. } => ErrorCode::NotFound,
        SandboxError::InvalidSpec { .. } => ErrorCode::Invalid,
        SandboxError::Conflict { .. } | SandboxError::Ended { .. } => ErrorCode::Conflict,
        SandboxError::Timeout { .. } => ErrorCode::Timeout,
        SandboxError::Quota { .. }
        | SandboxError::Suspended
        | SandboxError::Auth
        | SandboxError::RateLimited { .. }
        | SandboxError::NotIsolated { .. }
        | SandboxError::Transient { .. } => ErrorCode::Unavailable,
    };
    match error {
        SandboxError::RateLimited { retry_after: Some(wait) } => {
            EngineError::Later { code, detail: sentence(error), wait: *wait }
        }
        _ => EngineError::refused(code, sentence(error)),
    }
}
