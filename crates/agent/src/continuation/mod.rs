//! Going on with an answer that was cut off: by whole lines, in whichever of three shapes the model
//! takes it up again.
//!
//! The answer is cut back to a telling line, the model is shown it up to there and asked to repeat
//! that line and go on. It may do so, repeat more, go on at once, or start the open file anew.

mod joiner;

#[cfg(test)]
mod tests;

pub use joiner::{Joined, Joiner};

use qv_domain::FilePath;

use crate::protocol::opens_file;

/// How far back a line is compared with others to be telling.
const NEAR_LINES: usize = 200;
/// How many lines are given up at most to end with a telling one.
const GIVEN_UP_LINES: usize = 20;

/// How much of a cut-off answer is kept, in bytes: up to the end of its last whole line, or of one
/// shortly before that which no other line nearby equals, so that its repetition is recognised.
#[must_use]
pub fn kept(answer: &str) -> usize {
    let whole = answer.rfind('\n').map_or(0, |at| at + 1);
    let near: Vec<&str> = answer[..whole].lines().rev().take(NEAR_LINES).collect();
    let mut end = whole;
    for (at, line) in near.iter().enumerate().take(GIVEN_UP_LINES) {
        let telling = line.chars().any(char::is_alphanumeric)
            && near.iter().enumerate().all(|(other, l)| other == at || l.trim() != line.trim());
        if telling {
            return end;
        }
        end = answer[..end - 1].rfind('\n').map_or(0, |before| before + 1);
    }
    whole
}

/// The last line that is kept: what the model is asked to repeat.
#[must_use]
pub fn last_line(kept: &str) -> &str {
    kept.lines().next_back().unwrap_or_default()
}

/// Where the last tag stands that opens `path`.
#[must_use]
pub fn opener(answer: &str, path: &FilePath) -> Option<usize> {
    let mut at = 0;
    let mut found = None;
    for line in answer.split_inclusive('\n') {
        if opens_file(line).as_deref() == Some(path) {
            found = Some(at);
        }
        at += line.len();
    }
    found
}
