use crate::change::Change;
use crate::text::{Kind, Token, near, stems};
use crate::{NumberSlot, Starter};

/// How far a number may stand from the words that say what it is.
const REACH: usize = 5;

/// A number that was found, and the tokens that say it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) change: Change,
    pub(crate) tokens: Vec<usize>,
}

/// "50 minute sessions", "a daily goal of 3 hours", "5 lives", "a 5x5 grid".
pub(crate) fn numbers(tokens: &[Token<'_>], starter: &Starter) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some((value, mut grid)) = value(token) else { continue };
        if found.last().is_some_and(|found| found.tokens.contains(&at)) {
            continue;
        }
        // "4 x 4", "5 by 5"
        let square = tokens.get(at + 1).is_some_and(|t| t.is(&["x", "by"]) || t.raw == "×")
            && tokens.get(at + 2).is_some_and(|t| t.low == token.low);
        grid |= square;
        let nearest = starter
            .manifest
            .numbers
            .iter()
            .filter_map(|slot| {
                let is_size = grid && slot.words.iter().any(|word| word == "grid");
                let place = words_near(tokens, at + if square { 2 } else { 0 }, slot)
                    .or_else(|| is_size.then(|| (0, vec![])));
                place.map(|(distance, used)| (distance, used, slot))
            })
            // Nearer first; "short break" before "break" where both are as near.
            .min_by_key(|(distance, used, _)| (*distance, std::cmp::Reverse(used.len())));
        let Some((_, mut used, slot)) = nearest else { continue };
        used.extend(at..=at + if square { 2 } else { 0 });
        let unit = tokens.get(at + 1).filter(|next| is_unit(next));
        used.extend(unit.is_some().then_some(at + 1));
        let hours = unit.is_some_and(|t| t.low.starts_with('h'));
        let value =
            if hours && slot.unit.as_deref() == Some("minutes") { value * 60.0 } else { value };
        let change = Change::Number {
            path: slot.path.clone(),
            label: slot.label.clone(),
            unit: slot.unit.clone(),
            // Whole numbers only; the bounds are checked when it is applied.
            value: value.round().clamp(-1e9, 1e9) as i64,
            min: slot.min,
            max: slot.max,
        };
        found.push(Found { change, tokens: used });
    }
    found
}

/// The number that a token is, and whether it is a square such as "5x5".
fn value(token: &Token<'_>) -> Option<(f64, bool)> {
    if token.kind != Kind::Word {
        return None;
    }
    if let Some((a, b)) = token.low.split_once('x').or_else(|| token.low.split_once('×')) {
        return (a == b).then(|| a.parse().ok().map(|value: f64| (value, true)))?;
    }
    // "50min", "25-minute"
    let digits: String =
        token.low.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let rest = token.low[digits.len()..].trim_start_matches('-');
    let value: f64 = digits.trim_end_matches('.').parse().ok()?;
    match rest {
        "" | "min" | "mins" | "minute" | "minutes" | "m" => Some((value, false)),
        "h" | "hour" | "hours" | "hr" => Some((value * 60.0, false)),
        _ => None,
    }
}

fn is_unit(token: &Token<'_>) -> bool {
    token.is(&["minute", "minutes", "min", "mins", "hour", "hours", "hr", "hrs", "h"])
}

/// How far the words of a slot are from the number at `at`, and which tokens they are. What follows a number is nearer
/// than what stands before it.
fn words_near(tokens: &[Token<'_>], at: usize, slot: &NumberSlot) -> Option<(usize, Vec<usize>)> {
    let mut best: Option<(usize, Vec<usize>)> = None;
    for phrase in &slot.words {
        let wanted = stems(phrase);
        for start in at.saturating_sub(REACH + 2)..tokens.len().min(at + REACH + 1) {
            let end = start + wanted.len();
            let Some(window) = tokens.get(start..end) else { continue };
            let same = window.iter().zip(&wanted).all(|(t, w)| {
                t.kind == Kind::Word && stems(&t.low).first().is_some_and(|s| near(s, w))
            });
            let between = if start > at { at + 1..start } else { end..at };
            let broken = tokens.get(between.clone()).is_none_or(|t| {
                t.iter().any(|t| t.kind == Kind::Punct || value(t).is_some() || t.is(&["and"]))
            });
            if !same || broken || (start..end).contains(&at) {
                continue;
            }
            let distance = between.len() * 2 + usize::from(start < at);
            let used: Vec<usize> = (start..end).collect();
            let better = best.as_ref().is_none_or(|(d, u)| {
                (distance, std::cmp::Reverse(used.len())) < (*d, std::cmp::Reverse(u.len()))
            });
            if better {
                best = Some((distance, used));
            }
        }
    }
    best
}
