use crate::change::Change;
use crate::clauses::items;
use crate::recognise::{Scope, theme};
use crate::text::{Kind, Token, raw};
use crate::words::{COLOUR_WORDS, DETERMINERS, NOISE};

/// What a prompt asks for beside its subject.
#[derive(Debug, Default)]
pub(crate) struct Features {
    pub(crate) changes: Vec<Change>,
    /// Parts that no setting covers, as they were written.
    pub(crate) left_out: Vec<String>,
}

/// Reads "with due dates and priority, without search" and "dark", "in green". `used` are tokens that say something else.
pub(crate) fn features(tokens: &[Token<'_>], used: &[usize], scope: Scope<'_>) -> Features {
    let mut used = used.to_vec();
    let mut found = Features::default();
    found.changes.extend(looks(tokens, &mut used, scope));
    let mut at = 0;
    while at < tokens.len() {
        let Some(add) = marker(&tokens[at]) else {
            at += 1;
            continue;
        };
        let end = (at + 1..tokens.len())
            .find(|i| marker(&tokens[*i]).is_some() || ends(tokens, *i))
            .unwrap_or(tokens.len());
        let kept: Vec<Token<'_>> =
            (at + 1..end).filter(|i| !used.contains(i)).map(|i| tokens[i].clone()).collect();
        for item in items(&kept) {
            let trimmed = scope.trim(item);
            if trimmed.iter().all(|t| t.kind != Kind::Word || t.is(NOISE))
                && trimmed.iter().all(|t| t.kind != Kind::Quoted)
            {
                continue;
            }
            match scope.item(item, add) {
                Some(change) => found.changes.push(change),
                None => found.left_out.push(raw(trimmed).chars().take(80).collect()),
            }
        }
        at = end;
    }
    found
}

/// Whether features begin here, and whether they are wanted.
fn marker(token: &Token<'_>) -> Option<bool> {
    if token.is(&[
        "with",
        "including",
        "has",
        "having",
        "featuring",
        "includes",
        "include",
        "plus",
        "add",
    ]) {
        Some(true)
    } else if token.is(&["without", "no", "minus", "except", "hide", "exclude"]) {
        Some(false)
    } else {
        None
    }
}

/// Whether features end here.
fn ends(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    matches!(token.raw, "." | ";" | "!" | "\n" | ":" | "(")
        || token.is(&["for", "called", "named", "so", "that", "which", "where", "in"])
}

/// Theme and palette, wherever they stand as such: not "blue" in "blueberry pie" or "orange cake".
fn looks(tokens: &[Token<'_>], used: &mut Vec<usize>, scope: Scope<'_>) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.kind != Kind::Word || used.contains(&at) {
            at += 1;
            continue;
        }
        let two = tokens.get(at + 1).map(|next| format!("{} {}", token.low, next.low));
        let three = tokens
            .get(at + 2)
            .and_then(|next| two.as_ref().map(|two| format!("{two} {}", next.low)));
        let found = [(three, 3), (two, 2), (Some(token.low.clone()), 1)].into_iter().find_map(
            |(words, length)| {
                let words = words?;
                // "black coffee" and "white board" are things; "in black" is a look.
                let plain_theme = matches!(
                    words.as_str(),
                    "dark" | "light" | "dark and light" | "light and dark"
                );
                let change = theme(&words)
                    .filter(|_| plain_theme)
                    .map(Change::Theme)
                    .or_else(|| scope.palette(&words).map(Change::Palette))?;
                Some((change, length))
            },
        );
        let Some((change, length)) = found else {
            at += 1;
            continue;
        };
        if stands_alone(tokens, at, at + length, scope) {
            let negated = at > 0 && tokens[at - 1].is(&["no", "without", "not"]);
            let change = match change {
                Change::Theme("dark") if negated => Some(Change::Theme("light")),
                Change::Theme("light") if negated => Some(Change::Theme("dark")),
                _ if negated => None,
                other => Some(other),
            };
            // The first of each counts: "dark, light text" is dark.
            if let Some(change) = change
                && !changes
                    .iter()
                    .any(|c| std::mem::discriminant(c) == std::mem::discriminant(&change))
            {
                changes.push(change);
            }
            used.extend(at..at + length);
            used.extend(
                (at + length..tokens.len())
                    .take_while(|i| tokens[*i].is(COLOUR_WORDS) || tokens[*i].is(&["mode"])),
            );
            used.extend(
                at.checked_sub(1)
                    .filter(|before| tokens[*before].is(&["in", "no", "not", "and", "a", "an"])),
            );
        }
        at += length;
    }
    changes
}

/// Whether a colour word is about the look: nothing follows that it could describe but the app itself.
fn stands_alone(tokens: &[Token<'_>], start: usize, end: usize, scope: Scope<'_>) -> bool {
    let Some(next) = tokens.get(end) else { return true };
    let manifest = &scope.starter.manifest;
    let names_app = |word: &String| {
        word.split([' ', '-']).any(|part| crate::text::stem(part) == crate::text::stem(&next.low))
    };
    next.kind != Kind::Word
        || next.is(COLOUR_WORDS)
        || next.is(NOISE)
        || next.is(DETERMINERS)
        || scope.palette(&next.low).is_some()
        || manifest
            .keywords
            .iter()
            .chain(&manifest.synonyms)
            .chain([&manifest.title])
            .any(names_app)
        || start
            .checked_sub(1)
            .is_some_and(|before| tokens[before].raw == "," && tokens[end].is(&["with"]))
}
