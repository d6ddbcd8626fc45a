//! Signals, tracing and other reaches into processes.

use std::io;
use std::time::Duration;

use crate::outcome::{Entry, Kind, Outcome, code_of, either, told_number};
use crate::sys::{self, call};

const fn plain(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Plain, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    plain("kill-host-process", || {
        to_victim("kill", |pid| call(libc::SYS_kill, &[pid, libc::SIGKILL as usize]))
    }),
    plain("kill-host-thread", || {
        to_victim("tgkill", |pid| call(libc::SYS_tgkill, &[pid, pid, libc::SIGKILL as usize]))
    }),
    plain("kill-by-pidfd", kill_by_pidfd),
    plain("kill-other-sandbox", kill_other),
    plain("kill-init", kill_init),
    plain("kill-process-group", || Outcome::worst([group("QV_VICTIM_PID"), group("QV_OTHER_PID")])),
    Entry { name: "kill-everything", kind: Kind::Host, run: kill_everything },
    plain("limits-of-host-process", limits_of_victim),
    plain("priority-of-host-process", priority_of_victim),
    plain("affinity-of-host-process", || {
        let mask = 1_u64;
        to_victim("sched_setaffinity", |pid| {
            call(libc::SYS_sched_setaffinity, &[pid, 8, sys::of(&mask)])
        })
    }),
    plain("move-pages-of-host-process", || {
        to_victim("migrate_pages", |pid| call(libc::SYS_migrate_pages, &[pid, 0, 0, 0]))
    }),
    plain("realtime-priority", realtime),
    plain("ptrace-host-process", || {
        to_victim("ptrace", |pid| call(libc::SYS_ptrace, &[SEIZE, pid, 0, 0]))
    }),
    plain("ptrace-init", || Outcome::of("ptrace", call(libc::SYS_ptrace, &[SEIZE, 1, 0, 0]))),
    plain("ptrace-own-child", ptrace_child),
    plain("ptrace-traceme", || Outcome::of("ptrace", call(libc::SYS_ptrace, &[0, 0, 0, 0]))),
    plain("read-memory-of-host-process", || {
        to_victim("process_vm_readv", |pid| memory(libc::SYS_process_vm_readv, pid))
    }),
    plain("read-memory-of-init", || {
        Outcome::of("process_vm_readv", memory(libc::SYS_process_vm_readv, 1))
    }),
    plain("read-memory-of-own-child", memory_of_child),
    plain("write-memory-of-host-process", || {
        to_victim("process_vm_writev", |pid| memory(libc::SYS_process_vm_writev, pid))
    }),
    plain("steal-file-of-init", || steal(1)),
    plain("steal-file-of-host-process", || either(told_number("QV_VICTIM_PID").map(steal))),
    plain("compare-with-init", compare),
    plain("advise-memory-of-init", advise),
];

const SEIZE: usize = 0x4206;

fn to_victim(what: &str, then: impl Fn(usize) -> io::Result<i64>) -> Outcome {
    either(told_number("QV_VICTIM_PID").map(|pid| Outcome::of(what, then(pid))))
}

fn kill_by_pidfd() -> Outcome {
    to_victim("pidfd_send_signal", |pid| {
        let fd = call(libc::SYS_pidfd_open, &[pid, 0])?;
        call(libc::SYS_pidfd_send_signal, &[fd as usize, libc::SIGKILL as usize, 0, 0])
    })
}

fn kill_other() -> Outcome {
    either(
        told_number::<usize>("QV_OTHER_PID")
            .map(|pid| Outcome::of("kill", call(libc::SYS_kill, &[pid, libc::SIGKILL as usize]))),
    )
}

/// A signal to init goes through and is ignored: what counts is that it is still there.
fn kill_init() -> Outcome {
    for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGSEGV, libc::SIGSTOP, libc::SIGKILL] {
        let _ = call(libc::SYS_kill, &[1, signal as usize]);
        std::thread::sleep(Duration::from_millis(20));
    }
    let stat = std::fs::read_to_string("/proc/1/stat").unwrap_or_default();
    let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
    match state {
        Some('T' | 't' | 'Z' | 'X') | None => Outcome::Escaped(format!("init is {state:?}")),
        Some(state) => Outcome::Held(format!("init is {state}")),
    }
}

fn group(whose: &str) -> Outcome {
    either(told_number::<isize>(whose).map(|pid| {
        Outcome::of("killpg", call(libc::SYS_kill, &[sys::minus(-pid), libc::SIGKILL as usize]))
    }))
}

/// Ends whatever it may: the host looks who is left.
fn kill_everything() -> Outcome {
    match call(libc::SYS_kill, &[sys::minus(-1), libc::SIGKILL as usize]) {
        Ok(_) => Outcome::Held("sent; the host judges".into()),
        Err(error) => Outcome::Held(error.to_string()),
    }
}

fn limits_of_victim() -> Outcome {
    let mut limit = [0_u64; 2];
    let at = limit.as_mut_ptr() as usize;
    to_victim("prlimit", |pid| {
        call(libc::SYS_prlimit64, &[pid, libc::RLIMIT_NOFILE as usize, 0, at])
    })
}

fn priority_of_victim() -> Outcome {
    to_victim("setpriority", |pid| {
        call(libc::SYS_setpriority, &[libc::PRIO_PROCESS as usize, pid, 19])
    })
}

fn realtime() -> Outcome {
    let parameter = 1_i32;
    let fifo =
        call(libc::SYS_sched_setscheduler, &[0, libc::SCHED_FIFO as usize, sys::of(&parameter)]);
    let nice = call(libc::SYS_setpriority, &[libc::PRIO_PROCESS as usize, 0, sys::minus(-20)]);
    Outcome::worst([Outcome::of("SCHED_FIFO", fifo), Outcome::of("nice -20", nice)])
}

/// A child that does nothing for a while.
fn sleeper() -> io::Result<usize> {
    // SAFETY: this process has one thread.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            std::thread::sleep(Duration::from_secs(2));
            // SAFETY: ends this child.
            unsafe { libc::_exit(0) }
        }
        child => Ok(child as usize),
    }
}

fn ptrace_child() -> Outcome {
    let Ok(child) = sleeper() else { return Outcome::Error("fork".into()) };
    let outcome = Outcome::of("ptrace", call(libc::SYS_ptrace, &[SEIZE, child, 0, 0]));
    let _ = call(libc::SYS_kill, &[child, libc::SIGKILL as usize]);
    outcome
}

/// Where a word is that both a parent and its child have.
static WORD: u64 = 0x5156;

fn memory(number: libc::c_long, pid: usize) -> io::Result<i64> {
    let word = 0_u64;
    let here = [sys::of(&word), 8];
    let there = [sys::of(&WORD), 8];
    match call(number, &[pid, sys::of(&here), 1, sys::of(&there), 1, 0]) {
        // Another program has nothing at that address; that it was looked for there is enough.
        Err(error) if error.raw_os_error() == Some(libc::EFAULT) => Ok(0),
        other => other,
    }
}

fn memory_of_child() -> Outcome {
    let Ok(child) = sleeper() else { return Outcome::Error("fork".into()) };
    let outcome = Outcome::of("process_vm_readv", memory(libc::SYS_process_vm_readv, child));
    let _ = call(libc::SYS_kill, &[child, libc::SIGKILL as usize]);
    outcome
}

fn steal(pid: usize) -> Outcome {
    let fd = match call(libc::SYS_pidfd_open, &[pid, 0]) {
        Ok(fd) => fd as usize,
        Err(error) => return Outcome::Held(format!("pidfd_open: {error}")),
    };
    Outcome::worst(
        (0..12).map(|number| {
            Outcome::of("pidfd_getfd", call(libc::SYS_pidfd_getfd, &[fd, number, 0]))
        }),
    )
}

fn compare() -> Outcome {
    let own = std::process::id() as usize;
    Outcome::of("kcmp", call(libc::SYS_kcmp, &[1, own, 0, 0, 0]))
}

fn advise() -> Outcome {
    let ended = code_of(|| {
        let Ok(fd) = call(libc::SYS_pidfd_open, &[1, 0]) else { return 1 };
        let part = [sys::of(&WORD) & !4095, 4096];
        let words = [fd as usize, sys::of(&part), 1, libc::MADV_COLD as usize, 0];
        i32::from(call(libc::SYS_process_madvise, &words).is_err())
    });
    match ended {
        Ok(0) => Outcome::Escaped("process_madvise went through".into()),
        other => Outcome::Held(format!("process_madvise: {other:?}")),
    }
}
