//! Locks on disk, so that the versions of an app do not change under it from one hour to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use qv_domain::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::disk;
use crate::lock::Lock;

/// The largest lock read, in bytes; 400 packages make about 200 KB.
const BYTES: u64 = 4 << 20;

#[derive(Debug)]
pub(crate) struct LockCache {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct KeptLock {
    /// Microseconds since 1970.
    #[serde(with = "micros")]
    pub(crate) made_at: Timestamp,
    pub(crate) lock: Lock,
}

mod micros {
    use qv_domain::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        at.as_micros().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(from).map(Timestamp::from_micros)
    }
}

impl LockCache {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where the lock for these wishes lies.
    pub(crate) fn place(
        &self,
        dependencies: &BTreeMap<String, String>,
        needed: &BTreeSet<String>,
    ) -> PathBuf {
        let id = Sha256::digest(serde_json::json!([dependencies, needed]).to_string());
        self.folder.join(hex::encode(&id[..16]))
    }

    pub(crate) async fn read(&self, place: &std::path::Path) -> Option<KeptLock> {
        let fits = tokio::fs::metadata(place).await.ok()?.len() <= BYTES;
        let bytes = tokio::fs::read(place).await.ok().filter(|_| fits)?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps a lock. A cache that cannot be written costs time, not correctness.
    pub(crate) async fn write(&self, place: &std::path::Path, lock: &Lock, now: Timestamp) {
        let kept = KeptLock { made_at: now, lock: lock.clone() };
        let Ok(bytes) = serde_json::to_vec(&kept) else { return };
        if let Err(error) = disk::write_atomically(place, bytes).await {
            tracing::warn!(%error, "a lock could not be kept");
        }
    }
}
