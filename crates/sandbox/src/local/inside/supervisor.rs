use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, socketpair};
use rustix::process::{
    DumpableBehavior, Pid, Signal, WaitOptions, getppid, kill_process, set_dumpable_behavior,
    set_parent_process_death_signal, waitpid,
};
use rustix::thread::UnshareFlags;

use super::super::EGRESS_PORT;
use super::super::sys::{
    Doing, Step, connect_loopback, drop_rights, fork, raise_loopback, unshare,
};
use super::super::wire::{Answer, Ask, Reply, Request, Who, receive, send};
use super::{first, user};

/// Runs a sandbox's supervisor until the sandbox ends or whoever started it is gone.
///
/// The binary that [`crate::local::Launcher`] names calls it before it makes any thread. Standard input is the socket
/// of the server. The supervisor is in the host's mount and process namespaces, but in the sandbox's user, network, IPC
/// and UTS namespaces; it never runs foreign code, and the sandbox cannot see it.
#[must_use]
pub fn supervise() -> ExitCode {
    let Ok(server) = std::io::stdin().as_fd().try_clone_to_owned() else {
        return ExitCode::FAILURE;
    };
    let parent = getppid();
    match receive::<Who>(&server, RecvFlags::empty()) {
        Ok(Some((who, groups))) => match run(&server, parent, &who, groups) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                // Whoever is not there to hear it does not need it.
                let _ = send(&server, &Answer { number: 0, what: Reply::Failed(error) }, &[]);
                ExitCode::FAILURE
            }
        },
        _ => ExitCode::FAILURE,
    }
}

/// Ends this process together with its parent. A change of user id undoes it, so it is said after each.
fn die_with(parent: Option<Pid>) -> Step<()> {
    set_parent_process_death_signal(Some(Signal::KILL)).doing("tying to the server")?;
    if getppid() == parent { Ok(()) } else { Err("the server is gone".into()) }
}

fn run(server: &OwnedFd, parent: Option<Pid>, who: &Who, groups: Vec<OwnedFd>) -> Step<()> {
    die_with(parent)?;
    user::enter(who.mode, who.uid)?;
    die_with(parent)?;
    rustix::system::sethostname(b"sandbox").doing("naming the host")?;
    raise_loopback().doing("raising the loopback interface")?;
    let (sandbox, other) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
            .doing("making a socket pair")?;
    unshare(UnshareFlags::NEWPID | UnshareFlags::NEWNS)
        .doing("leaving pid and mount namespaces")?;
    user::bound_counts();
    let first = fork(|| {
        let socket = other;
        let error = first::run(&socket);
        let _ = send(&socket, &Answer { number: 0, what: Reply::Failed(error) }, &[]);
        70
    })
    .doing("making the first process")?;
    let guard = First(first);
    for group in groups {
        std::fs::File::from(group)
            .write_all(first.as_raw_nonzero().to_string().as_bytes())
            .doing("entering the control group")?;
    }
    // It waits for this: nothing of it runs outside its control group.
    send(&sandbox, &Ask { number: 0, what: Request::Begin }, &[]).doing("letting it go on")?;
    drop_rights()?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).doing("hiding memory")?;
    let result = serve(server, &sandbox);
    drop(guard);
    result
}

/// The first process; with it the whole sandbox ends.
struct First(Pid);

impl Drop for First {
    fn drop(&mut self) {
        let _ = kill_process(self.0, Signal::KILL);
        let _ = waitpid(Some(self.0), WaitOptions::empty());
    }
}

fn serve(server: &OwnedFd, sandbox: &OwnedFd) -> Step<()> {
    let mut listener = None;
    loop {
        let mut ready = [PollFd::new(server, PollFlags::IN), PollFd::new(sandbox, PollFlags::IN)];
        match poll(&mut ready, None) {
            Err(rustix::io::Errno::INTR) => continue,
            other => other.doing("waiting")?,
        };
        let (asked, answered) = (!ready[0].revents().is_empty(), !ready[1].revents().is_empty());
        if answered {
            let Some((answer, fds)) =
                receive::<Answer>(sandbox, RecvFlags::empty()).doing("hearing the sandbox")?
            else {
                return Err("the sandbox's first process ended".into());
            };
            let mut passed: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
            let listening = matches!(answer.what, Reply::Ready).then(|| listener.take()).flatten();
            passed.extend(listening.as_ref().map(AsFd::as_fd));
            send(server, &answer, &passed).doing("answering the server")?;
        }
        if asked {
            let Some((ask, fds)) =
                receive::<Ask>(server, RecvFlags::empty()).doing("hearing the server")?
            else {
                return Ok(());
            };
            if let Request::Connect(port) = ask.what {
                connect(server, ask.number, port)?;
            } else {
                if matches!(&ask.what, Request::SetUp(setup) if setup.egress) {
                    listener = Some(listen()?);
                }
                let passed: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
                send(sandbox, &ask, &passed).doing("asking the sandbox")?;
            }
        }
    }
}

/// The listener for egress. Nobody else can have its port yet: nothing foreign runs.
fn listen() -> Step<OwnedFd> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, EGRESS_PORT));
    listener.map(OwnedFd::from).doing("listening for egress")
}

fn connect(server: &OwnedFd, number: u64, port: u16) -> Step<()> {
    match connect_loopback(port) {
        Ok(socket) => send(server, &Answer { number, what: Reply::Done }, &[socket.as_fd()]),
        Err(error) => send(server, &Answer { number, what: Reply::Failed(error.to_string()) }, &[]),
    }
    .doing("answering the server")
}
