//! Budgets: limits, what is spent of them, and what is set aside for model calls under way.
//!
//! A call's worst case is reserved before it is made and settled by what it took. Both take hold of the balances that
//! they change, in the order of [`PurseKind`], and last of all rows that their transactions change.

use qv_domain::{GenerationId, LimitScope, Month, ProjectId, PurseKind, Timestamp, UserId};
use uuid::Uuid;

use crate::db::{Conn, Tx};
use crate::sql::args;
use crate::{Fence, Result};

/// Something that money is taken from, with the limit that holds for it now. Money is in billionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purse {
    pub(crate) kind: PurseKind,
    pub(crate) subject: Uuid,
    pub(crate) period: u32,
    limit: Option<i64>,
}

impl Purse {
    /// A user's month.
    #[must_use]
    pub const fn user(user: UserId, month: Month, limit: Option<i64>) -> Self {
        let (kind, period) = (PurseKind::User, month.number());
        Self { kind, subject: user.as_uuid(), period, limit }
    }

    /// A project's month.
    #[must_use]
    pub const fn project(project: ProjectId, month: Month, limit: Option<i64>) -> Self {
        let (kind, period) = (PurseKind::Project, month.number());
        Self { kind, subject: project.as_uuid(), period, limit }
    }

    /// One turn. It goes when the turn ends.
    #[must_use]
    pub const fn turn(generation: GenerationId, limit: Option<i64>) -> Self {
        Self { kind: PurseKind::Turn, subject: generation.as_uuid(), period: 0, limit }
    }

    /// A user's month of repairs that the instance pays.
    #[must_use]
    pub const fn repairs(user: UserId, month: Month, limit: Option<i64>) -> Self {
        let (kind, period) = (PurseKind::Repairs, month.number());
        Self { kind, subject: user.as_uuid(), period, limit }
    }

    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> PurseKind {
        self.kind
    }

    /// The most that may be spent of it; `None` where nobody set any.
    #[must_use]
    pub const fn limit(&self) -> Option<i64> {
        self.limit
    }
}

/// How a purse stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The purse.
    pub purse: Purse,
    /// What calls took.
    pub spent: i64,
    /// What is set aside for calls under way.
    pub reserved: i64,
    /// The highest share of the limit that was told, in percent: 0, 50, 80 or 100.
    pub alerted: u32,
}

impl Balance {
    /// What may still be reserved, never negative; `None` without a limit.
    #[must_use]
    pub fn left(&self) -> Option<i64> {
        let used = self.spent.saturating_add(self.reserved);
        self.purse.limit.map(|limit| limit.saturating_sub(used).max(0))
    }
}

/// Whether a call's money was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// So much of it: at least the least that was wanted.
    Granted(i64),
    /// Nothing. This purse has the least left, and less than was wanted at least.
    Refused(Balance),
}

/// Limits that people set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BudgetLimits {
    /// A user's own.
    pub own: Option<i64>,
    /// An administrator's for the user; `Some(None)`: expressly none.
    pub admin: Option<Option<i64>>,
    /// The project's.
    pub project: Option<i64>,
}

/// The shares of a limit that are told when they are reached, in percent.
const ALERTS: [u32; 3] = [100, 80, 50];

/// What a reservation took from one purse.
#[derive(Debug, Clone, Copy)]
struct Hold {
    purse: PurseKind,
    subject: Uuid,
    period: u32,
    amount: i64,
}

/// Spent, reserved, told: as the columns of a balance.
type Standing = (i64, i64, u32);

fn balance(purse: Purse, (spent, reserved, alerted): Standing) -> Balance {
    Balance { purse, spent, reserved, alerted }
}

impl Conn {
    /// The limits that hold for a user, and in a project if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn budget_limits(
        &mut self,
        user: UserId,
        project: Option<ProjectId>,
    ) -> Result<BudgetLimits> {
        // No project has the id of a user.
        let project = project.map_or(user.as_uuid(), ProjectId::as_uuid);
        let sql = "SELECT scope, nanousd FROM budget_limits WHERE \
                   (scope IN ('own', 'admin') AND subject = $1) OR (scope = 'project' AND subject = $2)";
        let rows: Vec<(LimitScope, Option<i64>)> =
            self.fetch(sql, args![user.as_uuid(), project]).await?;
        let mut limits = BudgetLimits::default();
        for (scope, nanousd) in rows {
            match scope {
                LimitScope::Own => limits.own = nanousd,
                LimitScope::Admin => limits.admin = Some(nanousd),
                LimitScope::Project => limits.project = nanousd,
            }
        }
        Ok(limits)
    }

    /// How purses stand, in the order given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn balances(&mut self, purses: &[Purse]) -> Result<Vec<Balance>> {
        let sql = "SELECT spent, reserved, alerted FROM budget_balances \
                   WHERE purse = $1 AND subject = $2 AND period = $3";
        let mut balances = Vec::with_capacity(purses.len());
        for purse in purses {
            let args = args![purse.kind, purse.subject, purse.period];
            let found: Option<Standing> = self.fetch_optional(sql, args).await?;
            balances.push(balance(*purse, found.unwrap_or_default()));
        }
        Ok(balances)
    }
}

impl Tx {
    /// Sets a limit for a user or a project; `Some(None)` is expressly none, `None` takes back what was set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_budget_limit(
        &mut self,
        scope: LimitScope,
        subject: Uuid,
        limit: Option<Option<i64>>,
        now: Timestamp,
    ) -> Result<()> {
        match limit {
            Some(nanousd) => {
                let sql = "INSERT INTO budget_limits (scope, subject, nanousd, updated_at) \
                           VALUES ($1, $2, $3, $4) ON CONFLICT (scope, subject) DO UPDATE SET \
                           nanousd = excluded.nanousd, updated_at = excluded.updated_at";
                self.execute(sql, args![scope, subject, nanousd, now]).await?;
            }
            None => {
                let sql = "DELETE FROM budget_limits WHERE scope = $1 AND subject = $2";
                self.execute(sql, args![scope, subject]).await?;
            }
        }
        Ok(())
    }

    /// Sets money aside for a step's call: `wanted` from each purse, or what all of them have left where that is at
    /// least `least`. What was set aside for this step before is given back first. A refusal changes nothing.
    ///
    /// # Errors
    /// `StaleFence`.
    pub async fn reserve(
        &mut self,
        fence: &Fence,
        step: u32,
        purses: &[Purse],
        wanted: i64,
        least: i64,
    ) -> Result<Reserved> {
        self.hold(fence).await?;
        let held = self.holds(fence.generation, Some(step)).await?;
        let mut purses = purses.to_vec();
        purses.sort_by_key(|purse| purse.kind);
        let mut grant = wanted;
        let mut tightest: Option<Balance> = None;
        for purse in &purses {
            let mut balance = self.take_balance(*purse).await?;
            // A turn that waited over a month's end holds money of the month before.
            let before = held_of(&held, purse).filter(|hold| hold.period == purse.period);
            balance.reserved -= before.map_or(0, |hold| hold.amount);
            if let Some(left) = balance.left()
                && tightest.and_then(|tightest| tightest.left()).is_none_or(|least| left < least)
            {
                tightest = Some(balance);
                grant = grant.min(left);
            }
        }
        if let Some(tightest) = tightest
            && grant < least
        {
            return Ok(Reserved::Refused(tightest));
        }
        self.give_back(fence.generation, Some(step)).await?;
        for purse in &purses {
            let sql = "UPDATE budget_balances SET reserved = reserved + $4 \
                       WHERE purse = $1 AND subject = $2 AND period = $3";
            self.execute(sql, args![purse.kind, purse.subject, purse.period, grant]).await?;
            let sql = "INSERT INTO budget_reservations \
                       (generation_id, step, purse, subject, period, amount) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
            let (kind, subject, period) = (purse.kind, purse.subject, purse.period);
            self.execute(sql, args![fence.generation, step, kind, subject, period, grant]).await?;
        }
        Ok(Reserved::Granted(grant))
    }

    /// Books what a step's call took, in the month in which it was reserved, and gives back what was set aside for it.
    /// Gives those purses that have now reached 50, 80 or 100 percent of their limit, each share once; what was told is
    /// [`Balance::alerted`].
    ///
    /// # Errors
    /// `StaleFence`.
    pub async fn settle(
        &mut self,
        fence: &Fence,
        step: u32,
        purses: &[Purse],
        took: i64,
    ) -> Result<Vec<Balance>> {
        self.hold(fence).await?;
        let held = self.holds(fence.generation, Some(step)).await?;
        let mut purses = purses.to_vec();
        purses.sort_by_key(|purse| purse.kind);
        let mut reached = Vec::new();
        for mut purse in purses {
            let mut amount = 0;
            if let Some(hold) = held_of(&held, &purse) {
                (purse.period, amount) = (hold.period, hold.amount);
            } else if took == 0 {
                continue;
            }
            let before = self.take_balance(purse).await?;
            let (spent, reserved) = (before.spent.saturating_add(took), before.reserved - amount);
            let share = |percent: &u32| match purse.limit {
                Some(limit) => {
                    i128::from(spent) * 100 >= i128::from(limit) * i128::from(*percent) && took > 0
                }
                None => false,
            };
            let alerted = ALERTS.into_iter().find(share).unwrap_or(0).max(before.alerted);
            let sql = "UPDATE budget_balances SET spent = $4, reserved = $5, alerted = $6 \
                       WHERE purse = $1 AND subject = $2 AND period = $3";
            let (kind, subject, period) = (purse.kind, purse.subject, purse.period);
            self.execute(sql, args![kind, subject, period, spent, reserved, alerted]).await?;
            if alerted > before.alerted {
                reached.push(Balance { purse, spent, reserved, alerted });
            }
        }
        let sql = "DELETE FROM budget_reservations WHERE generation_id = $1 AND step = $2";
        self.execute(sql, args![fence.generation, step]).await?;
        Ok(reached)
    }

    /// Gives back all that is set aside for a turn, which is over, and lets go of its own purse.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn close_purse(&mut self, generation: GenerationId) -> Result<()> {
        self.give_back(generation, None).await?;
        let sql = "DELETE FROM budget_balances WHERE purse = $1 AND subject = $2";
        self.execute(sql, args![PurseKind::Turn, generation.as_uuid()]).await?;
        Ok(())
    }

    /// A purse's balance, made where there is none and held until the transaction ends.
    pub(crate) async fn take_balance(&mut self, purse: Purse) -> Result<Balance> {
        let sql = "INSERT INTO budget_balances (purse, subject, period, spent, reserved, alerted) \
                   VALUES ($1, $2, $3, 0, 0, 0) ON CONFLICT (purse, subject, period) \
                   DO UPDATE SET reserved = budget_balances.reserved \
                   RETURNING spent, reserved, alerted";
        let args = args![purse.kind, purse.subject, purse.period];
        Ok(balance(purse, self.fetch_one::<Standing>(sql, args).await?))
    }

    async fn holds(&mut self, generation: GenerationId, step: Option<u32>) -> Result<Vec<Hold>> {
        // Nobody else changes a generation's reservations while its fence is held.
        let sql = "SELECT purse, subject, period, amount FROM budget_reservations \
                   WHERE generation_id = $1 AND (step = $2 OR $2 IS NULL) ORDER BY step";
        let rows: Vec<(PurseKind, Uuid, u32, i64)> =
            self.fetch(sql, args![generation, step]).await?;
        let hold = |(purse, subject, period, amount)| Hold { purse, subject, period, amount };
        Ok(rows.into_iter().map(hold).collect())
    }

    async fn give_back(&mut self, generation: GenerationId, step: Option<u32>) -> Result<()> {
        let mut holds = self.holds(generation, step).await?;
        holds.sort_by_key(|hold| hold.purse);
        for hold in &holds {
            let sql = "UPDATE budget_balances SET reserved = reserved - $4 \
                       WHERE purse = $1 AND subject = $2 AND period = $3";
            self.execute(sql, args![hold.purse, hold.subject, hold.period, hold.amount]).await?;
        }
        if !holds.is_empty() {
            let sql = "DELETE FROM budget_reservations WHERE generation_id = $1 \
                       AND (step = $2 OR $2 IS NULL)";
            self.execute(sql, args![generation, step]).await?;
        }
        Ok(())
    }
}

fn held_of<'a>(holds: &'a [Hold], purse: &Purse) -> Option<&'a Hold> {
    holds.iter().find(|hold| hold.purse == purse.kind && hold.subject == purse.subject)
}
