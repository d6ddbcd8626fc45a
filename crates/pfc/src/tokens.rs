use crate::facts::counted;

/// How many tokens a text has for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenCount {
    /// The number.
    pub tokens: u64,
    /// Whether the model's own tokenizer was used; otherwise it is shown with "~".
    pub exact: bool,
}

/// Counts the tokens of `text` for a model of this scale. A text of more than 400 KB is counted by its length. The
/// first count of a process takes about 40 ms to load the vocabulary.
#[must_use]
pub fn count_tokens(scale: Scale, text: &str) -> TokenCount {
    TokenCount { tokens: scale.up(counted(text)), exact: scale.exact() }
}

/// Calls and tokens from which on a calibration is believed: a few short requests say more of a provider's own
/// wrapping than of its tokenizer.
const ENOUGH_CALLS: u64 = 5;
const ENOUGH_TOKENS: u64 = 20_000;
/// Thousandths that no tokenizer of a known model leaves: beyond them something else is counted.
const LEAST: u64 = 500;
const MOST: u64 = 3_000;

/// What a provider counted of a model's requests, beside what o200k counts of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calibration {
    /// Calls.
    pub calls: u64,
    /// Their tokens by o200k.
    pub counted: u64,
    /// Their tokens as the provider reported them.
    pub reported: u64,
}

/// Tokens of a model for 1,000 of o200k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale(Option<u64>);

impl Scale {
    /// A model's scale before anything was measured.
    ///
    /// OpenAI's models since GPT-4o use the o200k tokenizer: exact. Others publish none, so their count is o200k's,
    /// times 1.35 for Claude and 1.1 for the rest: cautious starting values, not measured ones.
    #[must_use]
    pub fn of(model: &str) -> Self {
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

    /// A model's scale by what its provider has reported so far; the starting value until that is enough.
    #[must_use]
    pub fn calibrated(model: &str, by: Calibration) -> Self {
        let start = Self::of(model);
        if start.exact() || by.calls < ENOUGH_CALLS || by.counted < ENOUGH_TOKENS {
            return start;
        }
        let thousandths = u128::from(by.reported) * 1_000 / u128::from(by.counted);
        Self(Some(u64::try_from(thousandths).unwrap_or(MOST).clamp(LEAST, MOST)))
    }

    /// Whether o200k is the model's own.
    #[must_use]
    pub const fn exact(self) -> bool {
        self.0.is_none()
    }

    /// About how many tokens of o200k are so many of the model.
    #[must_use]
    pub fn plain(self, tokens: u64) -> u64 {
        self.0.map_or(tokens, |factor| tokens.saturating_mul(1_000) / factor)
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
    fn what_a_provider_reports_takes_the_place_of_the_starting_value() {
        let by = |calls, counted, reported| Calibration { calls, counted, reported };
        let scale = |by| Scale::calibrated("claude-sonnet-5", by);
        let start = Scale::of("claude-sonnet-5");
        assert_eq!(scale(by(4, 40_000, 48_000)), start);
        assert_eq!(scale(by(9, 19_999, 24_000)), start);
        assert_eq!(scale(by(5, 20_000, 24_000)), Scale(Some(1_200)));
        // A server that counts nonsense moves it only so far.
        assert_eq!(scale(by(5, 20_000, 0)), Scale(Some(LEAST)));
        assert_eq!(scale(by(5, 20_000, u64::MAX)), Scale(Some(MOST)));
        // What is exact stays so.
        assert!(Scale::calibrated("gpt-5", by(9, 50_000, 90_000)).exact());
    }

    #[test]
    fn counts_are_exact_only_where_the_tokenizer_is_known() {
        let text = "export const App = () => <h1>Hello</h1>;\n";
        let own = count_tokens(Scale::of("openai/gpt-4o-mini"), text);
        assert!(own.exact && own.tokens > 5 && own.tokens < 20);
        let claude = count_tokens(Scale::of("claude-sonnet-5"), text);
        assert_eq!(claude, TokenCount { tokens: (own.tokens * 135).div_ceil(100), exact: false });
        assert!(!count_tokens(Scale::of("qwen2.5-coder"), text).exact);
        assert_eq!(count_tokens(Scale::of("x"), "").tokens, 0);
    }
}
