//! Every attempt inside sandboxes of the local engine.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use qv_domain::{FilePath, SandboxId};
use qv_sandbox::{
    Command, Egress, ExecEvent, Execution, Exit, FileWrite, ResourceLimits, SandboxEngine,
    SandboxSpec,
};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::probe::{self, Attempt, Kind, Told, Word};
use crate::stage::Stage;
use crate::{judge, open};

pub(crate) const LIMITS: ResourceLimits = ResourceLimits {
    memory_bytes: 384 << 20,
    cpu_milli: 500,
    processes: 128,
    open_files: 512,
    disk_bytes: 96 << 20,
};
/// How many files a sandbox of [`LIMITS`] may make at most.
const INODES: usize = 100_000;
pub(crate) const PROGRAM: &str = "qv-hostile";
/// The second sandbox's file and port.
const OTHER_FILE: &str = "other/private.txt";
const OTHER_PORT: u16 = 7_777;

/// An engine with a hostile sandbox and a second one that it must not reach.
pub(crate) struct Host {
    pub(crate) engine: Arc<dyn SandboxEngine>,
    pub(crate) stage: Stage,
    pub(crate) sandbox: SandboxId,
    pub(crate) other: SandboxId,
    other_victim: Execution,
    other_pid: u32,
    /// Where the engine keeps things.
    folder: TempDir,
    /// Names the set of packages that both begin with.
    packages: Option<String>,
    next: u64,
}

/// Runs all attempts and prints how many were held.
pub(crate) fn run(mode: &str) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let attempts = probe::list();
        let mut host = Host::start().await;
        let (mut held, mut failed) = (0, Vec::new());
        for attempt in ordered(&attempts) {
            match attempt_it(&mut host, &attempt).await {
                Ok(detail) => {
                    held += 1;
                    println!("{mode}: held {}: {detail}", attempt.name);
                }
                Err(why) => {
                    println!("{mode}: NOT HELD {}: {why}", attempt.name);
                    failed.push(format!("{}: {why}", attempt.name));
                }
            }
        }
        match host.end().await {
            Ok(()) => {}
            Err(why) => failed.push(format!("the end: {why}")),
        }
        println!("{mode}: held {held} of {}", held + failed.len());
        assert!(failed.is_empty(), "{mode}: {failed:#?}");
    });
}

/// Bombs last, and before them what may end the sandbox.
fn ordered(attempts: &[Attempt]) -> Vec<Attempt> {
    let only: BTreeSet<String> = std::env::var("QV_HOSTILE_ONLY")
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let mut all = attempts.to_vec();
    all.retain(|attempt| only.is_empty() || only.contains(&attempt.name));
    all.sort_by_key(|attempt| match attempt.kind {
        Kind::Plain => 0,
        Kind::Host => 1,
        Kind::Stays => 2,
        Kind::Bomb => 3,
    });
    all
}

async fn attempt_it(host: &mut Host, attempt: &Attempt) -> Result<String, String> {
    host.revive().await?;
    let said = judge::judge(host, attempt).await;
    // What was done to the host counts, whatever the attempt says of itself.
    host.stage.touched()?;
    host.other_unharmed()?;
    said
}

impl Host {
    async fn start() -> Self {
        let folder = folder();
        let stage = Stage::set(crate::is_root().then_some(open::UID));
        let engine = open::engine(folder.path(), &stage.registry()).await;
        let packages = Some(open::template(&engine).await);
        let engine: Arc<dyn SandboxEngine> = Arc::new(engine);
        let (sandbox, other) = (open::id(1), open::id(2));
        for id in [sandbox, other] {
            create(&*engine, id, packages.as_deref()).await;
        }
        let write = FileWrite {
            path: path(OTHER_FILE),
            content: Some(crate::stage::WORD.as_bytes().into()),
        };
        engine.write_files(other, vec![write]).await.unwrap();
        let marker = format!("other-{}", std::process::id());
        let mut command = command("victim", &marker, Vec::new());
        command.time_limit = None;
        let mut other_victim = engine.exec(other, command).await.unwrap();
        let first =
            timeout(Duration::from_secs(10), other_victim.events.recv()).await.unwrap().unwrap();
        let ExecEvent::Output(_, line) = first else {
            panic!("the other sandbox's victim: {first:?}")
        };
        println!("other: {}", String::from_utf8_lossy(&line).trim_end());
        let other_pid = crate::stage::marked(&marker).first().copied().unwrap_or_default();
        assert!(other_pid > 0, "the other sandbox's process is not to be seen on the host");
        Self { engine, stage, sandbox, other, other_victim, other_pid, folder, packages, next: 3 }
    }

    /// Runs an attempt as a command of its own.
    pub(crate) async fn start_attempt(
        &self,
        name: &str,
        limit: Duration,
    ) -> Result<Execution, String> {
        let mut command = command(name, &self.stage.marker(), self.env());
        command.time_limit = Some(limit);
        self.engine
            .exec(self.sandbox, command)
            .await
            .map_err(|error| format!("it does not start: {error}"))
    }

    /// Free bytes of the disk that the engine's folder lies on.
    pub(crate) fn free(&self) -> u64 {
        rustix::fs::statvfs(self.folder.path()).map_or(0, |disk| disk.f_bfree * disk.f_frsize)
    }

    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let other = self.folder.path().join(OTHER_FILE).display().to_string();
        let told = [
            ("QV_PROXY", "127.0.0.1:3128".to_owned()),
            ("QV_OTHER_FILE", self.other_file().unwrap_or(other)),
            ("QV_OTHER_PORT", OTHER_PORT.to_string()),
            ("QV_OTHER_PID", self.other_pid.to_string()),
            ("QV_LIMIT_CPU_MILLI", LIMITS.cpu_milli.to_string()),
            ("QV_LIMIT_FILES", LIMITS.open_files.to_string()),
            // With what the engine adds for its own.
            ("QV_LIMIT_PROCESSES", (LIMITS.processes + 8).to_string()),
            ("QV_LIMIT_MEMORY", LIMITS.memory_bytes.to_string()),
            ("QV_LIMIT_DISK", LIMITS.disk_bytes.to_string()),
            ("QV_LIMIT_INODES", INODES.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        let mut env = self.stage.env();
        env.retain(|(name, _)| !told.iter().any(|(other, _)| other == name));
        env.extend(told);
        env
    }

    /// Where the second sandbox's file is on the host.
    fn other_file(&self) -> Option<String> {
        find(self.folder.path(), "private.txt").map(|path| path.display().to_string())
    }

    /// The hostile sandbox anew where it does not answer any more: it may end itself.
    pub(crate) async fn revive(&mut self) -> Result<(), String> {
        let answer = async {
            let execution = self.engine.exec(self.sandbox, Command::new(["true"])).await.ok()?;
            Some(execution.collect().await.2)
        };
        if timeout(Duration::from_secs(10), answer).await == Ok(Some(Exit::Code(0))) {
            return Ok(());
        }
        self.renew().await
    }

    /// Another sandbox in place of the hostile one.
    pub(crate) async fn renew(&mut self) -> Result<(), String> {
        let gone = timeout(Duration::from_secs(20), self.engine.delete(self.sandbox)).await;
        gone.map_err(|_| "it cannot be deleted in time")?.map_err(|error| error.to_string())?;
        let left = self.stage.marked();
        if !left.is_empty() {
            return Err(format!("processes {left:?} are left after it was deleted"));
        }
        self.sandbox = open::id(self.next);
        self.next += 1;
        create(&*self.engine, self.sandbox, self.packages.as_deref()).await;
        Ok(())
    }

    fn other_unharmed(&self) -> Result<(), String> {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.other_pid)).unwrap_or_default();
        let state =
            stat.rsplit(") ").next().unwrap_or_default().split(' ').next().unwrap_or_default();
        if matches!(state, "S" | "R") {
            Ok(())
        } else {
            Err(format!("the other sandbox's process is {state:?}"))
        }
    }

    /// Deletes both, and looks whether anything is left.
    async fn end(mut self) -> Result<(), String> {
        self.renew().await?;
        let output = self.engine.read_file(self.other, &path(OTHER_FILE), 1_000).await;
        if output.ok().as_deref() != Some(crate::stage::WORD.as_bytes()) {
            return Err("the other sandbox's file was changed".into());
        }
        drop(self.other_victim);
        for id in [self.sandbox, self.other] {
            self.engine.delete(id).await.map_err(|error| error.to_string())?;
        }
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let folder = self.folder.path().display().to_string();
        if let Some(line) = mounts.lines().find(|line| line.contains(&folder)) {
            return Err(format!("a mount is left: {line}"));
        }
        self.engine.shut_down().await;
        Ok(())
    }
}

pub(crate) fn path(text: &str) -> FilePath {
    FilePath::parse(text).unwrap()
}

/// A command of the probe's, marked so that it is found on the host.
pub(crate) fn command(name: &str, marker: &str, env: Vec<(String, String)>) -> Command {
    let mut command = Command::new([&format!("./{PROGRAM}"), name, marker]);
    command.env = env;
    command.time_limit = Some(Duration::from_secs(90));
    command
}

/// A sandbox with the probe in its project.
pub(crate) async fn create(engine: &dyn SandboxEngine, id: SandboxId, packages: Option<&str>) {
    let spec = SandboxSpec {
        id,
        limits: LIMITS,
        egress: Egress::Registry,
        packages: packages.map(str::to_owned),
        env: Vec::new(),
    };
    engine.create(spec).await.unwrap();
    let program = std::fs::read(probe::path()).unwrap();
    let write = FileWrite { path: path(PROGRAM), content: Some(program.into()) };
    engine.write_files(id, vec![write]).await.unwrap();
    let made =
        engine.exec(id, Command::new(["chmod", "755", PROGRAM])).await.unwrap().collect().await;
    assert_eq!(made.2, Exit::Code(0), "{}", String::from_utf8_lossy(&made.1));
}

/// Everything of an engine lies here.
fn folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("qv-engine-").tempdir().unwrap();
    crate::stage::open_to_all(folder.path(), 0o755);
    folder
}

/// A file by its name, anywhere below.
pub(crate) fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    std::fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let kind = entry.file_type().ok()?;
        if kind.is_dir() {
            find(&entry.path(), name)
        } else {
            (entry.file_name() == name).then(|| entry.path())
        }
    })
}

/// What a probe said, or how it ended without a word.
pub(crate) fn verdict(told: Option<Told>, exit: Exit, may_die: bool) -> Result<String, String> {
    match told {
        Some(Told { outcome: Word::Held, detail, .. }) => Ok(detail),
        Some(Told { outcome: Word::Escaped, detail, .. }) => Err(detail),
        Some(Told { outcome: Word::Error, detail, .. }) => {
            Err(format!("the attempt went wrong: {detail}"))
        }
        None if may_die && !exit.success() => Ok(format!("it was ended: {exit:?}")),
        None => Err(format!("the attempt said nothing: {exit:?}")),
    }
}
