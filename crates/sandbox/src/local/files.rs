//! The host's side of files that a sandbox can rewrite at any moment: no link is ever followed, no mount crossed, nothing
//! of the sandbox's opened for writing. A file is made beside, and takes the place of what was there.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use qv_domain::FilePath;
use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Gid, Mode, OFlags, ResolveFlags, Uid, chownat, fchown, mkdirat,
    openat2, renameat, statat, unlinkat,
};
use rustix::io::Errno;
use rustix::path::Arg;

use crate::{Entry, EntryKind, FileWrite, QuotaScope, Result, SandboxError};

/// The most entries of one folder that are told of.
const MOST_ENTRIES: usize = 10_000;

/// Who files belong to; `None`: the server's own user.
pub(super) type Owner = Option<u32>;

/// Opens what is below a folder, without a link or mount on the way.
pub(super) fn open_below(
    folder: BorrowedFd<'_>,
    path: impl Arg,
    flags: OFlags,
) -> rustix::io::Result<OwnedFd> {
    open_with(folder, path, flags, Mode::empty())
}

fn open_with(
    folder: BorrowedFd<'_>,
    path: impl Arg,
    flags: OFlags,
    mode: Mode,
) -> rustix::io::Result<OwnedFd> {
    let resolve = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_MAGICLINKS
        | ResolveFlags::NO_XDEV;
    path.into_with_c_str(|path| {
        rustix::io::retry_on_intr(|| openat2(folder, path, flags | OFlags::CLOEXEC, mode, resolve))
    })
}

/// Opens a folder of the server's own.
pub(super) fn open_folder(path: &std::path::Path) -> rustix::io::Result<OwnedFd> {
    rustix::fs::openat(CWD, path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY);

fn failed(what: &str, error: Errno) -> SandboxError {
    match error {
        Errno::NOSPC | Errno::DQUOT => SandboxError::Quota {
            scope: QuotaScope::Disk,
            message: "the sandbox's disk is full".into(),
        },
        Errno::ISDIR | Errno::NOTDIR | Errno::LOOP | Errno::XDEV | Errno::EXIST => {
            SandboxError::Conflict {
                message: format!(
                    "{what} is not what it should be: a folder, file or link stands there"
                ),
            }
        }
        error => SandboxError::Transient { message: format!("{what}: {error}") },
    }
}

/// Writes and removes files, in order.
pub(super) fn write_all(root: BorrowedFd<'_>, files: &[FileWrite], owner: Owner) -> Result<()> {
    for file in files {
        let path = file.path.as_str();
        match &file.content {
            Some(content) => write(root, path, content, owner),
            None => remove(root, path),
        }
        .map_err(|error| failed(path, error))?;
    }
    Ok(())
}

/// Makes a folder, if it is not there, and opens it.
pub(super) fn make_folder(
    at: BorrowedFd<'_>,
    name: &str,
    owner: Owner,
) -> rustix::io::Result<OwnedFd> {
    match mkdirat(at, name, Mode::from_raw_mode(0o755)) {
        Ok(()) => {
            if let Some(owner) = owner {
                chownat(
                    at,
                    name,
                    Some(Uid::from_raw(owner)),
                    Some(Gid::from_raw(owner)),
                    AtFlags::SYMLINK_NOFOLLOW,
                )?;
            }
        }
        Err(Errno::EXIST) => {}
        Err(error) => return Err(error),
    }
    open_below(at, name, FOLDER)
}

fn write(root: BorrowedFd<'_>, path: &str, content: &[u8], owner: Owner) -> rustix::io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut folder = open_below(root, ".", FOLDER)?;
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        folder = make_folder(folder.as_fd(), part, owner)?;
    }
    let beside = format!(".qv-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    let file = open_with(folder.as_fd(), &beside, flags, Mode::from_raw_mode(0o644))?;
    let done = fill(file, content, owner).and_then(|()| renameat(&folder, &beside, &folder, name));
    if done.is_err() {
        let _ = unlinkat(&folder, &beside, AtFlags::empty());
    }
    done
}

fn fill(file: OwnedFd, content: &[u8], owner: Owner) -> rustix::io::Result<()> {
    if let Some(owner) = owner {
        fchown(&file, Some(Uid::from_raw(owner)), Some(Gid::from_raw(owner)))?;
    }
    File::from(file)
        .write_all(content)
        .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))
}

fn remove(root: BorrowedFd<'_>, path: &str) -> rustix::io::Result<()> {
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    let gone = |error| if error == Errno::NOENT { Ok(()) } else { Err(error) };
    match open_below(root, folder, FOLDER) {
        Ok(folder) => unlinkat(&folder, name, AtFlags::empty()).or_else(gone),
        Err(error) => gone(error),
    }
}

/// A regular file's content.
pub(super) fn read(root: BorrowedFd<'_>, path: &FilePath, most: u64) -> Result<Bytes> {
    let none = SandboxError::NotFound { what: "file" };
    // A pipe or device must not make the server wait.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = match open_below(root, path.as_str(), flags) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::XDEV | Errno::NXIO) => {
            return Err(none);
        }
        Err(error) => return Err(failed(path.as_str(), error)),
    };
    let failed = |error: io::Error| SandboxError::Transient { message: format!("{path}: {error}") };
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(none);
    }
    let mut content = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut content).map_err(failed)?;
    if content.len() as u64 > most {
        return Err(SandboxError::Quota {
            scope: QuotaScope::Size,
            message: format!("{path} is longer than {most} bytes"),
        });
    }
    Ok(content.into())
}

/// What is in a folder, by name.
pub(super) fn list(root: BorrowedFd<'_>, folder: Option<&FilePath>) -> Result<Vec<Entry>> {
    let path = folder.map_or(".", |folder| folder.as_str());
    let opened = match open_below(root, path, OFlags::RDONLY | OFlags::DIRECTORY) {
        Ok(opened) => opened,
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::XDEV) => {
            return Err(SandboxError::NotFound { what: "folder" });
        }
        Err(error) => return Err(failed(path, error)),
    };
    let mut entries = Vec::new();
    for entry in Dir::read_from(&opened).map_err(|error| failed(path, error))? {
        let entry = entry.map_err(|error| failed(path, error))?;
        // A name that is no text cannot be asked for either.
        let Ok(name) = entry.file_name().to_str() else { continue };
        if matches!(name, "." | "..") {
            continue;
        }
        let Ok(stat) = statat(&opened, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
        let (kind, bytes) = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => (EntryKind::File, u64::try_from(stat.st_size).unwrap_or(0)),
            FileType::Directory => (EntryKind::Folder, 0),
            _ => (EntryKind::Other, 0),
        };
        entries.push(Entry { name: name.to_owned(), kind, bytes });
        if entries.len() == MOST_ENTRIES {
            break;
        }
    }
    entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}
