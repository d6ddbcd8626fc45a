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

#[cfg(test)]
mod tests {
    use super::*;

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
