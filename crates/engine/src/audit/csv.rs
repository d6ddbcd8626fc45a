//! The audit log as CSV, safe to open in a spreadsheet.

use qv_wire::AuditEntry;

use crate::usage::csv::text;

const COLUMNS: &str = "time,action,actor_kind,actor,actor_id,target_kind,target,target_id,project,project_id,address,\
                       detail";

/// The first line.
pub(super) fn head() -> String {
    format!("{COLUMNS}\r\n")
}

/// One entry.
pub(super) fn line(entry: &AuditEntry) -> String {
    let maybe = |cell: Option<&str>| text(cell.unwrap_or_default());
    let detail: Vec<String> =
        entry.detail.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let cells = [
        entry.at.to_string(),
        entry.action.to_string(),
        entry.actor.to_string(),
        maybe(entry.actor_name.as_deref()),
        entry.actor_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.target.map(|target| target.to_string()).unwrap_or_default(),
        maybe(entry.target_name.as_deref()),
        maybe(entry.target_id.as_deref()),
        maybe(entry.project_name.as_deref()),
        entry.project_id.map(|id| id.to_string()).unwrap_or_default(),
        maybe(entry.address.as_deref()),
        text(&detail.join(" ")),
    ];
    cells.join(",") + "\r\n"
}
