//! What every sandbox begins with is made ahead: a supervisor in namespaces and a control group of its own, and a disk.
//! The slow steps of a start do not depend on what the sandbox is to be; most of their time the kernel waits for all
//! processors (control groups, loop devices). What is made ahead is nobody's: it knows nothing of any sandbox, and no
//! foreign program has run in it.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;

use super::super::cgroup::Group;
use super::super::disk::Disk;
use super::super::link::transient;
use super::super::running::Running;
use super::super::wire::Who;
use super::boxed::blocking;
use super::{Inner, make, orphans};
use crate::{ResourceLimits, Result};

/// Where disks wait; a server that comes later empties it.
pub(super) const FOLDER: &str = "ahead";

/// What is made ahead.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    supervisors: Queue<Arc<Running>>,
    disks: Queue<Blank>,
}

/// A disk on which nobody has written, in a folder of its own, which goes with it.
#[derive(Debug)]
pub(super) struct Blank {
    folder: PathBuf,
    given: bool,
    bytes: u64,
    disk: Arc<Disk>,
}

impl Blank {
    /// Moves its folder to where a sandbox has its own; gives the disk.
    pub(super) fn become_of(mut self, folder: &Path) -> std::io::Result<Arc<Disk>> {
        fs::rename(&self.folder, folder)?;
        self.given = true;
        Ok(Arc::clone(&self.disk))
    }

    /// Drops it where that holds nobody up.
    async fn discard(self) {
        let _ = blocking(move || {
            drop(self);
            Ok(())
        })
        .await;
    }
}

impl Drop for Blank {
    fn drop(&mut self) {
        if self.given {
            return;
        }
        if let Err(error) = make::remove_folder(&self.folder) {
            tracing::debug!(%error, "a disk that was made ahead is left until the next start");
        }
    }
}

/// Those that are made or being made, oldest first; `None` once nothing is made any more.
#[derive(Debug)]
struct Queue<T>(Mutex<Option<VecDeque<JoinHandle<Option<T>>>>>);

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self(Mutex::new(Some(VecDeque::new())))
    }
}

impl<T: Send + 'static> Queue<T> {
    fn with<R>(&self, act: impl FnOnce(&mut Option<VecDeque<JoinHandle<Option<T>>>>) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The oldest; one that is being made is sooner there than a new one.
    async fn take(&self) -> Option<T> {
        loop {
            let oldest = self.with(|queue| queue.as_mut()?.pop_front())?;
            // What could not be made is not in the way of the next.
            if let Ok(Some(made)) = oldest.await {
                return Some(made);
            }
        }
    }

    /// Begins to make what is missing.
    fn fill<F>(&self, wanted: usize, make: impl Fn() -> F)
    where
        F: Future<Output = Option<T>> + Send + 'static,
    {
        self.with(|queue| {
            let Some(queue) = queue else { return };
            while queue.len() < wanted {
                queue.push_back(tokio::spawn(make()));
            }
        });
    }

    /// Gives all there are; none is made any more.
    fn close(&self) -> VecDeque<JoinHandle<Option<T>>> {
        self.with(Option::take).unwrap_or_default()
    }
}

impl Ahead {
    /// Ends and removes all.
    pub(super) async fn close(&self) {
        for supervisor in self.supervisors.close() {
            if let Ok(Some(running)) = supervisor.await {
                running.stop().await;
            }
        }
        for disk in self.disks.close() {
            if let Ok(Some(blank)) = disk.await {
                blank.discard().await;
            }
        }
    }
}

impl Inner {
    /// A supervisor that waits to be told what to be.
    pub(super) async fn supervisor(self: &Arc<Self>) -> Result<Arc<Running>> {
        while let Some(running) = self.ahead.supervisors.take().await {
            if !running.gone().is_cancelled() {
                return Ok(running);
            }
        }
        self.new_supervisor().await
    }

    async fn new_supervisor(self: &Arc<Self>) -> Result<Arc<Running>> {
        let inner = Arc::clone(self);
        let failed = |error| transient("the control group", error);
        let (group, entrances) = blocking(move || {
            let name = format!("sandbox-{}", orphans::serial());
            let group = inner.groups.make(name).map_err(failed)?;
            let entrances = group.as_ref().map(Group::entrances).transpose();
            Ok((group, entrances.map_err(failed)?.unwrap_or_default()))
        })
        .await?;
        let who = Who { mode: self.mode, uid: self.uid };
        let notes = self.config.folder.join("run");
        let group = group.map(Arc::new);
        Ok(Arc::new(Running::begin(&self.spawner, notes, &who, group, entrances).await?))
    }

    /// A disk of this size that was made ahead, if there is one.
    pub(super) async fn blank(&self, bytes: u64) -> Option<Blank> {
        let blank = self.ahead.disks.take().await?;
        if blank.bytes == bytes {
            return Some(blank);
        }
        tokio::spawn(blank.discard());
        None
    }

    /// Makes ahead what is missing, for a sandbox with such limits.
    pub(super) fn make_ahead(self: &Arc<Self>, limits: &ResourceLimits) {
        let wanted = self.config.ahead;
        self.ahead.supervisors.fill(wanted, || {
            let inner = Arc::clone(self);
            async move { told(inner.new_supervisor().await) }
        });
        if self.images.is_some() {
            let bytes = limits.disk_bytes;
            self.ahead.disks.fill(wanted, || {
                let inner = Arc::clone(self);
                async move { told(blocking(move || inner.new_blank(bytes)).await) }
            });
        }
    }

    fn new_blank(&self, bytes: u64) -> Result<Blank> {
        let name = orphans::serial().to_string();
        let folder = self.config.folder.join(FOLDER).join(name);
        let made = fs::create_dir(&folder)
            .map_err(|error| transient("the folder of a disk", error))
            .and_then(|()| Disk::open(&folder, self.images.as_ref(), bytes, self.owner()));
        match made {
            Ok(disk) => Ok(Blank { folder, given: false, bytes, disk: Arc::new(disk) }),
            Err(error) => {
                let _ = make::remove_folder(&folder);
                Err(error)
            }
        }
    }
}

/// What could not be made ahead is made, or fails, when it is needed.
fn told<T>(made: Result<T>) -> Option<T> {
    made.inspect_err(|error| tracing::debug!(%error, "nothing is made ahead")).ok()
}
