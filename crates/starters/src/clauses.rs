use crate::text::{Kind, Token};
use crate::words::{DETERMINERS, POLITE};

/// What a clause asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// rename, call
    Rename,
    /// change, set, make, turn
    Change,
    /// add, show
    Add,
    /// remove, hide
    Remove,
    /// Nothing was said: "dark, please".
    None,
}

/// A verb and what it is about.
#[derive(Debug, Clone)]
pub(crate) struct Clause<'t, 'a> {
    pub(crate) verb: Verb,
    pub(crate) tokens: &'t [Token<'a>],
}

const RENAME: &[&str] = &["rename", "call", "name", "retitle", "rebrand"];
const CHANGE: &[&str] = &[
    "change", "make", "set", "turn", "switch", "use", "update", "recolour", "recolor", "paint",
    "go", "replace", "give", "put", "edit", "colour", "color", "increase", "decrease", "try",
];
const ADD: &[&str] =
    &["add", "include", "show", "enable", "insert", "display", "restore", "unhide", "with"];
const REMOVE: &[&str] = &[
    "remove", "hide", "delete", "drop", "without", "disable", "no", "take", "kill", "omit", "minus",
];

pub(crate) fn verb(token: &Token<'_>) -> Option<Verb> {
    if token.kind != Kind::Word {
        return None;
    }
    [(RENAME, Verb::Rename), (CHANGE, Verb::Change), (ADD, Verb::Add), (REMOVE, Verb::Remove)]
        .into_iter()
        .find(|(words, _)| token.is(words))
        .map(|(_, verb)| verb)
}

/// Splits a request into clauses: at full stops, and at commas and "and" where another verb follows.
/// In "change the tagline to ..." a verb alone is not enough, as it may belong to the text.
pub(crate) fn clauses<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<Clause<'t, 'a>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut last = Verb::None;
    let mut at = 0;
    while at <= tokens.len() {
        let ends = tokens.get(at).is_none_or(|t| is_stop(t) || starts_clause(tokens, start, at));
        if !ends {
            at += 1;
            continue;
        }
        if let Some(clause) = read(tokens, start, at, last) {
            last = clause.verb;
            found.push(clause);
        }
        if tokens.get(at).is_some_and(is_stop) {
            last = Verb::None;
        }
        start = at + 1;
        at += 1;
    }
    found
}

/// "get rid of"
fn is_riddance(tokens: &[Token<'_>], at: usize) -> bool {
    matches!(tokens.get(at..at + 3), Some([a, b, c]) if a.is(&["get"]) && b.is(&["rid"]) && c.is(&["of"]))
}

fn is_stop(token: &Token<'_>) -> bool {
    token.kind == Kind::Punct && matches!(token.raw, "." | ";" | "!" | "?" | "\n")
}

fn is_separator(token: &Token<'_>) -> bool {
    token.raw == "," || token.is(&["and", "then", "also", "but", "plus"])
}

/// Whether the separator at `at` begins another clause.
fn starts_clause(tokens: &[Token<'_>], start: usize, at: usize) -> bool {
    if !is_separator(&tokens[at]) || at == start {
        return false;
    }
    let after = (at + 1..tokens.len())
        .find(|i| !is_separator(&tokens[*i]) && !tokens[*i].is(POLITE))
        .unwrap_or(tokens.len());
    let Some(word) = tokens.get(after) else { return false };
    let in_text = tokens[start..at].iter().any(|t| t.is(&["to", "as"]) || t.is(RENAME));
    if is_riddance(tokens, after) {
        return true;
    }
    if verb(word).is_some() {
        return !in_text
            || tokens
                .get(after + 1)
                .is_some_and(|t| t.is(DETERMINERS) || t.is(&["it"]) || t.kind == Kind::Quoted)
            || verb(word).is_some_and(|v| matches!(v, Verb::Add | Verb::Remove));
    }
    // "change the title to X and the tagline to Y"
    in_text && word.is(DETERMINERS) && tokens.iter().skip(after + 1).take(4).any(|t| t.is(&["to"]))
}

fn read<'t, 'a>(
    tokens: &'t [Token<'a>],
    start: usize,
    end: usize,
    before: Verb,
) -> Option<Clause<'t, 'a>> {
    let mut at = start;
    while at < end && (tokens[at].is(POLITE) || tokens[at].kind == Kind::Punct) {
        at += 1;
    }
    let first = tokens.get(at).filter(|_| at < end)?;
    if is_riddance(&tokens[..end], at) {
        return Some(Clause { verb: Verb::Remove, tokens: &tokens[at + 3..end] });
    }
    let Some(found) = verb(first) else {
        return Some(Clause { verb: before, tokens: &tokens[at..end] });
    };
    let second = tokens.get(at + 1).filter(|_| at + 1 < end);
    // "turn off the history", "take out the summary", "get rid of" and "turn on ..."
    let (verb, skip) = match second {
        Some(t) if found == Verb::Change && t.is(&["off"]) => (Verb::Remove, 2),
        Some(t) if found == Verb::Change && t.is(&["on"]) => (Verb::Add, 2),
        Some(t) if first.is(&["take"]) && t.is(&["out", "away", "off"]) => (Verb::Remove, 2),
        _ => (found, 1),
    };
    Some(Clause { verb, tokens: &tokens[at + skip..end] })
}

/// The parts of a list: "a, b and c".
pub(crate) fn items<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    tokens
        .split(|t| matches!(t.raw, "," | "&" | "+" | "/") || t.is(&["and", "plus", "or"]))
        .filter(|item| !item.is_empty())
        .collect()
}
