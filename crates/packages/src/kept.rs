//! Bundles on disk: a folder per key, files compressed, a manifest with the checksum of each.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use qv_domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::asset::{Asset, QUICK, Stored};
use crate::bundle::Bundle;
use crate::disk;

const MANIFEST: &str = "manifest.json";

/// A bundle and its files' checksums.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) bundle: Bundle,
    pub(crate) files: BTreeMap<String, Stored>,
}

/// The bundles on disk. Whatever is damaged is removed, to be made again.
#[derive(Debug)]
pub(crate) struct BundleCache {
    folder: PathBuf,
    scratch: PathBuf,
    keep: usize,
    /// Bundles that this process has verified.
    known: Mutex<HashMap<String, Arc<Kept>>>,
}

impl BundleCache {
    pub(crate) fn new(folder: PathBuf, scratch: PathBuf, keep: usize) -> Self {
        Self { folder, scratch, keep, known: Mutex::default() }
    }

    /// A bundle that is there and whole.
    pub(crate) async fn load(&self, key: &str, now: Timestamp) -> Option<Arc<Kept>> {
        if !is_key(key) {
            return None;
        }
        if let Some(kept) = self.known().get(key) {
            return Some(Arc::clone(kept));
        }
        let folder = self.folder.join(key);
        let kept = disk::run(move || read(&folder, now)).await;
        match kept {
            Ok(kept) => Some(self.remember(key, kept)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(_) => {
                self.discard(key).await;
                None
            }
        }
    }

    /// Keeps a bundle's files under its key.
    pub(crate) async fn save(
        &self,
        bundle: Bundle,
        files: BTreeMap<String, Vec<u8>>,
    ) -> io::Result<Arc<Kept>> {
        let key = bundle.key.clone();
        let (place, scratch) = (self.folder.join(&key), self.scratch.clone());
        let kept = disk::run(move || {
            let room = tempfile::TempDir::new_in(scratch)?;
            let files = write_files(room.path(), files, QUICK)?;
            let kept = Kept { bundle, files };
            std::fs::write(room.path().join(MANIFEST), serde_json::to_vec(&kept)?)?;
            disk::put_folder(room, &place)?;
            Ok(kept)
        });
        let kept = self.remember(&key, kept.await?);
        self.prune().await;
        Ok(kept)
    }

    /// One file of a bundle. Only names that the manifest lists are ever looked for.
    pub(crate) async fn asset(
        &self,
        key: &str,
        file: &str,
        accepts_br: bool,
        now: Timestamp,
    ) -> Option<Asset> {
        let kept = self.load(key, now).await?;
        let stored = kept.files.get(file)?;
        let path = self.folder.join(key).join(stored_name(file, stored.br));
        match tokio::fs::read(&path).await {
            Ok(bytes) if stored.is_whole(&bytes) => stored.serve(file, bytes.into(), accepts_br),
            _ => {
                self.discard(key).await;
                None
            }
        }
    }

    async fn discard(&self, key: &str) {
        tracing::warn!(
            key,
            "a cached bundle is damaged: it is made again when it is next asked for"
        );
        self.known().remove(key);
        let (place, scratch) = (self.folder.join(key), self.scratch.clone());
        if let Err(error) = disk::run(move || disk::remove_folder(&place, &scratch)).await {
            tracing::warn!(key, %error, "a damaged bundle could not be removed");
        }
    }

    /// Removes the bundles that were asked for the longest ago, beyond those that are kept.
    async fn prune(&self) {
        let gone = disk::prune(&self.folder, Some(MANIFEST), self.keep, &self.scratch).await;
        let mut known = self.known();
        for key in &gone {
            known.remove(key);
        }
    }

    fn remember(&self, key: &str, kept: Kept) -> Arc<Kept> {
        Arc::clone(self.known().entry(key.to_owned()).or_insert_with(|| Arc::new(kept)))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Kept>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_key(key: &str) -> bool {
    key.len() == 40 && key.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Compresses and writes files; answers how each is stored.
pub(crate) fn write_files(
    folder: &Path,
    files: BTreeMap<String, Vec<u8>>,
    quality: u32,
) -> io::Result<BTreeMap<String, Stored>> {
    let mut stored_files = BTreeMap::new();
    for (file, bytes) in files {
        let (stored, bytes) = Stored::pack(&file, bytes, quality)?;
        std::fs::write(folder.join(stored_name(&file, stored.br)), bytes)?;
        stored_files.insert(file, stored);
    }
    Ok(stored_files)
}

pub(crate) fn stored_name(file: &str, br: bool) -> String {
    if br { format!("{file}.br") } else { file.to_owned() }
}

/// Reads a manifest and compares every file with it.
fn read(folder: &Path, now: Timestamp) -> io::Result<Kept> {
    let manifest = folder.join(MANIFEST);
    if !folder.exists() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let damaged = |_| io::Error::from(io::ErrorKind::InvalidData);
    let kept: Kept = serde_json::from_slice(&std::fs::read(&manifest).map_err(damaged)?)?;
    for (file, stored) in &kept.files {
        let bytes = std::fs::read(folder.join(stored_name(file, stored.br))).map_err(damaged)?;
        if !stored.is_whole(&bytes) {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    disk::note_use(&manifest, now);
    Ok(kept)
}
