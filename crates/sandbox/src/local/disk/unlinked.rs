//! Files that no folder has any more, but that a program still has open or mapped: they take room, and whoever counts
//! what is in folders does not find them.

use std::collections::HashMap;
use std::fs;

/// `f_type` of file systems that lie in memory.
const IN_MEMORY: i64 = 0x0102_1994;
/// More processes than this are in no sandbox; what goes on behind them is not looked at.
const MOST: usize = 4_096;

/// How many bytes such files have, of all processes below this one.
///
/// A file that is only on its way from one program to another, in a message, is not seen; there can be no more of these
/// than a program may have files open.
pub(super) fn unlinked(top: u32) -> u64 {
    let mut processes = vec![top];
    let mut files = HashMap::new();
    let mut next = 0;
    while let Some(&process) = processes.get(next)
        && next < MOST
    {
        next += 1;
        processes.extend(children(process));
        opened(process, &mut files);
        mapped(process, &mut files);
    }
    files.values().sum()
}

/// Bytes, by inode: one on its way into two mounts has different devices in each.
type Files = HashMap<u64, u64>;

fn note(files: &mut Files, inode: u64, bytes: u64) {
    let known = files.entry(inode).or_default();
    *known = bytes.max(*known);
}

fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    threads
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|text| text.split(' ').filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}

fn opened(process: u32, files: &mut Files) {
    let open = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    for path in open.map(|entry| entry.path()) {
        let Ok(stat) = rustix::fs::stat(&path) else { continue };
        let regular = rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file();
        if !regular || stat.st_nlink > 0 {
            continue;
        }
        if rustix::fs::statfs(&path).is_ok_and(|place| place.f_type == IN_MEMORY) {
            continue;
        }
        note(files, stat.st_ino, u64::try_from(stat.st_blocks).unwrap_or(0) * 512);
    }
}

fn mapped(process: u32, files: &mut Files) {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap_or_default();
    for (inode, bytes) in maps.lines().filter_map(mapping) {
        note(files, inode, bytes);
    }
}

/// The inode and length of a mapping of a file that is gone, unless it lies in memory.
fn mapping(line: &str) -> Option<(u64, u64)> {
    let line = line.strip_suffix(" (deleted)")?;
    let mut words = line.split_ascii_whitespace();
    let (begin, end) = words.next()?.split_once('-')?;
    let inode = words.nth(3)?.parse().ok()?;
    let path = words.next()?;
    let in_memory =
        ["/memfd:", "/dev/", "/tmp/", "/SYSV"].iter().any(|place| path.starts_with(place));
    let length =
        u64::from_str_radix(end, 16).ok()?.checked_sub(u64::from_str_radix(begin, 16).ok()?)?;
    (!in_memory).then_some((inode, length))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_is_open_and_gone_is_counted() {
        let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
        let before = unlinked(std::process::id());
        let path = folder.path().join("file");
        let mut file = fs::File::create(&path).unwrap();
        file.write_all(&vec![1; 300_000]).unwrap();
        file.sync_all().unwrap();
        assert!(unlinked(std::process::id()) < before + 300_000);
        fs::remove_file(&path).unwrap();
        assert!(unlinked(std::process::id()) >= before + 300_000);
    }

    #[test]
    fn mappings_of_gone_files_are_told_from_others() {
        let line = "7f0000001000-7f0000003000 rw-s 00000000 fe:00 4711     /app/x y (deleted)";
        assert_eq!(mapping(line), Some((4711, 8192)));
        for line in [
            "7f0000001000-7f0000003000 rw-s 00000000 00:01 47  /memfd:x (deleted)",
            "7f0000001000-7f0000003000 rw-s 00000000 fe:00 47  /app/x",
            "7f0000001000-7f0000003000 rw-p 00000000 00:00 0",
            "nothing (deleted)",
        ] {
            assert_eq!(mapping(line), None, "{line}");
        }
    }
}
