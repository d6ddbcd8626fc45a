use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{OWN_PROCESSES, mounted, own_folder};
use crate::ResourceLimits;

const NEEDED: [&str; 3] = ["cpu", "memory", "pids"];
const PERIOD_US: u64 = 100_000;

/// The folder of the engine in the one hierarchy of version 2.
#[derive(Debug, Clone)]
pub(in crate::local) struct Tree(PathBuf);

impl Tree {
    /// Below our own group, if that has the controllers and lets us (systemd: `Delegate=yes`).
    pub(super) fn find(mountinfo: &str, own: &str, name: &str) -> Option<Self> {
        let mounted = mounted(mountinfo).find(|m| m.kind == "cgroup2")?;
        let path = own.lines().find_map(|line| line.strip_prefix("0::"))?;
        let own = own_folder(&mounted, path)?;
        Self::below(&own, name).ok().flatten()
    }

    fn below(own: &Path, name: &str) -> io::Result<Option<Self>> {
        let has = fs::read_to_string(own.join("cgroup.controllers"))?;
        if !NEEDED.iter().all(|needed| has.split_ascii_whitespace().any(|one| one == *needed)) {
            return Ok(None);
        }
        if hand_down(own).is_err() {
            // A group with processes of its own gives nothing to groups below it, so the server goes into a leaf.
            let leaf = own.join(format!("{name}-server"));
            fs::create_dir_all(&leaf)?;
            fs::write(leaf.join("cgroup.procs"), "0")?;
            hand_down(own)?;
        }
        let top = own.join(name);
        fs::create_dir_all(&top)?;
        hand_down(&top)?;
        Ok(Some(Self(top)))
    }

    pub(super) fn top(&self) -> &Path {
        &self.0
    }
}

fn hand_down(folder: &Path) -> io::Result<()> {
    let controllers: Vec<String> = NEEDED.iter().map(|one| format!("+{one}")).collect();
    fs::write(folder.join("cgroup.subtree_control"), controllers.join(" "))
}

/// Sets what a group may use.
///
/// `memory.oom.group` stays off: the kernel kills what is largest, so that a command can be told that it used too much
/// while the sandbox lives on, as with version 1.
pub(super) fn limit(folder: &Path, limits: &ResourceLimits) -> io::Result<()> {
    let quota = (u64::from(limits.cpu_milli) * PERIOD_US / 1000).max(1000);
    let processes = u64::from(limits.processes) + OWN_PROCESSES;
    fs::write(folder.join("memory.max"), limits.memory_bytes.to_string())?;
    fs::write(folder.join("pids.max"), processes.to_string())?;
    fs::write(folder.join("cpu.max"), format!("{quota} {PERIOD_US}"))?;
    // A kernel without swap has no such file.
    match fs::write(folder.join("memory.swap.max"), "0") {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
