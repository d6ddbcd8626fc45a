//! Second factors, their recovery codes, and sign-ins that wait for one.

use qv_domain::{Timestamp, UserId};

use crate::Result;
use crate::db::{Conn, Tx};
use crate::links::TokenHash;
use crate::sql::{args, row};

row! {
    /// Somebody's second factor.
    pub struct SecondFactor {
        /// Whose.
        pub user_id: UserId,
        /// When its first code was shown.
        pub confirmed_at: Timestamp,
        /// The newest step whose code was taken.
        pub last_step: i64,
    }
}

row! {
    /// A sign-in whose password was right and whose code is awaited.
    pub struct PendingSignIn {
        /// SHA-256 of what the browser holds.
        pub token_hash: TokenHash,
        /// Who it is, if the code is right.
        pub user_id: UserId,
        /// SHA-256 of the password's hash.
        pub password_mark: [u8; 32],
        /// When the password was right.
        pub created_at: Timestamp,
        /// From when on it is refused.
        pub expires_at: Timestamp,
    }
}

impl Conn {
    /// A user's second factor, if they have one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn second_factor(&mut self, user: UserId) -> Result<Option<SecondFactor>> {
        let sql =
            format!("SELECT {} FROM second_factors WHERE user_id = $1", SecondFactor::COLUMNS);
        self.fetch_optional(sql, args![user]).await
    }

    /// How many recovery codes a user has left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recovery_codes_left(&mut self, user: UserId) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL";
        let (count,) = self.fetch_one(sql, args![user]).await?;
        Ok(count)
    }

    /// A sign-in that waits for its code, if it may still be finished.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pending_sign_in(
        &mut self,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<PendingSignIn>> {
        let sql = format!(
            "SELECT {} FROM pending_sign_ins WHERE token_hash = $1 AND expires_at > $2",
            PendingSignIn::COLUMNS
        );
        self.fetch_optional(sql, args![*token, now]).await
    }
}

impl Tx {
    /// Gives a user a second factor. False when they have one.
    ///
    /// # Errors
    /// `Conflict` when they are gone.
    pub async fn insert_second_factor(&mut self, factor: &SecondFactor) -> Result<bool> {
        let sql = "INSERT INTO second_factors (user_id, confirmed_at, last_step) \
                   VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let args = args![factor.user_id, factor.confirmed_at, factor.last_step];
        Ok(self.execute(sql, args).await? > 0)
    }

    /// Takes a step's code. False when it, or that of a later step, was taken before: of two who show the same code at
    /// the same time, one is let in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_step(&mut self, user: UserId, step: i64) -> Result<bool> {
        let sql = "UPDATE second_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2";
        Ok(self.execute(sql, args![user, step]).await? > 0)
    }

    /// Takes a recovery code. False when it is none of theirs, or was taken before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_recovery_code(
        &mut self,
        user: UserId,
        code: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE recovery_codes SET used_at = $3 \
                   WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL";
        Ok(self.execute(sql, args![user, *code, now]).await? > 0)
    }

    /// Gives a user these recovery codes in the place of all before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_recovery_codes(
        &mut self,
        user: UserId,
        codes: &[[u8; 32]],
        now: Timestamp,
    ) -> Result<()> {
        self.execute("DELETE FROM recovery_codes WHERE user_id = $1", args![user]).await?;
        for code in codes {
            let sql =
                "INSERT INTO recovery_codes (user_id, code_hash, created_at) VALUES ($1, $2, $3)";
            self.execute(sql, args![user, *code, now]).await?;
        }
        Ok(())
    }

    /// Takes a user's second factor and recovery codes away. False when they have none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_second_factor(&mut self, user: UserId) -> Result<bool> {
        self.execute("DELETE FROM recovery_codes WHERE user_id = $1", args![user]).await?;
        let sql = "DELETE FROM second_factors WHERE user_id = $1";
        Ok(self.execute(sql, args![user]).await? > 0)
    }

    /// Keeps a sign-in that waits for its code, and forgets those that waited too long.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_pending_sign_in(&mut self, pending: &PendingSignIn) -> Result<()> {
        let old = "DELETE FROM pending_sign_ins WHERE expires_at <= $1";
        self.execute(old, args![pending.created_at]).await?;
        self.insert("pending_sign_ins", pending).await
    }

    /// Ends a sign-in that waits. False when somebody else has: it is finished once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_pending_sign_in(&mut self, token: &TokenHash) -> Result<bool> {
        let sql = "DELETE FROM pending_sign_ins WHERE token_hash = $1";
        Ok(self.execute(sql, args![*token]).await? > 0)
    }
}
