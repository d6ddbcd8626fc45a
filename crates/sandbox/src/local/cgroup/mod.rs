//! Control groups: what a sandbox may use. Version 2 by a subtree that is ours, else version 1, else none.

mod v1;
mod v2;

use std::fs::{self, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::ResourceLimits;

/// Beside what a sandbox may start: its first process and those that keep commands.
const OWN_PROCESSES: u64 = 8;

/// Where control groups of sandboxes can be made.
#[derive(Debug)]
pub(super) struct Groups {
    place: Place,
    tops: Arc<Tops>,
}

/// The engine's own folders, removed with the engine and the last of its sandboxes.
#[derive(Debug)]
struct Tops(Vec<PathBuf>);

impl Drop for Tops {
    fn drop(&mut self) {
        for top in &self.0 {
            // What is still in use is swept by the next server.
            let _ = fs::remove_dir(top);
        }
    }
}

#[derive(Debug)]
enum Place {
    V2(v2::Tree),
    V1(v1::Trees),
    /// Nowhere: the user namespace counts processes, and memory is watched.
    None,
}

/// Where groups can be made, in words; an error says why nowhere. Nothing is made.
pub(super) fn describe() -> Result<String, String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    if let Some(folder) = v2::Tree::possible(&mounts, &own) {
        return Ok(format!("version 2, below {}", folder.display()));
    }
    v1::Trees::possible(&mounts, &own).map(|()| "version 1: memory, pids, cpu".into())
}

fn writable(folder: &Path) -> bool {
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok()
}

/// The control group of one sandbox, removed when it is dropped.
#[derive(Debug)]
pub(super) struct Group {
    kind: Kind,
    name: String,
    folders: Vec<PathBuf>,
    _tops: Arc<Tops>,
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
        let place = match v2::Tree::find(&mounts, &own, name) {
            Some(tree) => Place::V2(tree),
            None => v1::Trees::find(&mounts, &own, name).map_or(Place::None, Place::V1),
        };
        let tops = match &place {
            Place::V2(tree) => vec![tree.top().to_owned()],
            Place::V1(trees) => trees.tops().into_iter().map(Path::to_owned).collect(),
            Place::None => Vec::new(),
        };
        Self { place, tops: Arc::new(Tops(tops)) }
    }

    /// The folders below which every sandbox has one.
    pub(super) fn tops(&self) -> &[PathBuf] {
        &self.tops.0
    }

    /// Makes a group; nothing is limited yet.
    pub(super) fn make(&self, name: String) -> io::Result<Option<Group>> {
        let kind = match self.place {
            Place::V2(_) => Kind::V2,
            Place::V1(_) => Kind::V1,
            Place::None => return Ok(None),
        };
        let folders = self.tops.0.iter().map(|top| top.join(&name)).collect();
        let group = Group { kind, name, folders, _tops: Arc::clone(&self.tops) };
        for folder in &group.folders {
            fs::create_dir_all(folder)?;
        }
        Ok(Some(group))
    }

    /// Sets what a new group of ours may use.
    pub(super) fn limit(&self, group: &Group, limits: &ResourceLimits) -> io::Result<()> {
        match &self.place {
            Place::V1(trees) => trees.limit(&group.name, limits),
            Place::V2(tree) => v2::limit(&tree.top().join(&group.name), limits),
            Place::None => Ok(()),
        }
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
