//! Takes secrets out of what a provider said before anyone reads it.

use secrecy::{ExposeSecret, SecretString};

use crate::LlmError;

/// What is kept of a raw body for the log, in bytes.
const MAX_LOG_BYTES: usize = 2_000;

/// How the keys of well-known services begin.
const KEY_PREFIXES: [&str; 8] = ["sk-", "sk_", "AIza", "gsk_", "xai-", "pk-", "ghp_", "hf_"];

/// The secrets of one call.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<SecretString>);

impl Secrets {
    pub(crate) fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        // A secret of a few letters would tear holes into ordinary words.
        Self(secrets.into_iter().filter(|secret| secret.expose_secret().len() >= 6).collect())
    }

    /// For the log: secrets gone, at most [`MAX_LOG_BYTES`].
    pub(crate) fn for_log(&self, text: &str) -> String {
        let text = self.hide(text);
        text[..text.floor_char_boundary(MAX_LOG_BYTES)].to_owned()
    }

    /// For a person: secrets and control characters gone, on one line, at most
    /// [`LlmError::MAX_MESSAGE_CHARS`].
    pub(crate) fn for_person(&self, text: &str) -> String {
        let text = self.hide(text);
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(LlmError::MAX_MESSAGE_CHARS) {
            Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
            None => line,
        }
    }

    fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            text = text.replace(secret.expose_secret(), "[key]");
        }
        hide_key_like(&text)
    }
}

/// Providers quote a wrong key in part: `sk-abc***xyz`. That goes too.
fn hide_key_like(text: &str) -> String {
    let in_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*' | '.');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.len() >= 8 && KEY_PREFIXES.iter().any(|prefix| word.starts_with(prefix)) {
            out.push_str("[key]");
        } else {
            out.push_str(word);
        }
        let gap = after.find(in_word).unwrap_or(after.len());
        out.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_hidden_whole_or_in_part() {
        let secrets = Secrets::new([SecretString::from("canary-key-1"), SecretString::from("abc")]);
        assert_eq!(
            secrets.for_person(
                "Wrong key canary-key-1:\u{7} abc,\nsk-proj-ab**********yz.\tAIzaSyCanary0123 sk-x"
            ),
            "Wrong key [key]: abc, [key] [key] sk-x"
        );
    }

    #[test]
    fn texts_are_cut_between_characters() {
        let text = "é".repeat(5_000);
        let secrets = Secrets::default();
        assert_eq!(secrets.for_log(&text).len(), MAX_LOG_BYTES);
        assert_eq!(secrets.for_person(&text).chars().count(), LlmError::MAX_MESSAGE_CHARS + 1);
    }
}
