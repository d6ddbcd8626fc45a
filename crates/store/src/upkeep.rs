//! Keeps SQLite's write-ahead log short, and tells when the disk did not take what was folded into the file.
//!
//! SQLite would do it by itself after a commit, but ignores it when that fails; the next try then succeeds
//! although the disk never took the pages, and the log that still had them is begun anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::SqlitePool;

use crate::Result;
use crate::db::{Db, Pools};
use crate::faults::Faults;

/// How often the log's length is asked for, in commits.
const LOOK_EVERY: u32 = 16;
/// Pages in the log that are worth folding: SQLite's own measure, 4 MB.
const MOST_PAGES: i64 = 1000;

/// `PRAGMA wal_checkpoint` answers: busy, pages in the log, pages of them in the file.
type Progress = (i64, i64, i64);

/// The log of one database.
#[derive(Debug, Clone)]
pub(crate) struct Upkeep {
    writer: SqlitePool,
    commits: Arc<AtomicU32>,
}

impl Upkeep {
    pub(crate) fn new(writer: SqlitePool) -> Self {
        Self { writer, commits: Arc::default() }
    }

    /// Call it after a commit: now and then it looks after the log, in the background.
    pub(crate) fn committed(&self, faults: Faults) {
        if (self.commits.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(LOOK_EVERY) {
            let writer = self.writer.clone();
            tokio::spawn(async move {
                // A failure is latched by `heard`; for anything else the next look does as well.
                let _ = faults.heard(shorten(&writer).await);
            });
        }
    }
}

/// Takes its turn as a writer, so that it sees the whole log, and the log can begin anew after it.
async fn shorten(writer: &SqlitePool) -> sqlx::Result<()> {
    let mut conn = writer.acquire().await?;
    let (_, pages, folded): Progress =
        sqlx::query_as("PRAGMA wal_checkpoint(NOOP)").fetch_one(&mut *conn).await?;
    if pages - folded >= MOST_PAGES {
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut *conn).await?;
    }
    Ok(())
}

impl Db {
    /// Folds the whole log into the file, as far as readers let it; nothing on PostgreSQL.
    ///
    /// Call it at a start: the log of a process that was killed may end in pages that the disk never took,
    /// and nothing must be added behind those.
    ///
    /// # Errors
    /// `Setup` when the disk did not take it: [`Db::close`] then, and do not go on.
    pub async fn fold_log(&self) -> Result<()> {
        self.fold("PRAGMA wal_checkpoint(TRUNCATE)").await
    }

    /// The same without waiting for anybody: others may go on using the database.
    pub(crate) async fn fold_what_is_free(&self) -> Result<()> {
        self.fold("PRAGMA wal_checkpoint(PASSIVE)").await
    }

    async fn fold(&self, sql: &'static str) -> Result<()> {
        let Pools::Sqlite { writer, .. } = &self.pools else { return Ok(()) };
        let folded = sqlx::query(sql).execute(writer).await;
        self.faults.heard(folded).map(drop).map_err(|error| error.at(&self.place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_log_stays_short_and_is_folded_whole() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open("sqlite", folder.path()).await.unwrap();
        let log = folder.path().join("quickvibe.db-wal");
        let length = || std::fs::metadata(&log).unwrap().len();
        for number in 0..400 {
            let mut tx = db.begin().await.unwrap();
            let text = format!("{number}").repeat(20_000);
            tx.set_setting("k", &text, qv_domain::Timestamp::from_micros(number)).await.unwrap();
            tx.commit().await.unwrap();
        }
        // 400 commits of some 15 pages each: 24 MB, were it never folded.
        assert!(length() < 10_000_000, "{}", length());
        db.fold_log().await.unwrap();
        assert_eq!(length(), 0);
        db.close().await;
        assert!(!log.exists(), "a database that is closed in good order has no log");
    }
}
