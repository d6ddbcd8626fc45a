//! API tokens: what programs sign in with.

use qv_domain::{ApiTokenId, Timestamp, TokenScope, UserId};

use crate::db::{Conn, Tx};
use crate::sql::{args, row};
use crate::{Result, TokenHash, User};

row! {
    /// A token of a user's programs.
    pub struct ApiToken {
        /// Its id: safe to show.
        pub id: ApiTokenId,
        /// Whose it is.
        pub user_id: UserId,
        /// SHA-256 of the token.
        pub token_hash: TokenHash,
        /// What its user calls it.
        pub name: String,
        /// The token's last four characters, to tell it by.
        pub last4: String,
        /// What it may be used for.
        pub scope: TokenScope,
        /// When it was made.
        pub created_at: Timestamp,
        /// From when on it is refused.
        pub expires_at: Timestamp,
        /// When it was last used, to the precision with which the caller touches it.
        pub last_used_at: Option<Timestamp>,
    }
}

impl Conn {
    /// The token with this hash and its user, unless it expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_token(
        &mut self,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<(ApiToken, User)>> {
        let sql = format!(
            "SELECT {} FROM api_tokens WHERE token_hash = $1 AND expires_at > $2",
            ApiToken::COLUMNS
        );
        let Some(token) = self.fetch_optional::<ApiToken>(sql, args![*token, now]).await? else {
            return Ok(None);
        };
        Ok(self.user(token.user_id).await?.map(|user| (token, user)))
    }

    /// Whether a token is there and has not expired, and its user is not suspended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_token_is_good(&mut self, id: ApiTokenId, now: Timestamp) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM api_tokens t JOIN users u ON u.id = t.user_id \
                   WHERE t.id = $1 AND t.expires_at > $2 AND u.suspended_at IS NULL";
        Ok(self.fetch_one::<(u64,)>(sql, args![id, now]).await?.0 > 0)
    }

    /// A user's tokens that have not expired, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_tokens(&mut self, user: UserId, now: Timestamp) -> Result<Vec<ApiToken>> {
        let sql = format!(
            "SELECT {} FROM api_tokens WHERE user_id = $1 AND expires_at > $2 \
             ORDER BY created_at DESC, id DESC",
            ApiToken::COLUMNS
        );
        self.fetch(sql, args![user, now]).await
    }
}

impl Tx {
    /// Adds a token.
    ///
    /// # Errors
    /// `Conflict` when its user is gone.
    pub async fn insert_api_token(&mut self, token: &ApiToken) -> Result<()> {
        self.insert("api_tokens", token).await
    }

    /// Notes that a token was used: not for each request, as with sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_api_token(&mut self, id: ApiTokenId, now: Timestamp) -> Result<()> {
        let sql = "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1";
        self.execute(sql, args![id, now]).await.map(drop)
    }

    /// Ends one of a user's tokens. False when it is none of theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_api_token(&mut self, user: UserId, id: ApiTokenId) -> Result<bool> {
        let sql = "DELETE FROM api_tokens WHERE user_id = $1 AND id = $2";
        Ok(self.execute(sql, args![user, id]).await? > 0)
    }

    /// Ends all of a user's tokens, and returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_api_tokens(&mut self, user: UserId) -> Result<u64> {
        self.execute("DELETE FROM api_tokens WHERE user_id = $1", args![user]).await
    }

    /// Forgets tokens that expired, and returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_expired_api_tokens(&mut self, now: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM api_tokens WHERE expires_at <= $1", args![now]).await
    }
}
