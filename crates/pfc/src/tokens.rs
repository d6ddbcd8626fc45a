use crate::facts::counted;

/// How many tokens a text has for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenCount {
    /// The number.
    pub tokens: u64,
    /// Whether the model's own tokenizer was used; otherwise it is shown with "~".
    pub exact: bool,
}

/// Counts the tokens of `text` for `model`.
///
/// OpenAI's models since GPT-4o use the o200k tokenizer: exact. Others publish none, so their count is
/// o200k's, times 1.35 for Claude and 1.1 for the rest: cautious starting values, not measured ones.
/// A text of more than 400 KB is counted by its length. The first count of a process takes about 40 ms to load the
/// vocabulary.
#[must_use]
pub fn count_tokens(model: &str, text: &str) -> TokenCount {
    let scale = Scale::of(model);
    TokenCount { tokens: scale.up(counted(text)), exact: scale.exact() }
}

/// Tokens of a model for 1,000 of o200k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scale(Option<u64>);

impl Scale {
    pub(crate) fn of(model: &str) -> Self {
        const OWN: [&str; 9] =
            ["gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-6", "chatgpt-4o", "o1", "o3", "o4"];
        let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
        Self(if OWN.iter().any(|own| name.starts_with(own)) {
            None
        } else if name.starts_with("claude") {
            Some(1_350)
        } else {
            Some(1_100)
        })
    }

    /// Whether o200k is the model's own.
    pub(crate) const fn exact(self) -> bool {
        self.0.is_none()
    }

    /// The model's tokens for so many of o200k.
    pub(crate) fn up(self, tokens: u64) -> u64 {
        self.0.map_or(tokens, |factor| (tokens * factor).div_ceil(1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_exact_only_where_the_tokenizer_is_known() {
        let text = "export const App = () => <h1>Hello</h1>;\n";
        let own = count_tokens("openai/gpt-4o-mini", text);
        assert!(own.exact && own.tokens > 5 && own.tokens < 20);
        let claude = count_tokens("claude-sonnet-5", text);
        assert_eq!(claude, TokenCount { tokens: (own.tokens * 135).div_ceil(100), exact: false });
        assert!(!count_tokens("qwen2.5-coder", text).exact);
        assert_eq!(count_tokens("x", "").tokens, 0);
    }
}
