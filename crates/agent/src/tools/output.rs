//! What is shown of what a program writes.

use super::is_hidden;

/// The most characters of a run's output that a model is shown.
pub const SHOWN_CHARS: usize = 4_000;
/// The most characters at its end that people are shown with the run's end.
const TAIL_CHARS: usize = 2_000;
/// Of these, what the beginning has; what is wrong mostly stands at the end.
const HEAD_CHARS: usize = 1_500;
/// A longer line is cut: it is a bundle, not a message.
const LINE_CHARS: usize = 400;

const LEFT_OUT: &str = "[\u{2026} left out \u{2026}]\n";

/// What is kept of a long output while it arrives, in bytes.
const KEPT_HEAD: usize = 16_000;
const KEPT_TAIL: usize = 32_000;

/// Keeps the beginning and the end of what a program writes, in little memory however much it is.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    head: String,
    tail: String,
    is_cut: bool,
}

impl Capture {
    /// Takes more of the output.
    pub fn push(&mut self, text: &str) {
        let room = if self.tail.is_empty() { KEPT_HEAD.saturating_sub(self.head.len()) } else { 0 };
        let (head, rest) = text.split_at(text.floor_char_boundary(room));
        self.head.push_str(head);
        self.tail.push_str(rest);
        if self.tail.len() > 2 * KEPT_TAIL {
            self.shorten();
        }
    }

    /// What is shown of all of it: without colours and the like, at most [`SHOWN_CHARS`] characters.
    #[must_use]
    pub fn finish(mut self) -> String {
        if self.tail.len() > KEPT_TAIL {
            self.shorten();
        }
        let mut text = self.head;
        if self.is_cut {
            text.push('\n');
            text.push_str(LEFT_OUT);
        }
        text.push_str(&self.tail);
        excerpt(&text)
    }

    fn shorten(&mut self) {
        let from = self.tail.ceil_char_boundary(self.tail.len() - KEPT_TAIL);
        self.tail.drain(..from);
        self.is_cut = true;
    }
}

/// The beginning and the end of a text, in whole lines, without what is no text.
pub(crate) fn excerpt(text: &str) -> String {
    let text = clean(text);
    if text.chars().count() <= SHOWN_CHARS {
        return text;
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let within = |most: usize, lines: &mut dyn Iterator<Item = &&str>| {
        let mut room = most;
        let mut count = 0;
        for line in lines {
            let length = line.chars().count();
            if length > room {
                break;
            }
            (room, count) = (room - length, count + 1);
        }
        count
    };
    let head = within(HEAD_CHARS, &mut lines.iter());
    let room = SHOWN_CHARS - HEAD_CHARS - LEFT_OUT.chars().count();
    let tail = within(room, &mut lines[head..].iter().rev());
    let mut out = lines[..head].concat();
    out.push_str(LEFT_OUT);
    out.push_str(&lines[lines.len() - tail..].concat());
    out
}

/// The last of a text, in whole lines.
pub(crate) fn tail(text: &str) -> &str {
    let from = text.char_indices().rev().nth(TAIL_CHARS - 1).map_or(0, |(at, _)| at);
    if from == 0 {
        return text;
    }
    let line = text[from..].find('\n').map_or(from, |at| from + at + 1);
    &text[line..]
}

/// Whether two failures are the same, whatever they took.
pub(crate) fn same_failure(a: &str, b: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split_whitespace().filter(|word| !is_time(word)).map(str::to_owned).collect()
    };
    words(a) == words(b)
}

/// `12:30:01`, `240ms`, `(1.2s)`.
fn is_time(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let Some(first) = word.bytes().next() else { return false };
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || ".:".contains(c));
    first.is_ascii_digit()
        && (matches!(unit, "ms" | "s" | "m" | "us" | "\u{B5}s")
            || (unit.is_empty() && word.contains(':')))
}

/// Text as a terminal would leave it: no colours, of a line that was written over the last state, nothing hidden.
fn clean(text: &str) -> String {
    let text = without_escapes(text);
    let mut out = String::with_capacity(text.len());
    for line in text.split('\n') {
        let line = line.trim_end();
        let line = line.rsplit('\r').next().unwrap_or(line);
        let mut chars = line.chars().filter(|c| *c == '\t' || !is_hidden(*c));
        out.extend(chars.by_ref().take(LINE_CHARS));
        if chars.next().is_some() {
            out.push('\u{2026}');
        }
        out.push('\n');
    }
    let kept = out.trim_end().len();
    out.truncate(kept);
    let blank = out.len() - out.trim_start_matches('\n').len();
    out.drain(..blank);
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Without the sequences by which a terminal is steered.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1B}') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        rest = match rest.chars().next() {
            Some('[') => {
                let end = rest[1..].find(|c: char| ('\u{40}'..='\u{7E}').contains(&c));
                end.map_or("", |end| &rest[end + 2..])
            }
            Some(']') => match rest.find(['\u{7}', '\u{1B}']) {
                Some(end) if rest[end..].starts_with('\u{7}') => &rest[end + 1..],
                Some(end) => rest[end..].strip_prefix("\u{1B}\\").unwrap_or(&rest[end..]),
                None => "",
            },
            Some(c) => &rest[c.len_utf8()..],
            None => "",
        };
    }
    out.push_str(rest);
    out
}
