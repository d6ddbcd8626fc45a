//! `quickvibe admin audit`: who did what.

use std::path::PathBuf;

use clap::Args;
use qv_engine::{AuditQuery, Maintenance};
use qv_wire::AuditEntry;

use super::{PAGE, one_line};
use crate::fault::Fault;
use crate::output;

/// Prints entries of the audit log, the newest first.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only from this day on, such as 2026-11-24 (UTC).
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Only this action, such as `sign_in_failed`.
    #[arg(long)]
    action: Option<String>,
    /// Only what this user did or what was done to them: their address or id.
    #[arg(long)]
    user: Option<String>,
    /// At most so many.
    #[arg(long, value_name = "COUNT", conflicts_with = "csv")]
    limit: Option<usize>,
    /// Print CSV.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print JSON, one line each.
    #[arg(long)]
    json: bool,
    /// The server's data folder.
    #[arg(long)]
    pub(super) data: Option<PathBuf>,
}

pub(super) async fn run(maintenance: &Maintenance, audit: Audit) -> Result<(), Fault> {
    let Audit { since, action, user, limit, csv, json, .. } = audit;
    let mut query = AuditQuery { action, user, from: since, limit: PAGE, ..AuditQuery::default() };
    if csv {
        let mut export = maintenance.audit_export(&query).await?;
        while let Some(piece) = export.next().await? {
            if !piece.is_empty() {
                output::line(piece.trim_end());
            }
        }
        return Ok(());
    }
    let mut left = limit.unwrap_or(usize::MAX);
    let mut any = false;
    while left > 0 {
        let page = maintenance.audit(&query).await?;
        for entry in page.items.iter().take(left) {
            any = true;
            output::line(&if json {
                serde_json::to_string(entry).unwrap_or_default()
            } else {
                as_text(entry)
            });
        }
        left = left.saturating_sub(page.items.len());
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    if !any && !json {
        output::line("Nothing of the kind is in the log.");
    }
    Ok(())
}

/// One line: when, what, who, to what, and what else is known.
fn as_text(entry: &AuditEntry) -> String {
    let who = match (&entry.actor_name, entry.actor_id) {
        (Some(name), _) => name.clone(),
        (None, Some(id)) => id.to_string(),
        (None, None) => entry.actor.to_string(),
    };
    let mut words = vec![entry.at.to_string(), entry.action.to_string(), format!("by {who}")];
    if let Some(target) = entry.target {
        let which = entry.target_name.as_ref().or(entry.target_id.as_ref());
        words.push(format!("on {target} {}", which.map_or("", String::as_str)));
    }
    words.extend(entry.project_name.as_ref().map(|name| format!("in {name}")));
    words.extend(entry.address.as_ref().map(|address| format!("from {address}")));
    words.extend(entry.detail.iter().map(|(name, value)| format!("{name}={value}")));
    one_line(&words.join("  "))
}
