//! Logins.

use qv_domain::{SessionId, Timestamp, UserId};

use crate::db::{Conn, Tx};
use crate::sql::{args, row};
use crate::{Result, TokenHash, User};

row! {
    /// A login of a user.
    pub struct Session {
        /// Its id: safe to show.
        pub id: SessionId,
        /// Whose login it is.
        pub user_id: UserId,
        /// SHA-256 of the token in the cookie.
        pub token_hash: TokenHash,
        /// When it began.
        pub created_at: Timestamp,
        /// When it was last used, to the precision with which the caller touches it.
        pub last_seen_at: Timestamp,
        /// From when on it is refused.
        pub expires_at: Timestamp,
        /// The browser, in its own words.
        pub user_agent: Option<String>,
        /// Where from.
        pub address: Option<String>,
        /// SHA-256 of the token before the present one.
        pub previous_hash: Option<TokenHash>,
        /// Until when that one is taken, too.
        pub previous_until: Option<Timestamp>,
        /// When it got its token.
        pub rotated_at: Timestamp,
        /// When its user last showed who they are.
        pub authenticated_at: Timestamp,
    }
}

impl Conn {
    /// The session with this token, or with the one before while that is taken, and its user; unless it expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_by_token(
        &mut self,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>> {
        let columns = Session::COLUMNS;
        let sql = format!(
            "SELECT {columns} FROM sessions \
             WHERE (token_hash = $1 OR (previous_hash = $1 AND previous_until > $2)) \
             AND expires_at > $2"
        );
        let Some(session) = self.fetch_optional::<Session>(sql, args![*token, now]).await? else {
            return Ok(None);
        };
        Ok(self.user(session.user_id).await?.map(|user| (session, user)))
    }

    /// Whether a session is there and has not expired, and its user is not suspended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_is_good(&mut self, id: SessionId, now: Timestamp) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM sessions s JOIN users u ON u.id = s.user_id \
                   WHERE s.id = $1 AND s.expires_at > $2 AND u.suspended_at IS NULL";
        Ok(self.fetch_one::<(u64,)>(sql, args![id, now]).await?.0 > 0)
    }

    /// A user's sessions that are still good, last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&mut self, user: UserId, now: Timestamp) -> Result<Vec<Session>> {
        let sql = format!(
            "SELECT {} FROM sessions WHERE user_id = $1 AND expires_at > $2 \
             ORDER BY last_seen_at DESC, id DESC",
            Session::COLUMNS
        );
        self.fetch(sql, args![user, now]).await
    }
}

impl Tx {
    /// Adds a session.
    ///
    /// # Errors
    /// `Conflict` when its user is gone.
    pub async fn insert_session(&mut self, session: &Session) -> Result<()> {
        self.insert("sessions", session).await
    }

    /// Notes that a session was used and until when it is good. False when it is gone.
    ///
    /// A write for each request is too many: touch only when `last_seen_at` is a minute old.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(
        &mut self,
        id: SessionId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE id = $1";
        Ok(self.execute(sql, args![id, now, expires_at]).await? > 0)
    }

    /// Gives a session a new token in place of `present`. The one that was shown, `previous`, is taken until `until`.
    /// False when it has another one by now, or is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate_session(
        &mut self,
        id: SessionId,
        (present, previous): (&TokenHash, &TokenHash),
        next: &TokenHash,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE sessions SET token_hash = $4, previous_hash = $3, previous_until = $6, \
                   rotated_at = $5 WHERE id = $1 AND token_hash = $2";
        Ok(self.execute(sql, args![id, *present, *previous, *next, now, until]).await? > 0)
    }

    /// Says until when the token before is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_previous_token(&mut self, id: SessionId, until: Timestamp) -> Result<()> {
        let sql = "UPDATE sessions SET previous_until = $2 WHERE id = $1";
        self.execute(sql, args![id, until]).await.map(drop)
    }

    /// Gives a session a new token whatever it has, and notes that its user has just shown who they are. The one
    /// that was shown, `previous`, is taken until `until`. False when the session is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authenticate_session(
        &mut self,
        id: SessionId,
        previous: &TokenHash,
        next: &TokenHash,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE sessions SET previous_hash = $2, previous_until = $5, token_hash = $3, \
                   rotated_at = $4, authenticated_at = $4 WHERE id = $1";
        Ok(self.execute(sql, args![id, *previous, *next, now, until]).await? > 0)
    }

    /// Ends the session with this token, or with the one before, whosever it is. False when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&mut self, token: &TokenHash) -> Result<bool> {
        let sql = "DELETE FROM sessions WHERE token_hash = $1 OR previous_hash = $1";
        Ok(self.execute(sql, args![*token]).await? > 0)
    }

    /// A session stays until this transaction ends. False when it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_session(&mut self, id: SessionId, now: Timestamp) -> Result<bool> {
        let sql =
            "UPDATE sessions SET last_seen_at = last_seen_at WHERE id = $1 AND expires_at > $2";
        Ok(self.execute(sql, args![id, now]).await? > 0)
    }

    /// Ends one of a user's sessions. False when it is none of theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_session(&mut self, user: UserId, id: SessionId) -> Result<bool> {
        let sql = "DELETE FROM sessions WHERE user_id = $1 AND id = $2";
        Ok(self.execute(sql, args![user, id]).await? > 0)
    }

    /// Ends all of a user's sessions but the one kept, and returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_other_sessions(
        &mut self,
        user: UserId,
        keep: Option<SessionId>,
    ) -> Result<u64> {
        let sql = "DELETE FROM sessions WHERE user_id = $1 AND ($2 IS NULL OR id <> $2)";
        self.execute(sql, args![user, keep]).await
    }

    /// Forgets sessions that expired, and returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM sessions WHERE expires_at <= $1", args![now]).await
    }
}
