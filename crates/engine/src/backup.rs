//! Backups of an instance that keeps its data in SQLite: taken while it serves, put back while it does not.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use qv_domain::Timestamp;
use qv_store::{SqliteFile, StoreError};
use qv_wire::ErrorCode;
use tempfile::NamedTempFile;

use crate::node::{self, FolderLock};
use crate::{EngineConfig, EngineError, Result};

/// A backup that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Of which database.
    pub database: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// What opens the keys that are sealed in it, if that is in a file: not in it.
    pub master_key: Option<PathBuf>,
}

/// A backup that was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The database that it is now.
    pub database: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// What was there before, if anything was.
    pub kept: Option<PathBuf>,
    /// The file that must be there so that its keys can be opened, and is not.
    pub missing_key: Option<PathBuf>,
}

fn io_error(what: &str, path: &Path) -> impl FnOnce(io::Error) -> EngineError {
    let what = format!("cannot {what} {}", path.display());
    |source| EngineError::Io { what, source }
}

fn database(config: &EngineConfig) -> Result<SqliteFile> {
    SqliteFile::of(&config.database_url, &config.data_dir).ok_or_else(|| {
        EngineError::refused(
            ErrorCode::Invalid,
            "only data in SQLite is backed up by QuickVibe itself: use PostgreSQL's own tools",
        )
    })
}

/// The folder of a file.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a change of names in a folder last.
fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error("write to", folder))
}

/// Writes the database as it is at this moment to `target`, whether or not a server is at work on it. It is checked
/// before it gets its name.
///
/// # Errors
/// `Conflict` when `target` is there and not `force`; `NotFound` when there is no database; else what failed and what
/// to do.
pub async fn backup(config: &EngineConfig, target: &Path, force: bool) -> Result<Backup> {
    let database = database(config)?;
    if !database.path().is_file() {
        return Err(EngineError::refused(
            ErrorCode::NotFound,
            format!(
                "there is no database at {}: name its folder with --data",
                database.path().display()
            ),
        ));
    }
    if is_same_file(database.path(), target) {
        return Err(EngineError::refused(
            ErrorCode::Invalid,
            format!("{} is the database itself: name another file", target.display()),
        ));
    }
    if target.symlink_metadata().is_ok() && !force {
        return Err(exists(target));
    }
    let staged = staged(target)?;
    let copy = SqliteFile::at(staged.path());
    database.copy_to(copy.path()).await?;
    copy.check().await?;
    let written = io_error("write", staged.path());
    let bytes = staged
        .as_file()
        .sync_all()
        .and_then(|()| staged.as_file().metadata())
        .map_err(written)?
        .len();
    let named = if force { staged.persist(target) } else { staged.persist_noclobber(target) };
    named.map_err(|lost| match lost.error.kind() {
        io::ErrorKind::AlreadyExists => exists(target),
        _ => io_error("write", target)(lost.error),
    })?;
    sync_folder(folder_of(target))?;
    let master_key = config.master_key.needed_file(&config.data_dir);
    Ok(Backup { database: database.path().to_owned(), bytes, master_key })
}

fn exists(target: &Path) -> EngineError {
    EngineError::refused(
        ErrorCode::Conflict,
        format!("{} exists: name another file, or add --force", target.display()),
    )
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().ok();
    whole(one).is_some_and(|one| whole(other) == Some(one))
}

/// A file beside `target` that only its owner can read, and that is gone unless it gets its name.
fn staged(target: &Path) -> Result<NamedTempFile> {
    let folder = folder_of(target);
    let made = tempfile::Builder::new().prefix(".quickvibe-").tempfile_in(folder);
    made.map_err(io_error("write to", folder))
}

/// Puts a backup in the database's place. It is checked first; what was there is kept beside it under a name with the
/// moment `now`, whole or as damaged as it was. At every moment one or the other is there.
///
/// # Errors
/// `Conflict` when a server, or anything else, uses the data; else what is wrong with the file. Then nothing is
/// changed.
pub async fn restore(config: &EngineConfig, source: &Path, now: Timestamp) -> Result<Restored> {
    let database = database(config)?;
    if is_same_file(database.path(), source) {
        return Err(EngineError::refused(
            ErrorCode::Invalid,
            format!("{} is the database itself: name a backup", source.display()),
        ));
    }
    let mut from = File::open(source).map_err(io_error("read", source))?;
    let log = SqliteFile::at(source)
        .side_files()
        .find(|(_, path)| path.metadata().is_ok_and(|file| file.len() > 0));
    if let Some((ending, _)) = log {
        return Err(EngineError::refused(
            ErrorCode::Invalid,
            format!(
                "{} is a database in use, not a backup: there is a file `{ending}` beside it. Make one by \
                 `quickvibe backup`",
                source.display()
            ),
        ));
    }
    for folder in [config.data_dir.as_path(), folder_of(database.path())] {
        fs::create_dir_all(folder).map_err(io_error("make the folder", folder))?;
    }
    let _lock = FolderLock::take(&config.data_dir)?;
    belongs_like(&config.data_dir.join(node::LOCK), &config.data_dir)?;
    let mut staged = staged(database.path())?;
    let copied = io::copy(&mut from, staged.as_file_mut());
    let bytes = copied.map_err(io_error("copy", source))?;
    let copy = SqliteFile::at(staged.path());
    let sound = async {
        copy.make_whole().await?;
        copy.check().await?;
        copy.check_version().await
    };
    sound.await.map_err(|error| refused_backup(source, staged.path(), error))?;
    let like = if database.path().exists() { database.path() } else { folder_of(database.path()) };
    belongs_like(staged.path(), like)?;
    staged.as_file().sync_all().map_err(io_error("write", staged.path()))?;

    let kept = put_aside(&database, now).await?;
    staged
        .persist(database.path())
        .map_err(|lost| io_error("write", database.path())(lost.error))?;
    sync_folder(folder_of(database.path()))?;
    let needed = config.master_key.needed_file(&config.data_dir);
    let missing_key = needed.filter(|path| !path.is_file());
    Ok(Restored { database: database.path().to_owned(), bytes, kept, missing_key })
}

/// Gives a file to whom `like` belongs: root may put back what a service must read.
pub(crate) fn belongs_like(path: &Path, like: &Path) -> Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let owner = |path: &Path| path.metadata().map(|file| (file.uid(), file.gid()));
    let given = owner(like).and_then(|(user, group)| match owner(path)? {
        (has, _) if has == user => Ok(()),
        _ => chown(path, Some(user), Some(group)),
    });
    given.map_err(io_error("give its owner", path))
}

/// A fault of the copy is told as one of the file that was named.
fn refused_backup(source: &Path, copy: &Path, error: StoreError) -> EngineError {
    match error {
        StoreError::Setup(text) => {
            let (copy, source) = (copy.display().to_string(), source.display().to_string());
            let text = text.replace(&format!("the database {copy}"), &format!("the file {source}"));
            EngineError::refused(ErrorCode::Invalid, format!("{text}. Nothing was changed"))
        }
        other => other.into(),
    }
}

/// Gives the database that is there a second name, so that its own can be given away.
async fn put_aside(database: &SqliteFile, now: Timestamp) -> Result<Option<PathBuf>> {
    let is_there = database.path().exists();
    if is_there {
        match database.make_whole().await {
            Ok(()) => {}
            Err(StoreError::Unavailable(_)) => {
                return Err(EngineError::refused(
                    ErrorCode::Conflict,
                    format!(
                        "another program uses {}: stop it first. Nothing was changed",
                        database.path().display()
                    ),
                ));
            }
            // It is damaged, which may be why a backup is put back: it is kept as it is.
            Err(error) => tracing::warn!(%error, "the database that is there is no sound one"),
        }
    }
    let moment: String = now.to_string().chars().map(|c| if c == ':' { '-' } else { c }).collect();
    let mut name = OsString::from(database.path());
    name.push(format!(".before-{moment}"));
    let kept = PathBuf::from(name);
    if is_there {
        second_name(database.path(), &kept)?;
    }
    // A log of the old database must never meet the new one.
    for ((_, from), (_, to)) in database.side_files().zip(SqliteFile::at(&kept).side_files()) {
        if from.exists() {
            fs::rename(&from, &to).map_err(io_error("move", &from))?;
        }
    }
    sync_folder(folder_of(database.path()))?;
    Ok(is_there.then_some(kept))
}

/// By a link, which takes no space and no time; by a copy where the file system has none.
fn second_name(from: &Path, to: &Path) -> Result<()> {
    let linked = fs::hard_link(from, to).or_else(|_| {
        fs::copy(from, to)?;
        File::open(to)?.sync_all()
    });
    linked.map_err(io_error("keep the old database as", to))
}
