//! CSV as RFC 4180 has it, safe to open in a spreadsheet.

use qv_store::UsageLine;
use qv_wire::UsageGroup;

use super::report::{key_name, project_name};

const COLUMNS: &str = "time,project,model,provider,key,kind,input_tokens,cache_read_tokens,cache_write_tokens,\
                       output_tokens,counted_by,cost_usd,naive_input_tokens,naive_output_tokens,naive_cost_usd";

/// The first line of an export of calls.
pub(super) fn head(with_users: bool) -> String {
    let user = if with_users { "user," } else { "" };
    format!("{user}{COLUMNS}\r\n")
}

/// One call.
pub(super) fn line(line: &UsageLine, with_user: bool) -> String {
    let (usage, names) = (&line.usage, &line.names);
    let key = key_name(
        &usage.provider,
        usage.key_id.is_some(),
        names.key_label.as_deref(),
        names.key_last4.as_deref(),
    );
    let known = |tokens: Option<u64>| tokens.map(|tokens| tokens.to_string()).unwrap_or_default();
    let mut cells = Vec::with_capacity(16);
    if with_user {
        cells.push(text(names.user_name.as_deref().unwrap_or_default()));
    }
    // Of calls before whole files were counted, only the files' tokens are known: not the same thing.
    let naive_input = usage.naive_tokens.filter(|_| usage.naive_output_tokens.is_some());
    cells.extend([
        usage.at.to_string(),
        text(project_name(usage.project_id, names.project_name.as_deref())),
        text(&usage.model),
        text(&usage.provider),
        text(&key),
        usage.kind.as_str().to_owned(),
        usage.input_tokens.to_string(),
        usage.cache_read_tokens.to_string(),
        usage.cache_write_tokens.to_string(),
        usage.output_tokens.to_string(),
        if usage.reported { "provider" } else { "estimate" }.to_owned(),
        usd(usage.cost_nanousd.and_then(|cost| u64::try_from(cost).ok())),
        known(naive_input),
        known(usage.naive_output_tokens),
        usd(usage.naive_cost_nanousd.and_then(|cost| u64::try_from(cost).ok())),
    ]);
    cells.join(",") + "\r\n"
}

/// Groups of a report as CSV, the first column named `what`.
#[must_use]
pub fn groups(what: &str, groups: &[UsageGroup]) -> String {
    let mut out = format!(
        "{what},steps,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,cost_usd,unpriced_steps,\
         compared_cost_usd,naive_cost_usd\r\n"
    );
    for group in groups {
        let totals = &group.totals;
        let known = |cost| usd((totals.naive.priced_steps > 0).then_some(cost));
        let cells = [
            text(&group.name),
            totals.steps.to_string(),
            totals.input.to_string(),
            totals.cache_read.to_string(),
            totals.cache_write.to_string(),
            totals.output.to_string(),
            usd((totals.unpriced_steps < totals.steps).then_some(totals.cost_nanousd)),
            totals.unpriced_steps.to_string(),
            known(totals.naive.spent_nanousd),
            known(totals.naive.cost_nanousd),
        ];
        out.push_str(&(cells.join(",") + "\r\n"));
    }
    out
}

/// Dollars to the billionth; empty when not known.
fn usd(nanousd: Option<u64>) -> String {
    nanousd.map_or_else(String::new, |nanousd| {
        format!("{}.{:09}", nanousd / 1_000_000_000, nanousd % 1_000_000_000)
    })
}

/// A cell that came from elsewhere. One that a spreadsheet would compute gets an apostrophe before it; one with a
/// comma, a quote or a line's end stands in quotes.
///
/// Spreadsheets of many countries split by semicolons or tabs, whatever the file's commas: there are none left of these.
pub(crate) fn text(cell: &str) -> String {
    let cell = &cell.replace([';', '\t'], " ");
    let computes = cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\r', '\n']);
    let guard = if computes { "'" } else { "" };
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    } else {
        format!("{guard}{cell}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_computed() {
        for (cell, written) in [
            ("plain", "plain"),
            ("x;=cmd|' /C calc'!A0;y", "x =cmd|' /C calc'!A0 y"),
            ("a, b", "\"a, b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            (" +cmd|' /C calc'!A0", "' +cmd|' /C calc'!A0"),
            ("-2", "'-2"),
            ("@SUM(A1,A2)", "\"'@SUM(A1,A2)\""),
            ("\tx", " x"),
            ("\t=x", "' =x"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(text(cell), written);
        }
        assert_eq!(usd(Some(1_020_000_003)), "1.020000003");
        assert_eq!(usd(None), "");
    }
}
