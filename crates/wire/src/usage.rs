use qv_domain::{StepKind, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// `GET /api/usage` and `GET /api/admin/usage`: what turns took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct UsageReport {
    /// The first day, `YYYY-MM-DD`, UTC.
    pub from: String,
    /// The last day.
    pub until: String,
    /// All of it.
    pub total: UsageTotals,
    /// Of 1,000 tokens sent, how many were read from providers' caches.
    pub cache_read_permille: u32,
    /// By day, oldest first, days without use included.
    pub days: Vec<UsageDay>,
    /// By why a model was called: repairs stand apart, they are never charged to an allowance.
    pub kinds: Vec<UsageOfKind>,
    /// By project, the dearest first.
    pub projects: Vec<UsageGroup>,
    /// By model.
    pub models: Vec<UsageGroup>,
    /// By key.
    pub keys: Vec<UsageGroup>,
    /// By user; empty in a report about oneself.
    pub users: Vec<UsageGroup>,
    /// Whose prices these are.
    pub prices: PriceSource,
}

/// Sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS, ToSchema)]
pub struct UsageTotals {
    /// Model calls.
    pub steps: u64,
    /// Tokens sent and priced in full.
    pub input: u64,
    /// Tokens answered.
    pub output: u64,
    /// Tokens read from providers' caches.
    pub cache_read: u64,
    /// Tokens written to them.
    pub cache_write: u64,
    /// Billionths of a US dollar, over the steps whose price is known.
    pub cost_nanousd: u64,
    /// Steps whose price is not known.
    pub unpriced_steps: u64,
    /// What the naive way would have taken.
    pub naive: UsageNaive,
}

/// Steps beside what they would have taken with every file sent and whole files answered, counted with the same
/// tokenizer at the same price, without a cache. Only over the steps for which that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS, ToSchema)]
pub struct UsageNaive {
    /// Steps for which its tokens are known.
    pub steps: u64,
    /// Tokens that these sent and answered.
    pub spent_tokens: u64,
    /// Tokens that they would have.
    pub tokens: u64,
    /// Steps for which its money is known, too.
    pub priced_steps: u64,
    /// Billionths of a US dollar that these cost.
    pub spent_nanousd: u64,
    /// What they would have cost.
    pub cost_nanousd: u64,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct UsageDay {
    /// `YYYY-MM-DD`, UTC.
    pub date: String,
    /// That day's sums.
    pub totals: UsageTotals,
    /// Which models they went to.
    pub models: Vec<UsageShare>,
}

/// A model's part of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct UsageShare {
    /// `provider/name`.
    pub model: String,
    /// Tokens sent and answered.
    pub tokens: u64,
    /// Billionths of a US dollar, over the steps whose price is known.
    pub cost_nanousd: u64,
}

/// What one kind of step took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct UsageOfKind {
    /// The kind.
    pub kind: StepKind,
    /// Its sums.
    pub totals: UsageTotals,
}

/// What a project, model, key or user took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct UsageGroup {
    /// What the query's `project`, `model` or `key` takes for it; `null` for all that are too many to list.
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// Its sums.
    pub totals: UsageTotals,
}

/// Where prices come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct PriceSource {
    /// Whose list, and its version.
    pub source: String,
    /// When it was taken, `YYYY-MM-DD`.
    pub date: String,
}

/// `GET /api/admin/prices`: prices that an administrator has set; all others are the list's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct PriceList {
    /// By model.
    pub items: Vec<ModelPrice>,
    /// Where all other prices come from.
    pub prices: PriceSource,
}

/// A model's price, set by an administrator. Per million tokens, in millionths of a US dollar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct ModelPrice {
    /// `provider/name`.
    pub model: String,
    /// Sent.
    pub input_microusd: u64,
    /// Answered.
    pub output_microusd: u64,
    /// Read from the provider's cache.
    pub cache_read_microusd: u64,
    /// Written to it.
    pub cache_write_microusd: u64,
    /// When it was set.
    pub updated_at: Timestamp,
}

/// `PUT /api/admin/prices`. Per million tokens, in millionths of a US dollar.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavePrice {
    /// `provider/name`.
    pub model: String,
    /// Sent.
    pub input_microusd: u64,
    /// Answered.
    pub output_microusd: u64,
    /// Read from the provider's cache; the price of what is sent, unless said.
    #[ts(optional)]
    pub cache_read_microusd: Option<u64>,
    /// Written to it; the same.
    #[ts(optional)]
    pub cache_write_microusd: Option<u64>,
}
