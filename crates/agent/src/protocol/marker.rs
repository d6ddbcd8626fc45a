//! The lines inside an edit, fences, and the items of a plan. All take a trimmed line.

use super::Token;

/// What stands between the parts of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Search,
    Divider,
    Replace,
}

/// Reads a marker: 5 to 9 marker characters, the word in any case, and `>` or `:` after it forgiven.
pub(super) fn read(line: &str) -> Option<Marker> {
    let first = line.chars().next()?;
    let count = line.chars().take_while(|c| *c == first).count();
    if !(5..=9).contains(&count) {
        return None;
    }
    let word = line[count * first.len_utf8()..].trim().trim_end_matches(['>', ':', '<']).trim_end();
    match first {
        '<' | '-' if is_word(word, &["search", "original"]) => Some(Marker::Search),
        '=' if word.is_empty() => Some(Marker::Divider),
        '>' | '+' if is_word(word, &["replace", "updated"]) => Some(Marker::Replace),
        '>' if word.is_empty() => Some(Marker::Replace),
        _ => None,
    }
}

fn is_word(word: &str, words: &[&str]) -> bool {
    words.iter().any(|w| word.eq_ignore_ascii_case(w))
}

/// A search marker that lost its signs; only between blocks, where no other text belongs.
pub(super) fn is_bare_search(line: &str) -> bool {
    is_word(line.trim_end_matches(['>', ':']).trim_end(), &["search"])
}

/// Whether a line, so far, may become a marker.
pub(super) fn may_become(line: &str) -> bool {
    let Some(first) = line.chars().next().filter(|c| matches!(c, '<' | '>' | '=' | '-' | '+'))
    else {
        return false;
    };
    let count = line.chars().take_while(|c| *c == first).count();
    count <= 9 && (count >= 5 || count == line.len())
}

/// Whether a line is a code fence, with or without a language.
pub(super) fn is_fence(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("```") else { return false };
    // A language and its attributes. Anything else behind the marks is text that must not be lost.
    rest.len() <= 40
        && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+#.:=\"{}/, -".contains(&b))
}

/// Whether a line, so far, may become a fence.
pub(super) fn may_become_fence(line: &str) -> bool {
    "```".starts_with(line) || is_fence(line)
}

/// Whether a line is a fence that can only close.
pub(super) fn is_closing_fence(line: &str) -> bool {
    line == "```"
}

/// Lines that mark where data ends and begins in what a model is sent.
const BOUNDS: [&str; 18] = [
    "</project>",
    "<history>",
    "</history>",
    "<request>",
    "</request>",
    "<errors>",
    "</errors>",
    "<run-output>",
    "</run-output>",
    "</plan>",
    "<files>",
    "</files>",
    "<change>",
    "</change>",
    "<review>",
    "</review>",
    "<checks>",
    "</checks>",
];

/// Whether a trimmed line of content would be read as part of the protocol.
fn is_special(bare: &str) -> bool {
    super::tag::CLOSERS.iter().any(|closer| bare.eq_ignore_ascii_case(closer))
        || read(bare).is_some()
        || super::tag::read(bare).is_some()
        || BOUNDS.contains(&bare)
        || bare.starts_with("<project type=")
}

/// A line that was escaped so as not to be read as a closer or marker, without its backslash.
pub(super) fn unescape(line: &str) -> Option<String> {
    let start = line.len() - line.trim_start().len();
    let inner = line[start..].trim_start_matches('\\');
    let escaped = inner.len() < line.len() - start && is_special(inner.trim_end());
    escaped.then(|| format!("{}{}", &line[..start], &line[start + 1..]))
}

/// Content as it is written into a file tag: lines that would be read as protocol get a backslash.
pub(super) fn escape(content: &str) -> String {
    let mut out = String::with_capacity(content.len());
    for line in content.split_inclusive('\n') {
        let start = line.len() - line.trim_start().len();
        if is_special(line.trim().trim_start_matches('\\')) {
            out.push_str(&line[..start]);
            out.push('\\');
            out.push_str(&line[start..]);
        } else {
            out.push_str(line);
        }
    }
    out
}

/// Reads `- [ ] text`, `* text`, `1. text`.
pub(super) fn plan_item(line: &str) -> Option<Token> {
    let rest = line.strip_prefix(['-', '*', '•']).or_else(|| {
        line.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(['.', ')'])
    })?;
    let rest = rest.trim_start();
    let (done, text) = match rest.get(..3) {
        Some("[ ]") => (false, &rest[3..]),
        Some("[x]" | "[X]") => (true, &rest[3..]),
        _ => (false, rest),
    };
    let text = text.trim();
    (!text.is_empty()).then(|| Token::PlanItem { text: text.to_owned(), done })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_in_all_their_spellings() {
        for line in [
            "<<<<<<< SEARCH",
            "<<<<< search",
            "<<<<<<<<< SEARCH>",
            "<<<<<<<SEARCH",
            "------- SEARCH",
        ] {
            assert_eq!(read(line), Some(Marker::Search), "{line}");
        }
        for line in ["=====", "=======", "========="] {
            assert_eq!(read(line), Some(Marker::Divider), "{line}");
        }
        for line in [">>>>>>> REPLACE", ">>>>> replace>", ">>>>>>>", "+++++++ REPLACE"] {
            assert_eq!(read(line), Some(Marker::Replace), "{line}");
        }
        for line in ["====", "==========", "<<<<<<< HEAD of", "-------", "a", "", "+++++"] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn only_what_needs_it_is_unescaped() {
        assert_eq!(unescape("  \\</file>").as_deref(), Some("  </file>"));
        assert_eq!(unescape("\\\\</file>").as_deref(), Some("\\</file>"));
        assert_eq!(unescape("\\=======").as_deref(), Some("======="));
        assert_eq!(unescape("\\<file path=\"a\">").as_deref(), Some("<file path=\"a\">"));
        assert_eq!(unescape("\\d+"), None);
        assert_eq!(unescape("</file>"), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_escaped_is_unescaped(line in r"[ ]{0,2}\\{0,2}(</file>|=======|<file path=.a.>|<run tool=.a./>|</run-output>|</request>|<project type=x>|text|)[ ]?") {
            let escaped = escape(&line);
            proptest::prop_assert!(!is_special(escaped.trim()), "{} is special", escaped);
            proptest::prop_assert_eq!(unescape(&escaped).unwrap_or_else(|| escaped.clone()), line);
        }
    }

    #[test]
    fn plan_items_in_all_their_spellings() {
        let item = |text: &str, done| Some(Token::PlanItem { text: text.to_owned(), done });
        assert_eq!(plan_item("- [ ] Add it"), item("Add it", false));
        assert_eq!(plan_item("- [x] Add it"), item("Add it", true));
        assert_eq!(plan_item("* Add it"), item("Add it", false));
        assert_eq!(plan_item("12. Add it"), item("Add it", false));
        assert_eq!(plan_item("Add it"), None);
        assert_eq!(plan_item("-"), None);
    }
}
