//! Programs that stay when they should go. The host looks who is left.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::outcome::{Entry, Kind, Outcome};
use crate::sys::call;

const fn stays(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Stays, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    stays("stay-ignoring-sigterm", ignore_sigterm),
    stays("stay-as-daemon", daemon),
    stays("stay-holding-output", hold_output),
    stays("stay-in-background", background),
    stays("stay-in-other-session", || again(true)),
    stays("stay-and-breed", breed),
    Entry { name: "zombies", kind: Kind::Plain, run: zombies },
];

/// Sleeps for long, with the marker in its command line.
fn sleep_long() -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(60));
    }
}

fn ignore_all() {
    for signal in 1..32 {
        // SAFETY: sets the kernel's own handling.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
}

fn ignore_sigterm() -> Outcome {
    ignore_all();
    println!("ready");
    let _ = std::io::stdout().flush();
    sleep_long()
}

/// Forks twice, leaves the session, closes all it has, and sleeps.
fn daemon() -> Outcome {
    // SAFETY: this process has one thread, here and below.
    if unsafe { libc::fork() } == 0 {
        let _ = call(libc::SYS_setsid, &[]);
        // SAFETY: as above.
        if unsafe { libc::fork() } == 0 {
            ignore_all();
            for number in 0..64 {
                let _ = call(libc::SYS_close, &[number]);
            }
            sleep_long();
        }
        // SAFETY: ends this child.
        unsafe { libc::_exit(0) }
    }
    std::thread::sleep(Duration::from_millis(100));
    Outcome::Held("left behind; the host judges".into())
}

fn hold_output() -> Outcome {
    // SAFETY: this process has one thread.
    if unsafe { libc::fork() } == 0 {
        ignore_all();
        sleep_long();
    }
    Outcome::Held("left behind with its output open; the host judges".into())
}

fn background() -> Outcome {
    again(false)
}

/// Starts this program anew, so that nothing but its command line tells whose it is.
fn again(session: bool) -> Outcome {
    let Ok(own) = std::env::current_exe() else { return Outcome::Error("no program".into()) };
    let mut command = Command::new(own);
    command.arg("stay-ignoring-sigterm").args(std::env::args().nth(2));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if session {
        // SAFETY: setsid may be called between fork and exec.
        unsafe {
            command.pre_exec(|| call(libc::SYS_setsid, &[]).map(drop));
        }
    }
    match command.spawn() {
        Ok(_) => Outcome::Held("left behind; the host judges".into()),
        Err(error) => Outcome::Error(error.to_string()),
    }
}

/// Each child makes the next and goes: whoever counts processes never sees the same one twice.
fn breed() -> Outcome {
    // SAFETY: this process has one thread, in every generation.
    if unsafe { libc::fork() } == 0 {
        ignore_all();
        loop {
            // SAFETY: as above.
            match unsafe { libc::fork() } {
                0 => std::thread::sleep(Duration::from_millis(5)),
                // SAFETY: ends the parent.
                child if child > 0 => unsafe { libc::_exit(0) },
                _ => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }
    Outcome::Held("it breeds; the host judges".into())
}

/// Children of children that have gone: whoever inherits them must bury them.
fn zombies() -> Outcome {
    for _ in 0..300 {
        // SAFETY: this process has one thread.
        match unsafe { libc::fork() } {
            0 => {
                // SAFETY: as above; both end at once.
                unsafe {
                    libc::fork();
                    libc::_exit(0)
                }
            }
            child if child > 0 => {
                let mut status = 0;
                // SAFETY: `status` is ours.
                unsafe { libc::waitpid(child, &raw mut status, 0) };
            }
            _ => return Outcome::Held("no more processes".into()),
        }
    }
    std::thread::sleep(Duration::from_millis(300));
    let dead = std::fs::read_dir("/proc").into_iter().flatten().flatten().filter(|entry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        stat.contains("(qv-hostile")
            && stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'))
    });
    match dead.count() {
        few @ 0..10 => Outcome::Held(format!("{few} are left")),
        many => Outcome::Escaped(format!("{many} are left")),
    }
}
