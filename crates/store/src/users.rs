//! Accounts, one-time links and instance settings.

use std::fmt;

use qv_domain::{Email, LinkPurpose, Plan, Timestamp, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::{Conn, Tx};
use crate::sql::{At, Cells, Column, Value, args, row};
use crate::{Result, StoreError};

/// SHA-256 of a token. The token itself is never kept.
pub type TokenHash = [u8; 32];

/// A password's argon2id hash in PHC form. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl Column for PasswordHash {
    fn null() -> Value {
        String::null()
    }
    fn to_value(&self) -> Value {
        self.0.to_value()
    }
    fn read(row: &dyn Cells, at: At) -> Result<Self> {
        row.text(at).map(Self)
    }
}

row! {
    /// An account.
    pub struct User {
        /// Its id.
        pub id: UserId,
        /// What it signs in with; `None` until the owner of a fresh instance sets one.
        pub email: Option<Email>,
        /// What others see.
        pub name: String,
        /// What it has paid for.
        pub plan: Plan,
        /// Whether it runs this instance.
        pub is_admin: bool,
        /// `None` when it signs in by links only.
        pub password_phc: Option<PasswordHash>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub updated_at: Timestamp,
    }
}

row! {
    /// A link that signs somebody in once.
    pub struct Link {
        /// SHA-256 of its secret part.
        pub token_hash: TokenHash,
        /// What it is for.
        pub purpose: LinkPurpose,
        /// Whom it signs in; `None` for a setup link, which makes the owner.
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
    /// The account with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&mut self, id: UserId) -> Result<Option<User>> {
        let sql = format!("SELECT {} FROM users WHERE id = $1", User::COLUMNS);
        self.fetch_optional(sql, args![id]).await
    }

    /// The account that signs in with this address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_email(&mut self, email: &Email) -> Result<Option<User>> {
        let sql = format!("SELECT {} FROM users WHERE email = $1", User::COLUMNS);
        self.fetch_optional(sql, args![*email]).await
    }

    /// How many accounts there are: none means that the instance waits for its owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_count(&mut self) -> Result<u64> {
        Ok(self.fetch_one::<(u64,)>("SELECT COUNT(*) FROM users", vec![]).await?.0)
    }

    /// The oldest administrator: on a single-person instance, its owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_admin(&mut self) -> Result<Option<User>> {
        let columns = User::COLUMNS;
        let sql =
            format!("SELECT {columns} FROM users WHERE is_admin ORDER BY created_at, id LIMIT 1");
        self.fetch_optional(sql, vec![]).await
    }

    /// An instance setting, `None` when it was never set.
    ///
    /// # Errors
    /// `Corrupt` when it does not have the shape of `T`.
    pub async fn setting<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>> {
        let value: Option<(serde_json::Value,)> = self
            .fetch_optional("SELECT value FROM settings WHERE key = $1", args![key.to_owned()])
            .await?;
        value
            .map(|(value,)| serde_json::from_value(value))
            .transpose()
            .map_err(|error| StoreError::corrupt(format!("the setting `{key}`: {error}")))
    }
}

const EMAIL_TAKEN: &str = "an account with this e-mail address exists already";

impl Tx {
    /// Adds an account.
    ///
    /// # Errors
    /// `Conflict` when its e-mail address is taken.
    pub async fn insert_user(&mut self, user: &User) -> Result<()> {
        self.insert("users", user).await.map_err(|error| error.conflict_means(EMAIL_TAKEN))
    }

    /// Writes an account as given, except its id and when it was made. False when it is gone.
    ///
    /// # Errors
    /// `Conflict` when its e-mail address is taken.
    pub async fn update_user(&mut self, user: &User) -> Result<bool> {
        let sql = "UPDATE users SET email = $2, name = $3, plan = $4, is_admin = $5, \
                   password_phc = $6, updated_at = $7 WHERE id = $1";
        let args = args![
            user.id,
            user.email,
            user.name,
            user.plan,
            user.is_admin,
            user.password_phc,
            user.updated_at
        ];
        let changed = self.execute(sql, args).await;
        Ok(changed.map_err(|error| error.conflict_means(EMAIL_TAKEN))? > 0)
    }

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

    /// Forgets every link for a purpose that was not used yet: a new one replaces them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_unused_links(&mut self, purpose: LinkPurpose) -> Result<u64> {
        let sql = "DELETE FROM links WHERE purpose = $1 AND used_at IS NULL";
        self.execute(sql, args![purpose]).await
    }

    /// Writes an instance setting.
    ///
    /// # Errors
    /// `Corrupt` when it cannot be said in JSON.
    pub async fn set_setting<T: Serialize + Sync>(
        &mut self,
        key: &str,
        value: &T,
        now: Timestamp,
    ) -> Result<()> {
        let value = serde_json::to_value(value)
            .map_err(|error| StoreError::corrupt(format!("the setting `{key}`: {error}")))?;
        let sql = "INSERT INTO settings (key, value, updated_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (key) DO UPDATE \
                   SET value = excluded.value, updated_at = excluded.updated_at";
        self.execute(sql, args![key.to_owned(), value, now]).await?;
        Ok(())
    }

    /// Removes an instance setting. False when there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_setting(&mut self, key: &str) -> Result<bool> {
        let sql = "DELETE FROM settings WHERE key = $1";
        Ok(self.execute(sql, args![key.to_owned()]).await? > 0)
    }
}
