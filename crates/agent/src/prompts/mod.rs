//! What the model is told. The texts are files beside this one, so that they read as texts; tests
//! hold them still and count their tokens.

use qv_domain::{ProjectType, TurnMode};

use crate::machine::EditStyle;

#[cfg(test)]
mod tests;

/// The most tokens (o200k) that a system prompt has.
pub const SYSTEM_TOKENS: usize = 1_800;

/// The system prompt.
#[must_use]
pub fn system(mode: TurnMode, style: EditStyle) -> String {
    let parts: &[&str] = match (mode, style) {
        (TurnMode::Build, EditStyle::SearchReplace) => &[
            include_str!("build.md"),
            include_str!("data.md"),
            include_str!("runtime.md"),
            include_str!("quality.md"),
            include_str!("protocol.md"),
            include_str!("example.md"),
        ],
        (TurnMode::Build, EditStyle::WholeFile) => &[include_str!("build_whole.md")],
        (TurnMode::Ask, _) => &[include_str!("ask.md"), include_str!("data.md")],
        (TurnMode::Plan, _) => {
            &[include_str!("plan.md"), include_str!("data.md"), include_str!("runtime.md")]
        }
    };
    parts.join("\n").trim_end().to_owned()
}

/// The most tokens (o200k) that the sandbox adds to it.
pub const TOOLS_TOKENS: usize = 250;

/// The system prompt of a build in a project that has a sandbox.
#[must_use]
pub fn system_with_tools(style: EditStyle) -> String {
    let prompt = system(TurnMode::Build, style);
    format!("{prompt}\n\n{}", include_str!("tools.md").trim_end())
}

/// What a kind of app asks for.
pub(crate) fn project_type(kind: ProjectType) -> &'static str {
    match kind {
        ProjectType::WebApp => include_str!("type_web_app.md"),
        ProjectType::MobileApp => include_str!("type_mobile_app.md"),
        ProjectType::Game => include_str!("type_game.md"),
        ProjectType::LandingPage => include_str!("type_landing_page.md"),
    }
    .trim_end()
}

/// Asks to go on after `line`.
pub(crate) fn go_on(line: &str) -> String {
    fill(include_str!("continue.md"), &[("line", line)])
}

/// Asks to begin anew: nothing of the answer could be kept.
pub(crate) fn start_anew() -> String {
    include_str!("start_anew.md").trim_end().to_owned()
}

/// Asks for one file that was cut off.
pub(crate) fn cut_off(path: &str) -> String {
    fill(include_str!("cut_off.md"), &[("path", path)])
}

/// Asks for edits that fit.
pub(crate) fn repair_edits(faults: &str, files: &str) -> String {
    fill(include_str!("repair_edits.md"), &[("faults", faults), ("files", files)])
}

/// Asks for whole files in place of edits that do not fit.
pub(crate) fn repair_whole(faults: &str, files: &str) -> String {
    fill(include_str!("repair_whole.md"), &[("faults", faults), ("files", files)])
}

/// Asks to mend what the checks found; `broke` says whether something that had worked is among it.
pub(crate) fn repair_checks(errors: &str, files: &str, broke: bool) -> String {
    let note = if broke { include_str!("broke.md").trim_end() } else { "" };
    let gap = if broke { "\n" } else { "" };
    let note = format!("{gap}{note}");
    fill(
        include_str!("repair_checks.md"),
        &[("errors", errors), ("broke", &note), ("files", files)],
    )
}

/// Asks to mend what the reviewer found.
pub(crate) fn repair_review(findings: &str, files: &str) -> String {
    fill(include_str!("repair_review.md"), &[("findings", findings), ("files", files)])
}

/// The system prompt of the planner.
pub(crate) fn planner() -> String {
    [include_str!("planner.md"), include_str!("data.md"), include_str!("runtime.md")]
        .join("\n")
        .trim_end()
        .to_owned()
}

/// The system prompt of the reviewer.
pub(crate) fn reviewer() -> String {
    include_str!("reviewer.md").trim_end().to_owned()
}

/// The system prompt of the tester.
pub(crate) fn tester() -> String {
    include_str!("tester.md").trim_end().to_owned()
}

/// A plan that a model made beforehand and nobody agreed to, beside the request.
pub(crate) fn with_steps(items: &str) -> String {
    fill(include_str!("with_steps.md"), &[("items", items)])
}

/// A plan that a person agreed to, beside the request.
pub(crate) fn with_plan(items: &str) -> String {
    fill(include_str!("with_plan.md"), &[("items", items)])
}

/// A change and what was asked for.
pub(crate) fn review(request: &str, plan: &str, diff: &str) -> String {
    let plan = if plan.is_empty() { String::new() } else { format!("<plan>\n{plan}\n</plan>\n\n") };
    let values = [("request", request), ("plan", plan.as_str()), ("diff", diff)];
    fill(include_str!("review.md"), &values)
}

/// An app that works and what was asked for.
pub(crate) fn write_tests(request: &str, files: &str, checks: &str) -> String {
    let checks = if checks.is_empty() { "(none)\n" } else { checks };
    let values = [("request", request), ("files", files.trim()), ("checks", checks.trim_end())];
    fill(include_str!("write_tests.md"), &values)
}

/// Tells what came of runs.
pub(crate) fn ran(results: &str, may_run_more: bool) -> String {
    let then = if may_run_more { include_str!("ran_more.md") } else { include_str!("ran_last.md") };
    fill(include_str!("ran.md"), &[("results", results), ("then", then)])
}

/// Added where runs were asked for in vain.
pub(crate) fn no_sandbox() -> &'static str {
    include_str!("no_sandbox.md").trim_end()
}

/// Added where a file would shrink much.
pub(crate) fn confirm_shrink() -> &'static str {
    include_str!("confirm_shrink.md").trim_end()
}

/// Puts values into a text at `{name}`; what the values contain is left alone.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let value = rest[open + 1..].find('}').and_then(|length| {
            let name = &rest[open + 1..open + 1 + length];
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| (length, *value))
        });
        match value {
            Some((length, value)) => {
                out.push_str(value);
                rest = &rest[open + length + 2..];
            }
            None => {
                out.push('{');
                rest = &rest[open + 1..];
            }
        }
    }
    out.push_str(rest);
    out.trim_end().to_owned()
}
