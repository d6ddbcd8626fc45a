use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, Dir, FileType, OFlags, statat};
use rustix::io::Errno;
use rustix::path::Arg;

use crate::local::files::open_below;

/// How much a sandbox keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::local) struct Amount {
    /// Blocks on the disk, in bytes.
    pub(in crate::local) bytes: u64,
    /// Files, folders and links.
    pub(in crate::local) files: u64,
}

/// How many files a disk of this size may have: as an image would.
pub(super) const fn most_files(bytes: u64) -> u64 {
    let files = bytes / 8192;
    if files < 2000 { 2000 } else { files }
}

/// What a sandbox can fill. The work folders of layers are the kernel's, and closed to everybody.
const FILLED: [&str; 4] = ["app", "home", "modules/upper", "cache/upper"];

/// Counts what is on a disk, at most until `most` files: whoever has more is over the limit anyway.
pub(in crate::local) fn measure(root: BorrowedFd<'_>, most: u64) -> rustix::io::Result<Amount> {
    let mut amount = Amount::default();
    for part in FILLED {
        count(folder(root, part)?, most, &mut amount)?;
        if amount.files >= most {
            break;
        }
    }
    Ok(amount)
}

fn count(top: OwnedFd, most: u64, amount: &mut Amount) -> rustix::io::Result<()> {
    // Folders that are being read. A chain of folders cannot be longer than paths are, or than this.
    let mut open = vec![Dir::new(top)?];
    let hidden = |amount: &mut Amount| amount.files = most.max(amount.files);
    while !open.is_empty() {
        let depth = open.len();
        let Some(reading) = open.last_mut() else { break };
        let Some(entry) = reading.read() else {
            open.pop();
            continue;
        };
        let entry = entry?;
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        let Ok(stat) = statat(reading.fd()?, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
        amount.files += 1;
        amount.bytes += u64::try_from(stat.st_blocks).unwrap_or(0) * 512;
        if amount.files >= most {
            return Ok(());
        }
        if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
            if depth >= 200 {
                // Nobody's project is so deep: as good as over the limit.
                hidden(amount);
                return Ok(());
            }
            match folder(reading.fd()?, name) {
                Ok(below) => open.push(Dir::new(below)?),
                // Something else by now.
                Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::AGAIN) => {}
                // A folder that hides what is in it (mode 000) is as good as over the limit, too.
                Err(_) => {
                    hidden(amount);
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

fn folder(at: BorrowedFd<'_>, name: impl Arg) -> rustix::io::Result<OwnedFd> {
    open_below(at.as_fd(), name, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW)
}
