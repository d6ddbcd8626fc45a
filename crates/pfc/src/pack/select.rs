//! Which lines of which files are worth their tokens.

use qv_domain::FilePath;

use super::render::slices_of;
use super::{PackRequest, Part, Reason, Scope, SentFile};
use crate::facts::{Facts, counted};
use crate::outline::Lines;
use crate::rank::Ranked;
use crate::rank::terms::{self, Query};
use crate::tokens::Scale;

/// What sending a needed file at once is worth, in tokens: about what the second call costs that asks for it, the
/// system prompt above all. A file is sent whole when its chance times this is more than its tokens. On the open
/// replay corpus one call is enough in 15 % of turns with 2,000, in 22 % with 3,000, and a turn costs 2 % more.
const WORTH: f64 = 2_400.0;
/// A longer file is sent in slices when it is likely, though not likely enough to be sent whole: then the model can
/// ask for lines of it rather than for all.
const LONG_TOKENS: u64 = 2_500;
const LIKELY: f64 = 0.2;
/// A part of a file seldom saves the second call by itself, since an edit touches several.
const ALONE: f64 = 0.1;
/// A project of so many tokens is sent whole: choosing would save less than a wrong choice costs.
const SMALL_TOKENS: u64 = 2_500;
/// A gap of so few lines costs as much to tell as to fill.
const GAP_LINES: u32 = 4;
/// Files that are considered at most, the likeliest first.
const MOST_FILES: usize = 40;

/// What there is to choose from.
pub(super) struct Choice<'a> {
    pub(super) request: &'a PackRequest<'a>,
    pub(super) sources: &'a [(&'a FilePath, &'a str)],
    pub(super) facts: &'a [&'a Facts],
    pub(super) query: &'a Query,
    pub(super) scale: Scale,
}

/// A file with the lines that are worth sending, and how much they are worth beyond their tokens.
struct Offer {
    at: usize,
    reason: Reason,
    part: Part,
    gain: f64,
}

impl Choice<'_> {
    /// Chooses within `budget` tokens; by path.
    pub(super) fn select(&self, ranked: &[Ranked], budget: u64) -> Vec<SentFile> {
        let all: u64 = (0..self.sources.len()).map(|at| self.cost(at, &Part::Whole)).sum();
        if all <= budget && (self.request.scope == Scope::Whole || all <= SMALL_TOKENS) {
            return (0..self.sources.len())
                .map(|at| self.sent(at, Reason::AllFit, Part::Whole))
                .collect();
        }
        let mut order: Vec<usize> = (0..ranked.len()).collect();
        order.sort_by(|a, b| ranked[*b].chance.total_cmp(&ranked[*a].chance).then(a.cmp(b)));
        let most = if self.request.scope == Scope::Whole { order.len() } else { MOST_FILES };
        let mut offers: Vec<Offer> =
            order.into_iter().take(most).filter_map(|at| self.offer(at, &ranked[at])).collect();
        offers.sort_by(|a, b| b.gain.total_cmp(&a.gain).then(a.at.cmp(&b.at)));
        let mut left = budget;
        let mut sent = Vec::new();
        for offer in offers {
            let file = self.sent(offer.at, offer.reason, offer.part);
            if file.tokens <= left {
                left -= file.tokens;
                sent.push(file);
            }
        }
        sent.sort_by(|a, b| a.path.cmp(&b.path));
        sent
    }

    fn sent(&self, at: usize, reason: Reason, part: Part) -> SentFile {
        let tokens = self.cost(at, &part);
        SentFile { path: self.sources[at].0.clone(), reason, tokens, part }
    }

    /// Tokens of a file as it is sent, its tag included.
    fn cost(&self, at: usize, part: &Part) -> u64 {
        let (path, text) = self.sources[at];
        let body = match part {
            Part::Whole => self.facts[at].tokens,
            Part::Slices(slices) => counted(&slices_of(text, slices, &self.facts[at].outline)),
        };
        self.scale.up(body + counted(&format!("<file path=\"{path}\">\n</file>\n")))
    }

    /// What of a file is worth sending; `None` for nothing.
    fn offer(&self, at: usize, ranked: &Ranked) -> Option<Offer> {
        let facts = self.facts[at];
        let tokens = facts.tokens as f64;
        let whole = Offer {
            at,
            reason: ranked.reason,
            part: Part::Whole,
            gain: ranked.chance * WORTH / tokens.max(1.0),
        };
        if self.request.scope == Scope::Whole || whole.gain > 1.0 {
            return Some(whole);
        }
        let cut = self.request.slices && facts.tokens >= LONG_TOKENS && ranked.chance >= LIKELY;
        if !cut || facts.outline.chunks.len() < 3 {
            return None;
        }
        let part = self.slices(at, ranked);
        let cost = self.cost(at, &part) as f64;
        Some(Offer { part, gain: ranked.chance * tokens / cost.max(1.0), ..whole })
    }

    /// The telling lines of a file that is too long to be sent whole; what is not shown is named with its lines, so
    /// that the model can ask for it.
    fn slices(&self, at: usize, ranked: &Ranked) -> Part {
        let (facts, text) = (self.facts[at], self.sources[at].1);
        let per_byte = facts.tokens as f64 / (text.len() as f64).max(1.0);
        let starts = line_starts(text);
        let mut slices: Vec<Lines> = Vec::new();
        for (chunk, chance) in facts.outline.chunks.iter().zip(self.chunk_chances(at, ranked, text))
        {
            let tokens = bytes(&starts, text, *chunk).len() as f64 * per_byte;
            if ranked.chance * chance * WORTH * ALONE > tokens {
                slices.push(*chunk);
            }
        }
        joined(slices, facts.lines)
    }

    /// How likely an edit of the file touches each of its chunks.
    fn chunk_chances(&self, at: usize, ranked: &Ranked, text: &str) -> Vec<f64> {
        let outline = &self.facts[at].outline;
        let starts = line_starts(text);
        let counts: Vec<terms::Counted> = outline
            .chunks
            .iter()
            .map(|chunk| terms::Counted::of(bytes(&starts, text, *chunk)))
            .collect();
        let fits = crate::rank::fits(&counts, self.query);
        let path = self.sources[at].0;
        let errors = self.request.errors.iter().map(|(path, line)| (path, *line));
        let pointed_at = errors.chain(self.request.picked).filter(|(at, _)| *at == path);
        let pointed_at: Vec<u32> = pointed_at.filter_map(|(_, line)| line).collect();
        let number = outline.chunks.len() as f64;
        let chance = |(chunk, fit): (&Lines, f64)| {
            let near = |line: &u32| {
                line.saturating_add(8) >= chunk.first && *line <= chunk.last.saturating_add(8)
            };
            if pointed_at.iter().any(near) {
                return 1.0;
            }
            // Fitted as the weights of files were, on the chunks of files that the open corpus' turns changed: words
            // say little of which part of a file is touched, its length and the number of parts more.
            let sum = 0.1 + 1.35 * fit + ranked.chance + 0.6 * f64::from(chunk.count()).ln()
                - number.ln();
            1.0 / (1.0 + (-sum).exp())
        };
        outline.chunks.iter().zip(fits).map(chance).collect()
    }
}

/// Slices in order, drawn together where what lies between is short; all of the file if that is nearly all of it.
pub(super) fn joined(slices: Vec<Lines>, total: u32) -> Part {
    let mut joined: Vec<Lines> = Vec::new();
    for slice in slices {
        match joined.last_mut() {
            Some(last) if slice.first <= last.last + 1 + GAP_LINES => {
                last.last = last.last.max(slice.last);
            }
            _ => joined.push(slice),
        }
    }
    if let Some(first) = joined.first_mut()
        && first.first <= GAP_LINES
    {
        first.first = 1;
    }
    if let Some(last) = joined.last_mut()
        && last.last + GAP_LINES >= total
    {
        last.last = total;
    }
    let shown: u32 = joined.iter().map(|slice| slice.count()).sum();
    if u64::from(shown) * 10 >= u64::from(total) * 9 { Part::Whole } else { Part::Slices(joined) }
}

/// The text of some lines.
fn bytes<'a>(starts: &[usize], text: &'a str, lines: Lines) -> &'a str {
    let start = starts.get(lines.first as usize - 1).copied().unwrap_or(text.len());
    let end = starts.get(lines.last as usize).copied().unwrap_or(text.len());
    text.get(start..end).unwrap_or_default()
}

/// Where each line begins.
fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}
