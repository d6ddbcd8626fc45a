//! Control groups that tests give to an ordinary user.

use std::fs;
use std::path::{Path, PathBuf};

/// Control groups of version 1 that belong to an ordinary user, like those that a service manager gives.
pub(crate) struct Groups(pub(crate) Vec<PathBuf>);

impl Groups {
    /// Below our own, where root may make some; none where it may not.
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
            let group = top.join(format!("qv-test-{}", std::process::id()));
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
            // The engine's own folder is below, empty.
            for entry in fs::read_dir(group).into_iter().flatten().flatten() {
                let _ = fs::remove_dir(entry.path());
            }
            let _ = fs::remove_dir(group);
        }
    }
}
