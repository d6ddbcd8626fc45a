//! What happens between fork and exec, and what is asked of the kernel about processes.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

/// Who the browser is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The server is root: another user.
    Other(u32),
    /// The server is an ordinary user: the same.
    Same { uid: u32, gid: u32 },
}

impl Who {
    pub(crate) fn of_this_server(uid: u32) -> Self {
        if rustix::process::geteuid().is_root() {
            Self::Other(uid)
        } else {
            Self::Same {
                uid: rustix::process::geteuid().as_raw(),
                gid: rustix::process::getegid().as_raw(),
            }
        }
    }
}

/// Processes and threads that the browser's user may have.
const MOST_PROCESSES: u64 = 4_096;
const MOST_FILES: u64 = 8_192;
/// The largest file that it may write, in bytes.
const LARGEST_FILE: u64 = 256 << 20;

/// What is answered where there is no network namespace to be had: the page could reach the host's services, so there is
/// no browser then. No other step of a start answers it.
pub(crate) const NO_NAMESPACE: i32 = libc::ENONET;

/// Makes `command` become another user in a session and a network of its own, with these ends of pipes as descriptors 3
/// and 4; it ends with the thread that starts it.
pub(crate) fn isolate(command: &mut Command, who: Who, hears: OwnedFd, tells: OwnedFd) {
    let (uid, gid) = match who {
        Who::Other(uid) => (uid, uid),
        Who::Same { uid, gid } => (uid, gid),
    };
    let maps = (format!("{uid} {uid} 1\n"), format!("{gid} {gid} 1\n"));
    let parent = std::process::id();
    let child = move || {
        // The descriptors live in the closure, which the command keeps.
        become_nobody(who, &maps)?;
        bind_to(parent)?;
        take_pipes(hears.as_raw_fd(), tells.as_raw_fd())
    };
    #[expect(unsafe_code, reason = "there is no safe way to change what a child is before it runs")]
    // SAFETY: between fork and exec only system calls are made, on memory that was there before; nothing is allocated, no
    // lock is taken.
    unsafe {
        command.pre_exec(child);
    }
}

/// Leaves the server's session, its network and, where it is root, its user.
#[expect(unsafe_code, reason = "plain system calls: the safe forms allocate or do not exist")]
fn become_nobody(who: Who, maps: &(String, String)) -> io::Result<()> {
    // SAFETY: system calls with numbers alone.
    unsafe {
        if libc::setsid() < 0 {
            return Err(io::Error::last_os_error());
        }
        let mut alone = false;
        if let Who::Other(uid) = who {
            alone = libc::unshare(libc::CLONE_NEWNET) == 0;
            if libc::setgroups(0, std::ptr::null()) != 0
                || libc::setresgid(uid, uid, uid) != 0
                || libc::setresuid(uid, uid, uid) != 0
            {
                return Err(io::Error::last_os_error());
            }
        }
        if !alone {
            // A change of user has made the files of this process root's.
            libc::prctl(libc::PR_SET_DUMPABLE, 1);
            if libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) != 0 {
                return Err(io::Error::from_raw_os_error(NO_NAMESPACE));
            }
            write_to(c"/proc/self/setgroups", b"deny")?;
            write_to(c"/proc/self/uid_map", maps.0.as_bytes())?;
            write_to(c"/proc/self/gid_map", maps.1.as_bytes())?;
        }
    }
    Ok(())
}

/// Ends with the server, and takes no more than so much.
#[expect(unsafe_code, reason = "plain system calls: the safe forms allocate or do not exist")]
fn bind_to(parent: u32) -> io::Result<()> {
    // SAFETY: system calls with numbers, and with a pointer to a value that lives through the call.
    unsafe {
        // Only now: a change of user takes it back.
        if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) != 0 {
            return Err(io::Error::last_os_error());
        }
        if u32::try_from(libc::getppid()) != Ok(parent) {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        for (what, most) in [
            (libc::RLIMIT_CORE, 0),
            (libc::RLIMIT_NPROC, MOST_PROCESSES),
            (libc::RLIMIT_NOFILE, MOST_FILES),
            (libc::RLIMIT_FSIZE, LARGEST_FILE),
        ] {
            let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
            // A limit that is lower already cannot be raised, and need not be.
            libc::setrlimit(what, &raw const limit);
        }
    }
    Ok(())
}

#[expect(unsafe_code, reason = "plain system calls: the safe forms close what they are given")]
fn take_pipes(hears: RawFd, tells: RawFd) -> io::Result<()> {
    // SAFETY: system calls with numbers alone; what is replaced is nobody's in this process.
    unsafe {
        // Out of the way first: either may be what the other is to become.
        let (hears, tells) =
            (libc::fcntl(hears, libc::F_DUPFD, 64), libc::fcntl(tells, libc::F_DUPFD, 64));
        if hears < 0 || tells < 0 || libc::dup2(hears, 3) < 0 || libc::dup2(tells, 4) < 0 {
            return Err(io::Error::last_os_error());
        }
        libc::syscall(libc::SYS_close_range, 5, u32::MAX, libc::CLOSE_RANGE_CLOEXEC);
    }
    Ok(())
}

/// Writes a file of the kernel's.
#[expect(unsafe_code, reason = "without allocating")]
fn write_to(path: &std::ffi::CStr, text: &[u8]) -> io::Result<()> {
    // SAFETY: both pointers live through the calls; the descriptor is this function's own.
    unsafe {
        let fd = libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        let written = libc::write(fd, text.as_ptr().cast(), text.len());
        let error = io::Error::last_os_error();
        libc::close(fd);
        if usize::try_from(written) == Ok(text.len()) { Ok(()) } else { Err(error) }
    }
}

/// The processes of a session.
pub(crate) fn of_session(session: u32) -> Vec<u32> {
    let Ok(all) = std::fs::read_dir("/proc") else { return Vec::new() };
    let ids = all.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| session_of(*id) == Some(session)).collect()
}

fn session_of(id: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name may hold anything; what follows it does not.
    let mut rest = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace();
    let state = rest.next()?;
    let session = rest.nth(2)?.parse().ok()?;
    (state != "Z").then_some(session)
}

/// Memory that a process has for itself, in bytes.
pub(crate) fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let lines = status.lines().filter_map(|line| line.split_once(':'));
    let own = lines.filter(|(name, _)| matches!(*name, "RssAnon" | "RssShmem"));
    let sizes = own.filter_map(|(_, size)| size.trim().trim_end_matches(" kB").parse::<u64>().ok());
    sizes.sum::<u64>() << 10
}

/// Ends a process at once.
pub(crate) fn kill(process: u32) {
    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// Whether one of these processes was told to do without its sandbox.
pub(crate) fn bare(processes: &[u32]) -> bool {
    processes.iter().any(|id| {
        let words = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        words.split(|byte| *byte == 0).any(|word| word == b"--no-sandbox")
    })
}

/// Ends what is left of a session.
pub(crate) fn kill_session(session: u32) {
    for _ in 0..20 {
        let left = of_session(session);
        if left.is_empty() {
            return;
        }
        left.into_iter().for_each(kill);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
