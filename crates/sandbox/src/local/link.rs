use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::net::{AddressFamily, RecvFlags, Shutdown, SocketFlags, SocketType, socketpair};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::oneshot;

use super::sys::polled;
use super::wire::{Answer, Ask, Reply, Request, Setup, Status, Who, receive, send};
use crate::{Result, SandboxError};

/// The server's end of a supervisor's socket: many questions at once, each answered by its number.
#[derive(Debug)]
pub(super) struct Link {
    socket: AsyncFd<OwnedFd>,
    next: AtomicU64,
    // `None` once the other side is gone.
    waiting: Mutex<Option<Waiting>>,
}

#[derive(Debug, Default)]
struct Waiting {
    answers: HashMap<u64, oneshot::Sender<(Reply, Vec<OwnedFd>)>>,
    ends: HashMap<u64, oneshot::Sender<Status>>,
}

/// A command's number, and how it ends; an error when the sandbox goes first.
pub(super) type Ends = (u64, oneshot::Receiver<Status>);

/// What is said of a sandbox that ended meanwhile.
pub(super) fn gone() -> SandboxError {
    SandboxError::Conflict { message: "the sandbox does not run".into() }
}

pub(super) fn transient(what: &str, error: impl std::fmt::Display) -> SandboxError {
    SandboxError::Transient { message: format!("{what}: {error}") }
}

impl Link {
    /// A new pair: the server's end, and the supervisor's.
    pub(super) fn pair() -> io::Result<(Self, OwnedFd)> {
        let flags = SocketFlags::CLOEXEC;
        let (mine, other) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
        let link = Self {
            socket: polled(mine, Interest::READABLE | Interest::WRITABLE)?,
            next: AtomicU64::new(1),
            waiting: Mutex::new(Some(Waiting::default())),
        };
        Ok((link, other))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Waiting) -> T) -> Result<T> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.as_mut().map(act).ok_or_else(gone)
    }

    async fn send<T: serde::Serialize + Sync>(&self, packet: &T, fds: &[OwnedFd]) -> Result<()> {
        self.socket
            .async_io(Interest::WRITABLE, |socket| {
                let fds: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
                send(socket, packet, &fds).map_err(io::Error::from)
            })
            .await
            .map_err(|error| match rustix::io::Errno::from_io_error(&error) {
                Some(rustix::io::Errno::MSGSIZE) => SandboxError::InvalidSpec {
                    message: "the command and its environment are too long".into(),
                },
                Some(rustix::io::Errno::PIPE) => gone(),
                _ => transient("the supervisor cannot be told", error),
            })
    }

    /// Tells who the sandbox is to be, and waits until it has what is its own.
    pub(super) async fn enter(&self, who: &Who, groups: Vec<OwnedFd>) -> Result<()> {
        self.first(who, groups).await.map(drop)
    }

    /// Tells what the sandbox is to be, and waits until it is; gives the egress listener, where one was asked for.
    pub(super) async fn set_up(&self, setup: Setup, fds: Vec<OwnedFd>) -> Result<Option<OwnedFd>> {
        self.first(&Ask { number: 0, what: Request::SetUp(setup) }, fds).await
    }

    /// Tells something of the beginning, which has no number of its own.
    async fn first<T: serde::Serialize + Sync>(
        &self,
        packet: &T,
        fds: Vec<OwnedFd>,
    ) -> Result<Option<OwnedFd>> {
        let (answer, ready) = oneshot::channel();
        self.with(|waiting| waiting.answers.insert(0, answer))?;
        self.send(packet, &fds).await?;
        drop(fds);
        match ready.await {
            Ok((Reply::Entered | Reply::Ready, mut fds)) => Ok(fds.pop()),
            Ok((Reply::Failed(reason), _)) => Err(transient("the sandbox does not start", reason)),
            Ok(_) => Err(transient("the sandbox does not start", "an answer that is none")),
            Err(_) => Err(transient("the sandbox does not start", "its supervisor ended")),
        }
    }

    /// Asks, and waits for the answer.
    pub(super) async fn ask(&self, what: Request) -> Result<Option<OwnedFd>> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.ask_as(number, what, Vec::new()).await
    }

    /// Starts a command with these standard streams; gives its terminal, where it has one.
    pub(super) async fn exec(
        &self,
        what: Request,
        fds: Vec<OwnedFd>,
    ) -> Result<(Ends, Option<OwnedFd>)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (end, ended) = oneshot::channel();
        self.with(|waiting| waiting.ends.insert(number, end))?;
        let mut guard = Forget { link: self, number, started: false };
        let terminal = self.ask_as(number, what, fds).await?;
        guard.started = true;
        Ok(((number, ended), terminal))
    }

    async fn ask_as(
        &self,
        number: u64,
        what: Request,
        fds: Vec<OwnedFd>,
    ) -> Result<Option<OwnedFd>> {
        let (answer, answered) = oneshot::channel();
        self.with(|waiting| waiting.answers.insert(number, answer))?;
        let sent = self.send(&Ask { number, what }, &fds).await;
        drop(fds);
        if let Err(error) = sent {
            let _ = self.with(|waiting| waiting.answers.remove(&number));
            return Err(error);
        }
        match answered.await {
            Ok((Reply::Done, mut fds)) => Ok(fds.pop()),
            Ok((Reply::Invalid(message), _)) => Err(SandboxError::InvalidSpec { message }),
            Ok((Reply::Failed(message), _)) => Err(SandboxError::Transient { message }),
            Ok(_) => Err(transient("the sandbox", "an answer that is none")),
            Err(_) => Err(gone()),
        }
    }

    /// Tells without waiting, as when something is dropped. What cannot be told now is not: gives whether it was.
    pub(super) fn tell(&self, what: Request) -> bool {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        send(self.socket.get_ref(), &Ask { number, what }, &[]).is_ok()
    }

    /// Hands answers to who waits for them until the other side is gone.
    pub(super) async fn hear(&self) {
        loop {
            let heard = self
                .socket
                .async_io(Interest::READABLE, |socket| {
                    receive::<Answer>(socket, RecvFlags::empty()).map_err(io::Error::from)
                })
                .await;
            match heard {
                Ok(Some((answer, fds))) => self.take(answer, fds),
                Ok(None) | Err(_) => break,
            }
        }
        // Whoever waits hears that nothing comes.
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn take(&self, Answer { number, what }: Answer, fds: Vec<OwnedFd>) {
        let _ = self.with(|waiting| {
            // Nobody may wait any more: then what came beside is closed here.
            if let Reply::Ended(status) = what {
                waiting.ends.remove(&number).map(|end| end.send(status));
            } else {
                waiting.answers.remove(&number).map(|answer| answer.send((what, fds)));
            }
        });
    }

    /// Lets go of the other side: the sandbox ends.
    pub(super) fn close(&self) {
        let _ = rustix::net::shutdown(self.socket.get_ref(), Shutdown::Both);
    }
}

/// Ends a command whose start nobody waits for any more, and forgets one that did not start.
struct Forget<'a> {
    link: &'a Link,
    number: u64,
    started: bool,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        if !self.started {
            let _ = self.link.with(|waiting| waiting.ends.remove(&self.number));
            self.link.tell(Request::Kill(self.number));
        }
    }
}
