//! Files of the data folder that only their owner can read, made at the first start.

use std::io::{self, Write as _};
use std::path::Path;

use crate::{EngineError, Result};

/// What the file holds; `make` says what it is to hold when there is none yet.
pub(crate) fn load_or_make(path: &Path, make: impl Fn() -> Vec<u8>) -> Result<Vec<u8>> {
    let fail = |what: &str, source| EngineError::Io {
        what: format!("cannot {what} {}", path.display()),
        source,
    };
    match std::fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let bytes = make();
            let folder = path.parent().unwrap_or(Path::new("."));
            // Whole or not at all, and never over one that another process made meanwhile.
            let mut file =
                tempfile::NamedTempFile::new_in(folder).map_err(|source| fail("make", source))?;
            file.write_all(&bytes).map_err(|source| fail("write", source))?;
            file.as_file().sync_all().map_err(|source| fail("write", source))?;
            match file.persist_noclobber(path) {
                Ok(_) => Ok(bytes),
                Err(lost) if lost.error.kind() == io::ErrorKind::AlreadyExists => {
                    std::fs::read(path).map_err(|source| fail("read", source))
                }
                Err(lost) => Err(fail("make", lost.error)),
            }
        }
        Err(source) => Err(fail("read", source)),
    }
}
