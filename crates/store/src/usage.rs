//! Tokens and money, per step.

use qv_domain::chat::TokenUsage;
use qv_domain::{GenerationId, KeyId, ProjectId, StepKind, Timestamp, UsageId, UserId};

use crate::db::{Conn, Tx};
use crate::sql::{At, Cells, Column, FromRow, args, row};
use crate::{Fence, Result};

const MICROS_PER_DAY: i64 = 86_400 * 1_000_000;

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
    /// What sending every file would have sent, over the calls for which it was estimated.
    pub naive_tokens: u64,
}

/// Usage of one day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageDay {
    /// When the day began.
    pub day: Timestamp,
    /// What it took.
    pub totals: UsageTotals,
}

/// SUM is a wide type on PostgreSQL and nothing at all over no rows.
const TOTALS: &str = "COUNT(*) AS calls, \
    CAST(COALESCE(SUM(input_tokens), 0) AS BIGINT) AS input_tokens, \
    CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output_tokens, \
    CAST(COALESCE(SUM(cache_read_tokens), 0) AS BIGINT) AS cache_read_tokens, \
    CAST(COALESCE(SUM(cache_write_tokens), 0) AS BIGINT) AS cache_write_tokens, \
    CAST(COALESCE(SUM(CASE WHEN reported THEN 0 ELSE 1 END), 0) AS BIGINT) AS estimated, \
    CAST(COALESCE(SUM(cost_nanousd), 0) AS BIGINT) AS cost_nanousd, \
    COUNT(*) - COUNT(cost_nanousd) AS unpriced_calls, \
    CAST(COALESCE(SUM(naive_tokens), 0) AS BIGINT) AS naive_tokens";

impl FromRow for UsageTotals {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        let number = |name| u64::read(row, At::Name(name));
        Ok(Self {
            calls: number("calls")?,
            tokens: TokenUsage {
                input: number("input_tokens")?,
                output: number("output_tokens")?,
                cache_read: number("cache_read_tokens")?,
                cache_write: number("cache_write_tokens")?,
                reported: number("estimated")? == 0,
            },
            cost_nanousd: i64::read(row, At::Name("cost_nanousd"))?,
            unpriced_calls: number("unpriced_calls")?,
            naive_tokens: number("naive_tokens")?,
        })
    }
}

impl FromRow for UsageDay {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        let day = i64::read(row, At::Name("day"))?.saturating_mul(MICROS_PER_DAY);
        Ok(Self { day: Timestamp::from_micros(day), totals: UsageTotals::from_row(row)? })
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

    /// What a user's calls took from `from` until before `until`, day by day in UTC; days without
    /// any are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage_by_day(
        &mut self,
        user: UserId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<UsageDay>> {
        let sql = format!(
            "SELECT at / {MICROS_PER_DAY} AS day, {TOTALS} FROM token_usage \
             WHERE user_id = $1 AND at >= $2 AND at < $3 GROUP BY at / {MICROS_PER_DAY} \
             ORDER BY day"
        );
        self.fetch(sql, args![user, from, until]).await
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
