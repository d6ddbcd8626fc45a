//! The tree that every sandbox reads: a copy of Node, npm, a shell and the usual tools with their libraries, made once
//! of what this host has, and made anew when that changes. The host's own `/usr` is never seen.

mod build;
mod sources;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Result, SandboxError};
use sources::Sources;

/// Raised when what is put into the tree changes.
const FORMAT: u32 = 1;

/// What a tree was made of; kept beside it, so that an unchanged host needs no second look.
#[derive(Debug, Serialize, Deserialize)]
struct Made {
    format: u32,
    version: String,
    node: Option<PathBuf>,
    sources: Vec<Seen>,
}

/// A file as it was: another length or time is another file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    path: PathBuf,
    length: u64,
    changed: (i64, i64),
}

impl Seen {
    fn of(path: &Path) -> Option<Self> {
        let meta = fs::metadata(path).ok()?;
        let changed = (meta.ctime(), meta.ctime_nsec());
        Some(Self { path: path.to_owned(), length: meta.len(), changed })
    }
}

/// The Node that is taken if none is named.
pub(super) fn node_in_path() -> Option<PathBuf> {
    sources::in_path("node")
}

/// The root of a tree that is whole and of today's host, made if there is none.
pub(super) fn prepare(folder: &Path, node: Option<&Path>) -> Result<PathBuf> {
    let failed = |what: &str, error: std::io::Error| SandboxError::Transient {
        message: format!("the base of sandboxes cannot be made: {what}: {error}"),
    };
    fs::create_dir_all(folder).map_err(|error| failed("its folder", error))?;
    let note = folder.join("current.json");
    let node = match node {
        Some(node) => Some(node.to_owned()),
        None => node_in_path(),
    };
    let known = || {
        let made = known(&note, node.as_deref())?;
        Some(folder.join(made.version)).filter(|root| root.is_dir())
    };
    if let Some(root) = known() {
        return Ok(root);
    }
    // One at a time: another server may share the folder.
    let lock = fs::File::create(folder.join("lock")).map_err(|error| failed("its lock", error))?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive)
        .map_err(|error| failed("its lock", error.into()))?;
    if let Some(root) = known() {
        return Ok(root);
    }
    let sources = sources::collect(node.as_deref()).map_err(|error| failed("sources", error))?;
    let version = version(&sources).map_err(|error| failed("reading sources", error))?;
    let root = folder.join(&version);
    if !root.is_dir() {
        build::build(folder, &root, &sources).map_err(|error| failed("copying", error))?;
    }
    let seen = sources.files.values().filter_map(|from| Seen::of(from)).collect();
    let made = Made { format: FORMAT, version, node, sources: seen };
    // Only a help: without the note the next start looks again.
    if let Ok(text) = serde_json::to_vec(&made) {
        let beside = folder.join(format!("current.{}", std::process::id()));
        let _ = fs::write(&beside, text).and_then(|()| fs::rename(&beside, &note));
    }
    Ok(root)
}

fn known(note: &Path, node: Option<&Path>) -> Option<Made> {
    let made: Made = serde_json::from_slice(&fs::read(note).ok()?).ok()?;
    let same = made.format == FORMAT
        && made.node.as_deref() == node
        && made.sources.iter().all(|seen| Seen::of(&seen.path).as_ref() == Some(seen));
    same.then_some(made)
}

/// Names a tree by where its files are and what is in them.
fn version(sources: &Sources) -> std::io::Result<String> {
    let mut all = Sha256::new();
    all.update(FORMAT.to_le_bytes());
    for (to, from) in &sources.files {
        let mut file = Sha256::new();
        std::io::copy(&mut fs::File::open(from)?, &mut file)?;
        all.update(to.as_os_str().as_encoded_bytes());
        all.update([0]);
        all.update(file.finalize());
    }
    for (at, to) in &sources.links {
        all.update(at.as_os_str().as_encoded_bytes());
        all.update([0]);
        all.update(to.as_os_str().as_encoded_bytes());
        all.update([0]);
    }
    Ok(all.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}
