//! Sums of a time, by day and by what they were for.

use std::collections::BTreeMap;

use qv_domain::ProjectId;
use qv_llm::ProviderKind;
use qv_store::{self as store, Conn, UsageFilter};
use qv_wire::{
    UsageDay, UsageGroup, UsageNaive, UsageOfKind, UsageReport, UsageShare, UsageTotals,
};

use super::{Days, date};
use crate::{Result, prices};

/// Groups that are listed by name; all others are one.
const MOST_GROUPS: usize = 100;

pub(super) async fn of(conn: &mut Conn, days: Days, filter: &UsageFilter) -> Result<UsageReport> {
    let cells = conn.usage_by_day_and_model(filter).await?;
    let mut total = UsageTotals::default();
    let mut models: BTreeMap<String, UsageTotals> = BTreeMap::new();
    let mut by_day: BTreeMap<i64, Vec<(String, UsageTotals)>> = BTreeMap::new();
    for cell in cells {
        let totals = totals(&cell.totals);
        let model = format!("{}/{}", cell.group.provider, cell.group.model);
        total = add(total, totals);
        let sum = models.entry(model.clone()).or_default();
        *sum = add(*sum, totals);
        by_day.entry(cell.group.day).or_default().push((model, totals));
    }
    let models = models.into_iter().map(|(model, totals)| UsageGroup {
        name: model.clone(),
        id: Some(model),
        totals,
    });
    let days_of = (days.first..=days.last).map(|day| {
        let models = by_day.remove(&day).unwrap_or_default();
        UsageDay {
            date: date(day),
            totals: models.iter().fold(UsageTotals::default(), |sum, (_, more)| add(sum, *more)),
            models: models.into_iter().map(share).collect(),
        }
    });
    let sent = total.input + total.cache_read + total.cache_write;
    let permille = (total.cache_read * 1_000).checked_div(sent).unwrap_or(0);
    Ok(UsageReport {
        from: date(days.first),
        until: date(days.last),
        total,
        cache_read_permille: u32::try_from(permille).unwrap_or(1_000),
        days: days_of.collect(),
        models: groups(models.collect()),
        kinds: conn
            .usage_by_kind(filter)
            .await?
            .into_iter()
            .map(|by| UsageOfKind { kind: by.group.kind, totals: totals(&by.totals) })
            .collect(),
        projects: groups(conn.usage_by_project(filter).await?.iter().map(project).collect()),
        keys: groups(conn.usage_by_key(filter).await?.iter().map(key).collect()),
        users: match filter.user {
            Some(_) => Vec::new(),
            None => groups(conn.usage_by_user(filter).await?.iter().map(user).collect()),
        },
        prices: prices::source(),
    })
}

fn share((model, totals): (String, UsageTotals)) -> UsageShare {
    UsageShare { model, tokens: tokens(&totals), cost_nanousd: totals.cost_nanousd }
}

fn project(by: &store::UsageBy<store::SpentProject>) -> UsageGroup {
    UsageGroup {
        id: Some(by.group.project_id.to_string()),
        name: project_name(by.group.project_id, by.group.name.as_deref()).to_owned(),
        totals: totals(&by.totals),
    }
}

fn user(by: &store::UsageBy<store::SpentUser>) -> UsageGroup {
    let id = by.group.user_id.to_string();
    let name = by.group.name.clone().unwrap_or_else(|| id.clone());
    UsageGroup { id: Some(id), name, totals: totals(&by.totals) }
}

fn key(by: &store::UsageBy<store::SpentKey>) -> UsageGroup {
    let group = &by.group;
    UsageGroup {
        id: Some(group.key_id.map_or_else(|| group.provider.clone(), |id| id.to_string())),
        name: key_name(
            &group.provider,
            group.key_id.is_some(),
            group.label.as_deref(),
            group.last4.as_deref(),
        ),
        totals: totals(&by.totals),
    }
}

/// What a project is called, or what stands in the place of one.
pub(super) fn project_name(id: ProjectId, name: Option<&str>) -> &str {
    match name {
        Some(name) => name,
        None if id == ProjectId::NONE => "Outside projects",
        None => "A project that is gone",
    }
}

/// What people call a key, or what stood in the place of one.
pub(super) fn key_name(
    provider: &str,
    is_kept: bool,
    label: Option<&str>,
    last4: Option<&str>,
) -> String {
    let kind = ProviderKind::ALL.into_iter().find(|kind| kind.id() == provider);
    let of = kind.map_or(provider, |kind| kind.label());
    match (is_kept, label) {
        (true, None) => format!("A deleted key of {of}"),
        (true, Some(label)) => {
            let name = if label == of { label.to_owned() } else { format!("{of}: {label}") };
            match last4.filter(|last4| !last4.is_empty()) {
                Some(last4) => format!("{name} (…{last4})"),
                None => name,
            }
        }
        (false, _) if kind.is_some_and(ProviderKind::is_local) => format!("{of} (no key needed)"),
        (false, _) => format!("{of} (from the server's environment)"),
    }
}

/// The dearest first; those beyond the first hundred as one.
fn groups(mut all: Vec<UsageGroup>) -> Vec<UsageGroup> {
    all.sort_by(|a, b| {
        let rank = |group: &UsageGroup| (group.totals.cost_nanousd, tokens(&group.totals));
        rank(b).cmp(&rank(a)).then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id))
    });
    if all.len() > MOST_GROUPS {
        let rest = all.split_off(MOST_GROUPS - 1);
        let name = format!("{} others", rest.len());
        let totals = rest.iter().fold(UsageTotals::default(), |sum, more| add(sum, more.totals));
        all.push(UsageGroup { id: None, name, totals });
    }
    all
}

const fn tokens(totals: &UsageTotals) -> u64 {
    totals.input + totals.output + totals.cache_read + totals.cache_write
}

fn totals(row: &store::UsageTotals) -> UsageTotals {
    let money = |nanousd| u64::try_from(nanousd).unwrap_or(0);
    UsageTotals {
        steps: row.calls,
        input: row.tokens.input,
        output: row.tokens.output,
        cache_read: row.tokens.cache_read,
        cache_write: row.tokens.cache_write,
        cost_nanousd: money(row.cost_nanousd),
        unpriced_steps: row.unpriced_calls,
        naive: UsageNaive {
            steps: row.naive.calls,
            spent_tokens: row.naive.spent_tokens,
            tokens: row.naive.tokens,
            priced_steps: row.naive.priced_calls,
            spent_nanousd: money(row.naive.spent_nanousd),
            cost_nanousd: money(row.naive.cost_nanousd),
        },
    }
}

const fn add(a: UsageTotals, b: UsageTotals) -> UsageTotals {
    UsageTotals {
        steps: a.steps + b.steps,
        input: a.input + b.input,
        output: a.output + b.output,
        cache_read: a.cache_read + b.cache_read,
        cache_write: a.cache_write + b.cache_write,
        cost_nanousd: a.cost_nanousd + b.cost_nanousd,
        unpriced_steps: a.unpriced_steps + b.unpriced_steps,
        naive: UsageNaive {
            steps: a.naive.steps + b.naive.steps,
            spent_tokens: a.naive.spent_tokens + b.naive.spent_tokens,
            tokens: a.naive.tokens + b.naive.tokens,
            priced_steps: a.naive.priced_steps + b.naive.priced_steps,
            spent_nanousd: a.naive.spent_nanousd + b.naive.spent_nanousd,
            cost_nanousd: a.naive.cost_nanousd + b.naive.cost_nanousd,
        },
    }
}
