//! Sets of packages that are unpacked already: one folder for each, which sandboxes have below a layer of their own.

mod copy;

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::files::{Owner, make_folder, open_folder};
use super::link::transient;
use crate::Result;

const MODULES: &str = "node_modules";
/// How large a template is, told beside it.
const SIZE: &str = "size";
/// What has such a name is being made or removed.
const UNFINISHED: &str = "unfinished-";

/// The templates of an engine.
#[derive(Debug)]
pub(super) struct Templates {
    folder: PathBuf,
    most_bytes: u64,
    owner: Owner,
    /// Held by whoever looks for one or removes one: nobody begins to use what is being removed.
    changing: Mutex<()>,
}

impl Templates {
    /// Those of a folder; what was not finished is removed.
    pub(super) fn open(folder: PathBuf, most_bytes: u64, owner: Owner) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        for entry in fs::read_dir(&folder)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(Self { folder, most_bytes, owner, changing: Mutex::default() })
    }

    /// The packages of this key, if they are there.
    pub(super) fn find(&self, key: &str) -> Option<PathBuf> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let modules = self.folder.join(key).join(MODULES);
        modules.is_dir().then_some(modules)
    }

    /// Notes that it is used now: by the time of its note, so that no clock is asked.
    pub(super) fn touch(&self, key: &str) {
        let size = self.folder.join(key).join(SIZE);
        // A note only: without it, it goes a little earlier.
        let _ = fs::read(&size).and_then(|text| fs::write(&size, text));
    }

    /// Copies an opened `node_modules` as the packages of this key; what is there already stays.
    pub(super) fn keep(&self, key: &str, from: &OwnedFd) -> Result<()> {
        if self.find(key).is_some() {
            return Ok(());
        }
        let beside = self.unfinished();
        let made = self.copy(&beside, from).and_then(|()| {
            match fs::rename(&beside, self.folder.join(key)) {
                // Somebody else was faster with the same.
                Err(_) if self.find(key).is_some() => Ok(()),
                other => other,
            }
        });
        if beside.exists() {
            let _ = fs::remove_dir_all(&beside);
        }
        made.map_err(|error| transient("keeping packages", error))
    }

    fn copy(&self, beside: &Path, from: &OwnedFd) -> io::Result<()> {
        fs::create_dir(beside)?;
        let folder = open_folder(beside)?;
        let to = make_folder(folder.as_fd(), MODULES, self.owner)?;
        let bytes = copy::tree(from.as_fd(), to.as_fd(), self.owner, self.most_bytes)?;
        fs::write(beside.join(SIZE), bytes.to_string())
    }

    fn unfinished(&self) -> PathBuf {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        self.folder.join(format!("{UNFINISHED}{}", NEXT.fetch_add(1, Ordering::Relaxed)))
    }

    /// Removes the least recently used until what is left is small enough. Those of `used` stay: a layer above what is
    /// not there is no set of packages.
    pub(super) fn shrink(&self, used: impl Fn() -> HashSet<String>) -> io::Result<()> {
        let mut doomed = Vec::new();
        {
            let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
            let used = used();
            let mut all = Vec::new();
            for entry in fs::read_dir(&self.folder)?.flatten() {
                let Ok(name) = entry.file_name().into_string() else { continue };
                let size = entry.path().join(SIZE);
                let Ok(bytes) = fs::read_to_string(&size) else { continue };
                let at = fs::metadata(&size)?.modified()?;
                all.push((at, name, bytes.trim().parse::<u64>().unwrap_or(0)));
            }
            let mut total: u64 = all.iter().map(|(_, _, bytes)| bytes).sum();
            all.sort();
            for (_, name, bytes) in all {
                if total <= self.most_bytes {
                    break;
                }
                if name.starts_with(UNFINISHED) || used.contains(&name) {
                    continue;
                }
                let beside = self.unfinished();
                fs::rename(self.folder.join(&name), &beside)?;
                doomed.push(beside);
                total -= bytes;
            }
        }
        doomed.into_iter().try_for_each(fs::remove_dir_all)
    }
}
