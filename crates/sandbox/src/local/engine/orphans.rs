//! What an earlier server has left: found and ended before anything new is made.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

/// A supervisor: its number, and when it was started, since numbers come again.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    pid: i32,
    started: u64,
}

/// A number that nothing else of this process has.
pub(super) fn serial() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Notes a supervisor; gives the note's path.
pub(in crate::local) fn note(folder: &Path, pid: u32) -> Option<PathBuf> {
    let pid = i32::try_from(pid).ok()?;
    let note = Note { pid, started: started(pid)? };
    let path = folder.join(format!("{pid}.json"));
    fs::write(&path, serde_json::to_vec(&note).ok()?).ok()?;
    Some(path)
}

/// When a process was started, in ticks since the host was.
fn started(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?.parse().ok()
}

/// Ends supervisors that are noted, and whatever is in control groups below these; removes notes and groups. Gives how
/// many supervisors there were.
pub(super) fn sweep(notes: &Path, tops: &[PathBuf]) -> usize {
    let mut ended = 0;
    for entry in fs::read_dir(notes).into_iter().flatten().flatten() {
        let note = fs::read(entry.path()).ok().and_then(|text| serde_json::from_slice(&text).ok());
        ended += usize::from(note.is_some_and(|note| end(&note)));
        let _ = fs::remove_file(entry.path());
    }
    for top in tops {
        for entry in fs::read_dir(top).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                empty(&entry.path());
            }
        }
    }
    ended
}

/// Kills a supervisor, if it still is the one that was noted; its sandbox ends with it.
fn end(note: &Note) -> bool {
    let Some(pid) = Pid::from_raw(note.pid) else { return false };
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { return false };
    // Looked at only now: what the descriptor is of cannot change any more.
    if started(note.pid) != Some(note.started) {
        return false;
    }
    pidfd_send_signal(&process, Signal::KILL).is_ok()
}

/// Kills what is in a control group until it can be removed.
fn empty(group: &Path) {
    for _ in 0..200 {
        if fs::remove_dir(group).is_ok() {
            return;
        }
        let processes = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
        for pid in processes.lines().filter_map(|line| Pid::from_raw(line.parse().ok()?)) {
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        }
        thread::sleep(Duration::from_millis(10));
    }
    tracing::warn!(group = %group.display(), "a control group of an earlier server cannot be removed");
}
