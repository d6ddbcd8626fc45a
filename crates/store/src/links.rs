//! Links that work once: they sign somebody in, or set a password.

use qv_domain::{LinkPurpose, Timestamp, UserId};

use crate::Result;
use crate::db::{Conn, Tx};
use crate::sql::{args, row};

/// SHA-256 of a token. The token itself is never kept.
pub type TokenHash = [u8; 32];

row! {
    /// A link that works once.
    pub struct Link {
        /// SHA-256 of its secret part.
        pub token_hash: TokenHash,
        /// What it is for.
        pub purpose: LinkPurpose,
        /// Whom it is for; `None` for a setup link, which makes the owner.
        pub user_id: Option<UserId>,
        /// When it was made.
        pub created_at: Timestamp,
        /// From when on it is refused.
        pub expires_at: Timestamp,
        /// When it was used.
        pub used_at: Option<Timestamp>,
    }
}

impl Conn {
    /// The link with this token for a purpose, if it is unused and not expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_link(
        &mut self,
        token: &TokenHash,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Result<Option<Link>> {
        let sql = format!(
            "SELECT {} FROM links WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL \
             AND expires_at > $3",
            Link::COLUMNS
        );
        self.fetch_optional(sql, args![*token, purpose, now]).await
    }

    /// A user's links for a purpose that can still be used, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_links_of(
        &mut self,
        user: UserId,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Result<Vec<Link>> {
        let sql = format!(
            "SELECT {} FROM links WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL \
             AND expires_at > $3 ORDER BY created_at DESC",
            Link::COLUMNS
        );
        self.fetch(sql, args![user, purpose, now]).await
    }
}

impl Tx {
    /// Adds a one-time link.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_link(&mut self, link: &Link) -> Result<()> {
        self.insert("links", link).await
    }

    /// Uses a link up and returns it, if it is known, unused and not expired. Of two callers at
    /// the same time, one gets it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_link(&mut self, token: &TokenHash, now: Timestamp) -> Result<Option<Link>> {
        let sql = format!(
            "UPDATE links SET used_at = $2 \
             WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING {}",
            Link::COLUMNS
        );
        self.fetch_optional(sql, args![*token, now]).await
    }

    /// Forgets links that expired, used or not, and returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_expired_links(&mut self, now: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM links WHERE expires_at <= $1", args![now]).await
    }

    /// Forgets a user's links, used or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_links_of(&mut self, user: UserId) -> Result<u64> {
        self.execute("DELETE FROM links WHERE user_id = $1", args![user]).await
    }

    /// Forgets every link for a purpose that was not used yet: a new one replaces them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_unused_links(&mut self, purpose: LinkPurpose) -> Result<u64> {
        let sql = "DELETE FROM links WHERE purpose = $1 AND used_at IS NULL";
        self.execute(sql, args![purpose]).await
    }
}
