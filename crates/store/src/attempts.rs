//! Attempts to sign in that were wrong, or are not decided yet.

use qv_domain::{AttemptId, Timestamp};

use crate::db::{Conn, Tx};
use crate::sql::{args, row};
use crate::{Result, TokenHash};

row! {
    /// One attempt.
    pub struct Attempt {
        /// Its id.
        pub id: AttemptId,
        /// SHA-256 of the address that was given: of people who exist and of others.
        pub account: TokenHash,
        /// For whom it counts: an address, or a device that is known.
        pub client: String,
        /// When it was made.
        pub at: Timestamp,
    }
}

/// More than any of them is never needed to tell that there were too many.
const MOST_READ: u32 = 100;

impl Conn {
    /// The attempts of a client at an account that are not forgotten, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempts(&mut self, account: &TokenHash, client: &str) -> Result<Vec<Attempt>> {
        let sql = format!(
            "SELECT {} FROM attempts WHERE account = $1 AND client = $2 ORDER BY at DESC LIMIT {MOST_READ}",
            Attempt::COLUMNS
        );
        self.fetch(sql, args![*account, client.to_owned()]).await
    }
}

impl Tx {
    /// Adds an attempt.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_attempt(&mut self, attempt: &Attempt) -> Result<()> {
        self.insert("attempts", attempt).await
    }

    /// Takes one attempt back. False when it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_attempt(&mut self, id: AttemptId) -> Result<bool> {
        Ok(self.execute("DELETE FROM attempts WHERE id = $1", args![id]).await? > 0)
    }

    /// Forgets a client's attempts at an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_attempts(&mut self, account: &TokenHash, client: &str) -> Result<u64> {
        let sql = "DELETE FROM attempts WHERE account = $1 AND client = $2";
        self.execute(sql, args![*account, client.to_owned()]).await
    }

    /// Forgets everybody's attempts up to `until`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_attempts(&mut self, until: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM attempts WHERE at <= $1", args![until]).await
    }
}
