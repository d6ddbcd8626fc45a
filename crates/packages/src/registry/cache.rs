//! Package descriptions on disk: one line of JSON about the answer, then the answer.

use std::path::{Path, PathBuf};

use qv_domain::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::disk;

/// The place of one package's description.
pub(super) struct Entry(PathBuf);

pub(super) struct Cached {
    pub(super) etag: Option<String>,
    pub(super) fetched_at: Timestamp,
    pub(super) body: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    etag: Option<String>,
    /// Microseconds since 1970.
    fetched_at: i64,
    /// Of the body, to notice a damaged file.
    sha256: String,
}

impl Entry {
    pub(super) fn at(folder: &Path, registry: &Url, name: &str) -> Self {
        let id = Sha256::digest(format!("{registry}\n{name}"));
        Self(folder.join(hex::encode(&id[..16])))
    }

    /// The last answer; `None` when there is none or it is damaged.
    pub(super) async fn read(&self, limit: u64) -> Option<Cached> {
        let meta = tokio::fs::metadata(&self.0).await.ok()?;
        if meta.len() > limit.saturating_add(4096) {
            return None;
        }
        let mut file = tokio::fs::read(&self.0).await.ok()?;
        let end = file.iter().position(|b| *b == b'\n')?;
        let head: Head = serde_json::from_slice(&file[..end]).ok()?;
        file.drain(..=end);
        (hex::encode(Sha256::digest(&file)) == head.sha256).then_some(Cached {
            etag: head.etag,
            fetched_at: Timestamp::from_micros(head.fetched_at),
            body: file,
        })
    }

    /// Keeps an answer. A cache that cannot be written costs time, not correctness.
    pub(super) async fn write(&self, etag: Option<String>, now: Timestamp, body: Vec<u8>) {
        let head =
            Head { etag, fetched_at: now.as_micros(), sha256: hex::encode(Sha256::digest(&body)) };
        let Ok(mut file) = serde_json::to_vec(&head) else { return };
        file.push(b'\n');
        file.extend_from_slice(&body);
        if let Err(error) = disk::write_atomically(&self.0, file).await {
            tracing::warn!(%error, "a package description could not be cached");
        }
    }

    pub(super) async fn forget(&self) {
        // A file that is already gone is as good.
        let _ = tokio::fs::remove_file(&self.0).await;
    }
}
