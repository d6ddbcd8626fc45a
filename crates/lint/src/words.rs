//! Where words stand in an app's texts.

use crate::App;

/// How often a word stands in all texts of an app, as a whole: not as a part of a longer word. Joining signs belong to
/// words, so `card` is not in `card-title`. Counting ends at `enough`.
pub(crate) fn occurrences(app: &App<'_>, word: &str, enough: usize) -> usize {
    if !app.may_search() {
        return enough;
    }
    let mut count = 0;
    for (_, text) in app.texts() {
        for _ in places(text, word) {
            count += 1;
            if count >= enough {
                return count;
            }
        }
    }
    count
}

/// The offsets at which a word stands in a text, as a whole.
pub(crate) fn places<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let whole = move |at: &usize| {
        !text[..*at].chars().next_back().is_some_and(part)
            && !text[at + word.len()..].chars().next().is_some_and(part)
    };
    text.match_indices(word).map(|(at, _)| at).filter(move |_| !word.is_empty()).filter(whole)
}

/// How often a word stands in all texts as a value or a key of its own: in quotes, or before a colon in a script.
/// Within a sentence it says nothing. Counting ends at `enough`.
pub(crate) fn values(app: &App<'_>, word: &str, enough: usize) -> usize {
    if !app.may_search() {
        return enough;
    }
    let quote = |c: char| matches!(c, '"' | '\'' | '`');
    let mut count = 0;
    for (path, text) in app.texts().filter(|(path, _)| path.extension() != "css") {
        let is_page = path.extension().starts_with("htm");
        for at in places(text, word) {
            let (before, after) = (&text[..at], &text[at + word.len()..]);
            let quoted = before.ends_with(quote) && after.starts_with(quote);
            let key = !is_page && after.trim_start().starts_with(':') && !before.ends_with('#');
            count += usize::from(quoted || key);
            if count >= enough {
                return count;
            }
        }
    }
    count
}
