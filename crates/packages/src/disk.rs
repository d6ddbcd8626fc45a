//! Files that appear whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use qv_domain::Timestamp;

/// Writes beside the target and renames over it, so that no reader sees half a file.
pub(crate) async fn write_atomically(path: &Path, bytes: Vec<u8>) -> io::Result<()> {
    let path = path.to_owned();
    run(move || write_atomically_now(&path, &bytes)).await
}

pub(crate) fn write_atomically_now(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// Moves a finished folder into its place. Another process may have been first: its folder stays.
pub(crate) fn put_folder(finished: tempfile::TempDir, place: &Path) -> io::Result<()> {
    if let Some(parent) = place.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match std::fs::rename(finished.path(), place) {
        // Renamed away: nothing is left to be cleaned up.
        Ok(()) => drop(finished.keep()),
        Err(_) if place.is_dir() => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Takes a damaged folder out of the way at once, then deletes it.
pub(crate) fn remove_folder(place: &Path, scratch: &Path) -> io::Result<()> {
    let grave = tempfile::TempDir::new_in(scratch)?;
    std::fs::rename(place, grave.path().join("old"))
}

/// Removes what was used the longest ago, beyond the number that is kept. An entry's last use is the
/// time of its `mark`, a file in it, or its own. Answers the names that are gone.
pub(crate) async fn prune(
    folder: &Path,
    mark: Option<&'static str>,
    keep: usize,
    scratch: &Path,
) -> Vec<String> {
    let (folder, scratch) = (folder.to_owned(), scratch.to_owned());
    let pruned = run(move || prune_now(&folder, mark, keep, &scratch)).await;
    pruned.unwrap_or_else(|error| {
        if error.kind() != io::ErrorKind::NotFound {
            tracing::warn!(%error, "old packages could not be removed");
        }
        Vec::new()
    })
}

fn prune_now(
    folder: &Path,
    mark: Option<&str>,
    keep: usize,
    scratch: &Path,
) -> io::Result<Vec<String>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let marked = mark.map_or_else(|| entry.path(), |mark| entry.path().join(mark));
        let used = marked.metadata().and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        entries.push((used, entry.file_name().to_string_lossy().into_owned()));
    }
    entries.sort();
    let excess = entries.len().saturating_sub(keep);
    let names: Vec<String> = entries.into_iter().take(excess).map(|(_, name)| name).collect();
    for name in &names {
        let place = folder.join(name);
        if place.is_dir() { remove_folder(&place, scratch)? } else { std::fs::remove_file(&place)? }
    }
    Ok(names)
}

/// Removes what processes that were killed have left behind. Another one may be at work in the same
/// folder: what is younger than a day stays.
pub(crate) fn sweep(scratch: &Path, now: Timestamp) -> io::Result<()> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(now.as_millis());
    for entry in std::fs::read_dir(scratch)? {
        let entry = entry?;
        let made = entry.metadata().and_then(|m| m.modified());
        let age = made.ok().and_then(|made| now.duration_since(made).ok()).unwrap_or_default();
        if age > Duration::from_secs(24 * 60 * 60) {
            // The next start tries again.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

/// Notes that a file was used just now, for [`prune`]. Failing costs a download, nothing more.
pub(crate) fn note_use(file: &Path, now: Timestamp) {
    let used = SystemTime::UNIX_EPOCH + Duration::from_millis(now.as_millis());
    if let Ok(file) = std::fs::File::options().append(true).open(file) {
        let _ = file.set_modified(used);
    }
}

/// Runs blocking work off the async threads.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
