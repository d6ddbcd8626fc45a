use std::collections::{HashMap, HashSet};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, socketpair};
use rustix::process::{
    DumpableBehavior, Pid, Signal, WaitOptions, kill_process, set_dumpable_behavior,
    set_parent_process_death_signal, setsid, wait,
};
use rustix::pty::OpenptFlags;
use rustix::termios::Winsize;
use rustix::thread::UnshareFlags;

use super::super::sys::{Doing, Step, child_signals, close_all_but, drop_rights, fork, unshare};
use super::super::wire::{Answer, Ask, Program, Reply, Request, Setup, Status, receive, send};
use super::keeper::{Order, find, keep};
use super::{landlock, root, seccomp, tree};

/// How often memory is looked at where no control group limits it.
const WATCH: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// Is the sandbox's first process, until the supervisor is gone: builds the root, gives up every right, starts commands
/// and takes in what they leave behind. Gives why it ended.
pub(super) fn run(supervisor: &OwnedFd) -> String {
    let Err(error) = enter(supervisor)
        .and_then(|filter| become_sandbox(supervisor, &filter))
        .and_then(|setup| serve(supervisor, &setup));
    error
}

/// Does what can be done before it is known what the sandbox is to be; gives the filter of system calls.
fn enter(supervisor: &OwnedFd) -> Step<seccomp::Filter> {
    set_parent_process_death_signal(Some(Signal::KILL)).doing("tying to the supervisor")?;
    close_all_but([supervisor.as_fd()]);
    hear(supervisor)?;
    setsid().doing("leaving the session")?;
    // Only now: the sandbox's control group is the root of what it sees.
    unshare(UnshareFlags::NEWCGROUP).doing("leaving the cgroup namespace")?;
    let filter = seccomp::filter()?;
    send(supervisor, &Answer { number: 0, what: Reply::Entered }, &[]).doing("saying entered")?;
    Ok(filter)
}

/// Becomes what it is told to be.
fn become_sandbox(supervisor: &OwnedFd, filter: &seccomp::Filter) -> Step<Setup> {
    let (ask, given) = hear(supervisor)?;
    let Request::SetUp(setup) = ask.what else {
        return Err("it was asked something before it was anything".into());
    };
    root::build(&setup, given)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).doing("hiding memory")?;
    drop_rights()?;
    landlock::restrict()?;
    seccomp::restrict(filter)?;
    send(supervisor, &Answer { number: 0, what: Reply::Ready }, &[]).doing("saying ready")?;
    Ok(setup)
}

fn hear(supervisor: &OwnedFd) -> Step<(Ask, Vec<OwnedFd>)> {
    let heard = receive::<Ask>(supervisor, RecvFlags::empty()).doing("hearing the supervisor")?;
    heard.ok_or_else(|| "the supervisor is gone".into())
}

/// The commands that run, by number: their keepers, and how to tell them.
type Keepers = HashMap<u64, (Pid, OwnedFd)>;

fn serve(supervisor: &OwnedFd, setup: &Setup) -> Step<std::convert::Infallible> {
    let signals = child_signals().doing("listening for signals")?;
    let mut keepers = Keepers::new();
    let timeout = setup.watch_memory.map(|_| WATCH);
    let mut starved = false;
    loop {
        let numbers: Vec<u64> = keepers.keys().copied().collect();
        let mut ready =
            vec![PollFd::new(supervisor, PollFlags::IN), PollFd::new(&signals, PollFlags::IN)];
        ready.extend(keepers.values().map(|(_, socket)| PollFd::new(socket, PollFlags::IN)));
        match poll(&mut ready, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(format!("waiting: {error}")),
        }
        let heard: Vec<bool> = ready.iter().map(|fd| !fd.revents().is_empty()).collect();
        for (number, _) in numbers.iter().zip(&heard[2..]).filter(|(_, heard)| **heard) {
            let status = finish(*number, &mut keepers);
            let status = match status {
                // Whoever fails after something was killed for want of memory is told so.
                Status::Code(1..) | Status::Signal(_) if std::mem::take(&mut starved) => {
                    Status::OutOfMemory
                }
                status => status,
            };
            let answer = Answer { number: *number, what: Reply::Ended(status) };
            send(supervisor, &answer, &[]).doing("telling an end")?;
        }
        tree::forget_signals(&signals);
        while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {}
        if let Some(most) = setup.watch_memory {
            starved |= watch(most);
        }
        if heard[0] {
            let (ask, fds) = hear(supervisor)?;
            answer(supervisor, ask, &fds, setup, &mut keepers)?;
        }
    }
}

/// A keeper has said how its command ended, or was killed: it is of the same user as what it keeps. Then what it kept
/// is the first process's own, and is killed.
fn finish(number: u64, keepers: &mut Keepers) -> Status {
    let status = keepers
        .remove(&number)
        .and_then(|(_, socket)| receive::<Status>(&socket, RecvFlags::empty()).ok().flatten());
    if let Some((status, _)) = status {
        return status;
    }
    let others = keepers.values().map(|(pid, _)| pid.as_raw_nonzero().get()).collect();
    sweep(&others);
    Status::Signal(Signal::KILL.as_raw())
}

/// Kills what is nobody's but the first process's, until nothing is.
fn sweep(keepers: &HashSet<i32>) {
    // Bounded: what forks faster than this is held by the limit of processes, and ends with the sandbox.
    for _ in 0..500 {
        let killed = tree::kill_strays(keepers);
        while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {}
        if killed == 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Kills the largest process when all together hold more than they may.
fn watch(most: u64) -> bool {
    let (total, largest) = tree::memory();
    largest.is_some_and(|largest| total > most && kill_process(largest, Signal::KILL).is_ok())
}

fn answer(
    supervisor: &OwnedFd,
    ask: Ask,
    fds: &[OwnedFd],
    setup: &Setup,
    keepers: &mut Keepers,
) -> Step<()> {
    let tell = |number| keepers.get(&number).map(|(_, socket)| socket);
    let number = ask.number;
    let (what, beside) = match ask.what {
        Request::Exec(program) => match exec(number, &program, fds, setup, keepers) {
            Ok(terminal) => (Reply::Done, terminal),
            Err(reply) => (reply, None),
        },
        Request::Terminate(of) => {
            tell(of).map(|socket| send(socket, &Order::Terminate, &[]));
            (Reply::Done, None)
        }
        Request::Kill(of) => {
            tell(of).map(|socket| send(socket, &Order::Kill, &[]));
            (Reply::Done, None)
        }
        Request::OpenModules => match modules() {
            Ok(folder) => (Reply::Done, Some(folder)),
            Err(error) => (Reply::Failed(error), None),
        },
        Request::Begin | Request::SetUp(_) | Request::Connect(_) => {
            (Reply::Failed("the first process does not do this".into()), None)
        }
    };
    let beside: Vec<BorrowedFd<'_>> = beside.iter().map(AsFd::as_fd).collect();
    send(supervisor, &Answer { number, what }, &beside).doing("answering")
}

fn modules() -> Step<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::open("/app/node_modules", flags, Mode::empty()).doing("opening node_modules")
}

/// Starts a command; gives the master of its terminal, where it has one.
fn exec(
    number: u64,
    program: &Program,
    fds: &[OwnedFd],
    setup: &Setup,
    keepers: &mut Keepers,
) -> Result<Option<OwnedFd>, Reply> {
    let found = find(program).map_err(Reply::Invalid)?;
    let failed = |error: String| Reply::Failed(error);
    let terminal = program.terminal.map(terminal).transpose().map_err(failed)?;
    let stdio = match (&terminal, fds) {
        (Some((_, side)), _) => [side.as_fd(); 3],
        (None, [input, output, error, ..]) => [input.as_fd(), output.as_fd(), error.as_fd()],
        _ => return Err(Reply::Failed("standard streams are missing".into())),
    };
    let (mine, keepers_own) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
            .doing("making a socket pair")
            .map_err(failed)?;
    let pid = fork(|| {
        let socket = keepers_own;
        keep(&socket, program, &found, stdio, setup)
    })
    .doing("starting a process")
    .map_err(failed)?;
    keepers.insert(number, (pid, mine));
    Ok(terminal.map(|(master, _)| master))
}

/// A new terminal of the sandbox's own: its master, and the side of programs.
fn terminal((columns, rows): (u16, u16)) -> Step<(OwnedFd, OwnedFd)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let master = rustix::pty::openpt(flags).doing("opening a terminal")?;
    rustix::pty::unlockpt(&master).doing("unlocking the terminal")?;
    let side = rustix::pty::ioctl_tiocgptpeer(&master, flags).doing("opening the terminal")?;
    let size = Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 };
    rustix::termios::tcsetwinsize(&master, size).doing("sizing the terminal")?;
    Ok((master, side))
}
