//! How one file differs from another, for people.

use qv_domain::FilePath;
use qv_wire::{DiffHunk, DiffLine, DiffLineKind, FileDiff};
use similar::{ChangeTag, TextDiff};

/// Lines around each change.
const CONTEXT: usize = 3;
/// Larger files are counted but not shown.
const MOST_BYTES: usize = 400_000;
const MOST_LINES_SHOWN: usize = 4_000;

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Side {
    /// The file is not there.
    Absent,
    /// It is not text.
    Binary,
    /// Its text.
    Text(String),
}

/// Compares two contents of `path`.
pub(crate) fn file(path: &FilePath, old: &Side, new: &Side) -> FileDiff {
    let change = match (old, new) {
        (Side::Absent, _) => "added",
        (_, Side::Absent) => "removed",
        _ => "changed",
    };
    let mut diff = FileDiff {
        path: path.clone(),
        change: change.to_owned(),
        added: 0,
        removed: 0,
        binary: matches!(old, Side::Binary) || matches!(new, Side::Binary),
        truncated: false,
        hunks: Vec::new(),
    };
    let (Some(old), Some(new)) = (text(old), text(new)) else { return diff };
    if old.len() + new.len() > MOST_BYTES {
        diff.truncated = true;
        return diff;
    }
    let lines = TextDiff::from_lines(old, new);
    let mut shown = 0;
    for group in lines.grouped_ops(CONTEXT) {
        let Some(first) = group.first() else { continue };
        let mut hunk = DiffHunk {
            old_start: line(first.old_range().start),
            new_start: line(first.new_range().start),
            lines: Vec::new(),
        };
        for change in group.iter().flat_map(|op| lines.iter_changes(op)) {
            let kind = match change.tag() {
                ChangeTag::Equal => DiffLineKind::Same,
                ChangeTag::Insert => DiffLineKind::Added,
                ChangeTag::Delete => DiffLineKind::Removed,
            };
            diff.added += u32::from(kind == DiffLineKind::Added);
            diff.removed += u32::from(kind == DiffLineKind::Removed);
            shown += 1;
            if shown <= MOST_LINES_SHOWN {
                let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
                hunk.lines.push(DiffLine { kind, text });
            } else {
                diff.truncated = true;
            }
        }
        if !hunk.lines.is_empty() {
            diff.hunks.push(hunk);
        }
    }
    diff
}

fn text(side: &Side) -> Option<&str> {
    match side {
        Side::Absent => Some(""),
        Side::Binary => None,
        Side::Text(text) => Some(text),
    }
}

fn line(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> FilePath {
        FilePath::parse("a.txt").unwrap()
    }

    #[test]
    fn a_changed_line_stands_between_its_neighbours() {
        let old = Side::Text("a\nb\nc\nd\ne\nf\ng\nh\ni\n".into());
        let new = Side::Text("a\nb\nc\nd\nE\nf\ng\nh\ni\n".into());
        let diff = file(&path(), &old, &new);
        assert_eq!((diff.added, diff.removed, diff.change.as_str()), (1, 1, "changed"));
        assert_eq!(diff.hunks.len(), 1);
        assert_eq!((diff.hunks[0].old_start, diff.hunks[0].new_start), (2, 2));
        let shown: Vec<_> = diff.hunks[0].lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(shown, ["b", "c", "d", "e", "E", "f", "g", "h"]);
    }

    #[test]
    fn absence_and_bytes_are_told() {
        let text = Side::Text("x\n".into());
        assert_eq!(file(&path(), &Side::Absent, &text).change, "added");
        assert_eq!(file(&path(), &text, &Side::Absent).removed, 1);
        let binary = file(&path(), &Side::Binary, &text);
        assert!(binary.binary && binary.hunks.is_empty());
        let large = Side::Text("y\n".repeat(300_000));
        assert!(file(&path(), &text, &large).truncated);
    }
}
