use qv_domain::FilePath;

use super::last_line;
use crate::protocol::{is_fence, opens_file};

/// How much of the new text is held until its shape is known.
const HELD_LINES: usize = 40;
const HELD_BYTES: usize = 8_192;

/// How new text goes on from what was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// It follows what was kept.
    Append(String),
    /// It begins the open file anew: what was kept of it goes.
    Restart(String),
    /// It goes on with another file: the open one stays unfinished.
    Abandon(String),
}

/// Finds the shape of a continuation while it arrives.
#[derive(Debug, Clone)]
pub struct Joiner {
    /// The last lines kept, trimmed at their ends, nearest last.
    tail: Vec<String>,
    open: Option<FilePath>,
    held: String,
    decided: bool,
}

impl Joiner {
    /// A joiner onto `kept`, in which the file `open` is open.
    #[must_use]
    pub fn new(kept: &str, open: Option<FilePath>) -> Self {
        let mut tail: Vec<String> =
            kept.lines().rev().take(HELD_LINES).map(|line| line.trim_end().to_owned()).collect();
        tail.reverse();
        Self { tail, open, held: String::new(), decided: tail_is_empty(kept) }
    }

    /// Takes new text and says how it goes on, once that is known; later text then just follows.
    pub fn push(&mut self, text: &str) -> Option<Joined> {
        if self.decided {
            return Some(Joined::Append(text.to_owned()));
        }
        self.held.push_str(text);
        let whole = self.held.rfind('\n').map_or(0, |at| at + 1);
        let lines: Vec<&str> = self.held[..whole].lines().collect();
        let last = lines.len() >= HELD_LINES || self.held.len() >= HELD_BYTES;
        let joined = match self.decide(&lines, last) {
            Some(joined) => joined,
            // One line without end is no repetition.
            None if last => Joined::Append(self.held.clone()),
            None => return None,
        };
        self.decided = true;
        self.held.clear();
        Some(joined)
    }

    /// The new text is over: what is still held follows in the likeliest shape.
    pub fn finish(&mut self) -> Option<Joined> {
        if self.decided || self.held.is_empty() {
            return None;
        }
        let lines: Vec<&str> = self.held.lines().collect();
        let joined = self.decide(&lines, true);
        self.decided = true;
        joined
    }

    fn decide(&self, lines: &[&str], last: bool) -> Option<Joined> {
        let noise =
            lines.iter().take_while(|line| line.trim().is_empty() || is_fence(line)).count();
        let from = |at: usize| self.held.split_inclusive('\n').skip(at).collect::<String>();
        let first = lines.get(noise)?;
        if self.is_last(first) {
            return Some(Joined::Append(from(noise + 1)));
        }
        if let Some(path) = opens_file(first) {
            if self.open.as_ref() != Some(&path) {
                return Some(match self.open {
                    Some(_) => Joined::Abandon(from(noise)),
                    None => Joined::Append(from(noise)),
                });
            }
            // The tag again, and then the line that was asked for.
            let next = lines.get(noise + 1);
            return match next {
                None if !last => None,
                Some(next) if self.is_last(next) => Some(Joined::Append(from(noise + 2))),
                _ => Some(Joined::Restart(from(noise))),
            };
        }
        if let Some(overlap) = self.overlap(&lines[noise..]) {
            return Some(Joined::Append(from(noise + overlap)));
        }
        if last || !self.may_overlap(&lines[noise..]) {
            let fences = lines.iter().take_while(|line| is_fence(line)).count();
            return Some(Joined::Append(from(fences)));
        }
        None
    }

    fn is_last(&self, line: &str) -> bool {
        self.tail.last().is_some_and(|last| last == line.trim_end())
    }

    /// The most lines that repeat the end of what was kept.
    fn overlap(&self, lines: &[&str]) -> Option<usize> {
        (2..=self.tail.len().min(lines.len())).rev().find(|length| {
            let end = &self.tail[self.tail.len() - length..];
            end.iter().zip(lines).all(|(kept, line)| kept == line.trim_end())
        })
    }

    /// Whether the lines so far may be the beginning of such a repetition.
    fn may_overlap(&self, lines: &[&str]) -> bool {
        (0..self.tail.len()).any(|at| {
            let rest = &self.tail[at..];
            rest.len() > lines.len()
                && rest.iter().zip(lines).all(|(kept, line)| kept == line.trim_end())
        })
    }
}

fn tail_is_empty(kept: &str) -> bool {
    last_line(kept).is_empty()
}
