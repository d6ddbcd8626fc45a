//! Two changes of one text brought together: a person's and the agent's. Pure.

use std::ops::Range;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffTag, capture_diff_slices_deadline};

/// Longer texts are not compared line by line: the whole of one is a single place.
const MOST_BYTES: usize = 400_000;
const MOST_LINES: usize = 20_000;
/// A comparison that takes longer goes on more coarsely.
const COMPARING_LIMIT: Duration = Duration::from_secs(1);

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Merged {
    /// The text as it is now, with those changes of the other that touch no line that was changed meanwhile.
    pub(crate) text: String,
    /// The same with the other's lines in the places where both changed something; `None` where there is no such place.
    pub(crate) wanted: Option<String>,
}

/// One change: lines of the base, and the lines that took their place.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hunk {
    base: Range<usize>,
    new: Range<usize>,
}

/// One text with its changes since the base.
struct Side<'a> {
    lines: Vec<&'a str>,
    hunks: Vec<Hunk>,
    /// How many of its hunks are behind us.
    passed: usize,
}

impl<'a> Side<'a> {
    fn new(base: &[&str], text: &'a str) -> Self {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let deadline = Instant::now().checked_add(COMPARING_LIMIT);
        let ops = capture_diff_slices_deadline(Algorithm::Myers, base, &lines, deadline);
        let mut hunks: Vec<Hunk> = Vec::new();
        // By lengths alone: where an operation says that it is may be off once operations were moved together.
        let (mut old, mut new) = (0, 0);
        for op in &ops {
            let (from_old, from_new) = (old, new);
            old += op.old_range().len();
            new += op.new_range().len();
            if op.tag() == DiffTag::Equal {
                continue;
            }
            match hunks.last_mut() {
                // A removal and an addition at one place are one change.
                Some(last) if last.base.end == from_old && last.new.end == from_new => {
                    (last.base.end, last.new.end) = (old, new);
                }
                _ => hunks.push(Hunk { base: from_old..old, new: from_new..new }),
            }
        }
        Self { lines, hunks, passed: 0 }
    }

    fn next(&self) -> Option<&Hunk> {
        self.hunks.get(self.passed)
    }

    /// Takes the next change in if it touches the lines `at`, which grow by it.
    fn take_touching(&mut self, at: &mut Range<usize>) -> bool {
        match self.next() {
            Some(hunk) if hunk.base.start <= at.end && at.start <= hunk.base.end => {
                *at = at.start.min(hunk.base.start)..at.end.max(hunk.base.end);
                self.passed += 1;
                true
            }
            _ => false,
        }
    }

    /// What stands in the place of the base's lines `at`, by its changes from `first` on that were taken in.
    fn in_place_of(&self, at: &Range<usize>, first: usize) -> String {
        // How far this side's lines are ahead of the base's.
        let place = |line: usize, before: Option<&Hunk>| match before {
            Some(hunk) => hunk.new.end + (line - hunk.base.end),
            None => line,
        };
        let start = place(at.start, first.checked_sub(1).and_then(|last| self.hunks.get(last)));
        let end = place(at.end, self.passed.checked_sub(1).and_then(|last| self.hunks.get(last)));
        self.lines.get(start..end).unwrap_or_default().concat()
    }
}

/// Brings what `wanted` changes of `base` into `now`, which somebody else has changed meanwhile. Changes that touch or
/// lie side by side meet each other, unless both come to the same. It may take seconds: not for a thread that others
/// wait for.
pub(crate) fn merge(base: &str, now: &str, wanted: &str) -> Merged {
    if [base, now, wanted].into_iter().any(is_long) {
        return whole(base, now, wanted);
    }
    let lines: Vec<&str> = base.split_inclusive('\n').collect();
    let (mut ours, mut theirs) = (Side::new(&lines, now), Side::new(&lines, wanted));
    let (mut kept, mut other) = (String::new(), String::new());
    let (mut done, mut met) = (0, false);
    loop {
        let start = match (ours.next(), theirs.next()) {
            (Some(a), Some(b)) if b.base.start < a.base.start => b.base.clone(),
            (Some(a), _) => a.base.clone(),
            (None, Some(b)) => b.base.clone(),
            (None, None) => break,
        };
        let (first_of_ours, first_of_theirs) = (ours.passed, theirs.passed);
        let mut at = start;
        // Not `||`: each takes what touches, until neither does.
        while ours.take_touching(&mut at) | theirs.take_touching(&mut at) {}
        for text in [&mut kept, &mut other] {
            text.extend(lines.get(done..at.start).unwrap_or_default().iter().copied());
        }
        done = at.end;
        let here = ours.in_place_of(&at, first_of_ours);
        let there = theirs.in_place_of(&at, first_of_theirs);
        let (by_us, by_them) = (ours.passed > first_of_ours, theirs.passed > first_of_theirs);
        if by_us && by_them && here != there {
            met = true;
            kept.push_str(&here);
            other.push_str(&there);
        } else {
            let text = if by_us { here } else { there };
            kept.push_str(&text);
            other.push_str(&text);
        }
    }
    for text in [&mut kept, &mut other] {
        text.extend(lines.get(done..).unwrap_or_default().iter().copied());
    }
    Merged { text: kept, wanted: met.then_some(other) }
}

fn is_long(text: &str) -> bool {
    text.len() > MOST_BYTES || text.bytes().filter(|byte| *byte == b'\n').count() > MOST_LINES
}

/// The same with the whole text as one place.
fn whole(base: &str, now: &str, wanted: &str) -> Merged {
    let text = if now == base { wanted } else { now };
    let met = now != base && wanted != base && now != wanted;
    Merged { text: text.to_owned(), wanted: met.then(|| wanted.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_one_place() {
        let long = "x\n".repeat(MOST_LINES + 1);
        let (mine, yours) = (format!("mine\n{long}"), format!("{long}yours\n"));
        let merged = merge(&long, &mine, &yours);
        assert_eq!((merged.text, merged.wanted), (mine.clone(), Some(yours)));
        assert_eq!(merge(&long, &long, &mine), Merged { text: mine.clone(), wanted: None });
        assert_eq!(merge(&long, &mine, &long), Merged { text: mine.clone(), wanted: None });
        assert_eq!(merge(&long, &mine, &mine), Merged { text: mine, wanted: None });
        let line = "x".repeat(MOST_BYTES);
        assert!(merge(&line, &format!("{line}mine"), &format!("{line}yours")).wanted.is_some());
    }

    const BASE: &str = "a\nb\nc\nd\ne\nf\n";

    fn fits(now: &str, wanted: &str) -> String {
        let merged = merge(BASE, now, wanted);
        assert_eq!(merged.wanted, None, "{now:?} {wanted:?}");
        merged.text
    }

    #[test]
    fn changes_apart_fit() {
        assert_eq!(fits("A\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\ne\nF\n"), "A\nb\nc\nd\ne\nF\n");
        assert_eq!(fits("a\nd\ne\nf\n", "a\nb\nc\nd\ne\nnew\nf\n"), "a\nd\ne\nnew\nf\n");
        assert_eq!(fits(BASE, "x\n"), "x\n");
        assert_eq!(fits("x\n", BASE), "x\n");
    }

    #[test]
    fn the_same_change_twice_is_one() {
        assert_eq!(fits("a\nB\nc\nd\ne\nf\n", "a\nB\nc\nd\ne\nF\n"), "a\nB\nc\nd\ne\nF\n");
    }

    #[test]
    fn changes_of_the_same_lines_meet() {
        let merged = merge(BASE, "a\nmine\nc\nd\ne\nf\n", "a\nyours\nc\nd\ne\nF\n");
        assert_eq!(merged.text, "a\nmine\nc\nd\ne\nF\n", "what lies apart is made");
        assert_eq!(merged.wanted.as_deref(), Some("a\nyours\nc\nd\ne\nF\n"));
    }

    #[test]
    fn neighbours_meet_too() {
        assert!(merge(BASE, "a\nB\nc\nd\ne\nf\n", "a\nb\nC\nd\ne\nf\n").wanted.is_some());
        assert!(merge("", "mine\n", "yours\n").wanted.is_some());
    }

    /// All texts of up to four lines out of two, against each other.
    #[test]
    fn nothing_of_a_persons_is_ever_lost() {
        let mut texts = vec![String::new()];
        for length in 1..=4_u32 {
            for bits in 0..2_u32.pow(length) {
                texts.push(
                    (0..length)
                        .map(|bit| if bits >> bit & 1 == 0 { "x\n" } else { "y\n" })
                        .collect(),
                );
            }
        }
        for base in &texts {
            for now in &texts {
                assert_eq!(merge(base, now, base).text, *now);
                assert_eq!(merge(base, base, now), Merged { text: now.clone(), wanted: None });
                assert_eq!(merge(base, now, now), Merged { text: now.clone(), wanted: None });
                for wanted in &texts {
                    let one = merge(base, now, wanted);
                    let other = merge(base, wanted, now);
                    assert_eq!(one.wanted.is_some(), other.wanted.is_some());
                    match &one.wanted {
                        // Whose side it is seen from makes no difference.
                        None => assert_eq!(one.text, other.text),
                        Some(left) => assert_eq!(
                            (left, Some(&one.text)),
                            (&other.text, other.wanted.as_ref())
                        ),
                    }
                }
            }
        }
    }
}
