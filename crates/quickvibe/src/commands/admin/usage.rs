//! `quickvibe admin usage`: what everybody's turns took.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use qv_engine::{Maintenance, UsageQuery, csv};
use qv_wire::{UsageGroup, UsageReport, UsageTotals};

use super::one_line;
use crate::fault::Fault;
use crate::output;

const NAME_CHARS: usize = 40;

#[derive(Debug, Args)]
pub(crate) struct Usage {
    /// How many days, today included (UTC): 1 to 366.
    #[arg(long, default_value_t = 30)]
    days: u32,
    /// What to add up by.
    #[arg(long, value_enum, default_value_t = By::Day)]
    by: By,
    /// Print CSV.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print the whole report as one line of JSON, whatever it is added up by.
    #[arg(long)]
    json: bool,
    /// The server's data folder.
    #[arg(long)]
    pub(super) data: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Day,
    User,
    Project,
    Model,
    Key,
}

pub(super) async fn run(maintenance: &Maintenance, usage: &Usage) -> Result<(), Fault> {
    let query = UsageQuery { days: Some(usage.days), ..UsageQuery::default() };
    let report = maintenance.usage(&query).await?;
    if usage.json {
        output::line(&serde_json::to_string(&report).unwrap_or_default());
        return Ok(());
    }
    let (what, groups) = groups(&report, usage.by);
    if usage.csv {
        output::line(csv::groups(what, &groups).trim_end());
        return Ok(());
    }
    if report.total.steps == 0 {
        output::line(&format!("No model was called from {} to {}.", report.from, report.until));
        return Ok(());
    }
    output::line(&row(what, ["calls", "sent", "cached", "answered", "cost"].map(str::to_owned)));
    for group in &groups {
        output::line(&row(&group.name, cells(&group.totals)));
    }
    output::line(&row("all", cells(&report.total)));
    output::line(&closing(&report));
    Ok(())
}

fn groups(report: &UsageReport, by: By) -> (&'static str, Vec<UsageGroup>) {
    match by {
        By::Day => {
            let used = report.days.iter().filter(|day| day.totals.steps > 0);
            let days =
                used.map(|day| UsageGroup { id: None, name: day.date.clone(), totals: day.totals });
            ("day", days.collect())
        }
        By::User => ("user", report.users.clone()),
        By::Project => ("project", report.projects.clone()),
        By::Model => ("model", report.models.clone()),
        By::Key => ("key", report.keys.clone()),
    }
}

fn row(name: &str, [calls, sent, cached, answered, cost]: [String; 5]) -> String {
    let name = one_line(name);
    let short: String = name.chars().take(NAME_CHARS).collect();
    format!(
        "{short:<NAME_CHARS$}  {calls:>7}  {sent:>12}  {cached:>12}  {answered:>12}  {cost:>12}"
    )
}

fn cells(totals: &UsageTotals) -> [String; 5] {
    let cost = if totals.unpriced_steps == totals.steps {
        "not known".to_owned()
    } else {
        dollars(totals.cost_nanousd)
    };
    [
        totals.steps.to_string(),
        (totals.input + totals.cache_read + totals.cache_write).to_string(),
        totals.cache_read.to_string(),
        totals.output.to_string(),
        cost,
    ]
}

/// What the sums leave out, and what they are compared to.
fn closing(report: &UsageReport) -> String {
    let mut text = format!("Prices as of {} ({}).", report.prices.date, report.prices.source);
    let total = &report.total;
    if total.unpriced_steps > 0 {
        text.push_str(&format!(
            " The sum is without {} calls of unknown price.",
            total.unpriced_steps
        ));
    }
    let naive = &total.naive;
    if naive.priced_steps > 0 {
        text.push_str(&format!(
            "\nSending every file and answering whole files: {} for {} calls that cost {}.",
            dollars(naive.cost_nanousd),
            naive.priced_steps,
            dollars(naive.spent_nanousd)
        ));
    }
    text
}

fn dollars(nanousd: u64) -> String {
    // To a hundredth of a cent: a step costs little.
    let units = nanousd.saturating_add(50_000) / 100_000;
    format!("${}.{:04}", units / 10_000, units % 10_000)
}
