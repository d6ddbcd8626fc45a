//! Tokens and money, per step.

use qv_domain::chat::TokenUsage;
use qv_domain::{GenerationId, KeyId, ProjectId, StepKind, Timestamp, UsageId, UserId};

use crate::db::{Conn, Tx};
use crate::sql::{At, Cells, Column, FromRow, args, row};
use crate::{Fence, Result};

row! {
    /// What one model call took. Stays when its project is deleted: it was spent.
    pub struct Usage {
        /// Its id.
        pub id: UsageId,
        /// Who pays.
        pub user_id: UserId,
        /// Where.
        pub project_id: ProjectId,
        /// In which generation.
        pub generation_id: GenerationId,
        /// Which step of it, from 0.
        pub step: u32,
        /// Why the model was called.
        pub kind: StepKind,
        /// Who answered.
        pub provider: String,
        /// Which model answered.
        pub model: String,
        /// The key that was used; `None` when the provider needs none.
        pub key_id: Option<KeyId>,
        /// Tokens sent and priced in full.
        pub input_tokens: u64,
        /// Tokens answered.
        pub output_tokens: u64,
        /// Tokens read from the provider's cache.
        pub cache_read_tokens: u64,
        /// Tokens written to the provider's cache.
        pub cache_write_tokens: u64,
        /// Whether the provider counted them; otherwise we estimated.
        pub reported: bool,
        /// Money in billionths of a US dollar; `None` when the price is not known.
        pub cost_nanousd: Option<i64>,
        /// Estimate of what sending every file would have sent.
        pub naive_tokens: Option<u64>,
        /// When.
        pub at: Timestamp,
        /// Estimate of what answering whole files would have answered; `None` for calls of before this was counted.
        pub naive_output_tokens: Option<u64>,
        /// What both would have cost at the same price, without a cache; `None` when the price is not known, too.
        pub naive_cost_nanousd: Option<i64>,
    }
}

/// Usage added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageTotals {
    /// Model calls.
    pub calls: u64,
    /// Their tokens; `reported` when all of them were.
    pub tokens: TokenUsage,
    /// Money of the calls whose price is known, in billionths of a US dollar.
    pub cost_nanousd: i64,
    /// Calls whose price is not known.
    pub unpriced_calls: u64,
    /// What the naive way would have taken.
    pub naive: NaiveTotals,
}

/// Calls beside what they would have taken with every file sent and whole files answered: over those for which that
/// was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NaiveTotals {
    /// Calls for which it was counted.
    pub calls: u64,
    /// What these took, in tokens sent and answered.
    pub spent_tokens: u64,
    /// What they would have taken.
    pub tokens: u64,
    /// Calls for which its money is known, too.
    pub priced_calls: u64,
    /// What these cost, in billionths of a US dollar.
    pub spent_nanousd: i64,
    /// What they would have cost.
    pub cost_nanousd: i64,
}

/// SUM is a wide type on PostgreSQL and nothing at all over no rows.
pub(crate) const TOTALS: &str = "COUNT(*) AS calls, \
    CAST(COALESCE(SUM(input_tokens), 0) AS BIGINT) AS input_tokens, \
    CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output_tokens, \
    CAST(COALESCE(SUM(cache_read_tokens), 0) AS BIGINT) AS cache_read_tokens, \
    CAST(COALESCE(SUM(cache_write_tokens), 0) AS BIGINT) AS cache_write_tokens, \
    CAST(COALESCE(SUM(CASE WHEN reported THEN 0 ELSE 1 END), 0) AS BIGINT) AS estimated, \
    CAST(COALESCE(SUM(cost_nanousd), 0) AS BIGINT) AS cost_nanousd, \
    COUNT(*) - COUNT(cost_nanousd) AS unpriced_calls, \
    COUNT(naive_output_tokens) AS naive_calls, \
    CAST(COALESCE(SUM(CASE WHEN naive_output_tokens IS NULL THEN 0 ELSE \
        input_tokens + output_tokens + cache_read_tokens + cache_write_tokens END), 0) AS BIGINT) AS naive_spent_tokens, \
    CAST(COALESCE(SUM(naive_tokens + naive_output_tokens), 0) AS BIGINT) AS naive_tokens, \
    COUNT(naive_cost_nanousd) AS naive_priced_calls, \
    CAST(COALESCE(SUM(CASE WHEN naive_cost_nanousd IS NULL THEN 0 ELSE cost_nanousd END), 0) AS BIGINT) \
        AS naive_spent_nanousd, \
    CAST(COALESCE(SUM(naive_cost_nanousd), 0) AS BIGINT) AS naive_cost_nanousd";

impl FromRow for UsageTotals {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        let number = |name| u64::read(row, At::Name(name));
        let money = |name| i64::read(row, At::Name(name));
        Ok(Self {
            calls: number("calls")?,
            tokens: TokenUsage {
                input: number("input_tokens")?,
                output: number("output_tokens")?,
                cache_read: number("cache_read_tokens")?,
                cache_write: number("cache_write_tokens")?,
                reported: number("estimated")? == 0,
            },
            cost_nanousd: money("cost_nanousd")?,
            unpriced_calls: number("unpriced_calls")?,
            naive: NaiveTotals {
                calls: number("naive_calls")?,
                spent_tokens: number("naive_spent_tokens")?,
                tokens: number("naive_tokens")?,
                priced_calls: number("naive_priced_calls")?,
                spent_nanousd: money("naive_spent_nanousd")?,
                cost_nanousd: money("naive_cost_nanousd")?,
            },
        })
    }
}

impl Conn {
    /// What a project took altogether.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage_of_project(&mut self, project: ProjectId) -> Result<UsageTotals> {
        let sql = format!("SELECT {TOTALS} FROM token_usage WHERE project_id = $1");
        self.fetch_one(sql, args![project]).await
    }

    /// What a generation took altogether.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage_of_generation(&mut self, generation: GenerationId) -> Result<UsageTotals> {
        let sql = format!("SELECT {TOTALS} FROM token_usage WHERE generation_id = $1");
        self.fetch_one(sql, args![generation]).await
    }

    /// A generation's calls, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage_steps(&mut self, generation: GenerationId) -> Result<Vec<Usage>> {
        let sql = format!(
            "SELECT {} FROM token_usage WHERE generation_id = $1 ORDER BY at, id",
            Usage::COLUMNS
        );
        self.fetch(sql, args![generation]).await
    }

    /// How many of a user's last `most` first answers by a model are kept, and their tokens.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answers_of(&mut self, user: UserId, model: &str, most: u32) -> Result<(u64, u64)> {
        let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) FROM \
                   (SELECT output_tokens FROM token_usage WHERE user_id = $1 AND model = $2 \
                   AND kind = $3 ORDER BY at DESC LIMIT $4) AS last_ones";
        self.fetch_one(sql, args![user, model.to_owned(), StepKind::Draft, most]).await
    }
}

impl Tx {
    /// Records what a call took, under the fence of its generation.
    ///
    /// # Errors
    /// `StaleFence`; `Conflict` when it is recorded already.
    pub async fn insert_usage(&mut self, fence: &Fence, usage: &Usage) -> Result<()> {
        self.hold(fence).await?;
        self.insert("token_usage", usage).await
    }
}
