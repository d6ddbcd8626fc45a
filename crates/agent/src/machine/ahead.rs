/// Words of an answer that people saw before it was cut back to a whole line. The model writes them
/// again, and they are shown once.
#[derive(Debug, Clone, Default)]
pub(super) struct Ahead {
    /// What was shown and does not stand in the answer.
    shown: String,
    /// How much of it has come again.
    again: usize,
}

impl Ahead {
    /// What `said` has beyond `kept`.
    pub(super) fn of(said: &str, kept: &str) -> Self {
        Self { shown: said.strip_prefix(kept).unwrap_or_default().to_owned(), again: 0 }
    }

    /// What was shown and has not come again.
    pub(super) fn pending(&self) -> &str {
        &self.shown[self.again..]
    }

    /// What of the next words is to be shown. Where they part from what was shown before, a line
    /// break stands between the two, and they are shown from the point that was cut back to.
    pub(super) fn rest(&mut self, text: String) -> Option<String> {
        if self.shown.is_empty() {
            return Some(text);
        }
        let expected = &self.shown[self.again..];
        if expected.len() > text.len() && expected.starts_with(&text) {
            self.again += text.len();
            return None;
        }
        let rest = match text.strip_prefix(expected) {
            Some(rest) => rest.to_owned(),
            None => format!("\n{}{text}", &self.shown[..self.again]),
        };
        *self = Self::default();
        Some(rest).filter(|rest| !rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(said: &str, kept: &str, pieces: &[&str]) -> String {
        let mut ahead = Ahead::of(said, kept);
        pieces.iter().filter_map(|piece| ahead.rest((*piece).to_owned())).collect()
    }

    #[test]
    fn words_that_come_again_are_shown_once() {
        assert_eq!(shown("One.\nTwo and th", "One.\n", &["Two", " and three", "."]), "ree.");
        assert_eq!(shown("One.\n", "One.\n", &["Two"]), "Two");
        assert_eq!(shown("One.\nTwo", "One.\n", &["Two"]), "");
    }

    #[test]
    fn other_words_begin_on_a_line_of_their_own() {
        assert_eq!(shown("One.\nTwo", "One.\n", &["Tw", "enty"]), "\nTwenty");
        assert_eq!(shown("One.\nTwo", "One.\n", &["Three"]), "\nThree");
    }
}
