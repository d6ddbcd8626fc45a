use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{OWN_PROCESSES, mounted, own_folder, writable};
use crate::ResourceLimits;

/// Hierarchies that hold a sandbox; processor time is counted in one of its own, where there is one.
const NEEDED: [&str; 3] = ["memory", "pids", "cpu"];
const COUNTED: &str = "cpuacct";
const PERIOD_US: u64 = 100_000;

/// The folders of the engine, one in each hierarchy of version 1.
#[derive(Debug)]
pub(in crate::local) struct Trees(Vec<(&'static str, PathBuf)>);

/// Our own group in the hierarchy of a controller.
fn own_group(mountinfo: &str, own: &str, controller: &str) -> Option<PathBuf> {
    let mounted = mounted(mountinfo)
        .find(|m| m.kind == "cgroup" && m.options.split(',').any(|o| o == controller))?;
    let path = own.lines().find_map(|line| {
        let (_, line) = line.split_once(':')?;
        let (controllers, path) = line.split_once(':')?;
        controllers.split(',').any(|c| c == controller).then_some(path)
    })?;
    own_folder(&mounted, path)
}

impl Trees {
    /// Whether groups could be made; an error says why not.
    pub(super) fn possible(mountinfo: &str, own: &str) -> Result<(), String> {
        NEEDED.into_iter().try_for_each(|controller| match own_group(mountinfo, own, controller) {
            Some(group) if writable(&group) => Ok(()),
            Some(_) => Err("they belong to somebody else".into()),
            None => Err(format!("there is no {controller} in version 1 or 2")),
        })
    }

    /// Below our own groups, if every hierarchy that is needed is there and lets us.
    pub(super) fn find(mountinfo: &str, own: &str, name: &str) -> Option<Self> {
        let folder = |controller: &str| {
            let top = own_group(mountinfo, own, controller)?.join(name);
            fs::create_dir_all(&top).ok()?;
            // A folder of another's is there, but nothing can be made in it.
            let probe = top.join("probe");
            fs::create_dir_all(&probe).ok()?;
            fs::remove_dir(probe).ok()?;
            Some(top)
        };
        let mut trees = Vec::new();
        for controller in NEEDED {
            trees.push((controller, folder(controller)?));
        }
        trees.extend(folder(COUNTED).map(|top| (COUNTED, top)));
        Some(Self(trees))
    }

    /// One folder for each hierarchy; two controllers in one hierarchy share it.
    pub(super) fn tops(&self) -> Vec<&Path> {
        let mut tops: Vec<&Path> = self.0.iter().map(|(_, top)| top.as_path()).collect();
        tops.sort_unstable();
        tops.dedup();
        tops
    }

    pub(super) fn limit(&self, name: &str, limits: &ResourceLimits) -> io::Result<()> {
        for (controller, top) in &self.0 {
            let folder = top.join(name);
            match *controller {
                "memory" => memory(&folder, limits.memory_bytes)?,
                "pids" => {
                    let most = u64::from(limits.processes) + OWN_PROCESSES;
                    fs::write(folder.join("pids.max"), most.to_string())?;
                }
                "cpu" => {
                    let quota = u64::from(limits.cpu_milli) * PERIOD_US / 1000;
                    fs::write(folder.join("cpu.cfs_period_us"), PERIOD_US.to_string())?;
                    fs::write(folder.join("cpu.cfs_quota_us"), quota.max(1000).to_string())?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn memory(folder: &Path, most: u64) -> io::Result<()> {
    let most = most.to_string();
    fs::write(folder.join("memory.limit_in_bytes"), &most)?;
    // Memory and swap together; a kernel that does not count swap has no such file, and is asked not to use it.
    let both = folder.join("memory.memsw.limit_in_bytes");
    if both.exists() {
        fs::write(both, &most)
    } else {
        fs::write(folder.join("memory.swappiness"), "0")
    }
}
