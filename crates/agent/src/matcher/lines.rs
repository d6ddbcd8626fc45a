//! A text as lines, and finding a run of lines in time linear to both.

use std::borrow::Cow;
use std::collections::HashMap;

/// The lines of a text without their ends.
pub(super) fn split(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// Where runs of lines begin: how many there are, and at most [`Hits::KEPT`] of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Hits {
    pub(super) count: usize,
    pub(super) at: Vec<usize>,
}

impl Hits {
    /// How many places are kept for the message.
    const KEPT: usize = 100;

    fn add(&mut self, at: usize) {
        self.count += 1;
        if self.at.len() < Self::KEPT {
            self.at.push(at);
        }
    }

    /// The one hit, if there is exactly one.
    pub(super) fn only(&self) -> Option<usize> {
        if self.count == 1 { self.at.first().copied() } else { None }
    }
}

/// All places where `needle` stands in `hay`, overlapping ones too (Knuth, Morris and Pratt over
/// line numbers, so that equal lines cost one comparison). An empty needle has none.
pub(super) fn find<'a>(
    hay: impl Iterator<Item = Cow<'a, str>>,
    needle: impl Iterator<Item = Cow<'a, str>>,
) -> Hits {
    find_where(hay, needle, |_| true)
}

/// As [`find`], but only the places that `keep` wants.
pub(super) fn find_where<'a>(
    hay: impl Iterator<Item = Cow<'a, str>>,
    needle: impl Iterator<Item = Cow<'a, str>>,
    keep: impl Fn(usize) -> bool,
) -> Hits {
    let mut ids: HashMap<Cow<'a, str>, usize> = HashMap::new();
    let needle: Vec<usize> = needle
        .map(|line| {
            let next = ids.len();
            *ids.entry(line).or_insert(next)
        })
        .collect();
    let mut hits = Hits::default();
    if needle.is_empty() {
        return hits;
    }
    let borders = borders(&needle);
    let mut matched = 0;
    for (at, line) in hay.enumerate() {
        let id = ids.get(&line).copied();
        while matched > 0 && id != Some(needle[matched]) {
            matched = borders[matched - 1];
        }
        if id == Some(needle[matched]) {
            matched += 1;
        }
        if matched == needle.len() {
            if keep(at + 1 - matched) {
                hits.add(at + 1 - matched);
            }
            matched = borders[matched - 1];
        }
    }
    hits
}

/// For each beginning of `needle`, the length of its longest proper border.
fn borders(needle: &[usize]) -> Vec<usize> {
    let mut borders = vec![0; needle.len()];
    let mut length = 0;
    for at in 1..needle.len() {
        while length > 0 && needle[at] != needle[length] {
            length = borders[length - 1];
        }
        if needle[at] == needle[length] {
            length += 1;
        }
        borders[at] = length;
    }
    borders
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str) -> Vec<Cow<'_, str>> {
        text.chars().enumerate().map(|(i, c)| Cow::Borrowed(&text[i..i + c.len_utf8()])).collect()
    }

    proptest! {
        #[test]
        fn finds_what_comparing_each_window_finds(hay in "[ab]{0,40}", needle in "[ab]{1,4}") {
            let hits = find(lines(&hay).into_iter(), lines(&needle).into_iter());
            let expected: Vec<_> = (0..hay.len()).filter(|at| hay[*at..].starts_with(&needle)).collect();
            prop_assert_eq!(hits.count, expected.len());
            prop_assert_eq!(hits.at, expected);
        }
    }

    #[test]
    fn texts_split_into_lines() {
        assert_eq!(split("a\r\nb\n\nc"), ["a", "b", "", "c"]);
        assert_eq!(split("a\n"), ["a"]);
        assert_eq!(split("\n"), [""]);
        assert_eq!(split("a\rb\r"), ["a\rb\r"]);
        assert!(split("").is_empty());
    }
}
