//! More rights than were given.

use std::fs;
use std::io;

use crate::outcome::{Entry, Kind, Outcome, code_of};
use crate::sys::{self, at, call, text};

const fn plain(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Plain, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    plain("become-root", become_root),
    plain("become-another-user", || identity(libc::SYS_setresuid, 65_534)),
    plain("become-root-group", || identity(libc::SYS_setresgid, 0)),
    plain("take-groups", take_groups),
    plain("take-capabilities", take_capabilities),
    plain("has-capabilities", has_capabilities),
    plain("may-gain-privileges", no_new_privileges),
    plain("setuid-program", setuid_program),
    plain("give-file-to-root", give_file),
    plain("raise-limits", raise_limits),
    plain("set-host-name", || {
        let name = text("hostile");
        Outcome::of("sethostname", call(libc::SYS_sethostname, &[at(&name), 7]))
    }),
    plain("set-clock", set_clock),
    plain("reboot", || {
        // A wrong magic number: whoever may reboot is told EINVAL, whoever may not EPERM before that.
        match call(libc::SYS_reboot, &[0, 0, 0]) {
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
                Outcome::Escaped("it may reboot".into())
            }
            other => Outcome::of("reboot", other),
        }
    }),
    plain("swap-and-accounting", swap_and_accounting),
    plain("input-output-ports", ports),
    plain("lock-memory", lock_memory),
    plain("core-dump", core_dump),
];

fn become_root() -> Outcome {
    Outcome::worst([
        Outcome::of("setuid", call(libc::SYS_setuid, &[0])),
        identity(libc::SYS_setresuid, 0),
        Outcome::of("setreuid", call(libc::SYS_setreuid, &[0, 0])),
    ])
}

fn identity(number: libc::c_long, id: usize) -> Outcome {
    Outcome::of("another identity", call(number, &[id, id, id]))
}

fn take_groups() -> Outcome {
    let groups = [0_u32, 27, 998];
    Outcome::of("setgroups", call(libc::SYS_setgroups, &[3, sys::of(&groups)]))
}

fn take_capabilities() -> Outcome {
    let header = [0x2008_0522_u32, 0];
    let all = [u32::MAX; 6];
    Outcome::of("capset", call(libc::SYS_capset, &[sys::of(&header), sys::of(&all)]))
}

/// Also none that a program could give back: the bounding set is empty.
fn has_capabilities() -> Outcome {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let some: Vec<&str> = status
        .lines()
        .filter(|line| line.starts_with("Cap") && !line.ends_with("\t0000000000000000"))
        .collect();
    if some.is_empty() {
        Outcome::Held("none, nor may any be gained".into())
    } else {
        Outcome::Escaped(some.join(" "))
    }
}

fn no_new_privileges() -> Outcome {
    match call(libc::SYS_prctl, &[libc::PR_GET_NO_NEW_PRIVS as usize]) {
        Ok(1) => Outcome::Held("no_new_privs is set".into()),
        other => Outcome::Escaped(format!("no_new_privs: {other:?}")),
    }
}

/// Programs that would run as root if the mount let them.
fn setuid_program() -> Outcome {
    let known = [
        "/usr/bin/su",
        "/bin/su",
        "/usr/bin/passwd",
        "/usr/bin/mount",
        "/bin/mount",
        "/usr/bin/newgrp",
        "/usr/bin/sudo",
    ];
    for program in known {
        use std::os::unix::fs::MetadataExt as _;
        let Ok(meta) = fs::metadata(program) else { continue };
        if meta.uid() != 0 || meta.mode() & 0o4000 == 0 {
            continue;
        }
        let mut set = [0_u64; 16];
        let path = text(program);
        if call(libc::SYS_statfs, &[at(&path), set.as_mut_ptr() as usize]).is_err() {
            continue;
        }
        // The eleventh word of statfs holds the mount's flags; 2 is nosuid.
        let nosuid = set[10] & 2 != 0;
        let locked =
            call(libc::SYS_prctl, &[libc::PR_GET_NO_NEW_PRIVS as usize]).is_ok_and(|set| set == 1);
        if !nosuid && !locked {
            return Outcome::Escaped(format!("{program} would run as root"));
        }
    }
    Outcome::Held("none would".into())
}

fn give_file() -> Outcome {
    if fs::write("hostile-chown", "x").is_err() {
        return Outcome::Held("no file".into());
    }
    let path = text("hostile-chown");
    let given = call(libc::SYS_chown, &[at(&path), 0, 0]);
    let _ = fs::remove_file("hostile-chown");
    Outcome::of("chown to root", given)
}

fn raise_limits() -> Outcome {
    let kinds = [
        libc::RLIMIT_NOFILE,
        libc::RLIMIT_NPROC,
        libc::RLIMIT_CORE,
        libc::RLIMIT_NICE,
        libc::RLIMIT_RTPRIO,
        libc::RLIMIT_MEMLOCK,
    ];
    Outcome::worst(kinds.map(|kind| {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: `limit` is ours.
        unsafe { libc::getrlimit(kind, &raw mut limit) };
        if limit.rlim_max == libc::RLIM_INFINITY {
            // What has no limit of its own is bounded by other means, which the bombs look at; core files are not.
            return if kind == libc::RLIMIT_CORE {
                Outcome::Escaped("core files have no limit".into())
            } else {
                Outcome::Held(format!("{kind}: none"))
            };
        }
        let more = libc::rlimit { rlim_cur: limit.rlim_max + 1, rlim_max: limit.rlim_max + 1 };
        // SAFETY: `more` is ours.
        let raised = unsafe { libc::setrlimit(kind, &raw const more) };
        if raised == 0 {
            Outcome::Escaped(format!("limit {kind} was raised"))
        } else {
            Outcome::Held(format!("{kind}: {}", io::Error::last_os_error()))
        }
    }))
}

/// Sets the clock to what it shows: nobody's time is wrong afterwards.
fn set_clock() -> Outcome {
    let mut now = [0_u64; 2];
    let shown = call(libc::SYS_clock_gettime, &[0, now.as_mut_ptr() as usize]);
    let set = shown.and_then(|_| call(libc::SYS_clock_settime, &[0, sys::of(&now)]));
    Outcome::of("clock_settime", set)
}

fn swap_and_accounting() -> Outcome {
    let path = text("hostile-swap");
    let _ = fs::write("hostile-swap", "x");
    let outcomes = [
        Outcome::of("swapon", call(libc::SYS_swapon, &[at(&path), 0])),
        Outcome::of("acct", call(libc::SYS_acct, &[at(&path)])),
        Outcome::of("quotactl", call(libc::SYS_quotactl, &[0x80_0001 << 8, at(&path), 0, 0])),
    ];
    let _ = fs::remove_file("hostile-swap");
    Outcome::worst(outcomes)
}

#[cfg(target_arch = "x86_64")]
fn ports() -> Outcome {
    Outcome::worst([
        Outcome::of("iopl", call(libc::SYS_iopl, &[3])),
        Outcome::of("ioperm", call(libc::SYS_ioperm, &[0x80, 1, 1])),
    ])
}

#[cfg(not(target_arch = "x86_64"))]
fn ports() -> Outcome {
    Outcome::Held("this processor has none".into())
}

/// Memory that cannot be taken back, beyond the little that anybody may have.
fn lock_memory() -> Outcome {
    let bytes = 64 << 20;
    let rights = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping at a place of the kernel's choice.
    let map = unsafe { libc::mmap(std::ptr::null_mut(), bytes, rights, flags, -1, 0) };
    if map == libc::MAP_FAILED {
        return Outcome::Held("no memory".into());
    }
    Outcome::of("mlock of 64 MB", call(libc::SYS_mlock, &[map as usize, bytes]))
}

/// A core file is written by the host's rule: into a program that runs as root, if that rule says so.
fn core_dump() -> Outcome {
    let limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` is ours.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const limit) };
    // SAFETY: this process has one thread.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let _ = call(libc::SYS_prctl, &[libc::PR_SET_DUMPABLE as usize, 1]);
        // SAFETY: ends this child with a signal.
        unsafe { libc::abort() };
    }
    let mut status = 0;
    // SAFETY: `status` is ours.
    unsafe { libc::waitpid(child, &raw mut status, 0) };
    for entry in fs::read_dir(".").into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("core") {
            let _ = fs::remove_file(entry.path());
        }
    }
    let ended = code_of(|| 0);
    if libc::WCOREDUMP(status) {
        Outcome::Escaped("a core file was written by the host's rule".into())
    } else {
        Outcome::Held(format!("none was written ({ended:?})"))
    }
}
