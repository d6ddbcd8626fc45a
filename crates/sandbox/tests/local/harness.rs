//! Runs cases with the local engine: as root, or as an ordinary user. Root becomes one by starting the test again.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use qv_sandbox::SandboxEngine;
use qv_sandbox::local::{Launcher, LocalConfig, LocalEngine};
use tempfile::TempDir;

use crate::contract::{Case, Fixture};
use crate::groups::Groups;
use crate::somebody::{self, copied};

/// Who the ordinary user is, when root runs the tests.
const SOMEBODY: u32 = 65_533;
/// Where the ordinary user finds programs and keeps base trees: the build folder may be root's alone.
const SHARED: &str = "/tmp/qv-sandbox-tests";
/// Names the launcher where the test was started again.
const SUPERVISOR: &str = "QV_TEST_SUPERVISOR";
/// Set where the test was started again.
const AGAIN: &str = "QV_TEST_AS_SOMEBODY";

/// An engine in a folder of its own.
pub(crate) struct Local {
    pub(crate) engine: LocalEngine,
    pub(crate) folder: TempDir,
    next: AtomicU32,
}

impl Fixture for Local {
    fn engine(&self) -> &dyn SandboxEngine {
        &self.engine
    }

    fn next(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

impl Local {
    /// Opens an engine with the usual configuration, changed a little.
    pub(crate) async fn open(change: impl FnOnce(&mut LocalConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        change(&mut config);
        let engine = LocalEngine::open(config).await.unwrap();
        Self { engine, folder, next: AtomicU32::new(1) }
    }
}

/// The usual configuration of an engine in a folder; base trees are shared between tests.
pub(crate) fn config(folder: &Path) -> LocalConfig {
    let program = std::env::var_os(SUPERVISOR)
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_qv-sandbox-sup")), PathBuf::from);
    let launcher = Launcher { program, arguments: Vec::new() };
    let mut config = LocalConfig::new(folder.to_owned(), launcher);
    config.bases = Some(bases(is_root()));
    config
}

fn bases(root: bool) -> PathBuf {
    if root {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("bases")
    } else {
        Path::new(SHARED).join("bases")
    }
}

/// Whether the test is root.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Says why a test does nothing, where it cannot.
pub(crate) fn needs_root(test: &str) -> bool {
    if !is_root() {
        eprintln!("skipped {test}: it needs root");
    }
    is_root()
}

pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

/// Runs a case of the contract as root.
pub(crate) fn as_root(test: &str, case: Case) {
    if needs_root(test) {
        run(case);
    }
}

/// Runs a test of the local engine as root, with a configuration of its own.
pub(crate) fn root(test: &str, change: fn(&mut LocalConfig), work: impl AsyncFnOnce(Local)) {
    if needs_root(test) {
        block_on(async { work(Local::open(change).await).await });
    }
}

/// Runs a test of the local engine as an ordinary user, with control groups or without any.
pub(crate) fn somebody(test: &str, groups: bool, work: impl AsyncFnOnce(Local)) {
    if is_root() {
        start_again(test, groups);
    } else {
        block_on(async { work(Local::open(|_| {}).await).await });
    }
}

/// The name of the test that calls it.
macro_rules! test_name {
    ($name:ident) => {
        concat!(module_path!(), "::", stringify!($name))
    };
}
pub(crate) use test_name;

/// Runs a case of the contract as an ordinary user, with control groups of its own where root can give them.
pub(crate) fn as_somebody(test: &str, case: Case) {
    if is_root() {
        start_again(test, true);
    } else {
        run(case);
    }
}

fn run(case: Case) {
    block_on(async {
        let fixture = Local::open(|_| {}).await;
        case(&fixture).await;
        fixture.engine.shut_down().await;
    });
}

/// Runs this test in a new process as an ordinary user; control groups are given, or not.
pub(crate) fn start_again(test: &str, groups: bool) {
    assert!(std::env::var_os(AGAIN).is_none(), "started again as root");
    let bases = bases(false);
    fs::create_dir_all(&bases).unwrap();
    chown(&bases, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    let given = if groups { Groups::delegate(SOMEBODY) } else { Groups(Vec::new()) };
    if groups && given.0.is_empty() {
        eprintln!("no control groups of version 1 here: the engine watches instead");
    }
    let shared = Path::new(SHARED);
    let program = copied(&std::env::current_exe().unwrap(), shared);
    let supervisor = copied(Path::new(env!("CARGO_BIN_EXE_qv-sandbox-sup")), shared);
    let name = test.split_once("::").unwrap().1;
    let ended = somebody::command(SOMEBODY, &given, &program, name)
        .env(AGAIN, "1")
        .env(SUPERVISOR, supervisor)
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&ended.stdout);
    let err = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && out.contains("1 passed"), "as somebody: {out}\n{err}");
}
