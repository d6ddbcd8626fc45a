//! Accounts.

use std::fmt;

use qv_domain::{Email, Plan, Timestamp, UserId};

use crate::Result;
use crate::db::{Conn, Tx};
use crate::sql::{At, Cells, Column, Value, args, row};

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
        /// Since when it may not sign in.
        pub suspended_at: Option<Timestamp>,
    }
}

impl Conn {
    /// Whether anybody has a password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_passwords(&mut self) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM users WHERE password_phc IS NOT NULL";
        Ok(self.fetch_one::<(u64,)>(sql, args![]).await?.0 > 0)
    }

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

    /// The oldest administrator who is not suspended: on a single-person instance, its owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_admin(&mut self) -> Result<Option<User>> {
        let columns = User::COLUMNS;
        let sql = format!(
            "SELECT {columns} FROM users WHERE is_admin AND suspended_at IS NULL ORDER BY created_at, id LIMIT 1"
        );
        self.fetch_optional(sql, vec![]).await
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

    /// Writes an account as given, except its id, when it was made and whether it is suspended. False when it is gone.
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

    /// Writes an account's name and address. False when it is gone.
    ///
    /// # Errors
    /// `Conflict` when the e-mail address is taken.
    pub async fn update_profile(
        &mut self,
        id: UserId,
        name: &str,
        email: Option<&Email>,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE users SET name = $2, email = $3, updated_at = $4 WHERE id = $1";
        let changed = self.execute(sql, args![id, name.to_owned(), email.cloned(), now]).await;
        Ok(changed.map_err(|error| error.conflict_means(EMAIL_TAKEN))? > 0)
    }

    /// Sets an account's password where it is still `old`. False when it is another one by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password(
        &mut self,
        id: UserId,
        old: Option<&PasswordHash>,
        new: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE users SET password_phc = $3, updated_at = $4 \
                   WHERE id = $1 AND password_phc IS NOT DISTINCT FROM $2";
        Ok(self.execute(sql, args![id, old.cloned(), new.clone(), now]).await? > 0)
    }

    /// Puts a newer hash of the same password in place of `old`. False when it is another one by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upgrade_password(
        &mut self,
        id: UserId,
        old: &PasswordHash,
        fresh: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE users SET password_phc = $3, updated_at = $4 \
                   WHERE id = $1 AND password_phc = $2";
        Ok(self.execute(sql, args![id, *old, *fresh, now]).await? > 0)
    }
}
