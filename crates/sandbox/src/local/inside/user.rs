use std::fs;
use std::io::{Read, Write};
use std::os::fd::AsFd;

use rustix::process::{WaitOptions, getegid, geteuid, getpid, waitpid};
use rustix::thread::{
    Gid, Uid, UnshareFlags, set_keep_capabilities, set_thread_groups, set_thread_res_gid,
    set_thread_res_uid,
};

use super::super::sys::{Doing, Step, close_all_but, fork, unshare, use_rights};
use super::super::wire::Mode;

/// Who a sandbox's programs are, inside.
pub(super) const INNER: u32 = 1000;

/// Enters new user, network, IPC and UTS namespaces and becomes the sandbox's user there, with every right over them.
pub(super) fn enter(mode: Mode, uid: u32) -> Step<()> {
    // The host's root owns the host's settings (/proc/sys) in every user namespace.
    if uid == 0 {
        return Err("a sandbox must never be the host's root".into());
    }
    match mode {
        Mode::Root => mapped_by_root(uid),
        Mode::Unprivileged => mapped_by_oneself(uid),
    }
}

const NAMESPACES: UnshareFlags = UnshareFlags::NEWUSER
    .union(UnshareFlags::NEWNET)
    .union(UnshareFlags::NEWIPC)
    .union(UnshareFlags::NEWUTS);

fn mapped_by_root(uid: u32) -> Step<()> {
    let me = getpid().as_raw_nonzero();
    let (mut wait, mut go) = std::io::pipe().doing("making a pipe")?;
    // Only somebody outside the new namespace may map another id than its own.
    let mapper = fork(|| {
        // Also the pipe's other end: when this process's parent is killed, it ends, and holds nobody's socket.
        close_all_but([wait.as_fd()]);
        let map = format!("{INNER} {uid} 1\n");
        let mapped = wait.read_exact(&mut [0]).is_ok()
            && fs::write(format!("/proc/{me}/uid_map"), &map).is_ok()
            && fs::write(format!("/proc/{me}/gid_map"), &map).is_ok();
        i32::from(!mapped)
    })
    .doing("making the mapper")?;
    let left = unshare(NAMESPACES).doing("leaving namespaces");
    // Also where that failed: the mapper ends.
    go.write_all(&[1]).doing("telling the mapper")?;
    let ended = waitpid(Some(mapper), WaitOptions::empty()).doing("waiting for the mapper")?;
    left?;
    if ended.and_then(|(_, status)| status.exit_status()) != Some(0) {
        return Err("the user id could not be mapped".into());
    }
    set_thread_groups(&[]).doing("leaving groups")?;
    let gid = Gid::from_raw(INNER);
    set_thread_res_gid(gid, gid, gid).doing("changing group")?;
    set_keep_capabilities(true).doing("keeping capabilities")?;
    let uid = Uid::from_raw(INNER);
    set_thread_res_uid(uid, uid, uid).doing("changing user")?;
    use_rights()
}

fn mapped_by_oneself(uid: u32) -> Step<()> {
    let gid = getegid().as_raw();
    if geteuid().as_raw() != uid {
        return Err("an ordinary user can map only itself".into());
    }
    unshare(NAMESPACES).doing("leaving namespaces")?;
    fs::write("/proc/self/setgroups", "deny").doing("giving up groups")?;
    fs::write("/proc/self/uid_map", format!("{INNER} {uid} 1\n")).doing("mapping the user")?;
    fs::write("/proc/self/gid_map", format!("{INNER} {gid} 1\n")).doing("mapping the group")
}

/// What the kernel counts for a user of the host, whichever namespace uses it: one sandbox must not use up what all of
/// them, and the server, have. Programs open one inotify instance each; nobody needs namespaces of their own.
const COUNTED: [(&str, u32); 3] =
    [("max_inotify_instances", 48), ("max_inotify_watches", 65_536), ("max_user_namespaces", 0)];

/// Bounds what is [`COUNTED`], for this namespace alone. Where the host shows its settings read-only, as containers do,
/// the host's own bounds hold.
pub(super) fn bound_counts() {
    for (name, most) in COUNTED {
        let _ = fs::write(format!("/proc/sys/user/{name}"), most.to_string());
    }
}
