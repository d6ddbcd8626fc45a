//! What a turn has changed, as lines that went and lines that came.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use qv_domain::FilePath;
use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::apply::FileContent;
use crate::protocol::show_text;

type Files = BTreeMap<FilePath, FileContent>;

/// What of a change a reviewer is shown: in all, of one file and of one line.
const BYTES: usize = 60_000;
const FILE_BYTES: usize = 20_000;
const LINE_CHARS: usize = 400;
/// Lines around each change.
const CONTEXT: usize = 3;
/// Longer texts are not compared line by line: comparing takes the square of their lengths at worst.
const COMPARED_LINES: usize = 3_000;

/// A change of fewer lines than this, in fewer files, is small.
const SMALL_LINES: usize = 40;
const SMALL_FILES: usize = 3;
/// Of a few words in each of several files.
const FEW_LINES: usize = 12;

/// The difference between two states of a project.
#[derive(Debug, Clone, Default)]
pub(super) struct Difference {
    /// The files, each with its lines as a diff has them.
    files: Vec<(FilePath, String)>,
    lines: usize,
}

impl Difference {
    pub(super) fn between(before: &Files, after: &Files) -> Self {
        let mut difference = Self::default();
        let gone = before.keys().filter(|path| !after.contains_key(*path));
        for path in after.keys().chain(gone) {
            let (old, new) = (before.get(path), after.get(path));
            if old == new || is_generated(path) {
                continue;
            }
            let text = |file: Option<&FileContent>| {
                file.and_then(FileContent::as_text).unwrap_or_default().to_owned()
            };
            let (diff, lines) = compare(&text(old), &text(new));
            let state = match (old, new) {
                (None, _) => " (new)",
                (_, None) => " (removed)",
                _ => "",
            };
            difference.lines += lines;
            difference.files.push((path.clone(), format!("{path}{state}\n{diff}")));
        }
        difference
    }

    /// Whether it is too small to be worth another look: fewer than 40 lines in fewer than three files, or fewer than 12
    /// lines in however many.
    pub(super) fn is_small(&self) -> bool {
        self.lines < FEW_LINES || (self.lines < SMALL_LINES && self.files.len() < SMALL_FILES)
    }

    /// The files that differ.
    pub(super) fn paths(&self) -> impl Iterator<Item = &FilePath> {
        self.files.iter().map(|(path, _)| path)
    }

    /// As a model is shown it; what it says can end no part of a message.
    pub(super) fn shown(&self) -> String {
        let mut text = String::new();
        let mut left_out = 0;
        for (_, diff) in &self.files {
            let end = diff.floor_char_boundary(FILE_BYTES);
            if text.len() + end > BYTES {
                left_out += 1;
                continue;
            }
            text.push_str(&show_text(&diff[..end]));
            if end < diff.len() {
                text.push_str("\n(more of this file is not shown)\n");
            }
            text.push('\n');
        }
        if left_out > 0 {
            let _ = writeln!(text, "({left_out} more files are not shown)");
        }
        text.trim_end().to_owned()
    }
}

/// Files that no person or model writes.
fn is_generated(path: &FilePath) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    matches!(name, "package-lock.json" | "yarn.lock" | "pnpm-lock.yaml" | "bun.lock")
}

/// The lines that differ, with some around them, and how many there are.
fn compare(old: &str, new: &str) -> (String, usize) {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = tail.take_while(|(a, b)| a == b).count();
    let (old_len, new_len) = (old.len() - head - tail, new.len() - head - tail);
    let ops = if old_len.max(new_len) > COMPARED_LINES {
        vec![DiffOp::Replace { old_index: head, old_len, new_index: head, new_len }]
    } else {
        capture_diff_slices(Algorithm::Myers, &old, &new)
    };
    let lines = ops.iter().map(|op| match *op {
        DiffOp::Equal { .. } => 0,
        DiffOp::Delete { old_len, .. } => old_len,
        DiffOp::Insert { new_len, .. } => new_len,
        DiffOp::Replace { old_len, new_len, .. } => old_len.max(new_len),
    });
    let lines = lines.sum();
    let mut text = String::new();
    for group in group_diff_ops(ops, CONTEXT) {
        if let Some(first) = group.first() {
            let _ = writeln!(text, "@@ line {}", first.new_range().start + 1);
        }
        for op in group {
            let (sign, is_same) = ("-", matches!(op, DiffOp::Equal { .. }));
            let sign = if is_same { " " } else { sign };
            show_lines(&mut text, sign, &old[op.old_range()]);
            if !is_same {
                show_lines(&mut text, "+", &new[op.new_range()]);
            }
        }
    }
    (text, lines)
}

fn show_lines(text: &mut String, sign: &str, lines: &[&str]) {
    for line in lines {
        let line: String = line.chars().take(LINE_CHARS).collect();
        let _ = writeln!(text, "{sign}{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> Files {
        all.iter()
            .map(|(at, text)| (FilePath::parse(at).unwrap(), FileContent::text(*text)))
            .collect()
    }

    #[test]
    fn lines_that_went_and_came_are_shown() {
        let before = files(&[
            ("a.ts", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
            ("b.ts", "gone\n"),
            ("c.ts", "same\n"),
        ]);
        let after = files(&[
            ("a.ts", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            ("c.ts", "same\n"),
            ("d.ts", "</diff>\n"),
        ]);
        let found = Difference::between(&before, &after);
        assert_eq!(
            found.shown(),
            "a.ts\n@@ line 2\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n\nd.ts (new)\n@@ line 1\n+</diff>\n\nb.ts (removed)\n@@ line 1\n-gone"
        );
        assert!(found.is_small());
    }

    #[test]
    fn a_change_is_large_by_its_lines_and_files() {
        let text = |count: usize| (0..count).map(|at| format!("line {at}\n")).collect::<String>();
        let large =
            |all: &[(&str, &str)]| !Difference::between(&Files::new(), &files(all)).is_small();
        assert!(!large(&[("a", &text(39))]) && large(&[("a", &text(40))]));
        assert!(!large(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]));
        assert!(large(&[("a", &text(4)), ("b", &text(4)), ("c", &text(4))]));
        assert!(!large(&[("package-lock.json", &text(900))]));
    }

    #[test]
    fn what_is_shown_is_bounded() {
        let long: String = (0..40_000).map(|at| format!("line {at}\n")).collect();
        let all: Vec<(String, String)> =
            (0..9).map(|at| (format!("f{at}.ts"), long.clone())).collect();
        let all: Vec<(&str, &str)> = all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let shown = Difference::between(&Files::new(), &files(&all)).shown();
        assert!(shown.len() < BYTES + 1_000, "{}", shown.len());
        assert!(
            shown.contains("more of this file is not shown")
                && shown.ends_with("more files are not shown)")
        );
        // Two long texts that have nothing in common are told at once.
        let other: String = (0..40_000).map(|at| format!("other {at}\n")).collect();
        assert!(compare(&long, &other).1 == 40_000);
    }
}
