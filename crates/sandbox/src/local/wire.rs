//! What the engine, the supervisor and a sandbox's first process say to each other: one JSON text per packet of a
//! `SEQPACKET` socket, with descriptors beside it.

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::{Errno, retry_on_intr};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The longest packet. The kernel's own limit (half of it is said to be overhead) is above.
pub(super) const LONGEST: usize = 96 * 1024;
/// The most descriptors beside one packet.
const MOST_FDS: usize = 16;

/// Who may do what on this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// The server is root: sandboxes run as a user id of their own.
    Root,
    /// The server is an ordinary user: sandboxes run as that user, in a user namespace.
    Unprivileged,
}

/// A folder that is given to a sandbox.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Source {
    /// The mount that comes beside the packet, in this place.
    Mount(usize),
    /// A path that the server's user may open.
    Path(String),
}

/// The first packet: who the sandbox is to be on the host. The `cgroup.procs` files that it enters by come beside it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Who {
    pub(super) mode: Mode,
    /// The user id on the host.
    pub(super) uid: u32,
}

/// What the sandbox is to be.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Setup {
    pub(super) base: Source,
    /// Has `app`, `home`, `modules/{upper,work}` and `cache/{upper,work}`.
    pub(super) disk: Source,
    pub(super) template: Option<Source>,
    pub(super) cache: Option<Source>,
    pub(super) egress: bool,
    pub(super) tmp_bytes: u64,
    pub(super) shm_bytes: u64,
    pub(super) open_files: u64,
    pub(super) file_bytes: u64,
    /// Where no control group holds them: processes, counted by the user namespace, and memory, watched.
    pub(super) processes: Option<u64>,
    pub(super) watch_memory: Option<u64>,
}

/// A question, by its number.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ask {
    pub(super) number: u64,
    pub(super) what: Request,
}

/// What a supervisor or the first process can be asked.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Goes on: the first process is in its control group.
    Begin,
    /// Becomes what it is to be; the folders come beside it.
    SetUp(Setup),
    /// Runs a program: with its standard input, output and error beside it, or on a terminal.
    Exec(Program),
    /// Sends SIGTERM to what the question of this number runs.
    Terminate(u64),
    /// Kills it, and whatever it has started.
    Kill(u64),
    /// Connects to a port.
    Connect(u16),
    /// Opens the app's `node_modules` as the sandbox sees it.
    OpenModules,
}

/// A program to run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Program {
    pub(super) argv: Vec<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) folder: String,
    /// Columns and rows.
    pub(super) terminal: Option<(u16, u16)>,
}

/// An answer to the question of this number; 0 is the setup's.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) number: u64,
    pub(super) what: Reply,
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// It has namespaces and a control group of its own, and waits to be told what to be.
    Entered,
    /// The sandbox is up; the egress listener is beside it, where there is one.
    Ready,
    /// It was done; what was asked for (terminal, connection, folder) is beside it.
    Done,
    /// The program cannot be run by whoever asks, ever.
    Invalid(String),
    /// It did not work.
    Failed(String),
    /// The program that was started under this number has ended, and all that it started.
    Ended(Status),
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Status {
    Code(i32),
    Signal(i32),
    /// Killed by who watches memory, where no control group limits it.
    OutOfMemory,
}

/// Sends one packet.
pub(super) fn send<T: Serialize>(
    to: impl AsFd,
    packet: &T,
    fds: &[BorrowedFd<'_>],
) -> rustix::io::Result<()> {
    let text = serde_json::to_vec(packet).map_err(|_| Errno::INVAL)?;
    if text.len() > LONGEST || fds.len() > MOST_FDS {
        return Err(Errno::MSGSIZE);
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_FDS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !control.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(Errno::MSGSIZE);
    }
    let parts = [IoSlice::new(&text)];
    retry_on_intr(|| sendmsg(&to, &parts, &mut control, SendFlags::NOSIGNAL)).map(drop)
}

/// Receives one packet; `None` when the other side is gone.
pub(super) fn receive<T: DeserializeOwned>(
    from: impl AsFd,
    flags: RecvFlags,
) -> rustix::io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut text = vec![0; LONGEST];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_FDS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let got = retry_on_intr(|| {
        let mut parts = [IoSliceMut::new(&mut text)];
        recvmsg(&from, &mut parts, &mut control, flags | RecvFlags::CMSG_CLOEXEC)
    });
    let got = match got {
        Ok(got) => got,
        Err(Errno::CONNRESET) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut fds = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            fds.extend(rights);
        }
    }
    if got.bytes == 0 {
        return Ok(None);
    }
    let packet = serde_json::from_slice(&text[..got.bytes]).map_err(|_| Errno::PROTO)?;
    Ok(Some((packet, fds)))
}
