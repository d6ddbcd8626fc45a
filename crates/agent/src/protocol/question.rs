//! Questions: what stands between `<question>` and its closer.

use super::tag::{self, Tag};
use super::{Ending, Parser, Token};

/// What is read of a question, in bytes, and of its parts, in characters.
const BYTES: usize = 4_096;
const TEXT_CHARS: usize = 300;
const CHOICE_CHARS: usize = 100;
const CHOICES: usize = 5;

const CLOSER: &str = "</question>";

impl Parser {
    /// A line inside a question. Any other tag ends it, too: a question that is never closed swallows no file.
    pub(super) fn question_line(&mut self, line: &str, eol: &str) {
        let bare = line.trim();
        if let Some(at) = find(bare, CLOSER) {
            self.text(&bare[..at]);
            return self.close(Ending::Closer);
        }
        if let Some((found, _)) = tag::read(bare)
            && !matches!(found, Tag::Think)
        {
            self.close(Ending::NextTag);
            self.line = line.to_owned();
            return self.end_line(eol);
        }
        self.text(&format!("{line}{eol}"));
    }
}

/// Adds to a question's lines what there is room for.
pub(super) fn add(lines: &mut String, text: &str) {
    let room = BYTES.saturating_sub(lines.len());
    lines.push_str(&text[..text.floor_char_boundary(room)]);
}

/// Reads a question: `<choice>` tags and list items are its choices, the rest is its text.
pub(super) fn read(lines: &str) -> Option<Token> {
    let (mut text, mut choices) = (String::new(), Vec::new());
    for line in lines.lines() {
        let mut rest = line.trim();
        let mut tagged = false;
        while let Some(at) = find(rest, "<choice>") {
            tagged = true;
            add_words(&mut text, &rest[..at]);
            let after = &rest[at + "<choice>".len()..];
            let end = find(after, "</choice>").or_else(|| find(after, "<choice>"));
            choices.push(words(&after[..end.unwrap_or(after.len())], CHOICE_CHARS));
            let after = &after[end.unwrap_or(after.len())..];
            rest = after
                .get(..9)
                .filter(|closer| closer.eq_ignore_ascii_case("</choice>"))
                .map_or(after, |_| &after[9..]);
        }
        match rest.strip_prefix(['-', '*']) {
            Some(item) if !tagged => choices.push(words(item, CHOICE_CHARS)),
            _ => add_words(&mut text, rest),
        }
    }
    choices.retain(|choice| !choice.is_empty());
    choices.dedup();
    choices.truncate(CHOICES);
    let text = words(&text, TEXT_CHARS);
    (!text.is_empty()).then_some(Token::Question { text, choices })
}

fn add_words(text: &mut String, more: &str) {
    text.push(' ');
    text.push_str(more);
}

fn words(text: &str, most: usize) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
}

/// Where a tag begins, in whatever case it is written.
fn find(text: &str, tag: &str) -> Option<usize> {
    text.to_ascii_lowercase().find(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Accept;

    fn asked(answer: &str, accept: Accept) -> (Vec<(String, Vec<String>)>, String) {
        let mut parser = Parser::new(accept);
        let mut tokens = parser.push(answer);
        tokens.extend(parser.finish());
        let (mut questions, mut prose) = (Vec::new(), String::new());
        for token in tokens {
            match token {
                Token::Question { text, choices } => questions.push((text, choices)),
                Token::Prose(text) => prose.push_str(&text),
                other => prose.push_str(&format!("{other:?}")),
            }
        }
        (questions, prose)
    }

    #[test]
    fn every_way_to_ask_is_read() {
        let expected = ("Which colour?".to_owned(), vec!["Red".to_owned(), "Blue".to_owned()]);
        for answer in [
            "<question>\nWhich colour?\n<choice>Red</choice>\n<choice>Blue</choice>\n</question>\n",
            "<question>Which colour?<choice>Red</choice><choice>Blue</choice></question>",
            "<QUESTION>\nWhich\ncolour?\n- Red\n* Blue\n</Question>\n",
            "<question text=\"Which colour?\">\n<choice>Red\n<choice>Blue</choice>\n",
            "<question>Which colour? <choice>Red<choice>Blue\n</question>",
        ] {
            let (questions, prose) = asked(answer, Accept::Edits);
            assert_eq!(questions, std::slice::from_ref(&expected), "{answer}");
            assert_eq!(prose.trim(), "", "{answer}");
            // Cut anywhere, it is the same.
            let mut parser = Parser::new(Accept::Plan);
            let mut tokens = Vec::new();
            for piece in answer.chars() {
                tokens.extend(parser.push(&piece.to_string()));
            }
            tokens.extend(parser.finish());
            assert!(
                matches!(
                    &tokens[..],
                    [Token::Question { .. }] | [Token::Question { .. }, Token::Prose(_)]
                ),
                "{tokens:?}"
            );
        }
        assert_eq!(asked("<question>Why?</question>\n", Accept::Text).0, []);
        assert_eq!(asked("<question>\n</question>\n", Accept::Edits).0, []);
    }

    #[test]
    fn a_question_that_is_not_closed_swallows_nothing() {
        let (questions, rest) = asked(
            "<question>Why?\n<question>How?\n<file path=\"a.ts\">\nlet a;\n</file>\n",
            Accept::Edits,
        );
        assert_eq!(questions.len(), 2);
        assert!(rest.contains("Opened") && rest.contains("let a;"), "{rest}");
        let (questions, _) =
            asked(&format!("<question>\n{}\n</question>", "x ".repeat(9_000)), Accept::Edits);
        assert_eq!(questions[0].0.chars().count(), TEXT_CHARS);
    }
}
