//! Mounts, roots and namespaces: each would be the first step out.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;

use crate::outcome::{Entry, Kind, Outcome, code_of};
use crate::sys::{self, AT_FDCWD, at, call, text};

const fn plain(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Plain, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    plain("mount-tmpfs", || mount("tmpfs", "/tmp", "tmpfs", 0)),
    plain("mount-proc", || mount("proc", "/proc", "proc", 0)),
    plain("mount-bind", || mount("/", "/tmp", "", libc::MS_BIND | libc::MS_REC)),
    plain("mount-cgroup", || mount("cgroup2", "/tmp", "cgroup2", 0)),
    plain("remount-writable", remount),
    plain("make-mounts-shared", || mount("", "/", "", libc::MS_SHARED | libc::MS_REC)),
    plain("umount", umount),
    plain("pivot-root", pivot),
    plain("chroot", chroot),
    plain("fsopen", || {
        let name = text("tmpfs");
        Outcome::of("fsopen", call(libc::SYS_fsopen, &[at(&name), 0]))
    }),
    plain("fspick", || {
        let path = text("/");
        Outcome::of("fspick", call(libc::SYS_fspick, &[AT_FDCWD, at(&path), 0]))
    }),
    plain("open-tree", || {
        let path = text("/");
        Outcome::of("open_tree", call(libc::SYS_open_tree, &[AT_FDCWD, at(&path), 1]))
    }),
    plain("move-mount", move_mount),
    plain("mount-setattr", || {
        let (path, attributes) = (text("/"), [0_u64; 4]);
        let words = [AT_FDCWD, at(&path), 0x8000, sys::of(&attributes), 32];
        Outcome::of("mount_setattr", call(libc::SYS_mount_setattr, &words))
    }),
    plain("unshare-user", || unshare(libc::CLONE_NEWUSER)),
    plain("unshare-user-and-mount", || unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNS)),
    plain("unshare-mount", || unshare(libc::CLONE_NEWNS)),
    plain("unshare-net", || unshare(libc::CLONE_NEWNET)),
    plain("unshare-pid", || unshare(libc::CLONE_NEWPID)),
    plain("unshare-others", || {
        Outcome::worst(
            [libc::CLONE_NEWIPC, libc::CLONE_NEWUTS, libc::CLONE_NEWCGROUP, 0x80].map(unshare),
        )
    }),
    plain("clone-new-user", || clone(libc::CLONE_NEWUSER)),
    plain("clone-new-net", || clone(libc::CLONE_NEWNET | libc::CLONE_NEWUSER)),
    plain("clone3-new-user", clone3),
    plain("setns-of-init", || setns("/proc/1/ns")),
    plain("setns-of-self", || setns("/proc/self/ns")),
    plain("setns-of-thread", || setns("/proc/thread-self/ns")),
    plain("setns-by-pidfd", setns_pidfd),
];

fn mount(source: &str, target: &str, kind: &str, flags: libc::c_ulong) -> Outcome {
    let (source, target, kind) = (text(source), text(target), text(kind));
    let words = [at(&source), at(&target), at(&kind), flags as usize, 0];
    Outcome::of("mount", call(libc::SYS_mount, &words))
}

fn remount() -> Outcome {
    Outcome::worst(
        ["/", "/usr", "/etc", "/proc", "."]
            .map(|path| mount("", path, "", libc::MS_REMOUNT | libc::MS_BIND)),
    )
}

fn umount() -> Outcome {
    Outcome::worst(["/proc", "/tmp", "/dev", "/usr", "/"].map(|path| {
        let path = text(path);
        Outcome::of("umount2", call(libc::SYS_umount2, &[at(&path), libc::MNT_DETACH as usize]))
    }))
}

fn pivot() -> Outcome {
    let (new, old) = (text("."), text("."));
    Outcome::of("pivot_root", call(libc::SYS_pivot_root, &[at(&new), at(&old)]))
}

fn chroot() -> Outcome {
    let path = text(".");
    Outcome::of("chroot", call(libc::SYS_chroot, &[at(&path)]))
}

fn move_mount() -> Outcome {
    let (from, to) = (text("/tmp"), text("/"));
    Outcome::of(
        "move_mount",
        call(libc::SYS_move_mount, &[AT_FDCWD, at(&from), AT_FDCWD, at(&to), 0]),
    )
}

fn unshare(flags: i32) -> Outcome {
    // In a child, so that one success does not change what the next can do.
    match code_of(|| call(libc::SYS_unshare, &[flags as usize]).map_or_else(code, |_| 0)) {
        Ok(0) => Outcome::Escaped(format!("unshare {flags:#x} went through")),
        Ok(errno) => Outcome::Held(format!("unshare {flags:#x}: {errno}")),
        Err(error) => Outcome::Error(error.to_string()),
    }
}

fn code(error: io::Error) -> i32 {
    error.raw_os_error().unwrap_or(1)
}

fn clone(flags: i32) -> Outcome {
    let words = [(flags | libc::SIGCHLD) as usize, 0, 0, 0, 0];
    match call(libc::SYS_clone, &words) {
        // SAFETY: the child of the call ends at once.
        Ok(0) => unsafe { libc::_exit(0) },
        other => Outcome::of("clone", other),
    }
}

fn clone3() -> Outcome {
    let mut arguments = [0_u64; 11];
    arguments[0] = libc::CLONE_NEWUSER as u64;
    arguments[4] = libc::SIGCHLD as u64;
    match call(libc::SYS_clone3, &[sys::of(&arguments), size_of_val(&arguments)]) {
        // SAFETY: the child of the call ends at once.
        Ok(0) => unsafe { libc::_exit(0) },
        other => Outcome::of("clone3", other),
    }
}

fn setns(folder: &str) -> Outcome {
    Outcome::worst(["user", "mnt", "net", "pid", "ipc", "uts", "cgroup"].map(
        |name| match File::open(format!("{folder}/{name}")) {
            Err(error) => Outcome::Held(format!("{name}: {error}")),
            Ok(file) => Outcome::of(name, call(libc::SYS_setns, &[file.as_raw_fd() as usize, 0])),
        },
    ))
}

fn setns_pidfd() -> Outcome {
    let pid = call(libc::SYS_pidfd_open, &[1, 0]);
    match pid {
        Err(error) => Outcome::Held(format!("pidfd_open: {error}")),
        Ok(fd) => {
            Outcome::of("setns", call(libc::SYS_setns, &[fd as usize, libc::CLONE_NEWNS as usize]))
        }
    }
}
