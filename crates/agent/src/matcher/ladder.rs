use super::lines::{Hits, find, split};
use super::rungs::{self, BY_LINE};
use super::{indent, similar, strip};
use crate::protocol::EditBlock;

/// How an edit's place was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    /// Line by line equal.
    Exact,
    /// Equal but for white space at line ends.
    TrimEnd,
    /// Every line shifted by the same white space.
    Indent,
    /// Equal but for white space at both ends of lines.
    Trim,
    /// Equal but for typographic quotes, dashes and spaces as well.
    Punctuation,
    /// One of the above, without blank edges or line numbers.
    Edges,
    /// In pieces, with `...` for what lies between.
    Elision,
    /// The replacement was there already: nothing to do.
    AlreadyApplied,
}

/// An edit in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The whole new text.
    pub text: String,
    /// How its place was found.
    pub rung: Rung,
    /// Lines that are new.
    pub added: u32,
    /// Lines that are gone.
    pub removed: u32,
}

/// Why an edit has no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchFault {
    /// No rung has a hit.
    NotFound {
        /// The most similar place: its first line, from 1, and its lines.
        similar: Option<(u32, String)>,
    },
    /// A rung has several.
    Ambiguous {
        /// Where each begins, from 1; at most 100.
        lines: Vec<u32>,
    },
    /// There is nothing to look for.
    EmptySearch,
}

/// A replacement of a run of the file's lines.
struct Splice {
    at: usize,
    gone: usize,
    new: Vec<String>,
}

/// Replaces what `block` searches for in `file`. Line ends and the end of the file stay as they are.
///
/// # Errors
/// [`MatchFault`] when there is not exactly one place for it. `file` is unchanged then.
pub fn replace(file: &str, block: &EditBlock) -> Result<Matched, MatchFault> {
    let lines = split(file);
    let search = split(&block.search);
    let replacement = split(&block.replace);
    if search.iter().all(|line| line.trim().is_empty()) {
        return Err(MatchFault::EmptySearch);
    }
    let (rung, splices) = match by_lines(&lines, &search, &replacement)? {
        Some(found) => found,
        None => match elided(&lines, &search, &replacement)? {
            Some(splices) => (Rung::Elision, splices),
            None if is_applied(&lines, &replacement) => (Rung::AlreadyApplied, Vec::new()),
            None => {
                let similar = similar::place(&lines, strip::blank_edges(&search));
                return Err(MatchFault::NotFound { similar });
            }
        },
    };
    Ok(splice(file, &lines, rung, &splices))
}

type Found = Option<(Rung, Vec<Splice>)>;

/// The rungs that take the block as one run of lines.
fn by_lines(file: &[&str], search: &[&str], new: &[&str]) -> Result<Found, MatchFault> {
    if let Some((rung, splice)) = climb(file, search, new)? {
        return Ok(Some((rung, vec![splice])));
    }
    let numberless = strip::line_numbers(search);
    let new = match (&numberless, strip::line_numbers(new)) {
        (Some(_), Some(new)) => new,
        _ => new.to_vec(),
    };
    let search = numberless.as_deref().unwrap_or(search);
    let core = strip::blank_edges(search);
    if numberless.is_none() && core.len() == search.len() {
        return Ok(None);
    }
    let new = if core.len() == search.len() { &new[..] } else { strip::blank_edges(&new) };
    let found = climb(file, core, new)?;
    Ok(found.map(|(_, splice)| (Rung::Edges, vec![splice])))
}

/// Climbs until a rung has a hit; more than one is the end.
fn climb(
    file: &[&str],
    search: &[&str],
    new: &[&str],
) -> Result<Option<(Rung, Splice)>, MatchFault> {
    for rung in BY_LINE {
        let hits = rungs::hits(rung, file, search);
        if let Some(at) = only(&hits)? {
            let gone = search.len();
            let new = indent::fit(&file[at..at + gone], search, new);
            return Ok(Some((rung, Splice { at, gone, new })));
        }
    }
    Ok(None)
}

fn only(hits: &Hits) -> Result<Option<usize>, MatchFault> {
    if hits.count > 1 {
        let lines = hits.at.iter().map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)).collect();
        return Err(MatchFault::Ambiguous { lines });
    }
    Ok(hits.only())
}

/// The pieces between `...` lines, each replaced by its counterpart, in order and apart.
fn elided(file: &[&str], search: &[&str], new: &[&str]) -> Result<Option<Vec<Splice>>, MatchFault> {
    /// Each piece costs a pass over the file.
    const PIECES: usize = 16;
    let olds: Vec<&[&str]> = search.split(|line| strip::is_elision(line)).collect();
    let news: Vec<&[&str]> = new.split(|line| strip::is_elision(line)).collect();
    if olds.len() < 2 || olds.len() != news.len() || olds.len() > PIECES {
        return Ok(None);
    }
    let mut splices: Vec<Splice> = Vec::new();
    let mut from = 0;
    for (old, new) in olds.into_iter().zip(news) {
        if old.is_empty() && new.is_empty() {
            continue;
        }
        let hits = rungs::hits(Rung::TrimEnd, file, old);
        let Some(at) = only(&hits)?.filter(|at| *at >= from) else { return Ok(None) };
        let gone = old.len();
        from = at + gone;
        splices.push(Splice { at, gone, new: indent::fit(&file[at..from], old, new) });
    }
    Ok((!splices.is_empty()).then_some(splices))
}

/// Whether the replacement is in the file, once, and telling enough not to be there by chance.
fn is_applied(file: &[&str], new: &[&str]) -> bool {
    const TELLING_CHARS: usize = 12;
    let new = strip::blank_edges(new);
    let telling = new.iter().flat_map(|line| line.chars()).filter(|c| c.is_alphanumeric());
    telling.take(TELLING_CHARS).count() == TELLING_CHARS
        && find(file.iter().map(|l| l.trim().into()), new.iter().map(|l| l.trim().into())).count
            == 1
}

fn splice(file: &str, lines: &[&str], rung: Rung, splices: &[Splice]) -> Matched {
    let ends_open = !file.ends_with('\n');
    let ends: Vec<&str> = file.split_inclusive('\n').map(line_end).collect();
    let usual = if ends.first() == Some(&"\r\n") { "\r\n" } else { "\n" };
    let mut out: Vec<(&str, &str)> = Vec::with_capacity(lines.len());
    let (mut next, mut added, mut removed) = (0, 0, 0);
    let kept = |range: std::ops::Range<usize>| {
        range.map(|at| (lines[at], ends.get(at).copied().unwrap_or_default()))
    };
    for part in splices {
        out.extend(kept(next..part.at));
        next = part.at + part.gone;
        // Each new line ends as the one in its place did.
        let end = |at: usize| {
            ends.get(part.at + at.min(part.gone.saturating_sub(1))).copied().unwrap_or_default()
        };
        out.extend(part.new.iter().enumerate().map(|(at, line)| (line.as_str(), end(at))));
        let (gone, new) = counts(&lines[part.at..next], &part.new);
        added += new;
        removed += gone;
    }
    out.extend(kept(next..lines.len()));
    let mut text = String::with_capacity(file.len());
    let last = out.len().saturating_sub(1);
    for (at, (line, end)) in out.into_iter().enumerate() {
        text.push_str(line);
        text.push_str(match end {
            _ if at == last && ends_open => "",
            "" => usual,
            end => end,
        });
    }
    Matched { text, rung, added, removed }
}

fn line_end(line: &str) -> &str {
    if line.ends_with("\r\n") {
        "\r\n"
    } else if line.ends_with('\n') {
        "\n"
    } else {
        ""
    }
}

/// Lines gone and new, without those that both sides have at their beginning and end.
fn counts(old: &[&str], new: &[String]) -> (u32, u32) {
    let head = old.iter().zip(new).take_while(|(a, b)| *a == *b).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| *a == *b).count();
    let size = |length: usize| u32::try_from(length - tail).unwrap_or(u32::MAX);
    (size(old.len()), size(new.len()))
}
