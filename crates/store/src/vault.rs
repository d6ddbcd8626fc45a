//! Sealed secrets of every kind, and the keys that they are sealed under.

use qv_domain::{KeyId, Timestamp, UserId};

use crate::db::{Conn, Tx};
use crate::keys::Sealed;
use crate::sql::{args, row};
use crate::{MOST_PER_PAGE, Result};

/// A table with sealed secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedTable {
    /// Keys of providers.
    Keys,
    /// All others.
    Secrets,
}

impl SealedTable {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Keys, Self::Secrets];

    const fn name(self) -> &'static str {
        match self {
            Self::Keys => "vault_keys",
            Self::Secrets => "vault_secrets",
        }
    }

    /// An expression for what a row is, where its table does not say.
    const fn kind(self) -> &'static str {
        match self {
            Self::Keys => "'provider_key'",
            Self::Secrets => "kind",
        }
    }
}

row! {
    /// A sealed secret and what it is bound to.
    pub struct SealedSecret {
        /// Its id.
        pub id: KeyId,
        /// Whose it is; `None` for the system's.
        pub user_id: Option<UserId>,
        /// What it is.
        pub kind: String,
        /// The envelope.
        pub sealed: Sealed,
    }
}

impl Conn {
    /// A page of the secrets whose envelope does not begin with `prefix`, after the one of an id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed_otherwise(
        &mut self,
        table: SealedTable,
        prefix: &[u8],
        after: Option<KeyId>,
    ) -> Result<Vec<SealedSecret>> {
        let sql = format!(
            "SELECT id, user_id, {} AS kind, sealed FROM {} \
             WHERE substr(sealed, 1, {}) <> $1 AND ($2 IS NULL OR id > $2) \
             ORDER BY id LIMIT {MOST_PER_PAGE}",
            table.kind(),
            table.name(),
            prefix.len(),
        );
        self.fetch(sql, args![prefix.to_vec(), after]).await
    }

    /// A secret by its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn secret(&mut self, id: KeyId) -> Result<Option<SealedSecret>> {
        let sql = "SELECT id, user_id, kind, sealed FROM vault_secrets WHERE id = $1";
        self.fetch_optional(sql, args![id]).await
    }

    /// A user's secret of a kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn secret_of(&mut self, user: UserId, kind: &str) -> Result<Option<SealedSecret>> {
        let sql =
            "SELECT id, user_id, kind, sealed FROM vault_secrets WHERE user_id = $1 AND kind = $2";
        self.fetch_optional(sql, args![user, kind.to_owned()]).await
    }
}

impl Conn {
    /// Whether nothing is sealed under a key any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kek_is_retired(&mut self, kek: &[u8]) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM vault_keks WHERE kek = $1 AND retired_at IS NOT NULL";
        Ok(self.fetch_one::<(u64,)>(sql, args![kek.to_vec()]).await?.0 > 0)
    }

    /// The keys that secrets may be sealed under.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_keks(&mut self) -> Result<Vec<Vec<u8>>> {
        let sql = "SELECT kek FROM vault_keks WHERE retired_at IS NULL ORDER BY created_at";
        let rows: Vec<(Vec<u8>,)> = self.fetch(sql, args![]).await?;
        Ok(rows.into_iter().map(|(kek,)| kek).collect())
    }
}

impl Tx {
    /// Makes sure that secrets may be sealed under a key for as long as this transaction lasts: whoever wants to
    /// retire it waits, and then finds them. False when it is retired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_kek(&mut self, kek: &[u8], now: Timestamp) -> Result<bool> {
        let sql = "INSERT INTO vault_keks (kek, created_at) VALUES ($1, $2) \
                   ON CONFLICT (kek) DO UPDATE SET kek = excluded.kek RETURNING retired_at";
        let (retired,): (Option<Timestamp>,) =
            self.fetch_one(sql, args![kek.to_vec(), now]).await?;
        Ok(retired.is_none())
    }

    /// Lets secrets be sealed under a key, even if it was retired before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn allow_kek(&mut self, kek: &[u8], now: Timestamp) -> Result<()> {
        let sql = "INSERT INTO vault_keks (kek, created_at) VALUES ($1, $2) \
                   ON CONFLICT (kek) DO UPDATE SET retired_at = NULL";
        self.execute(sql, args![kek.to_vec(), now]).await?;
        Ok(())
    }

    /// From this transaction on nothing is sealed under a key. Waits for whoever is sealing under it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retire_kek(&mut self, kek: &[u8], now: Timestamp) -> Result<()> {
        let sql = "INSERT INTO vault_keks (kek, created_at, retired_at) VALUES ($1, $2, $2) \
                   ON CONFLICT (kek) DO UPDATE SET retired_at = excluded.retired_at";
        self.execute(sql, args![kek.to_vec(), now]).await?;
        Ok(())
    }

    /// Puts another envelope of the same secret in the place of `before`. False when it is another one by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn swap_sealed(
        &mut self,
        table: SealedTable,
        id: KeyId,
        before: &Sealed,
        after: &Sealed,
    ) -> Result<bool> {
        let sql = format!("UPDATE {} SET sealed = $3 WHERE id = $1 AND sealed = $2", table.name());
        Ok(self.execute(sql, args![id, before.0, after.0]).await? > 0)
    }

    /// Keeps a secret. False when there is one of its id, or of its user and kind.
    ///
    /// # Errors
    /// `Conflict` when its user is gone.
    pub async fn insert_secret(&mut self, secret: &SealedSecret, now: Timestamp) -> Result<bool> {
        let sql = "INSERT INTO vault_secrets (id, user_id, kind, sealed, created_at) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let args = args![secret.id, secret.user_id, secret.kind, secret.sealed.0, now];
        Ok(self.execute(sql, args).await? > 0)
    }

    /// Forgets a user's secret of a kind. False when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_secret(&mut self, user: UserId, kind: &str) -> Result<bool> {
        let sql = "DELETE FROM vault_secrets WHERE user_id = $1 AND kind = $2";
        Ok(self.execute(sql, args![user, kind.to_owned()]).await? > 0)
    }
}
