//! The engine: what it has of sandboxes, and what it is asked.

mod ahead;
mod boxed;
mod calls;
mod dial;
mod execution;
mod input;
mod make;
mod open;
mod orphans;
mod packages;
mod room;
mod saved;
mod service;
mod start;
mod stream;
mod warm;

use std::collections::HashMap;
use std::fmt;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use qv_domain::SandboxId;

use super::LocalConfig;
use super::cgroup::Groups;
use super::disk::Images;
use super::files::Owner;
use super::spawner::Spawner;
use super::templates::Templates;
use super::wire::Mode;
use crate::{Result, SandboxError};
use boxed::Boxed;

pub(super) use orphans::note;
pub(super) use room::Room;

/// Sandboxes on this host. They end with it; their files stay until they are deleted.
#[derive(Clone)]
pub struct LocalEngine(Arc<Inner>);

struct Inner {
    config: LocalConfig,
    mode: Mode,
    /// The host's user id of sandboxes.
    uid: u32,
    base: PathBuf,
    groups: Groups,
    images: Option<Images>,
    spawner: Spawner,
    rooms: Arc<room::Rooms>,
    templates: Templates,
    warm: warm::Warm,
    ahead: ahead::Ahead,
    sandboxes: Mutex<HashMap<SandboxId, Arc<Boxed>>>,
    /// Held for as long as the folder is ours.
    _lock: OwnedFd,
}

impl Inner {
    /// Who files of sandboxes belong to, where it is not the server's user.
    const fn owner(&self) -> Owner {
        match self.mode {
            Mode::Root => Some(self.uid),
            Mode::Unprivileged => None,
        }
    }

    fn sandbox(&self, id: SandboxId) -> Result<Arc<Boxed>> {
        let sandboxes = self.sandboxes.lock().unwrap_or_else(PoisonError::into_inner);
        sandboxes.get(&id).cloned().ok_or(SandboxError::NotFound { what: "sandbox" })
    }

    fn all(&self) -> Vec<Arc<Boxed>> {
        let sandboxes = self.sandboxes.lock().unwrap_or_else(PoisonError::into_inner);
        sandboxes.values().cloned().collect()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Whoever follows them has them, too.
        let waiting = std::iter::from_fn(|| self.warm.any());
        for running in self.all().into_iter().chain(waiting).filter_map(|boxed| boxed.last()) {
            running.let_go();
        }
    }
}

impl fmt::Debug for LocalEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalEngine")
            .field("folder", &self.0.config.folder)
            .field("mode", &self.0.mode)
            .finish_non_exhaustive()
    }
}
