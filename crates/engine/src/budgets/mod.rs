//! Budgets are walls: a call's worst case is set aside before the call is made, or the call is not made.
//!
//! Four purses: a user's month, a project's month, one turn, and what the instance pays in a month for mending what the
//! agent got wrong for a user. A repair is booked to the last alone, everything else to the other three. Money is set
//! aside in the transaction that queues a turn (its first call) or that writes a call's `step_started`, settled in that
//! of its usage, and given back in that of the turn's end.

mod estimate;
mod first_call;
mod limits;
mod words;
mod worst;

pub(crate) use first_call::{Asking, FirstCall, Place};
use limits::user_limit;
pub(crate) use limits::{SavedLimit, save_user_budget, user_budget};
pub(crate) use worst::Worst;

use qv_domain::{
    GenerationId, Month, Plan, ProjectId, PurseKind, StepKind, Timestamp, UsageId, UserId,
};
use qv_store::{self as store, Purse, Reserved};
use qv_wire::{ErrorCode, EventData};

use crate::{Engine, EngineError, Result};

/// What the plans allow, in billionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanBudgets {
    /// Of `free`.
    pub free: PlanBudget,
    /// Of `pro`.
    pub pro: PlanBudget,
    /// Of `team`.
    pub team: PlanBudget,
}

/// What a plan allows each user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanBudget {
    /// In a month; `None` is no limit.
    pub month: Option<i64>,
    /// In one turn.
    pub turn: i64,
    /// In a month for repairs, which the instance pays.
    pub repairs: i64,
}

impl Default for PlanBudget {
    /// No limit for a month, 2 USD a turn, 5 USD a month of repairs.
    fn default() -> Self {
        Self { month: None, turn: 2_000_000_000, repairs: 5_000_000_000 }
    }
}

impl PlanBudgets {
    pub(crate) const fn of(&self, plan: Plan) -> &PlanBudget {
        match plan {
            Plan::Free => &self.free,
            Plan::Pro => &self.pro,
            Plan::Team => &self.team,
        }
    }
}

/// Who set the limit that holds for a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetBy {
    Plan,
    Admin,
    Own,
}

impl SetBy {
    const fn raise(self) -> &'static str {
        match self {
            Self::Own => "raise your limit in Settings, under Usage",
            Self::Plan | Self::Admin => "ask an administrator to raise the limit",
        }
    }
}

/// For whom and where a call is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payer {
    pub(crate) user: UserId,
    /// None: it is yet to be made.
    pub(crate) project: Option<ProjectId>,
    /// None: it is yet to be queued.
    pub(crate) generation: Option<GenerationId>,
}

/// What a call is paid from, with the limits that hold now.
#[derive(Debug, Clone)]
pub(crate) struct Purses {
    all: Vec<Purse>,
    set_by: SetBy,
    month: Month,
}

impl Engine {
    /// What a call of this kind is paid from.
    pub(crate) async fn purses(
        &self,
        conn: &mut store::Conn,
        payer: Payer,
        kind: StepKind,
        now: Timestamp,
    ) -> Result<Purses> {
        let Payer { user, project, generation } = payer;
        let month = Month::of(now);
        let account = conn.user(user).await?.ok_or_else(|| EngineError::not_found("user"))?;
        let plan = self.config.plans.of(account.plan);
        let set = conn.budget_limits(user, project).await?;
        let (limit, set_by) = user_limit(plan, &set);
        let all = if kind == StepKind::Repair {
            vec![Purse::repairs(user, month, Some(plan.repairs))]
        } else {
            // One that is to come has spent nothing yet: any id stands for it.
            let turn = generation.unwrap_or(GenerationId::from_uuid(user.as_uuid()));
            let mut all = vec![Purse::user(user, month, limit)];
            all.extend(project.map(|project| Purse::project(project, month, set.project)));
            all.push(Purse::turn(turn, Some(plan.turn)));
            all
        };
        Ok(Purses { all, set_by, month })
    }

    /// Sets the first call's worst case aside for a turn that is being queued; last in its transaction.
    ///
    /// # Errors
    /// `BudgetExceeded` names the purse, what is left, what the call needs, and the remedy.
    pub(crate) async fn afford(
        &self,
        tx: &mut store::Tx,
        fence: &store::Fence,
        payer: Payer,
        first: Option<&FirstCall>,
        now: Timestamp,
    ) -> Result<()> {
        let Some(first) = first else { return Ok(()) };
        let purses = self.purses(tx, payer, StepKind::Draft, now).await?;
        match purses.set_aside(tx, fence, 0, &first.worst).await? {
            Ok(_) => Ok(()),
            Err(text) => Err(EngineError::refused(ErrorCode::BudgetExceeded, text)),
        }
    }
}

impl Purses {
    /// Sets a call's worst case aside, or as much of it as a useful answer needs. Gives the most tokens that the answer
    /// may have; or, in words, why the call must not be made.
    pub(crate) async fn set_aside(
        &self,
        tx: &mut store::Tx,
        fence: &store::Fence,
        step: u32,
        worst: &Worst,
    ) -> Result<Result<u32, String>> {
        let (Some(most), Some(least)) = (worst.most(), worst.least()) else {
            return Ok(match self.unmeasured() {
                Some(kind) => Err(words::unknown(kind, self.set_by)),
                None => Ok(worst.output()),
            });
        };
        if most == 0 {
            return Ok(Ok(worst.output()));
        }
        Ok(match tx.reserve(fence, step, &self.all, most, least).await? {
            Reserved::Granted(granted) => Ok(worst.output_for(granted)),
            Reserved::Refused(tightest) => {
                Err(words::refused(&tightest, self.set_by, least, most, self.month))
            }
        })
    }

    /// Books what a call took. Gives what is to be told of it.
    pub(crate) async fn settle(
        &self,
        tx: &mut store::Tx,
        fence: &store::Fence,
        step: u32,
        took: i64,
    ) -> Result<Vec<EventData>> {
        let reached = tx.settle(fence, step, &self.all, took).await?;
        // A turn has its own end for it, and repairs are the instance's.
        let told = reached
            .iter()
            .filter(|balance| matches!(balance.purse.kind(), PurseKind::User | PurseKind::Project));
        let alert = |balance: &store::Balance| EventData::BudgetAlert {
            purse: balance.purse.kind(),
            percent: balance.alerted,
            spent_nanousd: unsigned(balance.spent),
            limit_nanousd: unsigned(balance.purse.limit().unwrap_or(0)),
        };
        Ok(told.map(alert).collect())
    }

    /// Sets a call's worst case aside that belongs to no turn, under the id that its row will have and until a time; last in its
    /// transaction. Gives the most tokens that the answer may have; or, in words, why the call must not be made.
    pub(crate) async fn hold_for_call(
        &self,
        tx: &mut store::Tx,
        id: UsageId,
        user: UserId,
        worst: &Worst,
        times: (Timestamp, Timestamp),
    ) -> Result<Result<u32, String>> {
        let (Some(most), Some(least)) = (worst.most(), worst.least()) else {
            return Ok(match self.unmeasured() {
                Some(kind) => Err(words::unknown(kind, self.set_by)),
                None => Ok(worst.output()),
            });
        };
        let Some(month) = self.month_of_user().filter(|_| most > 0) else {
            return Ok(Ok(worst.output()));
        };
        Ok(match tx.hold_for_call(id, (user, month), (most, least), times).await? {
            Reserved::Granted(granted) => Ok(worst.output_for(granted)),
            Reserved::Refused(balance) => {
                Err(words::refused(&balance, self.set_by, least, most, self.month))
            }
        })
    }

    /// Books what such a call took, and gives back what was set aside for it.
    pub(crate) async fn settle_call(
        &self,
        tx: &mut store::Tx,
        id: UsageId,
        usage: Option<&store::Usage>,
    ) -> Result<()> {
        let month = self.month_of_user();
        let month = month.ok_or_else(|| EngineError::Internal("a call without a purse".into()))?;
        Ok(tx.settle_call(id, month, usage).await?)
    }

    fn month_of_user(&self) -> Option<Purse> {
        self.all.iter().find(|purse| purse.kind() == PurseKind::User).copied()
    }

    /// Why a call would be refused now, in words; `None` when it would not.
    pub(crate) async fn objection(
        &self,
        conn: &mut store::Conn,
        worst: &Worst,
    ) -> Result<Option<String>> {
        let (Some(most), Some(least)) = (worst.most(), worst.least()) else {
            return Ok(self.unmeasured().map(|kind| words::unknown(kind, self.set_by)));
        };
        let balances = conn.balances(&self.all).await?;
        let limited = balances.iter().filter(|balance| balance.left().is_some());
        let tightest = limited.min_by_key(|balance| balance.left());
        let short = tightest.filter(|tightest| tightest.left().is_some_and(|left| left < least));
        Ok(short.map(|tightest| words::refused(tightest, self.set_by, least, most, self.month)))
    }

    /// A month's purse that somebody limited: a call of unknown price cannot be held to it.
    fn unmeasured(&self) -> Option<PurseKind> {
        let months = |purse: &&Purse| matches!(purse.kind(), PurseKind::User | PurseKind::Project);
        self.all.iter().filter(months).find(|purse| purse.limit().is_some()).map(Purse::kind)
    }
}

fn unsigned(nanousd: i64) -> u64 {
    u64::try_from(nanousd).unwrap_or(0)
}
