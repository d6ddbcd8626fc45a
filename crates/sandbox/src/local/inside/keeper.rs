use std::ffi::OsStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::net::RecvFlags;
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitOptions, getpid, kill_process_group, set_child_subreaper,
    setrlimit, setsid, wait,
};
use serde::{Deserialize, Serialize};

use super::super::sys::{Doing, Step, child_signals, close_all_but, close_on_exec_from, fork};
use super::super::wire::{Program, Setup, Status, receive, send};
use super::tree;

/// What a keeper is told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Order {
    Terminate,
    Kill,
}

/// A program that is known to be there.
pub(super) struct Found {
    path: PathBuf,
    folder: PathBuf,
}

/// Looks for the program and its folder, as the sandbox sees them.
pub(super) fn find(program: &Program) -> Step<Found> {
    let folder = Path::new("/app").join(&program.folder);
    if !folder.is_dir() {
        return Err(format!("there is no folder {}", program.folder));
    }
    let name = program.argv.first().filter(|name| !name.is_empty()).ok_or("there is no program")?;
    if program
        .argv
        .iter()
        .chain(program.env.iter().flat_map(|(k, v)| [k, v]))
        .any(|s| s.contains('\0'))
        || program.env.iter().any(|(key, _)| key.is_empty() || key.contains('='))
    {
        return Err("an argument or variable has a character that none may have".into());
    }
    let runs = |path: &Path| {
        path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
    };
    let path = if name.contains('/') {
        Some(folder.join(name)).filter(|path| runs(path))
    } else {
        let folders = program.env.iter().rev().find(|(key, _)| key == "PATH");
        std::env::split_paths(folders.map_or(OsStr::new("/usr/bin:/bin"), |(_, v)| OsStr::new(v)))
            .map(|place| folder.join(place).join(name))
            .find(|path| runs(path))
    };
    let path = path.ok_or_else(|| format!("there is no program {name}"))?;
    Ok(Found { path, folder })
}

/// Runs one program: the keeper is its parent, and that of whatever it leaves behind. Gives the code to end with.
///
/// A command is over when its program has ended and nothing that it started is left: the kernel gives a subreaper all
/// orphans below it, so nobody escapes by forking twice.
pub(super) fn keep(
    first: &OwnedFd,
    program: &Program,
    found: &Found,
    stdio: [BorrowedFd<'_>; 3],
    setup: &Setup,
) -> i32 {
    close_all_but([first.as_fd(), stdio[0], stdio[1], stdio[2]]);
    match run(first, program, found, stdio, setup) {
        Ok(status) => i32::from(send(first, &status, &[]).is_err()),
        // The first process sees the socket close without a word.
        Err(_) => 1,
    }
}

fn run(
    first: &OwnedFd,
    program: &Program,
    found: &Found,
    stdio: [BorrowedFd<'_>; 3],
    setup: &Setup,
) -> Step<Status> {
    set_child_subreaper(Some(getpid())).doing("keeping orphans")?;
    let signals = child_signals().doing("listening for signals")?;
    let Ok(main) = fork(|| start(program, found, stdio, setup)) else {
        return Ok(Status::Code(126));
    };
    close_all_but([first.as_fd(), signals.as_fd()]);
    let mut ended = None;
    loop {
        if reap(main, &mut ended) == Reaped::All {
            return ended.ok_or_else(|| "the program is nobody's child".into());
        }
        if ended.is_some() {
            tree::kill_below(getpid());
        }
        let mut ready = [PollFd::new(first, PollFlags::IN), PollFd::new(&signals, PollFlags::IN)];
        match poll(&mut ready, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.to_string()),
        }
        let told = !ready[0].revents().is_empty();
        tree::forget_signals(&signals);
        if told {
            match receive::<Order>(first, RecvFlags::empty()) {
                Ok(Some((Order::Terminate, _))) => {
                    let _ = kill_process_group(main, Signal::TERM);
                }
                Ok(Some((Order::Kill, _))) => tree::kill_below(getpid()),
                _ => return Err("the first process is gone".into()),
            }
        }
    }
}

#[derive(PartialEq, Eq)]
enum Reaped {
    Some,
    All,
}

fn reap(main: Pid, ended: &mut Option<Status>) -> Reaped {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) => {
                if pid == main {
                    *ended = Some(match (status.exit_status(), status.terminating_signal()) {
                        (Some(code), _) => Status::Code(code),
                        (_, Some(signal)) => Status::Signal(signal),
                        _ => continue,
                    });
                }
            }
            Ok(None) => return Reaped::Some,
            Err(Errno::INTR) => {}
            Err(_) => return Reaped::All,
        }
    }
}

/// Becomes the program; gives a code, as shells do, when it cannot.
fn start(program: &Program, found: &Found, stdio: [BorrowedFd<'_>; 3], setup: &Setup) -> i32 {
    let ready = || -> rustix::io::Result<()> {
        setsid()?;
        // The caller's descriptors are above 2: standard ones have been /dev/null since the start.
        rustix::stdio::dup2_stdin(stdio[0])?;
        rustix::stdio::dup2_stdout(stdio[1])?;
        rustix::stdio::dup2_stderr(stdio[2])?;
        if program.terminal.is_some() {
            rustix::process::ioctl_tiocsctty(stdio[0])?;
        }
        close_on_exec_from(3);
        limit(Resource::Nofile, setup.open_files)?;
        limit(Resource::Core, 0)?;
        limit(Resource::Fsize, setup.file_bytes)?;
        if let Some(most) = setup.processes {
            limit(Resource::Nproc, most)?;
        }
        Ok(())
    };
    if ready().is_err() {
        return 126;
    }
    let error = Command::new(&found.path)
        .arg0(&program.argv[0])
        .args(&program.argv[1..])
        .env_clear()
        .envs(program.env.iter().map(|(key, value)| (key, value)))
        .current_dir(&found.folder)
        .exec();
    if error.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 }
}

fn limit(resource: Resource, most: u64) -> rustix::io::Result<()> {
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
}
