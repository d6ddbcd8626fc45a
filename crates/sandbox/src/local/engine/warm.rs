use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::boxed::Boxed;
use super::{Inner, LocalEngine, make, orphans};
use crate::{Result, SandboxSpec};

/// Sandboxes that are started and wait for somebody: nobody's yet, and not told of.
#[derive(Debug, Default)]
pub(super) struct Warm {
    kinds: Mutex<Vec<Kind>>,
    closed: AtomicBool,
}

#[derive(Debug)]
struct Kind {
    spec: SandboxSpec,
    waiting: Vec<Arc<Boxed>>,
    /// How many are being made.
    coming: usize,
}

/// Whether a sandbox made for one spec can serve another: the id and the environment come later.
fn serves(one: &SandboxSpec, other: &SandboxSpec) -> bool {
    one.limits == other.limits && one.egress == other.egress && one.packages == other.packages
}

impl Warm {
    fn with<T>(&self, act: impl FnOnce(&mut Vec<Kind>) -> T) -> T {
        act(&mut self.kinds.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One that serves this spec, and runs.
    pub(super) fn take(&self, spec: &SandboxSpec) -> Option<Arc<Boxed>> {
        self.with(|kinds| {
            let kind = kinds.iter_mut().find(|kind| serves(&kind.spec, spec))?;
            while let Some(warm) = kind.waiting.pop() {
                if warm.running().is_ok() {
                    return Some(warm);
                }
                tokio::spawn(async move { make::discard(&warm).await });
            }
            None
        })
    }

    /// Any, to make place.
    pub(super) fn any(&self) -> Option<Arc<Boxed>> {
        self.with(|kinds| kinds.iter_mut().find_map(|kind| kind.waiting.pop()))
    }

    /// Takes in one that serves its kind.
    pub(super) fn give_back(&self, warm: Arc<Boxed>) {
        let unwanted = self.with(|kinds| {
            let kind = kinds.iter_mut().find(|kind| serves(&kind.spec, &warm.spec));
            match kind.filter(|_| !self.closed.load(Ordering::Relaxed)) {
                Some(kind) => {
                    kind.waiting.push(warm);
                    None
                }
                None => Some(warm),
            }
        });
        if let Some(warm) = unwanted {
            tokio::spawn(async move { make::discard(&warm).await });
        }
    }

    /// Packages that those who wait have below their layers.
    pub(super) fn packages(&self) -> Vec<String> {
        self.with(|kinds| kinds.iter().filter_map(|kind| kind.spec.packages.clone()).collect())
    }

    /// Ends all of them; none is made any more.
    pub(super) async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        for warm in self.with(std::mem::take).into_iter().flat_map(|kind| kind.waiting) {
            make::discard(&warm).await;
        }
    }

    /// How many are to be made of a kind, so that enough wait; they are counted as coming.
    fn missing(&self, spec: &SandboxSpec, wanted: usize) -> usize {
        if self.closed.load(Ordering::Relaxed) {
            return 0;
        }
        self.with(|kinds| {
            let place = kinds.iter().position(|kind| serves(&kind.spec, spec));
            let place = place.unwrap_or_else(|| {
                kinds.push(Kind { spec: spec.clone(), waiting: Vec::new(), coming: 0 });
                kinds.len() - 1
            });
            let kind = &mut kinds[place];
            let missing = wanted.saturating_sub(kind.waiting.len() + kind.coming);
            kind.coming += missing;
            missing
        })
    }

    fn came(&self, spec: &SandboxSpec) {
        self.with(|kinds| {
            if let Some(kind) = kinds.iter_mut().find(|kind| serves(&kind.spec, spec)) {
                kind.coming = kind.coming.saturating_sub(1);
            }
        });
    }

    fn knows(&self, spec: &SandboxSpec) -> bool {
        self.with(|kinds| kinds.iter().any(|kind| serves(&kind.spec, spec)))
    }

    /// Forgets kinds that nobody asked to be kept warm any more.
    fn forget(&self, spec: &SandboxSpec) {
        let old = self.with(|kinds| {
            let place = kinds.iter().position(|kind| serves(&kind.spec, spec))?;
            Some(kinds.swap_remove(place))
        });
        for warm in old.into_iter().flat_map(|kind| kind.waiting) {
            tokio::spawn(async move { make::discard(&warm).await });
        }
    }
}

impl LocalEngine {
    /// Keeps sandboxes started that serve specs like this one, whatever their id and environment: a
    /// [`create`](crate::SandboxEngine::create) takes one at once, and another is made. They count as running, and make
    /// place when there is no other room.
    ///
    /// # Errors
    /// As `create`, when the first cannot be made.
    pub async fn warm(&self, spec: SandboxSpec) -> Result<()> {
        make::check(&spec)?;
        fill(&self.0, &spec).await
    }

    /// Keeps none of these any more.
    pub fn cool(&self, spec: &SandboxSpec) {
        self.0.warm.forget(spec);
    }
}

/// Makes what is missing of a kind.
async fn fill(inner: &Arc<Inner>, spec: &SandboxSpec) -> Result<()> {
    for _ in 0..inner.warm.missing(spec, inner.config.warm) {
        let made = one(inner, spec.clone()).await;
        inner.warm.came(spec);
        inner.warm.give_back(made?);
    }
    Ok(())
}

/// Makes what is missing again, while others go on.
pub(super) fn refill(inner: &Arc<Inner>, spec: &SandboxSpec) {
    if inner.warm.knows(spec) {
        let (inner, spec) = (Arc::clone(inner), spec.clone());
        tokio::spawn(async move {
            if let Err(error) = fill(&inner, &spec).await {
                tracing::debug!(%error, "no sandbox is kept started");
            }
        });
    }
}

async fn one(inner: &Arc<Inner>, spec: SandboxSpec) -> Result<Arc<Boxed>> {
    // Its folder has no id for a name: a server that comes later removes it.
    let folder = inner.config.folder.join("boxes").join(format!("warm-{}", orphans::serial()));
    let room = inner.rooms.take(spec.limits.memory_bytes)?;
    let boxed = Arc::new(Boxed::new(spec, folder, true));
    match make::begin(inner, &boxed, room, false).await {
        Ok(()) => Ok(boxed),
        Err(error) => {
            make::discard(&boxed).await;
            Err(error)
        }
    }
}
