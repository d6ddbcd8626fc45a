//! Control groups: what a sandbox may use. Version 2 by a subtree that is ours, else version 1, else none.

mod v1;
mod v2;

use std::fs::{self, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::ResourceLimits;

/// Beside what a sandbox may start: its first process and those that keep commands.
const OWN_PROCESSES: u64 = 8;

/// Where control groups of sandboxes can be made.
#[derive(Debug, Clone)]
pub(super) enum Groups {
    V2(v2::Tree),
    V1(v1::Trees),
    /// Nowhere: the user namespace counts processes, and memory is watched.
    None,
}

/// The control group of one sandbox, removed when it is dropped.
#[derive(Debug)]
pub(super) struct Group {
    kind: Kind,
    folders: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    V1,
    V2,
}

impl Groups {
    /// Looks for a place, below the server's own group, for the engine of this name.
    pub(super) fn find(name: &str) -> Self {
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        if let Some(tree) = v2::Tree::find(&mounts, &own, name) {
            return Self::V2(tree);
        }
        v1::Trees::find(&mounts, &own, name).map_or(Self::None, Self::V1)
    }

    /// The folders below which every sandbox has one.
    pub(super) fn tops(&self) -> Vec<&Path> {
        match self {
            Self::V2(tree) => vec![tree.top()],
            Self::V1(trees) => trees.tops(),
            Self::None => Vec::new(),
        }
    }

    /// Makes a group with these limits.
    pub(super) fn make(&self, name: &str, limits: &ResourceLimits) -> io::Result<Option<Group>> {
        let group = match self {
            Self::V2(tree) => Group { kind: Kind::V2, folders: vec![tree.top().join(name)] },
            Self::V1(trees) => {
                let folders = trees.tops().into_iter().map(|top| top.join(name)).collect();
                Group { kind: Kind::V1, folders }
            }
            Self::None => return Ok(None),
        };
        for folder in &group.folders {
            fs::create_dir_all(folder)?;
        }
        match self {
            Self::V1(trees) => trees.limit(name, limits)?,
            _ => v2::limit(&group.folders[0], limits)?,
        }
        Ok(Some(group))
    }
}

impl Group {
    /// The files by which a process enters.
    pub(super) fn entrances(&self) -> io::Result<Vec<OwnedFd>> {
        let open = |folder: &PathBuf| {
            OpenOptions::new().write(true).open(folder.join("cgroup.procs")).map(OwnedFd::from)
        };
        self.folders.iter().map(open).collect()
    }

    fn read(&self, name: &str) -> Option<String> {
        self.folders.iter().find_map(|folder| fs::read_to_string(folder.join(name)).ok())
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.read(name)?.trim().parse().ok()
    }

    /// How often something was killed for want of memory.
    pub(super) fn memory_kills(&self) -> u64 {
        let text = match self.kind {
            Kind::V1 => self.read("memory.oom_control"),
            Kind::V2 => self.read("memory.events"),
        };
        field(text.as_deref().unwrap_or_default(), "oom_kill").unwrap_or(0)
    }

    /// Memory now.
    pub(super) fn memory(&self) -> Option<u64> {
        self.number(match self.kind {
            Kind::V1 => "memory.usage_in_bytes",
            Kind::V2 => "memory.current",
        })
    }

    /// Processor time so far.
    pub(super) fn cpu(&self) -> Option<Duration> {
        match self.kind {
            Kind::V1 => self.number("cpuacct.usage").map(Duration::from_nanos),
            Kind::V2 => field(&self.read("cpu.stat")?, "usage_usec").map(Duration::from_micros),
        }
    }

    /// Processes and threads now.
    pub(super) fn processes(&self) -> Option<u64> {
        self.number("pids.current")
    }

    /// Removes it; fails while a process is in it.
    pub(super) fn remove(&self) -> io::Result<()> {
        for folder in &self.folders {
            match fs::remove_dir(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Usually it is gone. What cannot be removed is empty soon, and swept by the next server.
        let _ = self.remove();
    }
}

fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

/// Where a hierarchy is mounted and below which of its groups, of `mountinfo`'s line.
struct Mounted<'a> {
    at: &'a str,
    below: &'a str,
    kind: &'a str,
    options: &'a str,
}

fn mounted(mountinfo: &str) -> impl Iterator<Item = Mounted<'_>> {
    mountinfo.lines().filter_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let mut before = before.split(' ').skip(3);
        let (below, at) = (before.next()?, before.next()?);
        let mut after = after.split(' ');
        let kind = after.next()?;
        let options = after.nth(1)?;
        Some(Mounted { at, below, kind, options })
    })
}

/// The folder of our own group in a mounted hierarchy.
fn own_folder(mounted: &Mounted<'_>, own: &str) -> Option<PathBuf> {
    let rest = if mounted.below == "/" { own } else { own.strip_prefix(mounted.below)? };
    let folder = Path::new(mounted.at).join(rest.trim_start_matches('/'));
    folder.is_dir().then_some(folder)
}
