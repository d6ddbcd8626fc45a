use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{OWN_PROCESSES, mounted, own_folder, writable};
use crate::ResourceLimits;

const NEEDED: [&str; 3] = ["cpu", "memory", "pids"];
const PERIOD_US: u64 = 100_000;

/// The folder of the engine in the one hierarchy of version 2.
#[derive(Debug)]
pub(in crate::local) struct Tree(PathBuf);

impl Tree {
    /// Below our own group, if that has the controllers and lets us (systemd: `Delegate=yes`).
    pub(super) fn find(mountinfo: &str, own: &str, name: &str) -> Option<Self> {
        Self::below(&own_group(mountinfo, own)?, name).ok().flatten()
    }

    /// Our own group, if groups could be made below it.
    pub(super) fn possible(mountinfo: &str, own: &str) -> Option<PathBuf> {
        own_group(mountinfo, own).filter(|own| has_all(own).unwrap_or(false) && writable(own))
    }

    fn below(own: &Path, name: &str) -> io::Result<Option<Self>> {
        if !has_all(own)? {
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

fn own_group(mountinfo: &str, own: &str) -> Option<PathBuf> {
    let mounted = mounted(mountinfo).find(|m| m.kind == "cgroup2")?;
    let path = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    own_folder(&mounted, path)
}

fn has_all(group: &Path) -> io::Result<bool> {
    let has = fs::read_to_string(group.join("cgroup.controllers"))?;
    Ok(NEEDED.iter().all(|needed| has.split_ascii_whitespace().any(|one| one == *needed)))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The kernel's files as far as the tree reads and writes them; a real one with controllers is not everywhere.
    #[test]
    fn a_tree_hands_controllers_down_and_limits() {
        let own = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(own.path().join(name), text).unwrap();
        write("cgroup.controllers", "cpuset cpu io memory hugetlb\n");
        assert!(Tree::below(own.path(), "qv").unwrap().is_none());
        write("cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
        let tree = Tree::below(own.path(), "qv").unwrap().unwrap();
        let read = |path: &str| fs::read_to_string(own.path().join(path)).unwrap();
        assert_eq!(read("cgroup.subtree_control"), "+cpu +memory +pids");
        assert_eq!(read("qv/cgroup.subtree_control"), "+cpu +memory +pids");
        let group = tree.top().join("one");
        fs::create_dir(&group).unwrap();
        let limits = ResourceLimits { cpu_milli: 1500, ..ResourceLimits::default() };
        limit(&group, &limits).unwrap();
        assert_eq!(read("qv/one/cpu.max"), "150000 100000");
        assert_eq!(read("qv/one/memory.max"), (1_u64 << 30).to_string());
        assert_eq!(read("qv/one/memory.swap.max"), "0");
        assert_eq!(read("qv/one/pids.max"), (256 + OWN_PROCESSES).to_string());
    }

    #[test]
    fn our_own_group_is_found_in_what_is_mounted() {
        let at = tempfile::tempdir().unwrap();
        fs::create_dir_all(at.path().join("service")).unwrap();
        let at = at.path().to_str().unwrap();
        let line = format!("31 23 0:27 /system.slice {at} rw,nosuid - cgroup2 cgroup2 rw\n");
        let own = "1:name=systemd:/x\n0::/system.slice/service\n";
        assert_eq!(own_group(&line, own), Some(Path::new(at).join("service")));
        assert_eq!(own_group(&line, "0::/elsewhere\n"), None);
        assert_eq!(own_group("", own), None);
    }
}
