use std::ops::Range;

use crate::text::{Kind, Token, capitalise, raw};
use crate::words::{BREAKS, DETERMINERS};

/// The longest name that is taken, in characters and in words.
const MAX_CHARS: usize = 60;
const MAX_WORDS: usize = 6;

/// A name that a prompt gives, and the tokens that say it ("called Hopper").
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) tokens: Range<usize>,
}

/// "called Hopper", "named 'Star Smash'", "Hopper: a kanban board".
pub(crate) fn called(tokens: &[Token<'_>]) -> Option<Named> {
    for (at, token) in tokens.iter().enumerate() {
        if token.is(&["called", "named", "titled"]) {
            let mut from = at + 1;
            if tokens.get(from).is_some_and(|t| t.is(&["it", "simply", "just"])) {
                from += 1;
            }
            if let Some(end) = name_end(tokens, from) {
                return Some(Named { name: text(tokens, from..end)?, tokens: at..end });
            }
        }
    }
    let colon = tokens.iter().take(MAX_WORDS).position(|t| matches!(t.raw, ":" | "–" | "—"))?;
    let leading = tokens.get(..colon)?;
    let proper = !leading.is_empty()
        && leading.iter().all(|t| t.kind == Kind::Quoted || t.is_capitalised())
        && !leading.iter().any(|t| t.is(&["app", "prompt", "idea", "please", "build", "make"]));
    (proper && tokens.len() > colon + 2)
        .then(|| Some(Named { name: text(tokens, 0..colon)?, tokens: 0..colon + 1 }))?
}

/// The name of whom a page is for: "for Krume, a bakery", "for Anna's Bakery in Oslo", "for “Krume”".
pub(crate) fn owner(tokens: &[Token<'_>]) -> Option<Named> {
    for (at, token) in tokens.iter().enumerate() {
        if !token.is(&["for", "of"]) {
            continue;
        }
        let mut from = at + 1;
        while tokens.get(from).is_some_and(|t| t.is(DETERMINERS)) {
            from += 1;
        }
        let first = tokens.get(from)?;
        if first.kind == Kind::Quoted {
            return Some(Named { name: text(tokens, from..from + 1)?, tokens: at..from + 1 });
        }
        let mut end = from;
        while tokens.get(end).is_some_and(|t| {
            t.is_capitalised() || (end > from && t.is(&["&", "of"])) || (end > from && t.raw == "&")
        }) {
            end += 1;
        }
        if end == from {
            continue;
        }
        // "for Anna's bakery": the thing that she owns belongs to the name. "for Norwegian fishermen" is no name.
        let owned = tokens.get(end - 1).is_some_and(|t| t.low.ends_with("'s"));
        let closed = tokens
            .get(end)
            .is_none_or(|t| t.kind == Kind::Punct || t.is(BREAKS) || t.is(&["and", "a", "an"]));
        if owned && !closed {
            let things = tokens[end..].iter().take(3);
            let end = end + things.take_while(|t| t.kind == Kind::Word && !t.is(BREAKS)).count();
            let name = text(tokens, from..end)?;
            let name = name.split(' ').map(capitalise).collect::<Vec<_>>().join(" ");
            return Some(Named { name, tokens: at..end });
        }
        if closed {
            return Some(Named { name: text(tokens, from..end)?, tokens: at..end });
        }
    }
    None
}

/// Where a name that starts at `from` ends: a quoted text, a run of capitalised words, or up to three others.
fn name_end(tokens: &[Token<'_>], from: usize) -> Option<usize> {
    let first = tokens.get(from)?;
    match first.kind {
        Kind::Quoted => return Some(from + 1),
        Kind::Punct => return None,
        Kind::Word => {}
    }
    let proper = first.is_capitalised();
    let most = if proper { MAX_WORDS } else { 3 };
    let mut end = from;
    while end < tokens.len() && end - from < most {
        let token = &tokens[end];
        let capital_follows = tokens.get(end + 1).is_some_and(Token::is_capitalised);
        let joins = proper
            && capital_follows
            && (token.raw == "&" || token.is(&["of", "the", "and", "for", "in", "to", "with"]));
        let belongs = if proper && end > from {
            token.is_capitalised() || joins || token.low.chars().all(|c| c.is_ascii_digit())
        } else {
            token.kind == Kind::Word && (end == from || !token.is(BREAKS) && !token.is(&["and"]))
        };
        if !belongs {
            break;
        }
        end += 1;
    }
    (end > from).then_some(end)
}

/// The text of some tokens as a name: one line, trimmed, bounded, with a capital first letter.
pub(crate) fn text(tokens: &[Token<'_>], range: Range<usize>) -> Option<String> {
    clean(&raw(tokens.get(range)?))
}

/// A name for people to read, or nothing when no letter is left.
pub(crate) fn clean(text: &str) -> Option<String> {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let joined = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let trimmed = joined.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '“' | '”' | ',' | ';' | ':' | '.' | '-')
    });
    let cut: String = trimmed.chars().take(MAX_CHARS).collect();
    let cut = cut.trim_end();
    cut.chars().any(char::is_alphanumeric).then(|| capitalise(cut))
}
