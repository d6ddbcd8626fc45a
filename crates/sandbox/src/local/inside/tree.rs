use std::collections::HashSet;
use std::fs;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, Signal, kill_process};

/// A process and its parent, of every process of the sandbox.
fn processes() -> Vec<(i32, i32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // The name is in brackets and may have any character: what counts is behind the last one.
            let parent = stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect()
}

/// Kills everything below a process. What is made meanwhile is not seen: whoever waits for nothing to be left calls it
/// again when something of it has ended.
pub(super) fn kill_below(top: Pid) {
    kill_tree(top.as_raw_nonzero().get(), &HashSet::new());
}

/// Kills everything below the first process but the keepers and what is theirs; gives how many there were.
pub(super) fn kill_strays(keepers: &HashSet<i32>) -> usize {
    kill_tree(1, keepers)
}

fn kill_tree(top: i32, but: &HashSet<i32>) -> usize {
    let processes = processes();
    let mut found = vec![top];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        next += 1;
        let below = processes.iter().filter(|(pid, of)| *of == parent && !but.contains(pid));
        found.extend(below.map(|(pid, _)| *pid));
    }
    for pid in found.iter().skip(1).filter_map(|pid| Pid::from_raw(*pid)) {
        // It may have ended by itself.
        let _ = kill_process(pid, Signal::KILL);
    }
    found.len() - 1
}

/// Memory that all processes of the sandbox hold, and the one that holds most, by resident pages.
pub(super) fn memory() -> (u64, Option<Pid>) {
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
    let mut total = 0;
    let mut largest = (0, None);
    for (pid, _) in processes().into_iter().filter(|(pid, _)| *pid != 1) {
        let Ok(text) = fs::read_to_string(format!("/proc/{pid}/statm")) else { continue };
        let pages = |n| text.split_ascii_whitespace().nth(n).and_then(|n| n.parse::<u64>().ok());
        let (resident, shared) = (pages(1).unwrap_or(0), pages(2).unwrap_or(0));
        let bytes = resident.saturating_sub(shared) * page;
        total += bytes;
        if bytes > largest.0 {
            largest = (bytes, Pid::from_raw(pid));
        }
    }
    (total, largest.1)
}

/// Reads what a descriptor of signals has, so that it waits for the next.
pub(super) fn forget_signals(signals: &OwnedFd) {
    let mut buffer = [0_u8; 1024];
    while rustix::io::read(signals, &mut buffer).is_ok_and(|read| read > 0) {}
}
