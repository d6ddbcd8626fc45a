//! Removes what a sandbox has left, however deep and however hidden. Nothing runs in it any more.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, chmodat, openat, renameat, statat, unlinkat,
};
use rustix::io::Errno;

use super::files::open_folder;

/// How often a name is looked for under which a folder can be moved.
const TRIES: u32 = 10_000;

/// Removes a folder and all in it. A missing one is fine.
///
/// A program can nest folders deeper than paths or open files go, and take away everybody's right to look into them. So
/// no path is longer than one name: what is nested is first moved to the top.
pub(super) fn remove_tree(path: &Path) -> io::Result<()> {
    let top = match open_folder(path) {
        Ok(top) => top,
        Err(Errno::NOENT) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let _ = rustix::fs::chmod(path, Mode::RWXU);
    let mut next = 0;
    // Each round flattens one level of all that is there.
    while flatten(top.as_fd(), &mut next)? {}
    std::fs::remove_dir(path)
}

/// Removes files of a folder, and empties its folders; tells whether there is something left.
fn flatten(top: BorrowedFd<'_>, next: &mut u32) -> rustix::io::Result<bool> {
    let mut left = false;
    for (name, kind) in entries(top)? {
        if kind != FileType::Directory {
            unlinkat(top, &name, AtFlags::empty())?;
            continue;
        }
        let folder = uncovered(top, &name)?;
        for (inner, kind) in entries(folder.as_fd())? {
            if kind != FileType::Directory {
                unlinkat(&folder, &inner, AtFlags::empty())?;
                continue;
            }
            // To move a folder is to change where its `..` leads.
            chmodat(&folder, &inner, Mode::RWXU, AtFlags::empty())?;
            lift(folder.as_fd(), &inner, top, next)?;
            left = true;
        }
        unlinkat(top, &name, AtFlags::REMOVEDIR)?;
    }
    Ok(left)
}

/// Moves a folder to the top, under a name that nothing has.
fn lift(
    from: BorrowedFd<'_>,
    name: &std::ffi::CStr,
    top: BorrowedFd<'_>,
    next: &mut u32,
) -> rustix::io::Result<()> {
    for _ in 0..TRIES {
        *next = next.wrapping_add(1);
        match renameat(from, name, top, format!("removed-{next}")) {
            Err(Errno::EXIST | Errno::NOTEMPTY | Errno::NOTDIR | Errno::ISDIR) => {}
            other => return other,
        }
    }
    Err(Errno::EXIST)
}

/// Opens a folder, with the right to.
fn uncovered(at: BorrowedFd<'_>, name: &std::ffi::CStr) -> rustix::io::Result<OwnedFd> {
    chmodat(at, name, Mode::RWXU, AtFlags::empty())?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(at, name, flags, Mode::empty())
}

fn entries(folder: BorrowedFd<'_>) -> rustix::io::Result<Vec<(std::ffi::CString, FileType)>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut all = Vec::new();
    for entry in Dir::new(openat(folder, c".", flags, Mode::empty())?)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => {
                FileType::from_raw_mode(statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode)
            }
            kind => kind,
        };
        all.push((name.to_owned(), kind));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_deep_hidden_or_a_link_is_removed() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("kept"), "kept").unwrap();
        let place = tempfile::tempdir().unwrap();
        let tree = place.path().join("tree");
        fs::create_dir_all(tree.join("removed-1/removed-2")).unwrap();
        fs::write(tree.join("removed-3"), "").unwrap();
        std::os::unix::fs::symlink(outside.path(), tree.join("removed-1/link")).unwrap();
        // Deeper than any path is long; each level has another folder.
        let mut at = open_folder(&tree).unwrap();
        for _ in 0..1_000 {
            rustix::fs::mkdirat(&at, "deeper", Mode::RWXU).unwrap();
            let inner = uncovered(at.as_fd(), c"deeper").unwrap();
            rustix::fs::mkdirat(&inner, "removed-7", Mode::empty()).unwrap();
            chmodat(&at, "deeper", Mode::WUSR | Mode::XUSR, AtFlags::empty()).unwrap();
            at = inner;
        }
        drop(at);
        remove_tree(&tree).unwrap();
        assert!(!tree.exists());
        remove_tree(&tree).unwrap();
        assert_eq!(fs::read_to_string(outside.path().join("kept")).unwrap(), "kept");
    }
}
