//! Files that appear whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;

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

/// Runs blocking work off the async threads.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
