use serde::Serialize;
use ts_rs::TS;
use utoipa::ToSchema;

/// `GET /api/usage?days=30`: what the asker's turns took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct UsageReport {
    /// All of it.
    pub total: UsageTotals,
    /// By day, oldest first, days without use included.
    pub days: Vec<UsageDay>,
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
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct UsageDay {
    /// `YYYY-MM-DD`, UTC.
    pub date: String,
    /// That day's sums.
    pub totals: UsageTotals,
}
