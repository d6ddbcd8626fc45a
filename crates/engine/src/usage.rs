//! What was spent.

use std::time::Duration;

use qv_store as store;
use qv_wire::{UsageDay, UsageReport, UsageTotals};

use crate::{Actor, Engine, Result};

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Engine {
    /// What the actor's turns took over the last `days` days (1 to 366), today included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage(&self, actor: &Actor, days: u32) -> Result<UsageReport> {
        let days = days.clamp(1, 366);
        let micros = i64::try_from(DAY.as_micros()).unwrap_or(i64::MAX);
        let today = self.env.now().as_micros().div_euclid(micros);
        let start = |day: i64| qv_domain::Timestamp::from_micros(day * micros);
        let first = today - i64::from(days) + 1;
        let rows = self
            .db
            .read()
            .await?
            .usage_by_day(actor.user_id(), start(first), start(today + 1))
            .await?;
        let mut report = UsageReport { total: UsageTotals::default(), days: Vec::new() };
        for day in first..=today {
            let row = rows.iter().find(|row| row.day == start(day));
            let totals = row.map(|row| totals(&row.totals)).unwrap_or_default();
            report.total = add(report.total, totals);
            let date = start(day).to_string().chars().take(10).collect();
            report.days.push(UsageDay { date, totals });
        }
        Ok(report)
    }
}

fn totals(row: &store::UsageTotals) -> UsageTotals {
    UsageTotals {
        steps: row.calls,
        input: row.tokens.input,
        output: row.tokens.output,
        cache_read: row.tokens.cache_read,
        cache_write: row.tokens.cache_write,
        cost_nanousd: u64::try_from(row.cost_nanousd).unwrap_or(0),
        unpriced_steps: row.unpriced_calls,
    }
}

fn add(a: UsageTotals, b: UsageTotals) -> UsageTotals {
    UsageTotals {
        steps: a.steps + b.steps,
        input: a.input + b.input,
        output: a.output + b.output,
        cache_read: a.cache_read + b.cache_read,
        cache_write: a.cache_write + b.cache_write,
        cost_nanousd: a.cost_nanousd + b.cost_nanousd,
        unpriced_steps: a.unpriced_steps + b.unpriced_steps,
    }
}
