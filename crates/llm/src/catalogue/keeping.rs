//! From which length on providers keep a beginning.

/// Tokens by the longest prefix that fits a model's name. Anthropic's documentation of prompt caching
/// (platform.claude.com, "cache limitations"), looked up on 2026-11-24 through pages that repeat it; older families
/// that are not listed had 1,024 all along.
const FAMILIES: [(&str, u32); 12] = [
    ("claude-", 512),
    ("claude-3-", 1_024),
    ("claude-3-haiku", 2_048),
    ("claude-3-5-haiku", 2_048),
    ("claude-haiku-4-5", 4_096),
    ("claude-opus-4", 1_024),
    ("claude-opus-4-5", 4_096),
    ("claude-opus-4-6", 4_096),
    ("claude-opus-4-7", 2_048),
    ("claude-opus-4-8", 1_024),
    ("claude-sonnet-4", 1_024),
    ("claude-sonnet-5", 1_024),
];

/// The fewest tokens that a provider keeps for a model; a mark after fewer comes to nothing. 0 where nobody says.
pub(crate) fn least_kept_tokens(model: &str) -> u32 {
    let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase().replace('.', "-");
    FAMILIES
        .iter()
        .filter(|(prefix, _)| name.starts_with(prefix))
        .max_by_key(|(prefix, _)| prefix.len())
        .map_or(0, |(_, tokens)| *tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_wins_however_it_is_written() {
        assert_eq!(least_kept_tokens("anthropic/claude-opus-4.6"), 4_096);
        assert_eq!(least_kept_tokens("claude-opus-4-20250514"), 1_024);
        assert_eq!(least_kept_tokens("claude-opus-5"), 512);
        assert_eq!(least_kept_tokens("gpt-5"), 0);
    }
}
