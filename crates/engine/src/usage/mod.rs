//! What was spent: the report of a time, and its rows for an export.

pub mod csv;
mod report;

use qv_domain::{AuditAction, AuditTarget, ProjectId, Timestamp, UsageId, UserId};
use qv_store::{self as store, Db};
use qv_wire::UsageReport;

use crate::audit::{self, Act};
use crate::{Actor, Engine, EngineError, Result};

const MICROS_PER_DAY: i64 = 24 * 3_600 * 1_000_000;
/// A year with its leap day.
const MOST_DAYS: i64 = 366;
const USUAL_DAYS: u32 = 30;

/// Which calls a report is about. Days are those of UTC.
#[derive(Debug, Clone, Default)]
pub struct UsageQuery {
    /// So many days, today included: 1 to 366, 30 unless said.
    pub days: Option<u32>,
    /// The first day, `YYYY-MM-DD`, in the place of `days`.
    pub from: Option<String>,
    /// The last day; today, unless said.
    pub until: Option<String>,
    /// Only in this project.
    pub project: Option<ProjectId>,
    /// Only to this model, `provider/name`.
    pub model: Option<String>,
    /// Only with this key: its id, or a provider's name for calls without a key of the vault.
    pub key: Option<String>,
}

impl Engine {
    /// What the actor's turns took.
    ///
    /// # Errors
    /// `Invalid` with the field of the query.
    pub async fn usage(&self, actor: &Actor, query: &UsageQuery) -> Result<UsageReport> {
        let days = query.days(self.env.now())?;
        report::of(&mut *self.db.read().await?, days, &query.filter(Some(actor.user_id()), days)?)
            .await
    }

    /// The same, row by row.
    ///
    /// # Errors
    /// `Invalid` with the field of the query.
    pub async fn usage_export(&self, actor: &Actor, query: &UsageQuery) -> Result<UsageExport> {
        let export = UsageExport::new(&self.db, Some(actor.user_id()), query, self.env.now())?;
        self.tell_usage_export(actor, "own").await?;
        Ok(export)
    }

    /// What everybody's turns took. Administrators.
    ///
    /// # Errors
    /// `Forbidden`; `Invalid` with the field of the query.
    pub async fn usage_of_all(&self, actor: &Actor, query: &UsageQuery) -> Result<UsageReport> {
        actor.require_admin()?;
        of_all(&self.db, query, self.env.now()).await
    }

    /// The same, row by row. Administrators.
    ///
    /// # Errors
    /// `Forbidden`; `Invalid` with the field of the query.
    pub async fn usage_export_of_all(
        &self,
        actor: &Actor,
        query: &UsageQuery,
    ) -> Result<UsageExport> {
        actor.require_admin()?;
        let export = UsageExport::new(&self.db, None, query, self.env.now())?;
        self.tell_usage_export(actor, "all").await?;
        Ok(export)
    }

    async fn tell_usage_export(&self, actor: &Actor, whose: &'static str) -> Result<()> {
        let now = self.env.now();
        let act = Act::by(actor, AuditAction::UsageExported)
            .on(AuditTarget::Instance, "usage")
            .with("whose", whose)
            .once(audit::hourly(actor, whose, now));
        self.tell_once(act, now).await
    }
}

pub(crate) async fn of_all(db: &Db, query: &UsageQuery, now: Timestamp) -> Result<UsageReport> {
    let days = query.days(now)?;
    report::of(&mut *db.read().await?, days, &query.filter(None, days)?).await
}

/// Calls as CSV, a piece at a time, so that a year of them is never in memory.
#[derive(Debug)]
pub struct UsageExport {
    db: Db,
    filter: store::UsageFilter,
    days: Days,
    next: Next,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    Head,
    After(Option<(Timestamp, UsageId)>),
    Nothing,
}

impl UsageExport {
    fn new(db: &Db, user: Option<UserId>, query: &UsageQuery, now: Timestamp) -> Result<Self> {
        let days = query.days(now)?;
        Ok(Self { db: db.clone(), filter: query.filter(user, days)?, days, next: Next::Head })
    }

    /// What to call the file.
    #[must_use]
    pub fn name(&self) -> String {
        format!("quickvibe-usage-{}-{}.csv", date(self.days.first), date(self.days.last))
    }

    /// The next piece, the head first; `None` at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let with_users = self.filter.user.is_none();
        match self.next {
            Next::Head => {
                self.next = Next::After(None);
                Ok(Some(csv::head(with_users)))
            }
            Next::After(after) => {
                let lines = self.db.read().await?.usage_lines(&self.filter, after).await?;
                let Some(last) = lines.last() else {
                    self.next = Next::Nothing;
                    return Ok(None);
                };
                self.next = Next::After(Some((last.usage.at, last.usage.id)));
                Ok(Some(lines.iter().map(|line| csv::line(line, with_users)).collect()))
            }
            Next::Nothing => Ok(None),
        }
    }
}

/// Days since 1970, both included.
#[derive(Debug, Clone, Copy)]
struct Days {
    first: i64,
    last: i64,
}

impl UsageQuery {
    fn days(&self, now: Timestamp) -> Result<Days> {
        let today = day_of(now);
        let last = self.until.as_deref().map_or(Ok(today), |text| day("until", text))?;
        let first = match (&self.from, self.days) {
            (Some(_), Some(_)) => {
                return Err(EngineError::invalid(
                    "days",
                    "Give either `days` or `from`, not both.",
                ));
            }
            (Some(text), None) => day("from", text)?,
            (None, days) => {
                let days = i64::from(days.unwrap_or(USUAL_DAYS));
                if !(1..=MOST_DAYS).contains(&days) {
                    return Err(EngineError::invalid("days", "Ask for 1 to 366 days."));
                }
                last - days + 1
            }
        };
        if first > last {
            return Err(EngineError::invalid(
                "from",
                "The first day is after the last. Swap them.",
            ));
        }
        if last - first >= MOST_DAYS {
            return Err(EngineError::invalid("from", "Ask for at most 366 days at a time."));
        }
        Ok(Days { first, last })
    }

    fn filter(&self, user: Option<UserId>, days: Days) -> Result<store::UsageFilter> {
        let model = self.model.as_deref().map(|id| -> Result<_> {
            let (provider, model) = id.split_once('/').ok_or_else(|| {
                EngineError::invalid(
                    "model",
                    "Name the model as `provider/name`, as the report does.",
                )
            })?;
            Ok(store::ProviderModel { provider: provider.to_owned(), model: model.to_owned() })
        });
        let key = self.key.as_deref().map(|key| match key.parse() {
            Ok(id) => store::UsageKey::Kept(id),
            Err(_) => store::UsageKey::Without(key.to_owned()),
        });
        Ok(store::UsageFilter {
            user,
            project: self.project,
            model: model.transpose()?,
            key,
            from: start(days.first),
            until: start(days.last + 1),
        })
    }
}

fn day_of(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(MICROS_PER_DAY)
}

pub(crate) fn start(day: i64) -> Timestamp {
    Timestamp::from_micros(day.saturating_mul(MICROS_PER_DAY))
}

fn date(day: i64) -> String {
    start(day).to_string().chars().take(10).collect()
}

pub(crate) fn day(field: &'static str, text: &str) -> Result<i64> {
    let at = serde_json::from_value::<Timestamp>(format!("{text}T00:00:00Z").into());
    match at {
        Ok(at) if text.len() == 10 => Ok(day_of(at)),
        _ => Err(EngineError::invalid(field, "Write the day as `2026-11-24`.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_500_000_000_000); // 2026-11-24

    fn told(query: &UsageQuery) -> Result<(String, String), String> {
        let days = query.days(NOW).map_err(|error| error.detail())?;
        Ok((date(days.first), date(days.last)))
    }

    #[test]
    fn a_time_is_days_or_dates_and_at_most_a_year() {
        let span = |from: Option<&str>, until: Option<&str>, days| {
            let (from, until) = (from.map(str::to_owned), until.map(str::to_owned));
            told(&UsageQuery { from, until, days, ..UsageQuery::default() })
        };
        let days = |a: &str, b: &str| Ok((a.to_owned(), b.to_owned()));
        assert_eq!(span(None, None, None), days("2026-10-26", "2026-11-24"));
        assert_eq!(span(None, None, Some(1)), days("2026-11-24", "2026-11-24"));
        assert_eq!(span(Some("2026-11-01"), None, None), days("2026-11-01", "2026-11-24"));
        assert_eq!(span(None, Some("2024-02-29"), Some(2)), days("2024-02-28", "2024-02-29"));
        for (from, until, days) in [
            (None, None, Some(0)),
            (None, None, Some(367)),
            (Some("2026-11-25"), None, None),
            (Some("2024-11-01"), None, None),
            (Some("yesterday"), None, None),
            (Some("2026-02-30"), None, None),
            (Some("2026-1-1"), None, None),
            (Some("2026-11-01"), None, Some(3)),
            (None, Some("2026-11-24T00:00:00Z"), None),
        ] {
            assert!(span(from, until, days).is_err(), "{from:?} {until:?} {days:?}");
        }
    }
}
