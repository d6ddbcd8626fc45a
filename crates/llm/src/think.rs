//! Reasoning that a server leaves in the answer: `<think>...</think>` before everything else, as LM Studio does by
//! default. Taken for the answer it would be shown as such, and files sketched in it would be written.

use crate::decode::Answer;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// Sorts text into reasoning and answer, whatever pieces it comes in.
#[derive(Default)]
pub(crate) struct Sorter {
    place: Place,
    /// What may still become a tag.
    held: String,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Start,
    Reasoning,
    /// Before the first letter after the reasoning.
    Gap,
    Answer,
}

impl Sorter {
    pub(crate) fn push(&mut self, text: &str, answer: &mut Answer) {
        if self.place == Place::Answer {
            answer.text(Some(text));
            return;
        }
        self.held.push_str(text);
        while self.step(answer) {}
    }

    /// Hands out what was held back; the answer is over.
    pub(crate) fn flush(&mut self, answer: &mut Answer) {
        let held = std::mem::take(&mut self.held);
        match self.place {
            Place::Start | Place::Answer => answer.text(Some(&held)),
            Place::Reasoning => answer.thinking(Some(&held)),
            Place::Gap => {}
        }
    }

    /// Goes on by one place; whether there is more to do.
    fn step(&mut self, answer: &mut Answer) -> bool {
        match self.place {
            Place::Start => {
                let begins = self.held.trim_start();
                if let Some(after) = begins.strip_prefix(OPEN) {
                    self.held = after.to_owned();
                    self.place = Place::Reasoning;
                    return true;
                }
                if OPEN.starts_with(begins) {
                    return false;
                }
                self.place = Place::Answer;
            }
            Place::Reasoning => {
                if let Some((before, after)) = self.held.split_once(CLOSE) {
                    answer.thinking(Some(before));
                    self.held = after.to_owned();
                    self.place = Place::Gap;
                    return true;
                }
                let kept = (1..CLOSE.len())
                    .rev()
                    .find(|length| self.held.ends_with(&CLOSE[..*length]))
                    .unwrap_or(0);
                let said = self.held.len() - kept;
                answer.thinking(Some(&self.held[..said]));
                self.held.drain(..said);
                return false;
            }
            Place::Gap => {
                let begins = self.held.trim_start();
                if begins.is_empty() {
                    self.held.clear();
                    return false;
                }
                self.held = begins.to_owned();
                self.place = Place::Answer;
            }
            Place::Answer => {}
        }
        answer.text(Some(&std::mem::take(&mut self.held)));
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qv_domain::chat::ChatEvent;

    fn sort(pieces: &[&str]) -> (String, String) {
        let (mut sorter, mut answer) = (Sorter::default(), Answer::default());
        for piece in pieces {
            sorter.push(piece, &mut answer);
        }
        sorter.flush(&mut answer);
        let (mut thinking, mut text) = (String::new(), String::new());
        while let Some(event) = answer.next() {
            match event {
                ChatEvent::Thinking(more) => thinking += more.as_str(),
                ChatEvent::Text(more) => text += more.as_str(),
                ChatEvent::End { .. } => {}
            }
        }
        (thinking, text)
    }

    #[test]
    fn every_cut_sorts_alike() {
        for (whole, thinking, text) in [
            ("<think>a </b> c</think>\n\nd <think>e</think>", "a </b> c", "d <think>e</think>"),
            (" \n<think>a</think>b", "a", "b"),
            ("  <thing>", "", "  <thing>"),
            ("plain </think> text", "", "plain </think> text"),
            ("<think>never closed </thi", "never closed </thi", ""),
            ("<thi", "", "<thi"),
            ("", "", ""),
        ] {
            let expected = (thinking.to_owned(), text.to_owned());
            assert_eq!(sort(&[whole]), expected, "{whole}");
            for at in 0..=whole.len() {
                let (head, tail) = whole.split_at(at);
                assert_eq!(sort(&[head, tail]), expected, "{head}|{tail}");
            }
            let letters: Vec<&str> = whole.split_inclusive(|_| true).collect();
            assert_eq!(sort(&letters), expected, "{whole}");
        }
    }
}
