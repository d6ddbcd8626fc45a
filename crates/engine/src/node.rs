//! Which server this is, and that no other uses its data folder.
//!
//! The lock is the operating system's, on an open file: it ends with the process, however that ends. While
//! it is held, every earlier process of this node is surely dead, so its jobs may be taken over at once.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use qv_domain::{Env, NodeId};
use qv_wire::ErrorCode;

use crate::{EngineError, Result};

pub(crate) const LOCK: &str = "server.lock";
const ID: &str = "node_id";

/// A data folder held by this process alone, until it is dropped or released.
#[derive(Debug)]
pub(crate) struct FolderLock(File);

impl FolderLock {
    /// Takes a folder that exists.
    pub(crate) fn take(data_dir: &Path) -> Result<Self> {
        let path = data_dir.join(LOCK);
        let fail =
            |source| EngineError::Io { what: format!("cannot lock {}", path.display()), source };
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        let mut file = options.open(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(occupied(data_dir, &path)),
            Err(TryLockError::Error(source)) => return Err(fail(source)),
        }
        // For whoever is turned away. The lock itself is what counts, and may be had on a disk that is full.
        if let Err(error) = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())) {
            tracing::debug!(%error, "the lock does not say whose it is");
        }
        Ok(Self(file))
    }

    /// Lets another process have the folder.
    pub(crate) fn release(&self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the data folder's lock ends with the process");
        }
    }
}

fn occupied(data_dir: &Path, lock: &Path) -> EngineError {
    let holder = std::fs::read_to_string(lock).unwrap_or_default();
    let holder = match holder.trim().parse::<u32>() {
        Ok(id) => format!(" (process {id})"),
        Err(_) => String::new(),
    };
    let folder = std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.to_owned());
    EngineError::refused(
        ErrorCode::Conflict,
        format!(
            "another QuickVibe{holder} uses the data folder {}. Stop it first, or name another folder with \
             --data or QUICKVIBE_DATA",
            folder.display()
        ),
    )
}

/// The id of the server whose data folder this is; made at the first start. Call it with the folder locked.
pub(crate) fn load_id(data_dir: &Path, env: &dyn Env) -> Result<NodeId> {
    let path = data_dir.join(ID);
    let fail = |what: &str, source| EngineError::Io {
        what: format!("cannot {what} {}", path.display()),
        source,
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map_err(|_| {
            let odd = io::Error::new(io::ErrorKind::InvalidData, "it is no id: remove the file");
            fail("read", odd)
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let id = NodeId::generate(env);
            write_id(data_dir, &path, id).map_err(|source| fail("write", source))?;
            Ok(id)
        }
        Err(source) => Err(fail("read", source)),
    }
}

fn write_id(data_dir: &Path, path: &PathBuf, id: NodeId) -> io::Result<()> {
    // Whole or not at all: half an id would stop the next start.
    let mut file = tempfile::NamedTempFile::new_in(data_dir)?;
    writeln!(file, "{id}")?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|lost| lost.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEnv;

    #[test]
    fn a_folder_has_one_holder_and_one_id() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::take(folder.path()).unwrap();
        let id = load_id(folder.path(), &SystemEnv).unwrap();
        let refused = FolderLock::take(folder.path()).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Conflict);
        let text = refused.to_string();
        let process = format!("process {}", std::process::id());
        let folder_name = folder.path().display().to_string();
        for words in [&*process, &*folder_name, "Stop it first", "--data"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        first.release();
        let second = FolderLock::take(folder.path()).unwrap();
        drop(second);
        FolderLock::take(folder.path()).unwrap();
        assert_eq!(load_id(folder.path(), &SystemEnv).unwrap(), id);
    }

    #[test]
    fn an_id_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(ID), "half").unwrap();
        let error = load_id(folder.path(), &SystemEnv).unwrap_err();
        assert!(error.to_string().contains("node_id"), "{error}");
    }
}
