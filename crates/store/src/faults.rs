//! When the disk fails: the one thing that no retry mends, and that nobody may paper over.
//!
//! After a failed `fsync` the system may call the same pages clean, so that the next one succeeds although
//! nothing was written. Whoever goes on then acknowledges what is not kept. So the first such error is
//! latched: nothing begins or commits any more, the process is told ([`Db::broken`]) and must end, and its
//! database is not closed in good order ([`Db::close`]), for that would fold the write-ahead log into a file
//! that the disk may not have taken, and delete the log.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use crate::db::{Db, Pools};
use crate::{Result, StoreError};

/// How a disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskFault {
    /// No space is left.
    Full,
    /// It does not read or write.
    Io,
    /// What it gives is no sound database.
    Damaged,
}

impl DiskFault {
    /// From a code of either database; `None` when it tells of something else.
    ///
    /// SQLite's extended codes keep the primary one in their low byte: 10 is IOERR, 11 CORRUPT, 13 FULL,
    /// 26 NOTADB; 1032 says that somebody moved the file away. PostgreSQL's have five characters, SQLite's
    /// never more than four.
    pub(crate) fn of(code: &str) -> Option<Self> {
        if code.len() == 5 {
            return match code {
                "53100" => Some(Self::Full),
                "58030" => Some(Self::Io),
                "XX001" | "XX002" => Some(Self::Damaged),
                _ => None,
            };
        }
        let code: u32 = code.parse().ok()?;
        match code & 0xff {
            13 => Some(Self::Full),
            10 => Some(Self::Io),
            11 | 26 => Some(Self::Damaged),
            _ if code == 1032 => Some(Self::Io),
            _ => None,
        }
    }

    /// What the operator can do.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Full => "Free space there, then start again",
            Self::Io => {
                "Look at the disk first (`dmesg`), then start again; if the database does not open, restore a \
                 backup by `quickvibe restore`"
            }
            Self::Damaged => {
                "Restore a backup by `quickvibe restore`; what is there now is kept beside it"
            }
        }
    }
}

impl fmt::Display for DiskFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "is on a disk that is full",
            Self::Io => "is on a disk that fails",
            Self::Damaged => "is damaged",
        })
    }
}

/// The first failure of the disk, and what the database said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// How.
    pub fault: DiskFault,
    /// In the database's own words.
    pub cause: String,
}

/// Whether the disk has failed; shared by everything that talks to one database.
#[derive(Debug, Clone)]
pub(crate) struct Faults(Arc<watch::Sender<Option<Broken>>>);

impl Default for Faults {
    fn default() -> Self {
        Self(Arc::new(watch::channel(None).0))
    }
}

impl Faults {
    /// Hands on what the database said, and keeps in mind a failure of the disk.
    pub(crate) fn heard<T>(&self, said: sqlx::Result<T>) -> Result<T> {
        said.map_err(|error| {
            let error = StoreError::from(error);
            if let StoreError::Disk { fault, source: Some(cause) } = &error {
                self.0.send_if_modified(|first| {
                    let is_first = first.is_none();
                    first.get_or_insert_with(|| Broken { fault: *fault, cause: cause.to_string() });
                    is_first
                });
            }
            error
        })
    }

    /// Refuses to go on once the disk has failed.
    pub(crate) fn check(&self) -> Result<()> {
        match &*self.0.borrow() {
            None => Ok(()),
            Some(broken) => Err(StoreError::Disk { fault: broken.fault, source: None }),
        }
    }
}

impl Db {
    /// Waits until the disk fails. From then on nothing is begun or committed, and the process must end; what
    /// was committed before is kept.
    pub async fn broken(&self) {
        // The sender lives as long as this database, so that waiting ends for no other reason.
        let _ = self.faults.0.subscribe().wait_for(Option::is_some).await;
    }

    /// How the disk failed first, if it did.
    #[must_use]
    pub fn fault(&self) -> Option<Broken> {
        self.faults.0.borrow().clone()
    }

    /// Keeps SQLite from closing the database in good order: as long as one connection is left open until
    /// the process ends, none is the last one, which would fold the log and delete it.
    pub(crate) async fn leave_open(&self) {
        if let Pools::Sqlite { writer, readers } = &self.pools {
            std::mem::forget((writer.clone(), readers.clone()));
            std::mem::forget(readers.acquire().await);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_a_failing_disk() {
        for (code, fault) in [
            ("13", DiskFault::Full),
            ("10", DiskFault::Io),
            ("1034", DiskFault::Io),
            ("778", DiskFault::Io),
            ("8714", DiskFault::Io),
            ("1032", DiskFault::Io),
            ("11", DiskFault::Damaged),
            ("267", DiskFault::Damaged),
            ("26", DiskFault::Damaged),
            ("53100", DiskFault::Full),
            ("58030", DiskFault::Io),
            ("XX001", DiskFault::Damaged),
        ] {
            assert_eq!(DiskFault::of(code), Some(fault), "{code}");
        }
        for code in
            ["1", "5", "8", "14", "19", "2067", "517", "23505", "53300", "57P01", "XX000", ""]
        {
            assert_eq!(DiskFault::of(code), None, "{code}");
        }
    }

    #[tokio::test]
    async fn postgres_tells_of_its_disk_too() {
        let db = crate::testing::TestDb::new(crate::Backend::Postgres).await;
        let mut tx = db.begin().await.unwrap();
        let full = "DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$";
        assert!(tx.execute(full, vec![]).await.unwrap_err().is_disk());
        db.broken().await;
        assert_eq!(db.fault().unwrap().fault, DiskFault::Full);
        assert!(
            db.begin().await.unwrap_err().is_disk() && tx.commit().await.unwrap_err().is_disk()
        );
    }

    #[tokio::test]
    async fn the_first_failure_is_kept_and_stops_everything() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open("sqlite", folder.path()).await.unwrap();
        let Pools::Sqlite { writer, .. } = &db.pools else { panic!("it is SQLite") };
        let begun = db.begin().await.unwrap();
        let said = sqlx::query("SELECT * FROM nothing").execute(writer);
        drop(begun);
        assert!(db.faults.heard(said.await).is_err());
        assert!(db.fault().is_none(), "a mistake in a statement is no failure of the disk");

        // A file that is no database stands for any of these: the error is SQLite's own.
        let odd = folder.path().join("odd.db");
        std::fs::write(&odd, [7; 4096]).unwrap();
        let attach = format!("ATTACH '{}' AS odd; SELECT * FROM odd.sqlite_schema", odd.display());
        let begun = db.begin().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert!(matches!(
            reader.execute(attach, vec![]).await,
            Err(StoreError::Disk { fault: DiskFault::Damaged, source: Some(_) })
        ));
        tokio::time::timeout(std::time::Duration::from_secs(5), db.broken()).await.unwrap();
        let broken = db.fault().unwrap();
        assert_eq!(broken.fault, DiskFault::Damaged);
        assert!(broken.cause.contains("not a database"), "{}", broken.cause);
        assert!(matches!(begun.commit().await, Err(StoreError::Disk { source: None, .. })));
        assert!(matches!(db.begin().await, Err(StoreError::Disk { source: None, .. })));
        drop(reader);
        db.close().await;
        drop(db);
        assert!(folder.path().join("quickvibe.db-wal").exists(), "the log is kept");
    }
}
