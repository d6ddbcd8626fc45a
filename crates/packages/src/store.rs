//! Packages on disk, each once, named by the checksum of its archive.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use qv_domain::Timestamp;

use crate::lock::{Lock, LockedPackage, PackageId};
use crate::registry::Registry;
use crate::unpack::unpack;
use crate::{Limits, PackagesError, disk};

/// Packages fetched side by side.
const SIDE_BY_SIDE: usize = 12;

#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    scratch: PathBuf,
    limits: Limits,
    /// Folders whose files this process has compared with their list.
    checked: Mutex<HashSet<PathBuf>>,
}

impl Store {
    /// `scratch` lies on the same file system, so that finished folders can be renamed.
    pub(crate) fn new(folder: PathBuf, scratch: PathBuf, limits: Limits) -> Self {
        Self { folder, scratch, limits, checked: Mutex::default() }
    }

    /// The folder of every package in a lock, downloaded where it is missing or damaged.
    pub(crate) async fn ensure_all(
        &self,
        registry: &Registry,
        lock: &Lock,
        now: Timestamp,
    ) -> Result<BTreeMap<PackageId, PathBuf>, PackagesError> {
        // Owned items: a future over borrowed ones could not be moved to another thread.
        let wanted: Vec<_> =
            lock.packages.iter().map(|(id, package)| (id.clone(), package.clone())).collect();
        stream::iter(wanted)
            .map(|(id, package)| async move {
                let folder = self.ensure(registry, &id, &package, now).await?;
                Ok((id, folder))
            })
            .buffer_unordered(SIDE_BY_SIDE)
            .try_collect()
            .await
    }

    async fn ensure(
        &self,
        registry: &Registry,
        id: &PackageId,
        package: &LockedPackage,
        now: Timestamp,
    ) -> Result<PathBuf, PackagesError> {
        let folder = self.folder.join(package.integrity.folder_name());
        if self.is_whole(&folder, now).await? {
            return Ok(folder);
        }
        let scratch = self.scratch.clone();
        let io = PackagesError::cache("make room for a package");
        let room = disk::run(move || tempfile::TempDir::new_in(scratch)).await.map_err(io)?;
        let archive = room.path().join("archive.tgz");
        let (name, url) = (&package.name, &package.tarball);
        registry.tarball(id.as_str(), name, url, &package.integrity, &archive).await?;
        let (place, limits, label) = (folder.clone(), self.limits.clone(), id.to_string());
        let work = move || unpack_into(room, &place, &label, &limits);
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
            Err(PackagesError::BadArchive {
                package: id.to_string(),
                reason: "it could not be unpacked".to_owned(),
            })
        })?;
        tracing::debug!(package = %id, "downloaded");
        self.note_checked(&folder);
        Ok(folder)
    }

    /// Whether a package is there with every file in its size; a damaged one is removed.
    async fn is_whole(&self, folder: &Path, now: Timestamp) -> Result<bool, PackagesError> {
        if self.checked.lock().unwrap_or_else(PoisonError::into_inner).contains(folder) {
            return Ok(true);
        }
        let (place, scratch) = (folder.to_owned(), self.scratch.clone());
        let whole = disk::run(move || {
            if !place.exists() {
                return Ok(false);
            }
            let whole = matches_list(&place).unwrap_or(false);
            if !whole {
                tracing::warn!("a cached package is damaged: it is downloaded again");
                disk::remove_folder(&place, &scratch)?;
            }
            disk::note_use(&place.join(LIST), now);
            Ok(whole)
        });
        let whole = whole.await.map_err(PackagesError::cache("check a package"))?;
        if whole {
            self.note_checked(folder);
        }
        Ok(whole)
    }

    /// Removes the packages that were used the longest ago.
    pub(crate) async fn prune(&self) {
        let keep = self.limits.kept_packages;
        let gone = disk::prune(&self.folder, Some(LIST), keep, &self.scratch).await;
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        for name in gone {
            checked.remove(&self.folder.join(name));
        }
    }

    fn note_checked(&self, folder: &Path) {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
    }
}

/// The list of a package's files lies beside them, where no archive can write.
const FILES: &str = "files";
const LIST: &str = "files.json";

/// The folder that holds the package's own files.
pub(crate) fn package_root(folder: &Path) -> PathBuf {
    folder.join(FILES)
}

fn unpack_into(
    room: tempfile::TempDir,
    place: &Path,
    package: &str,
    limits: &Limits,
) -> Result<(), PackagesError> {
    let io = || PackagesError::cache("unpack a package");
    let archive = room.path().join("archive.tgz");
    let root = package_root(room.path());
    std::fs::create_dir(&root).map_err(io())?;
    let file = std::fs::File::open(&archive).map_err(io())?;
    let files = unpack(file, &root, package, limits)?;
    std::fs::remove_file(&archive).map_err(io())?;
    let list = serde_json::to_vec(&files).unwrap_or_default();
    std::fs::write(room.path().join(LIST), list).map_err(io())?;
    disk::put_folder(room, place).map_err(io())
}

fn matches_list(folder: &Path) -> io::Result<bool> {
    let list = std::fs::read(folder.join(LIST))?;
    let files: BTreeMap<String, u64> = serde_json::from_slice(&list)?;
    let root = package_root(folder);
    for (path, size) in &files {
        if std::fs::symlink_metadata(root.join(path))?.len() != *size {
            return Ok(false);
        }
    }
    Ok(true)
}
