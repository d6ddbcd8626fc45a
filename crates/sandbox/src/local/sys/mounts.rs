use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use rustix::fs::CWD;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, OpenTreeFlags, fsconfig_create,
    fsconfig_set_flag, fsconfig_set_string, fsmount, fsopen, move_mount, open_tree,
};

use super::{Doing, Step};

/// What a mount forbids.
pub(in crate::local) type Attributes = MountAttrFlags;

/// A new file system that is not mounted anywhere yet. An option without a value is a flag.
pub(in crate::local) fn new_filesystem(
    kind: &str,
    options: &[(&str, &str)],
    attributes: Attributes,
) -> Step<OwnedFd> {
    let context = fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC).doing(kind)?;
    for (key, value) in options {
        if value.is_empty() {
            fsconfig_set_flag(&context, *key)
        } else {
            fsconfig_set_string(&context, *key, *value)
        }
        .doing(&format!("{kind} with {key}={value}"))?;
    }
    fsconfig_create(&context).doing(&format!("making {kind}"))?;
    fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, attributes).doing(&format!("mounting {kind}"))
}

/// Mounts at a path. No link on the way is followed by whoever gives paths of ours only.
pub(in crate::local) fn attach(mount: &OwnedFd, path: &str) -> Step<()> {
    move_mount(mount, "", CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .doing(&format!("mounting at {path}"))
}

/// Mounts at an opened folder.
pub(in crate::local) fn attach_at(mount: &OwnedFd, folder: BorrowedFd<'_>) -> Step<()> {
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    move_mount(mount, "", folder, "", flags).doing("mounting at a folder")
}

/// A second mount of what is at `path`, not mounted anywhere yet.
pub(in crate::local) fn clone_tree(
    from: impl AsFd,
    path: &str,
    attributes: Attributes,
) -> Step<OwnedFd> {
    let mut flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    if path.is_empty() {
        flags |= OpenTreeFlags::AT_EMPTY_PATH;
    }
    let tree = open_tree(from, path, flags).doing(&format!("taking {path}"))?;
    set_attributes(&tree, attributes).doing(&format!("restricting {path}"))?;
    Ok(tree)
}

/// Adds to what a mount forbids.
pub(in crate::local) fn set_attributes(mount: &OwnedFd, attributes: Attributes) -> io::Result<()> {
    #[repr(C)]
    struct MountAttr {
        set: u64,
        clear: u64,
        propagation: u64,
        user_namespace: u64,
    }
    let attr = MountAttr {
        set: u64::from(attributes.bits()),
        clear: 0,
        propagation: 0,
        user_namespace: 0,
    };
    #[expect(unsafe_code, reason = "rustix has no mount_setattr")]
    // SAFETY: the path is an empty C string, `attr` lives through the call, and its size is told.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH,
            &raw const attr,
            size_of::<MountAttr>(),
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
