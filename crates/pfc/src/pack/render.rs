//! How a file is shown.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::Part;
use crate::outline::{Lines, Outline, Symbol, SymbolKind, outline};

/// Names that are told of what is left out: one for so many lines, at most so many.
const LINES_PER_NAME: u32 = 8;
const MOST_NAMES: u32 = 48;

/// A file's text as it is sent: whole, or its slices with a line for what is left out between them, such as
/// `[lines 21-92 are not shown: 23 useTimer, 60 Ring]`. Every other line is one of the file's, unchanged, and the
/// numbers tell which.
#[must_use]
pub fn render(path: &str, text: &str, part: &Part) -> String {
    match part {
        Part::Whole => text.to_owned(),
        Part::Slices(slices) => slices_of(text, slices, &outline(path, text)),
    }
}

pub(super) fn slices_of(text: &str, slices: &[Lines], outline: &Outline) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let total = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let mut out = String::new();
    let mut next = 1;
    for slice in slices {
        gap(&mut out, Lines { first: next, last: slice.first.saturating_sub(1) }, outline);
        for at in slice.first..=slice.last {
            out.push_str(lines.get(at as usize - 1).copied().unwrap_or_default());
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
        next = slice.last + 1;
    }
    gap(&mut out, Lines { first: next, last: total }, outline);
    out
}

fn gap(out: &mut String, lines: Lines, outline: &Outline) {
    if lines.count() == 0 {
        return;
    }
    let most = (lines.count() / LINES_PER_NAME).clamp(2, MOST_NAMES) as usize;
    // The longest are told, in the order of the file.
    let mut within: Vec<&Symbol> = outline
        .symbols
        .iter()
        .filter(|symbol| lines.first <= symbol.lines.first && symbol.lines.first <= lines.last)
        .filter(|symbol| symbol.kind != SymbolKind::Route)
        .collect();
    let all = within.len();
    within.sort_by_key(|symbol| (Reverse(symbol.lines.count()), symbol.lines.first));
    within.truncate(most);
    within.sort_by_key(|symbol| symbol.lines.first);
    let _ = write!(out, "[lines {}-{} are not shown", lines.first, lines.last);
    for (at, symbol) in within.iter().enumerate() {
        let sign = if at == 0 { ':' } else { ',' };
        let _ =
            write!(out, "{sign} {} {}", symbol.lines.first, symbol.name.replace(['\n', ']'], " "));
    }
    if all > within.len() && !within.is_empty() {
        let _ = write!(out, " and {} more", all - within.len());
    }
    out.push_str("]\n");
}
