use qv_domain::{Month, Timestamp, TurnMode, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// A month's purse and how it stands. Money in billionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Budget {
    /// The most that may be spent; `null` when there is no limit.
    pub limit_nanousd: Option<u64>,
    /// What calls took.
    pub spent_nanousd: u64,
    /// What is set aside for calls under way.
    pub reserved_nanousd: u64,
    /// What is left; `null` when there is no limit.
    pub left_nanousd: Option<u64>,
    /// The highest share of the limit that was told: 0, 50, 80 or 100 percent.
    pub alerted: u32,
}

/// `GET /api/budgets`: what the asker may spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Budgets {
    /// The month that runs.
    pub month: Month,
    /// When the next one begins.
    pub resets_at: Timestamp,
    /// The asker's own.
    pub user: Budget,
    /// The limit that they set for themself, if any.
    pub own_limit_nanousd: Option<u64>,
    /// The limit that their plan or an administrator sets, if any: their own counts up to it.
    pub ceiling_nanousd: Option<u64>,
    /// What the instance pays for mending the agent's own mistakes.
    pub repairs: Budget,
    /// The most that one turn may spend.
    pub turn_nanousd: Option<u64>,
}

/// `GET /api/projects/{id}/budget`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct ProjectBudget {
    /// The month that runs.
    pub month: Month,
    /// When the next one begins.
    pub resets_at: Timestamp,
    /// The project's, over all who work on it.
    pub project: Budget,
}

/// `PUT /api/budgets`, `PUT /api/projects/{id}/budget`, `PUT /api/admin/users/{id}/budget`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveBudget {
    /// The most for a month, in billionths of a US dollar; `null` for no limit.
    #[serde(deserialize_with = "Option::deserialize")]
    pub limit_nanousd: Option<u64>,
}

/// `GET /api/admin/users/{id}/budget`: a user's month, for administrators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct UserBudget {
    /// Whose.
    pub user_id: UserId,
    /// What they may spend and have spent.
    pub budgets: Budgets,
    /// Whether an administrator's limit stands in place of the plan's.
    pub overridden: bool,
}

/// `POST /api/estimate` and `POST /api/projects/{id}/estimate`: what a message would cost.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskEstimate {
    /// The message.
    pub message: String,
    /// What it is for; build when left out.
    #[serde(default)]
    #[ts(optional)]
    pub mode: Option<TurnMode>,
    /// Who shall answer; the default model when left out.
    #[serde(default)]
    #[ts(optional)]
    pub model: Option<String>,
    /// The starter of a new project.
    #[serde(default)]
    #[ts(optional)]
    pub starter: Option<String>,
    /// How many pictures go with it.
    #[serde(default)]
    #[ts(optional)]
    pub images: Option<u32>,
}

/// What a message would cost. Money in billionths of a US dollar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Estimate {
    /// Who would answer; `null` when the starters would.
    pub model: Option<String>,
    /// Whether it costs nothing: the starters, or a model on this machine.
    pub free: bool,
    /// Tokens sent.
    pub input_tokens: u64,
    /// Files sent, whole or in part.
    pub files_sent: u32,
    /// Files in the project.
    pub files_total: u32,
    /// Whether the model's tokens are not counted by its own tokenizer.
    pub approximate: bool,
    /// Tokens of an answer like this model's last ones, or a usual one.
    pub typical_output_tokens: u64,
    /// What it usually costs; `null` when the price is not known.
    pub typical_nanousd: Option<u64>,
    /// What the first call costs at most; `null` when the price is not known.
    pub most_nanousd: Option<u64>,
    /// Why it would be refused, and the remedy.
    pub over_budget: Option<String>,
}
