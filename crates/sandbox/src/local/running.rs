use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::cgroup::Group;
use super::engine::Room;
use super::link::{Link, transient};
use super::spawner::Spawner;
use super::wire::{Setup, Who};
use crate::{Result, SandboxError};

/// How long a supervisor that was let go of has to end by itself.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a sandbox may take to start: it takes milliseconds, or a loaded host's patience.
const STARTING: Duration = Duration::from_secs(30);

fn late() -> SandboxError {
    SandboxError::Timeout { what: "starting the sandbox", limit: STARTING }
}

/// A sandbox that runs. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) link: Arc<Link>,
    /// The process id of its supervisor.
    supervisor: u32,
    group: Option<Arc<Group>>,
    /// Where a sandbox has room, once it is one.
    room: Arc<Mutex<Option<Room>>>,
    gone: CancellationToken,
    ended: CancellationToken,
    let_go: AtomicBool,
}

/// What it has, given back when it has ended.
struct Held {
    group: Option<Arc<Group>>,
    room: Arc<Mutex<Option<Room>>>,
    /// Where supervisors are noted, for a server that comes after this one.
    notes: PathBuf,
}

impl Running {
    /// Starts its supervisor, which enters namespaces and this control group, and waits to be told what the sandbox is
    /// to be. Supervisors are noted in the folder `notes`.
    pub(super) async fn begin(
        spawner: &Spawner,
        notes: PathBuf,
        who: &Who,
        group: Option<Arc<Group>>,
        entrances: Vec<OwnedFd>,
    ) -> Result<Self> {
        let (link, other) = Link::pair().map_err(|error| transient("a socket", error))?;
        let child = spawner
            .spawn(other)
            .await
            .map_err(|error| transient("the supervisor does not start", error))?;
        let running = Self {
            link: Arc::new(link),
            supervisor: child.id(),
            group,
            room: Arc::default(),
            gone: CancellationToken::new(),
            ended: CancellationToken::new(),
            let_go: AtomicBool::new(false),
        };
        let held = Held { group: running.group.clone(), room: Arc::clone(&running.room), notes };
        tokio::spawn(live(
            Arc::clone(&running.link),
            child,
            held,
            (running.gone.clone(), running.ended.clone()),
        ));
        let entered = running.link.enter(who, entrances);
        match timeout(STARTING, entered).await.unwrap_or_else(|_| Err(late())) {
            Ok(()) => Ok(running),
            Err(error) => {
                running.stop().await;
                Err(error)
            }
        }
    }

    /// Gives it the room of a sandbox, until nothing of it is left.
    pub(super) fn takes(&self, room: Room) {
        *self.room.lock().unwrap_or_else(PoisonError::into_inner) = Some(room);
    }

    /// Tells what the sandbox is to be, and waits until it is; gives the egress listener, where one was asked for.
    pub(super) async fn set_up(&self, setup: Setup, fds: Vec<OwnedFd>) -> Result<Option<OwnedFd>> {
        timeout(STARTING, self.link.set_up(setup, fds)).await.unwrap_or_else(|_| Err(late()))
    }

    /// Its control group, where there are any.
    pub(super) const fn group(&self) -> Option<&Arc<Group>> {
        self.group.as_ref()
    }

    /// The process below which all of it is, for as long as it has not ended.
    pub(super) const fn supervisor(&self) -> u32 {
        self.supervisor
    }

    /// Lets go of it, and waits until nothing of it is left.
    pub(super) async fn stop(&self) {
        self.let_go();
        self.ended.cancelled().await;
    }

    /// Lets go of it: it ends.
    pub(super) fn let_go(&self) {
        self.let_go.store(true, Ordering::Relaxed);
        self.link.close();
    }

    /// Whether it was let go of, not gone by itself.
    pub(super) fn was_let_go(&self) -> bool {
        self.let_go.load(Ordering::Relaxed)
    }

    /// Is cancelled as soon as it ends.
    pub(super) const fn gone(&self) -> &CancellationToken {
        &self.gone
    }

    /// Is cancelled when nothing of it is left.
    pub(super) const fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    /// How often something in it was killed for want of memory.
    pub(super) fn memory_kills(&self) -> u64 {
        self.group().map_or(0, |group| group.memory_kills())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.link.close();
    }
}

/// Serves the link until one side lets go, then clears up.
async fn live(
    link: Arc<Link>,
    child: Child,
    held: Held,
    (gone, ended): (CancellationToken, CancellationToken),
) {
    let note = super::engine::note(&held.notes, child.id());
    link.hear().await;
    gone.cancel();
    link.close();
    let id = child.id();
    let mut waiting = tokio::task::spawn_blocking(move || {
        let mut child = child;
        child.wait()
    });
    if timeout(PATIENCE, &mut waiting).await.is_err() {
        tracing::warn!(supervisor = id, "a supervisor does not end by itself: it is killed");
        // It is not waited for yet, so the number is still its own.
        if let Some(pid) = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        let _ = waiting.await;
    }
    if let Some(group) = &held.group {
        // Processes leave their group a little after they end.
        for pause in [0, 1, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] {
            sleep(Duration::from_millis(pause)).await;
            if group.remove().is_ok() {
                break;
            }
        }
    }
    if let Some(note) = note {
        let _ = std::fs::remove_file(note);
    }
    drop(held.room.lock().unwrap_or_else(PoisonError::into_inner).take());
    ended.cancel();
}
