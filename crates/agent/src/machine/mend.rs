//! What a repair shows the model: what is wrong, and the real lines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use qv_domain::FilePath;

use super::{Diagnostic, Finding, SmokeOutcome};
use crate::EditFault;
use crate::apply::FileContent;
use crate::prompts;
use crate::protocol::{show_file, show_text};

type Files = BTreeMap<FilePath, FileContent>;

/// A file of up to so many lines is shown whole; of a longer one, so many around each place.
const WHOLE_LINES: usize = 200;
const AROUND_LINES: usize = 15;
/// All files together, in bytes.
const SHOWN_BYTES: usize = 80_000;
const SHOWN_FAULTS: usize = 30;
const MESSAGE_CHARS: usize = 500;

/// Files to show, each with the lines of interest, from 1.
type Places = BTreeMap<FilePath, BTreeSet<usize>>;

/// The faults as a list, each with the block that it is about.
pub(super) fn faults(faults: &[EditFault]) -> String {
    let mut text = String::new();
    for fault in faults.iter().take(SHOWN_FAULTS) {
        let _ = writeln!(text, "- {fault}");
        let diff = fault.diff();
        if !diff.is_empty() {
            text.push_str(&show_text(&diff));
        }
        if matches!(fault, EditFault::Shrinks { .. }) {
            let _ = writeln!(text, "  {}", prompts::confirm_shrink());
        }
    }
    if faults.len() > SHOWN_FAULTS {
        let _ = writeln!(text, "- and {} more", faults.len() - SHOWN_FAULTS);
    }
    text.trim_end().to_owned()
}

/// The files that the faults are about, as they are now, and which of them were shown whole.
pub(super) fn fault_files(
    faults: &[EditFault],
    files: &Files,
    whole: bool,
) -> (String, Vec<FilePath>) {
    let mut places = Places::new();
    for fault in faults {
        let Ok(path) = FilePath::parse(fault.path()) else { continue };
        let lines = places.entry(path).or_default();
        match fault {
            EditFault::NotFound { similar: Some((line, shown)), .. } => {
                let line = *line as usize;
                lines.extend([line, line + shown.lines().count()]);
            }
            EditFault::Ambiguous { lines: at, .. } => {
                lines.extend(at.iter().take(5).map(|line| *line as usize));
            }
            _ => {}
        }
    }
    show(&places, files, whole)
}

/// The errors as a list.
pub(super) fn errors(diagnostics: &[Diagnostic], broken: &[SmokeOutcome]) -> String {
    let mut text = String::new();
    for found in diagnostics.iter().take(SHOWN_FAULTS) {
        text.push_str("- ");
        if let Some(path) = &found.path {
            let _ = write!(text, "{path}");
            for at in [found.line, found.column].into_iter().flatten() {
                let _ = write!(text, ":{at}");
            }
            text.push_str(": ");
        }
        let message: String = found.message.chars().take(MESSAGE_CHARS).collect();
        let _ = writeln!(text, "[{}] {}", found.kind.as_str(), show_text(message.trim()));
    }
    for check in broken {
        let message: String = check.message.chars().take(MESSAGE_CHARS).collect();
        let message = if message.trim().is_empty() { "it was removed" } else { message.trim() };
        let (path, name) = (&check.path, show_text(&check.name));
        let _ = writeln!(text, "- {path}: [smoke check] {name}: {}", show_text(message));
    }
    text.trim_end().to_owned()
}

/// What a reviewer misses or finds wrong, as a list.
pub(super) fn findings(findings: &[Finding]) -> String {
    let line = |found: &Finding| {
        let path = found.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
        format!("- {path}{}\n", show_text(&found.message))
    };
    findings.iter().map(line).collect::<String>().trim_end().to_owned()
}

/// Files in this order, each whole as far as there is room, and which of them.
pub(super) fn whole_files(paths: &[FilePath], files: &Files) -> (String, Vec<FilePath>) {
    let (mut text, mut shown) = (String::new(), Vec::new());
    for path in paths {
        let Some(content) = files.get(path).and_then(FileContent::as_text) else { continue };
        let part = show_file(path, content);
        if shown.contains(path) || text.len() + part.len() > SHOWN_BYTES {
            continue;
        }
        text.push('\n');
        text.push_str(&part);
        shown.push(path.clone());
    }
    (text, shown)
}

/// The files that the errors are in, and the checks that fail.
pub(super) fn error_files(
    diagnostics: &[Diagnostic],
    broken: &[SmokeOutcome],
    files: &Files,
) -> (String, Vec<FilePath>) {
    let mut places = Places::new();
    for found in diagnostics.iter().take(SHOWN_FAULTS) {
        if let Some(path) = &found.path {
            places.entry(path.clone()).or_default().extend(found.line.map(|line| line as usize));
        }
    }
    for check in broken {
        places.entry(check.path.clone()).or_default();
    }
    show(&places, files, false)
}

fn show(places: &Places, files: &Files, whole: bool) -> (String, Vec<FilePath>) {
    let (mut text, mut shown) = (String::new(), Vec::new());
    for (path, at) in places {
        let Some(content) = files.get(path).and_then(FileContent::as_text) else { continue };
        let lines: Vec<&str> = content.lines().collect();
        let part = if whole || lines.len() <= WHOLE_LINES {
            show_file(path, content)
        } else {
            excerpts(path, &lines, at)
        };
        if text.len() + part.len() > SHOWN_BYTES {
            continue;
        }
        if whole || lines.len() <= WHOLE_LINES {
            shown.push(path.clone());
        }
        text.push('\n');
        text.push_str(&part);
    }
    (text, shown)
}

/// Lines around each place; places near each other share theirs. Without a place, the beginning.
fn excerpts(path: &FilePath, lines: &[&str], at: &BTreeSet<usize>) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for line in at.iter().copied().chain(at.is_empty().then_some(1)) {
        let from = line.saturating_sub(AROUND_LINES + 1).min(lines.len());
        let to = (line + AROUND_LINES).min(lines.len());
        match ranges.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => ranges.push((from, to)),
        }
    }
    let mut text = String::new();
    for (from, to) in ranges.into_iter().filter(|(from, to)| from < to) {
        let _ = writeln!(text, "Lines {} to {to} of {} in `{path}`:", from + 1, lines.len());
        for line in &lines[from..to] {
            // A line may be a whole minified program.
            let line: String = line.chars().take(2_000).collect();
            let _ = writeln!(text, "{}", show_text(&line));
        }
    }
    text
}
