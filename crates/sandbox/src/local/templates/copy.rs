use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{
    AtFlags, Dir, FileType, Gid, Mode, OFlags, Timespec, Timestamps, Uid, chownat, fchmod, fchown,
    fstat, futimens, openat, readlinkat, symlinkat,
};
use rustix::io::Errno;
use rustix::path::Arg;

use crate::local::files::{Owner, make_folder, open_below};

/// The most files, folders and links of one set of packages.
const MOST_FILES: u64 = 400_000;
/// Packages within packages within packages: nobody's are deeper.
const DEEPEST: usize = 100;

/// Copies regular files, folders and links below one folder to below another; gives how many bytes they have.
///
/// What is copied may belong to a sandbox that changes it meanwhile: each thing is opened once, without a link on the
/// way, and what is copied is what was opened. Times are kept, since npm compares them; rights are but those to read and
/// run.
pub(super) fn tree(
    from: BorrowedFd<'_>,
    to: BorrowedFd<'_>,
    owner: Owner,
    most_bytes: u64,
) -> io::Result<u64> {
    let mut copy = Copy { owner, left: most_bytes, files: MOST_FILES, depth: 0 };
    copy.folder(from, to)?;
    Ok(most_bytes - copy.left)
}

struct Copy {
    owner: Owner,
    left: u64,
    files: u64,
    depth: usize,
}

impl Copy {
    fn folder(&mut self, from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> io::Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(io::Error::other("folders are too deep"));
        }
        for entry in Dir::read_from(from)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == c"." || name == c".." {
                continue;
            }
            self.files =
                self.files.checked_sub(1).ok_or_else(|| io::Error::other("too many files"))?;
            match entry.file_type() {
                FileType::Directory => {
                    let below = open_below(from, name, OFlags::RDONLY | OFlags::DIRECTORY)?;
                    let made = make_folder(to, name.to_string_lossy().as_ref(), self.owner)?;
                    self.folder(below.as_fd(), made.as_fd())?;
                }
                FileType::RegularFile => self.file(from, to, name)?,
                FileType::Symlink => {
                    let target = readlinkat(from, name, Vec::new())?;
                    symlinkat(target, to, name)?;
                    self.own(to, name)?;
                }
                // No package has pipes, sockets or devices.
                _ => {}
            }
        }
        self.depth -= 1;
        // The other end was opened by its path only; times need it opened to be read.
        let opened = open_below(to, ".", OFlags::RDONLY | OFlags::DIRECTORY)?;
        keep_times(from, &opened)
    }

    fn file(
        &mut self,
        from: BorrowedFd<'_>,
        to: BorrowedFd<'_>,
        name: &std::ffi::CStr,
    ) -> io::Result<()> {
        let source = open_below(from, name, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)?;
        let stat = fstat(&source)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Ok(());
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let made = openat(to, name, flags, Mode::from_raw_mode(0o644))?;
        let mut made = File::from(made);
        let mut source = io::Read::take(File::from(source), self.left.saturating_add(1));
        let copied = io::copy(&mut source, &mut made)?;
        self.left = self.left.checked_sub(copied).ok_or_else(|| io::Error::other("too large"))?;
        let runs = stat.st_mode & 0o111 != 0;
        fchmod(&made, Mode::from_raw_mode(if runs { 0o755 } else { 0o644 }))?;
        if let Some(owner) = self.owner {
            fchown(&made, Some(Uid::from_raw(owner)), Some(Gid::from_raw(owner)))?;
        }
        keep_times(source.into_inner().as_fd(), &OwnedFd::from(made))
    }

    fn own(&self, at: BorrowedFd<'_>, name: impl Arg) -> Result<(), Errno> {
        let Some(owner) = self.owner else { return Ok(()) };
        let (uid, gid) = (Uid::from_raw(owner), Gid::from_raw(owner));
        chownat(at, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)
    }
}

fn keep_times(from: BorrowedFd<'_>, to: &OwnedFd) -> io::Result<()> {
    let stat = fstat(from)?;
    let time = |seconds, nanos: u64| Timespec {
        tv_sec: seconds,
        tv_nsec: i64::try_from(nanos).unwrap_or(0),
    };
    let modified = time(stat.st_mtime, stat.st_mtime_nsec);
    futimens(to, &Timestamps { last_access: modified, last_modification: modified })?;
    Ok(())
}
