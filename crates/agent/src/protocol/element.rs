//! Elements of a whole answer that is no edit: `<name key="value">text</name>`.

use super::tag;

/// One element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    attributes: Vec<(String, String)>,
    /// What stands in it.
    pub(crate) text: &'a str,
    /// Whether its closer is there.
    pub(crate) closed: bool,
}

impl Element<'_> {
    /// The value of an attribute.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
    }
}

/// The elements of this name, at most so many, in order. One that is not closed ends where the next begins.
pub(crate) fn elements<'a>(answer: &'a str, name: &str, most: usize) -> Vec<Element<'a>> {
    // Of the same length: only letters of ASCII change.
    let lower = answer.to_ascii_lowercase();
    let (opener, closer) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < most
        && let Some(begin) = lower[at..].find(&opener).map(|begin| at + begin)
    {
        at = begin + opener.len();
        let Some((attributes, rest)) = tag::attributes(&answer[at..]) else { continue };
        if !answer[at..].starts_with([' ', '\n', '\t', '>', '/']) {
            continue;
        }
        let start = answer.len() - rest.len();
        let next = lower[start..].find(&opener).map_or(answer.len(), |next| start + next);
        let end = lower[start..].find(&closer).map(|end| start + end).filter(|end| *end <= next);
        found.push(Element {
            attributes,
            text: &answer[start..end.unwrap_or(next)],
            closed: end.is_some(),
        });
        at = end.unwrap_or(next);
    }
    found
}

/// An answer without the thoughts that a model wrote into it: `<think>` at the start of a line up to its closer, and what
/// comes before a closer whose opener the server kept. Thoughts without an end are all that there is.
pub(crate) fn without_thoughts(answer: &str) -> String {
    const OPENER: &str = "<think>";
    const CLOSER: &str = "</think>";
    let lower = answer.to_ascii_lowercase();
    let (mut said, mut at) = (String::new(), 0);
    let next = |what: &str, from: usize| {
        let mut places = lower[from..].match_indices(what).map(|(to, _)| from + to);
        places.find(|to| {
            let before = lower[..*to].trim_end_matches([' ', '\t']);
            before.is_empty() || before.ends_with('\n')
        })
    };
    if let Some(end) = next(CLOSER, 0)
        && next(OPENER, 0).is_none_or(|begin| begin > end)
    {
        at = end + CLOSER.len();
    }
    while let Some(begin) = next(OPENER, at) {
        said.push_str(&answer[at..begin]);
        let Some(end) = lower[begin..].find(CLOSER) else { return said };
        at = begin + end + CLOSER.len();
    }
    said.push_str(&answer[at..]);
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_are_no_part_of_an_answer() {
        for (answer, said) in [
            ("<think>a\n<ok/>\n</think>\nb", "\nb"),
            ("a\n  <THINK>x</Think>b\n<think>\ny</think>c", "a\n  b\nc"),
            ("it was kept\n</think>\nb", "\nb"),
            ("a\n<think>no end", "a\n"),
            ("Write <think> or </think> in prose", "Write <think> or </think> in prose"),
            ("\u{130}<think>", "\u{130}<think>"),
            ("", ""),
        ] {
            assert_eq!(without_thoughts(answer), said, "{answer}");
        }
    }

    #[test]
    fn elements_are_found_among_words() {
        let answer = "Well.\n<Finding path=\"a.ts\">One</finding> and <finding>Two\n<finding path='b'>Three</FINDING> <findings>x";
        let found = elements(answer, "finding", 9);
        let texts: Vec<_> =
            found.iter().map(|e| (e.value("path"), e.text.trim(), e.closed)).collect();
        assert_eq!(
            texts,
            [(Some("a.ts"), "One", true), (None, "Two", false), (Some("b"), "Three", true)]
        );
        assert_eq!(elements(answer, "finding", 1).len(), 1);
        assert_eq!(elements("<finding", "finding", 9), []);
        assert_eq!(elements("é<finding>\u{130}</finding>", "finding", 9)[0].text, "\u{130}");
    }
}
