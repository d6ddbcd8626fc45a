//! Unpacks a verified archive: plain files only, within limits, and only those that can matter to a
//! browser.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use tar::EntryType;

use crate::tar_path::inner_path;
use crate::{Limits, PackagesError};

/// Unpacks into `folder`, which is empty. Answers every file kept with its size.
pub(crate) fn unpack(
    archive: File,
    folder: &Path,
    package: &str,
    limits: &Limits,
) -> Result<BTreeMap<String, u64>, PackagesError> {
    let limit = limits.unpacked_bytes;
    // The bound holds for what the archive expands to, whatever its headers claim.
    let mut bounded =
        Bounded { inner: MultiGzDecoder::new(io::BufReader::new(archive)), left: limit };
    let refuse = |reason: String| PackagesError::BadArchive { package: package.to_owned(), reason };
    match entries(&mut bounded, folder, limits.files) {
        Ok(files) if files.contains_key("package.json") => Ok(files),
        Ok(_) => Err(refuse("it has no package.json".to_owned())),
        Err(Stop::Refused(reason)) => Err(refuse(reason.to_owned())),
        Err(Stop::TooMany) => {
            Err(PackagesError::TooMany { what: "files in a package", limit: limits.files })
        }
        Err(Stop::Disk(error)) => Err(PackagesError::cache("unpack a package")(error)),
        Err(Stop::Archive) if bounded.left == 0 => {
            Err(PackagesError::TooLarge { what: format!("`{package}`, unpacked,"), limit })
        }
        Err(Stop::Archive) => Err(refuse("it is damaged".to_owned())),
    }
}

fn entries(archive: impl Read, folder: &Path, most: usize) -> Result<BTreeMap<String, u64>, Stop> {
    let mut files = BTreeMap::new();
    let mut archive = tar::Archive::new(archive);
    for (number, entry) in archive.entries()?.enumerate() {
        let mut entry = entry?;
        if number >= most {
            return Err(Stop::TooMany);
        }
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {}
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            EntryType::Symlink | EntryType::Link => {
                return Err(Stop::Refused("it has a link in it"));
            }
            _ => return Err(Stop::Refused("it has something other than files in it")),
        }
        let Some(path) = inner_path(&entry.path_bytes()).map_err(Stop::Refused)? else { continue };
        if !is_of_use(&path) {
            continue;
        }
        let target = folder.join(&path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(Stop::Disk)?;
        }
        let mut out = File::create(&target).map_err(Stop::Disk)?;
        let size = copy(&mut entry, &mut out)?;
        files.insert(path, size);
    }
    Ok(files)
}

enum Stop {
    Refused(&'static str),
    TooMany,
    Disk(io::Error),
    Archive,
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Self::Archive
    }
}

fn copy(from: &mut impl Read, to: &mut File) -> Result<u64, Stop> {
    let mut buffer = [0; 16 * 1024];
    let mut size = 0;
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok(size);
        }
        to.write_all(&buffer[..read]).map_err(Stop::Disk)?;
        size += read as u64;
    }
}

/// Type declarations, source maps and documents are half of many packages and never run.
fn is_of_use(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    const USELESS: &[&str] = &[
        ".map",
        ".d.ts",
        ".d.mts",
        ".d.cts",
        ".md",
        ".markdown",
        ".flow",
        ".tsbuildinfo",
        ".node",
    ];
    !USELESS.iter().any(|ending| name.ends_with(ending))
}

/// Fails when more is read than is allowed.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        if self.left == 0 && read > 0 {
            return Err(io::Error::other("larger than the limit"));
        }
        Ok(read)
    }
}
