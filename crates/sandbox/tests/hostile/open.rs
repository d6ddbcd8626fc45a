//! Opens the local engine for the suite, and gives it control groups where root can.

use std::fs;
use std::path::{Path, PathBuf};

use qv_domain::SandboxId;
use qv_sandbox::local::{Launcher, LocalConfig, LocalEngine};

/// Whom sandboxes run as on the host, in root mode.
pub(crate) const UID: u32 = LocalConfig::UID;

pub(crate) async fn engine(folder: &Path, registry: &str) -> LocalEngine {
    let program = std::env::var("QV_HOSTILE_SUPERVISOR")
        .unwrap_or_else(|_| env!("CARGO_BIN_EXE_qv-sandbox-sup").to_owned());
    let launcher = Launcher { program: PathBuf::from(program), arguments: Vec::new() };
    let mut config = LocalConfig::new(folder.to_owned(), launcher);
    config.registry = registry.to_owned();
    LocalEngine::open(config).await.unwrap()
}

pub(crate) fn id(number: u64) -> SandboxId {
    format!("01900000-0000-7000-8000-{number:012x}").parse().unwrap()
}

/// Control groups of version 1 that belong to an ordinary user, like those that a service manager gives.
pub(crate) struct Groups(pub(crate) Vec<PathBuf>);

impl Groups {
    pub(crate) fn delegate(uid: u32) -> Self {
        let own = fs::read_to_string("/proc/self/cgroup").unwrap();
        let mut given = Vec::new();
        for line in own.lines() {
            let mut parts = line.splitn(3, ':').skip(1);
            let (name, path) = (parts.next().unwrap(), parts.next().unwrap());
            if !["memory", "pids", "cpu", "cpuacct"].contains(&name) {
                continue;
            }
            let top = Path::new("/sys/fs/cgroup").join(name).join(path.trim_start_matches('/'));
            let group = top.join(format!("qv-hostile-{}", std::process::id()));
            if fs::create_dir_all(&group).is_err() {
                continue;
            }
            for file in [group.clone(), group.join("cgroup.procs"), group.join("tasks")] {
                std::os::unix::fs::chown(file, Some(uid), Some(uid)).unwrap();
            }
            given.push(group);
        }
        Self(given)
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        for group in &self.0 {
            for entry in fs::read_dir(group).into_iter().flatten().flatten() {
                let _ = fs::remove_dir(entry.path());
            }
            let _ = fs::remove_dir(group);
        }
    }
}
