use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use qv_domain::SandboxState;

use super::super::disk::Disk;
use super::super::link::gone;
use super::super::running::Running;
use super::Inner;
use crate::{Result, SandboxError, SandboxSpec, SandboxStatus};

/// What the engine has of one sandbox.
#[derive(Debug)]
pub(super) struct Boxed {
    pub(super) spec: SandboxSpec,
    pub(super) folder: PathBuf,
    /// Whether its packages are a layer on a template: decided once, when it is made.
    pub(super) layered: OnceLock<bool>,
    /// Held by whoever starts, stops or deletes it.
    pub(super) changing: tokio::sync::Mutex<()>,
    /// What it keeps when it is given to somebody under another id.
    pub(super) core: Arc<Core>,
}

/// How a sandbox is.
#[derive(Debug, Default)]
pub(super) struct Core {
    /// Held by whoever opens the disk: an image has one loop device at a time.
    opening: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    life: Life,
    disk: Weak<Disk>,
    fault: Option<String>,
}

#[derive(Debug, Default)]
enum Life {
    Starting,
    #[default]
    Stopped,
    Running {
        running: Arc<Running>,
        _disk: Arc<Disk>,
    },
    Deleted,
}

impl Core {
    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What ran has ended; the fault says why, if it was not asked to.
    pub(super) fn ended(&self, ended: &Arc<Running>, fault: Option<String>) {
        self.with(|state| {
            if matches!(&state.life, Life::Running { running, .. } if Arc::ptr_eq(running, ended)) {
                state.life = Life::Stopped;
                state.fault = fault;
            }
        });
    }
}

impl Boxed {
    pub(super) fn new(spec: SandboxSpec, folder: PathBuf, starting: bool) -> Self {
        let life = if starting { Life::Starting } else { Life::Stopped };
        let state = Mutex::new(State { life, ..State::default() });
        let core = Arc::new(Core { state, opening: tokio::sync::Mutex::default() });
        Self {
            spec,
            folder,
            layered: OnceLock::new(),
            changing: tokio::sync::Mutex::default(),
            core,
        }
    }

    /// This sandbox as what somebody else asked for.
    pub(super) fn given_to(&self, spec: SandboxSpec, folder: PathBuf) -> Self {
        Self {
            spec,
            folder,
            layered: self.layered.clone(),
            changing: tokio::sync::Mutex::default(),
            core: Arc::clone(&self.core),
        }
    }

    pub(super) fn is_layered(&self) -> bool {
        self.layered.get().copied().unwrap_or(false)
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.core.with(act)
    }

    /// What was started last, if it is not known to have ended.
    pub(super) fn last(&self) -> Option<Arc<Running>> {
        self.with(|state| match &state.life {
            Life::Running { running, .. } => Some(Arc::clone(running)),
            _ => None,
        })
    }

    /// What runs; `Conflict` when nothing does.
    pub(super) fn running(&self) -> Result<Arc<Running>> {
        self.with(|state| match &state.life {
            Life::Running { running, .. } if !running.ended().is_cancelled() => {
                Ok(Arc::clone(running))
            }
            Life::Deleted => Err(SandboxError::NotFound { what: "sandbox" }),
            _ => Err(gone()),
        })
    }

    pub(super) fn status(&self) -> SandboxStatus {
        self.with(|state| {
            let fault = state.fault.clone();
            let state = match &state.life {
                Life::Starting => SandboxState::Starting,
                Life::Running { running, .. } if !running.ended().is_cancelled() => {
                    SandboxState::Running
                }
                _ if fault.is_some() => SandboxState::Failed,
                _ => SandboxState::Stopped,
            };
            SandboxStatus { state, fault }
        })
    }

    pub(super) fn starts(&self) {
        self.with(|state| {
            state.life = Life::Starting;
            state.fault = None;
        });
    }

    pub(super) fn runs(&self, running: Arc<Running>, disk: Arc<Disk>) {
        self.with(|state| state.life = Life::Running { running, _disk: disk });
    }

    pub(super) fn not_started(&self) {
        self.with(|state| {
            if matches!(state.life, Life::Starting) {
                state.life = Life::Stopped;
            }
        });
    }

    /// What ran has ended as it was asked to.
    pub(super) fn ended(&self, ended: &Arc<Running>) {
        self.core.ended(ended, None);
    }

    pub(super) fn deleted(&self) {
        self.with(|state| state.life = Life::Deleted);
    }

    /// Its disk is open already.
    pub(super) fn has(&self, disk: &Arc<Disk>) {
        self.with(|state| state.disk = Arc::downgrade(disk));
    }

    /// Its disk, opened if it is not.
    pub(super) async fn disk(self: &Arc<Self>, inner: &Arc<Inner>) -> Result<Arc<Disk>> {
        let _one = self.core.opening.lock().await;
        let (open, deleted) =
            self.with(|state| (state.disk.upgrade(), matches!(state.life, Life::Deleted)));
        if deleted {
            return Err(SandboxError::NotFound { what: "sandbox" });
        }
        if let Some(disk) = open {
            return Ok(disk);
        }
        let (inner, own) = (Arc::clone(inner), Arc::clone(self));
        let disk = blocking(move || {
            let bytes = own.spec.limits.disk_bytes;
            Disk::open(&own.folder, inner.images.as_ref(), bytes, inner.owner()).map(Arc::new)
        })
        .await?;
        self.has(&disk);
        Ok(disk)
    }
}

/// Runs what waits for the disk where that holds nobody up.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| SandboxError::Transient { message: error.to_string() })?
}
