//! What administrators do with accounts: look, suspend, let in again, set plan and rights. The same beside a server, by
//! whoever can run this program on its data.

use qv_domain::{AuditAction, Env, GenerationId, UserId};
use qv_store as store;
use qv_wire::{ErrorCode, Page, UpdateUser, UserEntry};

use crate::audit::Act;
use crate::{Actor, Engine, EngineError, Result};

/// Which accounts to show.
#[derive(Debug, Clone, Copy, Default)]
pub struct UserQuery<'a> {
    /// Only those whose name or address contains this.
    pub search: Option<&'a str>,
    /// `next_cursor` of the page before.
    pub cursor: Option<&'a str>,
    /// Rows on the page.
    pub limit: u32,
}

/// What changing an account came to.
pub(crate) struct Changed {
    pub(crate) user: UserEntry,
    /// What was asked to stop.
    pub(crate) stopping: Vec<GenerationId>,
}

impl Engine {
    /// Accounts, the newest first.
    ///
    /// # Errors
    /// `Forbidden` for others than administrators; `Invalid` for a cursor that no list gave.
    pub async fn users(&self, admin: &Actor, query: UserQuery<'_>) -> Result<Page<UserEntry>> {
        admin.require_admin()?;
        list(&mut *self.db.read().await?, query).await
    }

    /// Suspends an account or lets it in again, and sets its plan and rights.
    ///
    /// # Errors
    /// `Forbidden` for others than administrators; `Reauthenticate`; `NotFound`; `Conflict` where nobody would be left
    /// to run the instance.
    pub async fn update_user(
        &self,
        admin: &Actor,
        id: UserId,
        update: UpdateUser,
    ) -> Result<UserEntry> {
        admin.require_admin()?;
        self.require_recent(admin)?;
        let mut tx = self.db.begin().await?;
        let Changed { user, stopping } =
            change(&mut tx, &*self.env, id, update, Some(admin)).await?;
        tx.commit().await?;
        for generation in stopping {
            self.stop_running(generation);
        }
        // Those that wait are claimed to be ended.
        self.work.notify_one();
        Ok(user)
    }
}

/// A page of accounts.
pub(crate) async fn list(conn: &mut store::Conn, query: UserQuery<'_>) -> Result<Page<UserEntry>> {
    let search = query.search.map(str::trim).filter(|text| !text.is_empty());
    let filter = store::UserFilter {
        search: search.map(|text| text.chars().take(100).collect()),
        after: query.cursor.map(str::parse).transpose()?,
        limit: query.limit,
    };
    let page = conn.users(&filter).await?;
    Ok(Page {
        items: page.items.iter().map(view).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    })
}

/// Changes an account, and ends what it may no longer do. Without an administrator it is a command's act.
pub(crate) async fn change(
    tx: &mut store::Tx,
    env: &dyn Env,
    id: UserId,
    update: UpdateUser,
    admin: Option<&Actor>,
) -> Result<Changed> {
    let now = env.now();
    let by = |action| admin.map_or_else(|| Act::by_command(action), |admin| Act::by(admin, action));
    let admins = tx.hold_admins().await?;
    // Whoever was one when the request came may be none by now.
    if admin.is_some_and(|admin| !admins.contains(&admin.user_id())) {
        return Err(EngineError::refused(
            ErrorCode::Forbidden,
            "Only an administrator may do that.",
        ));
    }
    let mut user = tx.user(id).await?.ok_or_else(|| EngineError::not_found("user"))?;
    let suspended = update.suspended.unwrap_or(user.suspended_at.is_some());
    let is_admin = update.is_admin.unwrap_or(user.is_admin);
    if admins == [id] && (suspended || !is_admin) {
        return Err(EngineError::refused(
            ErrorCode::Conflict,
            "Nobody else could administer this instance then. Make somebody else an administrator first.",
        ));
    }
    if is_admin != user.is_admin {
        tx.renew_sessions_of(id).await?;
        let act = by(AuditAction::RoleChanged).on_user(id).with("is_admin", is_admin);
        act.tell(tx, env, now).await?;
    }
    user.is_admin = is_admin;
    let plan = update.plan.unwrap_or(user.plan);
    if plan != user.plan {
        let act = by(AuditAction::PlanChanged).on_user(id).with("plan", plan.as_str());
        act.with("before", user.plan.as_str()).tell(tx, env, now).await?;
    }
    user.plan = plan;
    tx.set_plan_and_rights(id, user.plan, is_admin, now).await?;
    let mut stopping = Vec::new();
    if suspended != user.suspended_at.is_some() {
        user.suspended_at = suspended.then_some(now);
        tx.set_suspended(id, user.suspended_at, now).await?;
        let action =
            if suspended { AuditAction::UserSuspended } else { AuditAction::UserReinstated };
        by(action).on_user(id).tell(tx, env, now).await?;
        if suspended {
            stopping = end_everything(tx, id).await?;
        }
    }
    Ok(Changed { user: view(&user), stopping })
}

/// Ends all that an account can do: sessions, API tokens, links, and turns that wait or run.
async fn end_everything(tx: &mut store::Tx, user: UserId) -> Result<Vec<GenerationId>> {
    tx.revoke_other_sessions(user, None).await?;
    tx.revoke_api_tokens(user).await?;
    tx.delete_links_of(user).await?;
    Ok(tx.request_cancel_of(user).await?)
}

/// Refuses whom an administrator has suspended: to be told only to those who have shown who they are.
pub(crate) fn require_not_suspended(user: &store::User) -> Result<()> {
    if user.suspended_at.is_none() {
        return Ok(());
    }
    Err(EngineError::refused(
        ErrorCode::Suspended,
        "Your account is suspended. Ask whoever runs this server.",
    ))
}

fn view(row: &store::User) -> UserEntry {
    UserEntry {
        id: row.id,
        name: row.name.clone(),
        email: row.email.clone(),
        plan: row.plan,
        is_admin: row.is_admin,
        has_password: row.password_phc.is_some(),
        created_at: row.created_at,
        suspended_at: row.suspended_at,
    }
}
