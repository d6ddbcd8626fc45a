//! What is told of the database as a whole.

use crate::Result;
use crate::db::Conn;
use crate::sql::args;

/// How many turns there are of those that matter now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnCounts {
    /// They wait.
    pub queued: u64,
    /// They run, on all nodes.
    pub running: u64,
    /// They failed for good, and nobody has decided about them.
    pub failed: u64,
}

impl Conn {
    /// How many turns wait, run and have failed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn turn_counts(&mut self) -> Result<TurnCounts> {
        let sql = "SELECT (SELECT COUNT(*) FROM generations WHERE status = 'queued'), \
                   (SELECT COUNT(*) FROM generations WHERE status = 'running'), \
                   (SELECT COUNT(*) FROM dead_letters WHERE state = 'open')";
        let (queued, running, failed) = self.fetch_one(sql, args![]).await?;
        Ok(TurnCounts { queued, running, failed })
    }

    /// How large the database is, in bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn size(&mut self) -> Result<u64> {
        let sql = self.backend().size();
        let (bytes,): (u64,) = self.fetch_one(sql, args![]).await?;
        Ok(bytes)
    }
}
