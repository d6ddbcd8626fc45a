//! What administrators see and change of accounts.

use qv_domain::{GenerationId, Plan, Timestamp, UserId};

use crate::db::{Conn, Tx};
use crate::page::one_more;
use crate::projects::contains_pattern;
use crate::sql::args;
use crate::{Cursor, Page, Result, User};

/// Which accounts to list.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Only those whose name or address contains this, however it is written.
    pub search: Option<String>,
    /// Only those after this place.
    pub after: Option<Cursor>,
    /// The most on one page; 1 to [`MOST_PER_PAGE`](crate::MOST_PER_PAGE).
    pub limit: u32,
}

impl Conn {
    /// Accounts, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&mut self, filter: &UserFilter) -> Result<Page<User>> {
        let sql = format!(
            "SELECT {} FROM users WHERE ($1 IS NULL OR LOWER(name) LIKE $1 ESCAPE '!' \
             OR email LIKE $1 ESCAPE '!') AND (created_at, id) < ($2, $3) \
             ORDER BY created_at DESC, id DESC LIMIT $4",
            User::COLUMNS
        );
        let after = filter.after.unwrap_or(Cursor::BEFORE_ALL);
        let pattern = filter.search.as_deref().map(contains_pattern);
        let args = args![pattern, after.key(), after.id(), one_more(filter.limit)];
        let rows = self.fetch(sql, args).await?;
        Ok(Page::cut(rows, filter.limit, |row: &User| Cursor::at(row.created_at, row.id.as_uuid())))
    }
}

impl Tx {
    /// The administrators who are not suspended, the oldest first. They stay as they are until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_admins(&mut self) -> Result<Vec<UserId>> {
        self.execute("UPDATE users SET updated_at = updated_at WHERE is_admin", args![]).await?;
        let sql = "SELECT id FROM users WHERE is_admin AND suspended_at IS NULL \
                   ORDER BY created_at, id";
        let rows: Vec<(UserId,)> = self.fetch(sql, args![]).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// An account, which stays as it is until this transaction ends: what others do with it at the same time waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_user(&mut self, id: UserId) -> Result<Option<User>> {
        let sql = format!(
            "UPDATE users SET updated_at = updated_at WHERE id = $1 RETURNING {}",
            User::COLUMNS
        );
        self.fetch_optional(sql, args![id]).await
    }

    /// Sets an account's plan and rights. False when it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_plan_and_rights(
        &mut self,
        id: UserId,
        plan: Plan,
        is_admin: bool,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE users SET plan = $2, is_admin = $3, updated_at = $4 WHERE id = $1";
        Ok(self.execute(sql, args![id, plan, is_admin, now]).await? > 0)
    }

    /// Suspends an account, or lets it in again. False when it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_suspended(
        &mut self,
        id: UserId,
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE users SET suspended_at = $2, updated_at = $3 WHERE id = $1";
        Ok(self.execute(sql, args![id, since, now]).await? > 0)
    }

    /// Asks to stop everything of a user's that waits or runs, and returns which.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request_cancel_of(&mut self, user: UserId) -> Result<Vec<GenerationId>> {
        let sql = "UPDATE generations SET cancel_requested = $2 WHERE user_id = $1 \
                   AND status IN ('queued', 'running') RETURNING id";
        let rows: Vec<(GenerationId,)> = self.fetch(sql, args![user, true]).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Has a user's sessions get another token at their next request: what they may do has changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_sessions_of(&mut self, user: UserId) -> Result<u64> {
        self.execute("UPDATE sessions SET rotated_at = 0 WHERE user_id = $1", args![user]).await
    }
}
