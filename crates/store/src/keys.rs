//! API credentials, sealed by `security` before they come here.

use std::fmt;

use qv_domain::{KeyId, Timestamp, UserId};

use crate::Result;
use crate::db::{Conn, Tx};
use crate::sql::{args, row};

row! {
    /// What may be shown of a key.
    pub struct Key {
        /// Its id.
        pub id: KeyId,
        /// Whose it is; `None` for the system's.
        pub user_id: Option<UserId>,
        /// Whom it is for.
        pub provider: String,
        /// What its owner calls it.
        pub label: String,
        /// Where the provider answers, when not at its usual place.
        pub base_url: Option<String>,
        /// Its last four characters, to recognise it by.
        pub last4: String,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was last replaced.
        pub updated_at: Timestamp,
        /// When it was last used.
        pub last_used_at: Option<Timestamp>,
    }
}

/// A sealed credential: useless without the master key. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl Conn {
    /// A user's keys, or the system's for `None`, newest first; never the credentials.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&mut self, owner: Option<UserId>) -> Result<Vec<Key>> {
        let sql = format!(
            "SELECT {} FROM vault_keys WHERE user_id = $1 OR ($1 IS NULL AND user_id IS NULL) \
             ORDER BY created_at DESC, id DESC",
            Key::COLUMNS
        );
        self.fetch(sql, args![owner]).await
    }

    /// What may be shown of a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn key(&mut self, id: KeyId) -> Result<Option<Key>> {
        let sql = format!("SELECT {} FROM vault_keys WHERE id = $1", Key::COLUMNS);
        self.fetch_optional(sql, args![id]).await
    }

    /// A key's sealed credential.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed_key(&mut self, id: KeyId) -> Result<Option<Sealed>> {
        let sql = "SELECT sealed FROM vault_keys WHERE id = $1";
        let row: Option<(Vec<u8>,)> = self.fetch_optional(sql, args![id]).await?;
        Ok(row.map(|(sealed,)| Sealed(sealed)))
    }
}

impl Tx {
    /// Keeps a key, or replaces the one with its id: its label, place and credential. Whose it is,
    /// for whom and when it was made stay.
    ///
    /// # Errors
    /// `Conflict` when its user is gone.
    pub async fn put_key(&mut self, key: &Key, sealed: &Sealed) -> Result<()> {
        let sql = "INSERT INTO vault_keys (id, user_id, provider, label, base_url, sealed, last4, \
                   created_at, updated_at, last_used_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                   ON CONFLICT (id) DO UPDATE SET label = excluded.label, \
                   base_url = excluded.base_url, sealed = excluded.sealed, \
                   last4 = excluded.last4, updated_at = excluded.updated_at";
        let args = args![
            key.id,
            key.user_id,
            key.provider,
            key.label,
            key.base_url,
            sealed.0,
            key.last4,
            key.created_at,
            key.updated_at,
            key.last_used_at
        ];
        self.execute(sql, args).await?;
        Ok(())
    }

    /// Notes that a key was used. False when it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_key(&mut self, id: KeyId, now: Timestamp) -> Result<bool> {
        let sql = "UPDATE vault_keys SET last_used_at = $2 WHERE id = $1";
        Ok(self.execute(sql, args![id, now]).await? > 0)
    }

    /// Forgets one of a user's keys, or the system's for `None`. False when it is none of theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_key(&mut self, owner: Option<UserId>, id: KeyId) -> Result<bool> {
        let sql = "DELETE FROM vault_keys WHERE id = $1 \
                   AND (user_id = $2 OR ($2 IS NULL AND user_id IS NULL))";
        Ok(self.execute(sql, args![id, owner]).await? > 0)
    }
}
