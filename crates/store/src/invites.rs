//! Invitations: each makes one account.

use qv_domain::{Email, InviteId, Timestamp, UserId};

use crate::db::{Conn, Tx};
use crate::sql::{args, row};
use crate::{Result, TokenHash};

row! {
    /// An invitation.
    pub struct Invite {
        /// Its id: safe to show.
        pub id: InviteId,
        /// SHA-256 of its secret part.
        pub token_hash: TokenHash,
        /// The address that the account gets; `None` leaves it to whoever comes.
        pub email: Option<Email>,
        /// Who made it; `None` when the operator did, or when that account is gone.
        pub made_by: Option<UserId>,
        /// When it was made.
        pub created_at: Timestamp,
        /// From when on it is refused.
        pub expires_at: Timestamp,
        /// When it was used.
        pub used_at: Option<Timestamp>,
    }
}

/// More are never open at once: [`Tx::insert_invite`]'s caller sees to it.
const MOST_LISTED: u32 = 500;

impl Conn {
    /// The invitation with this token that can still be used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_invite(
        &mut self,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<Invite>> {
        let sql = format!(
            "SELECT {} FROM invites WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
            Invite::COLUMNS
        );
        self.fetch_optional(sql, args![*token, now]).await
    }

    /// Invitations that can still be used, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_invites(&mut self, now: Timestamp) -> Result<Vec<Invite>> {
        let sql = format!(
            "SELECT {} FROM invites WHERE used_at IS NULL AND expires_at > $1 \
             ORDER BY created_at DESC, id DESC LIMIT {MOST_LISTED}",
            Invite::COLUMNS
        );
        self.fetch(sql, args![now]).await
    }
}

impl Tx {
    /// Adds an invitation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_invite(&mut self, invite: &Invite) -> Result<()> {
        self.insert("invites", invite).await
    }

    /// Uses an invitation up. False when it was used, expired or taken back: of two callers at the same time, one gets
    /// it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_invite(&mut self, id: InviteId, now: Timestamp) -> Result<bool> {
        let sql = "UPDATE invites SET used_at = $2 \
                   WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
        Ok(self.execute(sql, args![id, now]).await? > 0)
    }

    /// Takes an invitation back that was not used. False when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_open_invite(&mut self, id: InviteId) -> Result<bool> {
        let sql = "DELETE FROM invites WHERE id = $1 AND used_at IS NULL";
        Ok(self.execute(sql, args![id]).await? > 0)
    }

    /// Forgets invitations that expired, used or not, and returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_expired_invites(&mut self, now: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM invites WHERE expires_at <= $1", args![now]).await
    }
}
