use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rustix::process::Pid;
use rustix::thread::{
    CapabilitySet, CapabilitySets, UnshareFlags, capabilities, clear_ambient_capability_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
};

use super::{Doing, Step};

/// Makes a child that runs `child` and ends with the code that it gives; nothing else of ours runs there.
///
/// Only for processes of one thread: in others the child may find a lock held for ever.
pub(in crate::local) fn fork(child: impl FnOnce() -> i32) -> io::Result<Pid> {
    #[expect(unsafe_code, reason = "there is no safe fork")]
    // SAFETY: the process has one thread (the supervisor and what comes of it), so the child finds every lock free.
    // The child never returns from here.
    let pid = unsafe { libc::fork() };
    match pid {
        0 => exit_now(catch_unwind(AssertUnwindSafe(child)).unwrap_or(101)),
        pid => Pid::from_raw(pid).filter(|_| pid > 0).ok_or_else(io::Error::last_os_error),
    }
}

/// Ends this process at once: no destructor and no handler runs.
fn exit_now(code: i32) -> ! {
    #[expect(unsafe_code, reason = "there is no safe _exit")]
    // SAFETY: `_exit` touches no memory of ours.
    unsafe {
        libc::_exit(code)
    }
}

/// Leaves namespaces. Of one thread only, like [`fork`].
pub(in crate::local) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    debug_assert!(!flags.contains(UnshareFlags::FILES));
    #[expect(unsafe_code, reason = "unshare can split the table of open files; it is not asked to")]
    // SAFETY: `FILES` is never among the flags, and the process has one thread.
    unsafe { rustix::thread::unshare_unsafe(flags) }.map_err(io::Error::from)
}

/// A descriptor that becomes readable when a child ends. The signal itself is blocked from now on.
pub(in crate::local) fn child_signals() -> io::Result<OwnedFd> {
    #[expect(unsafe_code, reason = "there is no safe form of signalfd")]
    // SAFETY: `set` lives through the calls; the descriptor is new and nobody else's.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, libc::SIGCHLD);
        if libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
        let fd = libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK);
        if fd < 0 { Err(io::Error::last_os_error()) } else { Ok(OwnedFd::from_raw_fd(fd)) }
    }
}

/// Marks every descriptor from `first` on to be closed by exec.
pub(in crate::local) fn close_on_exec_from(first: u32) {
    #[expect(unsafe_code, reason = "there is no safe form of close_range")]
    // SAFETY: only a flag of descriptors is set; none is closed now.
    unsafe {
        libc::syscall(libc::SYS_close_range, first, u32::MAX, libc::CLOSE_RANGE_CLOEXEC);
    }
}

/// Closes every descriptor but these, and puts nothing in the place of the standard ones.
///
/// Only in a process that [`fork`] has made, which never returns to whoever owns the closed ones.
pub(in crate::local) fn close_all_but<'fd>(keep: impl IntoIterator<Item = BorrowedFd<'fd>>) {
    let mut keep: Vec<u32> =
        keep.into_iter().map(|fd| fd.as_raw_fd().cast_unsigned()).filter(|fd| *fd > 2).collect();
    keep.sort_unstable();
    let mut from = 3;
    for fd in keep.into_iter().chain([u32::MAX]) {
        if from < fd {
            #[expect(unsafe_code, reason = "there is no safe form of close_range")]
            // SAFETY: the values that own these descriptors are never used or dropped in this process.
            unsafe {
                libc::syscall(libc::SYS_close_range, from, fd - 1, 0);
            }
        }
        from = fd.saturating_add(1);
    }
    if let Ok(nothing) = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdin(&nothing);
        let _ = rustix::stdio::dup2_stdout(&nothing);
        let _ = rustix::stdio::dup2_stderr(&nothing);
    }
}

/// Makes every right that this process may use one that it uses: a change of user id has taken them out of use.
pub(in crate::local) fn use_rights() -> Step<()> {
    let sets = capabilities(None).doing("reading capabilities")?;
    set_capabilities(None, CapabilitySets { effective: sets.permitted, ..sets })
        .doing("using capabilities")
}

/// Gives up every right for good, also those that a program could bring.
pub(in crate::local) fn drop_rights() -> Step<()> {
    for number in 0..64 {
        // Numbers that this kernel does not know are refused; there is nothing to drop then.
        if remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << number))
            .is_err()
        {
            break;
        }
    }
    clear_ambient_capability_set().doing("clearing ambient capabilities")?;
    let none = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })
        .doing("dropping capabilities")?;
    set_no_new_privs(true).doing("refusing new privileges")
}
