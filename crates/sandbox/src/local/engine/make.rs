use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use qv_domain::SandboxId;

use super::super::link::transient;
use super::boxed::{Boxed, blocking};
use super::room::Room;
use super::{Inner, saved, start};
use crate::{Result, SandboxError, SandboxSpec};

/// The least memory that a shell and a small program run with.
const LEAST_MEMORY: u64 = 32 << 20;
/// The smallest disk that a file system fits on.
const LEAST_DISK: u64 = 8 << 20;

pub(super) fn check(spec: &SandboxSpec) -> Result<()> {
    let limits = &spec.limits;
    let refused = |message: &str| Err(SandboxError::InvalidSpec { message: message.into() });
    if limits.memory_bytes < LEAST_MEMORY {
        return refused("a sandbox needs at least 32 MB of memory");
    }
    if limits.disk_bytes < LEAST_DISK {
        return refused("a sandbox needs at least 8 MB of disk");
    }
    if limits.cpu_milli < 10 || limits.processes < 4 || limits.open_files < 16 {
        return refused("a sandbox needs some processor, 4 processes and 16 open files");
    }
    let key = spec.packages.as_ref();
    if key.is_some_and(|key| key.len() != 64 || !key.bytes().all(|b| b.is_ascii_hexdigit())) {
        return refused("a set of packages is named by 64 hex digits");
    }
    Ok(())
}

/// Makes a sandbox and starts it, or takes one that is started already. After an error nothing is left.
pub(super) async fn make(inner: &Arc<Inner>, spec: SandboxSpec) -> Result<()> {
    let folder = inner.config.folder.join("boxes").join(spec.id.to_string());
    if let Some(warm) = inner.warm.take(&spec) {
        let boxed = Arc::new(warm.given_to(spec, folder));
        let _one = boxed.changing.lock().await;
        if let Err(error) = inner.add(&boxed) {
            // Somebody else may have it.
            inner.warm.give_back(warm);
            return Err(error);
        }
        let (from, own) = (warm.folder.clone(), Arc::clone(&boxed));
        let moved = blocking(move || {
            fs::rename(from, &own.folder)
                .and_then(|()| saved::save(&own.folder, &own.spec, own.is_layered()))
                .map_err(|error| transient("the sandbox's folder", error))
        })
        .await;
        super::warm::refill(inner, &boxed.spec);
        return settle(inner, &boxed, moved).await;
    }
    let boxed = Arc::new(Boxed::new(spec, folder, true));
    let _one = boxed.changing.lock().await;
    inner.add(&boxed)?;
    let made = async {
        let room = inner.room(boxed.spec.limits.memory_bytes).await?;
        begin(inner, &boxed, room, true).await
    }
    .await;
    settle(inner, &boxed, made).await
}

/// Makes a sandbox's folder, decides on its packages and starts it.
pub(super) async fn begin(
    inner: &Arc<Inner>,
    boxed: &Arc<Boxed>,
    room: Room,
    keep: bool,
) -> Result<()> {
    let (own, of) = (Arc::clone(boxed), Arc::clone(inner));
    let blank = inner.blank(boxed.spec.limits.disk_bytes).await;
    // Held until it runs: then the sandbox holds it.
    let _disk = blocking(move || {
        let key = own.spec.packages.as_ref();
        let layered =
            *own.layered.get_or_init(|| key.is_some_and(|key| of.templates.find(key).is_some()));
        let disk = match blank {
            Some(blank) => blank.become_of(&own.folder).map(Some),
            None => fs::create_dir(&own.folder).map(|()| None),
        };
        let disk = disk
            .and_then(|disk| {
                if keep {
                    saved::save(&own.folder, &own.spec, layered)?;
                }
                Ok(disk)
            })
            .map_err(|error| transient("the sandbox's folder", error))?;
        if let Some(disk) = &disk {
            own.has(disk);
        }
        Ok(disk)
    })
    .await?;
    start::start(inner, boxed, room).await
}

/// Removes what could not be made.
async fn settle(inner: &Arc<Inner>, boxed: &Arc<Boxed>, made: Result<()>) -> Result<()> {
    if made.is_err() {
        discard(boxed).await;
        inner.forget(boxed.spec.id);
    }
    made
}

/// Ends a sandbox and removes its files.
pub(super) async fn discard(boxed: &Arc<Boxed>) {
    super::calls::end(boxed).await;
    boxed.deleted();
    let folder = boxed.folder.clone();
    let removed = blocking(move || Ok(remove_folder(&folder))).await;
    if !matches!(removed, Ok(Ok(()))) {
        tracing::warn!(
            ?removed,
            "files of a sandbox that was not made are left until the next start"
        );
    }
}

/// What a sandbox has made may be in its own hands still for a moment, so it is tried more than once.
pub(super) fn remove_folder(folder: &Path) -> io::Result<()> {
    let mut tries = 0;
    loop {
        match super::super::remove::remove_tree(folder) {
            Err(_) if tries < 3 => tries += 1,
            other => return other,
        }
    }
}

impl Inner {
    /// Takes a new sandbox in, if its id is free.
    pub(super) fn add(&self, boxed: &Arc<Boxed>) -> Result<()> {
        let mut sandboxes = self.sandboxes.lock().unwrap_or_else(PoisonError::into_inner);
        match sandboxes.entry(boxed.spec.id) {
            std::collections::hash_map::Entry::Occupied(_) => {
                Err(SandboxError::Conflict { message: "there is such a sandbox already".into() })
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(Arc::clone(boxed));
                Ok(())
            }
        }
    }

    pub(super) fn forget(&self, id: SandboxId) {
        self.sandboxes.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// Room for one more sandbox; one that only waits makes place for it.
    async fn room(&self, memory: u64) -> Result<Room> {
        loop {
            match self.rooms.take(memory) {
                Err(SandboxError::Quota { scope, message }) => match self.warm.any() {
                    Some(warm) => discard(&warm).await,
                    None => return Err(SandboxError::Quota { scope, message }),
                },
                other => return other,
            }
        }
    }
}
