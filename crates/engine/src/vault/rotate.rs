//! A new master key: every secret's key is wrapped anew, beside a server that goes on working.
//!
//! The new key is written before the old ones, so that whoever meets it finds it there; then every row is rewrapped;
//! then, in one transaction, the old keys are retired and whatever was still sealed under them meanwhile is rewrapped;
//! at last the old keys are left out of the file. A rotation that was cut short is taken up by the next call.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use qv_domain::{AuditAction, AuditTarget, Env};
use qv_security::{KeyRing, SealError, SealedFor};
use qv_store::{Db, Sealed, SealedSecret, SealedTable, Tx};
use qv_wire::ErrorCode;

use super::SYSTEM;
use super::ring::{not_this_key, unknown};
use crate::audit::Act;
use crate::maintenance::Maintenance;
use crate::{EngineError, Result};

/// Held while a rotation runs.
const LOCK: &str = "rotation.lock";

/// What a rotation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotated {
    /// The secrets whose key was wrapped anew.
    pub secrets: usize,
    /// Those that no key of the ring opens: they must be entered again.
    pub unreadable: usize,
    /// Whether this went on with one that was cut short, or that the operator began.
    pub resumed: bool,
    /// What the operator has yet to do, for a master key that is not in a file of ours.
    pub to_do: Option<&'static str>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    secrets: usize,
    unreadable: usize,
}

impl Maintenance {
    /// Puts a new master key in the place of the one that there is. `lost` says that keys which secrets are sealed
    /// under are gone for good: those secrets are given up.
    ///
    /// # Errors
    /// `Conflict` while another rotation runs; else what is in the way and what to do. Whatever was done stays whole,
    /// and the next call goes on from there.
    pub async fn rotate_master_key(&self, lost: bool) -> Result<Rotated> {
        let (source, folder) = (&self.config.master_key, self.config.data_dir.as_path());
        let _lock = take_lock(folder)?;
        let mut ring = match lost {
            true => source.load_or_make(folder, &*self.env).await?,
            false => source.load(folder).await?,
        };
        let unknown = unknown(&ring, &mut *self.db.read().await?).await?;
        if let (Some(kek), false) = (unknown.first(), lost) {
            return Err(not_this_key(kek));
        }
        let resumed = !ring.older().is_empty();
        let file = source.key_file(folder);
        if let (Some(file), false) = (&file, resumed) {
            ring = ring.with_new_key(&*self.env);
            write(file, &ring)?;
        }
        if ring.older().is_empty() {
            return Err(EngineError::refused(ErrorCode::Conflict, source.how_to_rotate()));
        }
        let mut count = self.rewrap_all(&ring).await?;
        let last = self.retire(&ring, &unknown).await?;
        count.secrets += last.secrets;
        count.unreadable = last.unreadable;
        if let Some(file) = &file {
            write(file, &ring.without_older())?;
        }
        let to_do = file.is_none().then(|| source.how_to_rotate());
        Ok(Rotated { secrets: count.secrets, unreadable: count.unreadable, resumed, to_do })
    }

    /// Page by page, each row by itself, so that the server never waits long.
    async fn rewrap_all(&self, ring: &KeyRing) -> Result<Count> {
        let mut tx = self.db.begin().await?;
        tx.allow_kek(ring.current().as_bytes(), self.env.now()).await?;
        tx.commit().await?;
        let mut count = Count::default();
        for table in SealedTable::ALL {
            let mut after = None;
            loop {
                let mut conn = self.db.read().await?;
                let page = conn.sealed_otherwise(table, &ring.prefix(), after).await?;
                drop(conn);
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                for row in &page {
                    count.add(rewrap_row(&self.db, table, row, ring, &*self.env).await?);
                }
            }
        }
        Ok(count)
    }

    /// In one transaction: nothing is sealed under the older keys any more, and nothing that was is left.
    async fn retire(&self, ring: &KeyRing, lost: &[Vec<u8>]) -> Result<Count> {
        let mut tx = self.db.begin().await?;
        let older = ring.older();
        for kek in older.iter().map(|kek| &kek.as_bytes()[..]).chain(lost.iter().map(Vec::as_slice))
        {
            tx.retire_kek(kek, self.env.now()).await?;
        }
        let mut count = Count::default();
        for table in SealedTable::ALL {
            let mut after = None;
            loop {
                let page = tx.sealed_otherwise(table, &ring.prefix(), after).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                for row in &page {
                    count.add(rewrap_in(&mut tx, table, row, ring, &*self.env).await?);
                }
            }
        }
        let act = Act::by_command(AuditAction::MasterKeyRotated);
        let act = act.on(AuditTarget::Instance, "master-key").with("kek", kek_id(ring));
        act.tell(&mut tx, &*self.env, self.env.now()).await?;
        tx.commit().await?;
        Ok(count)
    }
}

/// The id of the key that holds from now on, in hexadecimal.
fn kek_id(ring: &KeyRing) -> String {
    ring.current().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Count {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Rewrapped => self.secrets += 1,
            Outcome::Unreadable => self.unreadable += 1,
            Outcome::Changed => {}
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Rewrapped,
    /// Somebody has replaced or removed it meanwhile.
    Changed,
    Unreadable,
}

async fn rewrap_row(
    db: &Db,
    table: SealedTable,
    row: &SealedSecret,
    ring: &KeyRing,
    env: &dyn Env,
) -> Result<Outcome> {
    let mut tx = db.begin().await?;
    let outcome = rewrap_in(&mut tx, table, row, ring, env).await?;
    if outcome == Outcome::Rewrapped {
        tx.commit().await?;
    }
    Ok(outcome)
}

async fn rewrap_in(
    tx: &mut Tx,
    table: SealedTable,
    row: &SealedSecret,
    ring: &KeyRing,
    env: &dyn Env,
) -> Result<Outcome> {
    let owner = row.user_id.map_or_else(|| SYSTEM.to_owned(), |user| user.to_string());
    let id = row.id.to_string();
    let bound = SealedFor { owner: &owner, id: &id, kind: &row.kind };
    let rewrapped = match ring.rewrap(&row.sealed.0, bound, env) {
        Ok(Some(rewrapped)) => Sealed(rewrapped),
        Ok(None) => return Ok(Outcome::Changed),
        Err(error @ SealError::Seal) => return Err(EngineError::Secret(error.to_string())),
        Err(error) => {
            // It was so before: no key of the ring opens it.
            tracing::warn!(secret = %row.id, %error, "a secret cannot be read any more");
            return Ok(Outcome::Unreadable);
        }
    };
    let swapped = tx.swap_sealed(table, row.id, &row.sealed, &rewrapped).await?;
    Ok(if swapped { Outcome::Rewrapped } else { Outcome::Changed })
}

fn take_lock(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let fail = |source| EngineError::Io { what: format!("cannot lock {}", path.display()), source };
    let mut options = File::options();
    let file = options.create(true).truncate(false).write(true).open(&path).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(EngineError::refused(
            ErrorCode::Conflict,
            "another rotation of the master key is running: wait for its end",
        )),
        Err(std::fs::TryLockError::Error(source)) => Err(fail(source)),
    }
}

/// Puts a ring in the key file's place: whole or not at all.
fn write(path: &Path, ring: &KeyRing) -> Result<()> {
    let fail =
        |source| EngineError::Io { what: format!("cannot write {}", path.display()), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
    file.write_all(&ring.expose()).map_err(fail)?;
    // Root may rotate the key of a service that must read it.
    crate::backup::belongs_like(file.path(), path)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist(path).map_err(|lost| fail(lost.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)
}
