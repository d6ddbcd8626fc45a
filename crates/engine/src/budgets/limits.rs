//! Limits: who sets them, what holds, and how they stand.

use qv_domain::{AuditAction, Env, LimitScope, Month, Role, Timestamp, UserId};
use qv_store::{self as store, Balance, BudgetLimits, Purse};
use qv_wire::{Budget, Budgets, ProjectBudget, SaveBudget, UserBudget};

use super::{PlanBudget, PlanBudgets, SetBy, unsigned};
use crate::audit::Act;
use crate::{Access, Actor, Engine, EngineError, Result};

/// A million US dollars: more is a slip of the finger.
const MOST_NANOUSD: u64 = 1_000_000 * 1_000_000_000;

/// What an administrator makes of a user's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SavedLimit {
    /// As the plan says.
    Plan,
    /// This; `None` is expressly no limit.
    Set(Option<u64>),
}

/// The limit that holds for a user's month, and whose it is. Their own counts where it is lower.
pub(crate) fn user_limit(plan: &PlanBudget, set: &BudgetLimits) -> (Option<i64>, SetBy) {
    let (given, by) = match set.admin {
        Some(admin) => (admin, SetBy::Admin),
        None => (plan.month, SetBy::Plan),
    };
    match (given, set.own) {
        (Some(given), Some(own)) if own < given => (Some(own), SetBy::Own),
        (None, Some(own)) => (Some(own), SetBy::Own),
        (given, _) => (given, by),
    }
}

impl Engine {
    /// What the actor may spend this month, and how it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn budgets(&self, actor: &Actor) -> Result<Budgets> {
        let mut conn = self.db.read().await?;
        budgets_of(&mut conn, &self.config.plans, actor.user_id(), self.env.now()).await
    }

    /// Sets the actor's own limit; it counts where it is lower than what their plan or an administrator allows.
    ///
    /// # Errors
    /// `Invalid` names the field.
    pub async fn save_budget(&self, actor: &Actor, save: SaveBudget) -> Result<Budgets> {
        let own = nanousd(save.limit_nanousd)?;
        let (user, now) = (actor.user_id(), self.env.now());
        let mut tx = self.db.begin().await?;
        let before = tx.budget_limits(user, None).await?.own;
        tx.set_budget_limit(LimitScope::Own, user.as_uuid(), own.map(Some), now).await?;
        // What stays as it was is no act: saving the same again and again fills nothing.
        if own != before {
            let act = Act::by(actor, AuditAction::BudgetChanged).on_user(user);
            told(act, LimitScope::Own, own.map(Some)).tell(&mut tx, &*self.env, now).await?;
        }
        let budgets = budgets_of(&mut tx, &self.config.plans, user, now).await?;
        tx.commit().await?;
        Ok(budgets)
    }

    /// What a project may spend this month, over all who work on it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project_budget(&self, access: &Access) -> Result<ProjectBudget> {
        project_budget(&mut *self.db.read().await?, access, self.env.now()).await
    }

    /// Sets a project's limit.
    ///
    /// # Errors
    /// `Forbidden` unless the actor owns it; `Invalid` names the field.
    pub async fn save_project_budget(
        &self,
        access: &Access,
        save: SaveBudget,
    ) -> Result<ProjectBudget> {
        access.require(Role::Owner)?;
        let limit = nanousd(save.limit_nanousd)?;
        let (project, now) = (access.project_id(), self.env.now());
        let mut tx = self.db.begin().await?;
        tx.set_budget_limit(LimitScope::Project, project.as_uuid(), limit.map(Some), now).await?;
        let act = Act::by(access.actor(), AuditAction::BudgetChanged).on_project(project);
        told(act, LimitScope::Project, limit.map(Some)).tell(&mut tx, &*self.env, now).await?;
        let budget = project_budget(&mut tx, access, now).await?;
        tx.commit().await?;
        Ok(budget)
    }

    /// A user's month, for an administrator.
    ///
    /// # Errors
    /// `Forbidden` for others; `NotFound`.
    pub async fn user_budget(&self, admin: &Actor, user: UserId) -> Result<UserBudget> {
        admin.require_admin()?;
        let mut conn = self.db.read().await?;
        user_budget(&mut conn, &self.config.plans, user, self.env.now()).await
    }

    /// Sets a user's limit in place of their plan's.
    ///
    /// # Errors
    /// `Forbidden` for others than administrators; `NotFound`; `Invalid` names the field.
    pub async fn save_user_budget(
        &self,
        admin: &Actor,
        user: UserId,
        save: SaveBudget,
    ) -> Result<UserBudget> {
        admin.require_admin()?;
        let limit = SavedLimit::Set(save.limit_nanousd);
        let act = Act::by(admin, AuditAction::BudgetChanged);
        save_user_budget(&self.db, &*self.env, &self.config.plans, user, limit, act).await
    }

    /// Lets a user's plan set their limit again.
    ///
    /// # Errors
    /// `Forbidden` for others than administrators; `NotFound`.
    pub async fn forget_user_budget(&self, admin: &Actor, user: UserId) -> Result<UserBudget> {
        admin.require_admin()?;
        let act = Act::by(admin, AuditAction::BudgetChanged);
        save_user_budget(&self.db, &*self.env, &self.config.plans, user, SavedLimit::Plan, act)
            .await
    }
}

/// What an act at a limit made of it: `by_plan` says that it is the plan's again.
fn told(act: Act, scope: LimitScope, limit: Option<Option<i64>>) -> Act {
    let act = act.with("scope", scope.as_str());
    match limit {
        Some(limit) => act.with("limit_nanousd", limit),
        None if scope == LimitScope::Admin => act.with("by_plan", true),
        None => act.with("limit_nanousd", None::<i64>),
    }
}

pub(crate) async fn save_user_budget(
    db: &store::Db,
    env: &dyn Env,
    plans: &PlanBudgets,
    user: UserId,
    limit: SavedLimit,
    act: Act,
) -> Result<UserBudget> {
    let now = env.now();
    let limit = match limit {
        SavedLimit::Plan => None,
        SavedLimit::Set(limit) => Some(nanousd(limit)?),
    };
    let mut tx = db.begin().await?;
    tx.set_budget_limit(LimitScope::Admin, user.as_uuid(), limit, now).await?;
    told(act.on_user(user), LimitScope::Admin, limit).tell(&mut tx, env, now).await?;
    let budget = user_budget(&mut tx, plans, user, now).await?;
    tx.commit().await?;
    Ok(budget)
}

pub(crate) async fn user_budget(
    conn: &mut store::Conn,
    plans: &PlanBudgets,
    user: UserId,
    now: Timestamp,
) -> Result<UserBudget> {
    let budgets = budgets_of(conn, plans, user, now).await?;
    let overridden = conn.budget_limits(user, None).await?.admin.is_some();
    Ok(UserBudget { user_id: user, budgets, overridden })
}

async fn budgets_of(
    conn: &mut store::Conn,
    plans: &PlanBudgets,
    user: UserId,
    now: Timestamp,
) -> Result<Budgets> {
    let account = conn.user(user).await?.ok_or_else(|| EngineError::not_found("user"))?;
    let plan = plans.of(account.plan);
    let set = conn.budget_limits(user, None).await?;
    let month = Month::of(now);
    let (limit, _) = user_limit(plan, &set);
    let purses = [Purse::user(user, month, limit), Purse::repairs(user, month, Some(plan.repairs))];
    let balances = conn.balances(&purses).await?;
    let [user, repairs] = balances.as_slice() else {
        return Err(EngineError::Internal("two purses have two balances".to_owned()));
    };
    Ok(Budgets {
        month,
        resets_at: month.next().start(),
        user: budget(user),
        own_limit_nanousd: set.own.map(unsigned),
        ceiling_nanousd: set.admin.unwrap_or(plan.month).map(unsigned),
        repairs: budget(repairs),
        turn_nanousd: Some(unsigned(plan.turn)),
    })
}

async fn project_budget(
    conn: &mut store::Conn,
    access: &Access,
    now: Timestamp,
) -> Result<ProjectBudget> {
    let (project, month) = (access.project_id(), Month::of(now));
    let set = conn.budget_limits(access.actor.user_id(), Some(project)).await?;
    let balances = conn.balances(&[Purse::project(project, month, set.project)]).await?;
    let [balance] = balances.as_slice() else {
        return Err(EngineError::Internal("a purse has a balance".to_owned()));
    };
    Ok(ProjectBudget { month, resets_at: month.next().start(), project: budget(balance) })
}

fn budget(balance: &Balance) -> Budget {
    Budget {
        limit_nanousd: balance.purse.limit().map(unsigned),
        spent_nanousd: unsigned(balance.spent),
        reserved_nanousd: unsigned(balance.reserved),
        left_nanousd: balance.left().map(unsigned),
        alerted: balance.alerted,
    }
}

fn nanousd(limit: Option<u64>) -> Result<Option<i64>> {
    match limit {
        Some(limit) if limit > MOST_NANOUSD => Err(EngineError::invalid(
            "limit_nanousd",
            "A limit is at most 1,000,000 US dollars. Leave it empty for no limit.",
        )),
        limit => Ok(limit.and_then(|limit| i64::try_from(limit).ok())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_limit_holds() {
        let plan = |month| PlanBudget { month, ..PlanBudget::default() };
        let set = |own, admin| BudgetLimits { own, admin, project: None };
        let holds = |month, own, admin| user_limit(&plan(month), &set(own, admin));
        assert_eq!(holds(None, None, None), (None, SetBy::Plan));
        assert_eq!(holds(Some(5), None, None), (Some(5), SetBy::Plan));
        assert_eq!(holds(Some(5), Some(9), None), (Some(5), SetBy::Plan), "own is never higher");
        assert_eq!(holds(Some(5), Some(3), None), (Some(3), SetBy::Own));
        assert_eq!(holds(Some(5), Some(7), Some(Some(9))), (Some(7), SetBy::Own));
        assert_eq!(holds(Some(5), None, Some(None)), (None, SetBy::Admin));
    }
}
