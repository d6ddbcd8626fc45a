use std::path::PathBuf;

use clap::Args;
use qv_engine::Maintenance;
use qv_wire::UserBudget;

use crate::fault::Fault;
use crate::output;

const NANOS: f64 = 1e9;

/// Shows a user's budget; with `--limit`, `--no-limit` or `--plan` it is changed first.
#[derive(Debug, Args)]
pub(crate) struct Budget {
    /// The address that the user signs in with.
    email: String,
    /// The most for a month, in US dollars, in place of the plan's.
    #[arg(long, value_name = "USD", value_parser = dollars, conflicts_with_all = ["no_limit", "plan"])]
    limit: Option<u64>,
    /// No limit, whatever the plan says.
    #[arg(long, conflicts_with = "plan")]
    no_limit: bool,
    /// What the plan says.
    #[arg(long)]
    plan: bool,
    /// The server's data folder.
    #[arg(long)]
    pub(super) data: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// US dollars in billionths.
fn dollars(text: &str) -> Result<u64, String> {
    let usd: f64 = text.parse().map_err(|_| "not a number, such as 12.50".to_owned())?;
    if !(0.0..=1e6).contains(&usd) {
        return Err("set 0 to 1000000 US dollars".to_owned());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10^15")]
    let nanousd = (usd * NANOS).round() as u64;
    Ok(nanousd)
}

pub(super) async fn run(maintenance: &Maintenance, budget: &Budget) -> Result<(), Fault> {
    let limit = match (budget.limit, budget.no_limit, budget.plan) {
        (Some(limit), ..) => Some(Some(Some(limit))),
        (None, true, _) => Some(Some(None)),
        (None, false, true) => Some(None),
        (None, false, false) => None,
    };
    let found = match limit {
        Some(limit) => maintenance.set_budget(&budget.email, limit).await?,
        None => maintenance.budget(&budget.email).await?,
    };
    output::line(&if budget.json {
        serde_json::to_string(&found).unwrap_or_default()
    } else {
        as_text(&budget.email, &found)
    });
    Ok(())
}

fn as_text(email: &str, found: &UserBudget) -> String {
    #[expect(clippy::cast_precision_loss, reason = "money is shown to the cent")]
    let usd = |nanousd: u64| format!("${:.2}", nanousd as f64 / NANOS);
    let budgets = &found.budgets;
    let ceiling = match (budgets.ceiling_nanousd, found.overridden) {
        (Some(ceiling), true) => format!("{}, set here", usd(ceiling)),
        (Some(ceiling), false) => format!("{}, by the plan", usd(ceiling)),
        (None, true) => "none, set here".to_owned(),
        (None, false) => "none, by the plan".to_owned(),
    };
    let own = budgets.own_limit_nanousd.map_or_else(|| "none".to_owned(), usd);
    format!(
        "{email}, {}\n    limit: {ceiling}; their own: {own}\n    spent: {}, set aside for calls under way: {}\n    repairs, paid by this instance: {}",
        budgets.month,
        usd(budgets.user.spent_nanousd),
        usd(budgets.user.reserved_nanousd),
        usd(budgets.repairs.spent_nanousd),
    )
}
