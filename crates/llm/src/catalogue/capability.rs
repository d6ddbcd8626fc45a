use qv_domain::chat::EditStyle::{self, SearchReplace, WholeFile};

/// What a model can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// How it should be asked to change files.
    pub edit_style: EditStyle,
    /// Whether it sees images.
    pub sees_images: bool,
    /// Tokens that fit into one call; where a provider counts the answer apart, those of the request.
    pub context_tokens: u32,
    /// The most tokens of one answer.
    pub max_output_tokens: u32,
    /// Whether a temperature may be sent along.
    pub takes_temperature: bool,
    /// Whether the table knows the family; otherwise these are careful guesses.
    pub known: bool,
}

/// What is assumed of a model that nobody knows: whole files, a small window, no images. Servers that say more
/// (llama-server, OpenRouter, vLLM) correct it when their models are listed.
const UNKNOWN: Capabilities = Capabilities {
    edit_style: WholeFile,
    sees_images: false,
    context_tokens: 8_192,
    max_output_tokens: 4_096,
    takes_temperature: true,
    known: false,
};

struct Family {
    prefix: &'static str,
    edit_style: EditStyle,
    sees_images: bool,
    context_tokens: u32,
    max_output_tokens: u32,
    takes_temperature: bool,
}

const fn family(
    prefix: &'static str,
    edit_style: EditStyle,
    sees_images: bool,
    context_tokens: u32,
    max_output_tokens: u32,
    takes_temperature: bool,
) -> Family {
    Family { prefix, edit_style, sees_images, context_tokens, max_output_tokens, takes_temperature }
}

/// The longest prefix that fits a model's name wins. Window, output, images and temperature: LiteLLM 1.106.2's
/// price and context list (MIT), checked by hand on 2026-11-24 (`supports_sampling_params` where it says; OpenAI's
/// reasoning models by their documentation). Edit style: aider's leaderboards, on which whole files do better than
/// blocks for models of up to some 32 billion parameters.
#[rustfmt::skip]
const FAMILIES: &[Family] = &[
    //     prefix               style         images  context    output   temperature
    family("claude-",           SearchReplace, true,  1_000_000, 128_000, false),
    family("claude-3-5-",       SearchReplace, true,    200_000,   8_192, true),
    family("claude-3-7-",       SearchReplace, true,    200_000,  64_000, true),
    family("claude-3-haiku",    SearchReplace, true,    200_000,   4_096, true),
    family("claude-3-opus",     SearchReplace, true,    200_000,   4_096, true),
    family("claude-haiku-4-5",  SearchReplace, true,    200_000,  64_000, true),
    family("claude-opus-4",     SearchReplace, true,    200_000,  32_000, true),
    family("claude-opus-4-5",   SearchReplace, true,    200_000,  64_000, true),
    family("claude-opus-4-6",   SearchReplace, true,  1_000_000, 128_000, true),
    family("claude-opus-4-7",   SearchReplace, true,  1_000_000, 128_000, false),
    family("claude-opus-4-8",   SearchReplace, true,  1_000_000, 128_000, false),
    family("claude-sonnet-4",   SearchReplace, true,    200_000,  64_000, true),
    family("claude-sonnet-4-6", SearchReplace, true,  1_000_000, 128_000, true),

    family("gpt-3.5-turbo",     WholeFile,     false,    16_385,   4_096, true),
    family("gpt-4",             WholeFile,     false,     8_192,   4_096, true),
    family("gpt-4-turbo",       SearchReplace, true,    128_000,   4_096, true),
    family("gpt-4o",            SearchReplace, true,    128_000,  16_384, true),
    family("gpt-4o-mini",       WholeFile,     true,    128_000,  16_384, true),
    family("gpt-4.1",           SearchReplace, true,  1_047_576,  32_768, true),
    family("gpt-4.1-nano",      WholeFile,     true,  1_047_576,  32_768, true),
    family("chatgpt-4o",        SearchReplace, true,    128_000,  16_384, true),
    family("gpt-5",             SearchReplace, true,    272_000, 128_000, false),
    family("gpt-5-chat",        SearchReplace, true,    128_000,  16_384, true),
    family("gpt-5-nano",        WholeFile,     true,    272_000, 128_000, false),
    family("gpt-5.4",           SearchReplace, true,    922_000, 128_000, false),
    family("gpt-5.4-mini",      SearchReplace, true,    272_000, 128_000, false),
    family("gpt-5.4-nano",      WholeFile,     true,    272_000, 128_000, false),
    family("gpt-5.5",           SearchReplace, true,    922_000, 128_000, false),
    family("gpt-5.6",           SearchReplace, true,    922_000, 128_000, false),
    family("gpt-6",             SearchReplace, true,    922_000, 128_000, false),
    family("gpt-oss-20b",       WholeFile,     false,   131_072,  32_768, true),
    family("gpt-oss-120b",      SearchReplace, false,   131_072,  32_768, true),
    family("o1",                SearchReplace, true,    200_000, 100_000, false),
    family("o3",                SearchReplace, true,    200_000, 100_000, false),
    family("o3-mini",           SearchReplace, false,   200_000, 100_000, false),
    family("o4-mini",           SearchReplace, true,    200_000, 100_000, false),

    family("deepseek-chat",     SearchReplace, false,   131_072,   8_192, true),
    family("deepseek-reasoner", SearchReplace, false,   131_072,  65_536, true),
    family("deepseek-v3",       SearchReplace, false,   131_072,   8_192, true),
    family("deepseek-v4",       SearchReplace, false, 1_000_000, 128_000, true),
    family("deepseek-flash",    SearchReplace, true,  1_000_000, 128_000, true),
    family("deepseek-r1",       SearchReplace, false,    65_536,   8_192, true),

    family("gemini-",           SearchReplace, true,  1_048_576,  65_536, true),
    family("gemini-2.0",        SearchReplace, true,  1_048_576,   8_192, true),
    family("gemini-3.5-flash-lite", SearchReplace, true, 1_048_576, 65_536, false),
    family("gemini-3.6",        SearchReplace, true,  1_048_576,  65_536, false),
    family("gemini-3.7",        SearchReplace, true,  1_048_576,  65_536, false),
    family("gemini-3.8",        SearchReplace, true,  1_048_576,  65_536, false),
    family("gemini-4",          SearchReplace, true,  1_048_576,  65_536, true),

    family("grok-",             SearchReplace, true,    256_000,  64_000, true),
    family("grok-3",            SearchReplace, false,   131_072,  16_384, true),
    family("kimi-k",            SearchReplace, true,    262_144,  32_768, true),
    family("kimi-k2-",          SearchReplace, false,   131_072,  16_384, true),
    family("kimi-k3",           SearchReplace, true,  1_048_576,  65_536, true),
    family("glm-4.5",           SearchReplace, false,   128_000,  32_000, true),
    family("glm-4.6",           SearchReplace, false,   200_000, 128_000, true),
    family("glm-4.7",           SearchReplace, false,   200_000, 128_000, true),
    family("glm-5",             SearchReplace, false,   200_000, 128_000, true),
    family("glm-5.2",           SearchReplace, false, 1_000_000, 128_000, true),
    family("glm-5.3",           SearchReplace, false, 1_000_000, 128_000, true),
    family("qwen3-coder-plus",  SearchReplace, false,   997_952,  65_536, true),
    family("qwen3-coder-480b",  SearchReplace, false,   262_144,  65_536, true),
    family("qwen3-max",         SearchReplace, false,   258_048,  65_536, true),
    family("qwen3.8-max",       SearchReplace, true,    991_808, 131_072, true),
    family("mistral-large",     SearchReplace, true,    262_144,  32_768, true),
    family("mistral-medium",    SearchReplace, true,    262_144,  32_768, true),
    family("devstral",          SearchReplace, false,   256_000,  32_768, true),
    family("codestral",         WholeFile,     false,   128_000,  32_768, true),
];

/// What the model of this name can do; a vendor in front of the name (`anthropic/claude-sonnet-5`) does not matter.
#[must_use]
pub fn capabilities(model: &str) -> Capabilities {
    let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
    // Ollama writes `gpt-oss:20b`, OpenRouter `claude-sonnet-4.6`; the table has dashes in both places.
    let name = if name.starts_with("claude-") { name.replace('.', "-") } else { name };
    let name = name.replacen(':', "-", 1);
    FAMILIES
        .iter()
        .filter(|family| name.starts_with(family.prefix))
        .max_by_key(|family| family.prefix.len())
        .map_or(UNKNOWN, |family| Capabilities {
            edit_style: family.edit_style,
            sees_images: family.sees_images,
            context_tokens: family.context_tokens,
            max_output_tokens: family.max_output_tokens,
            takes_temperature: family.takes_temperature,
            known: true,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_wins() {
        assert!(capabilities("claude-opus-4-6").takes_temperature);
        assert!(!capabilities("claude-opus-4-7-20260416").takes_temperature);
        assert!(!capabilities("claude-sonnet-5-5").takes_temperature);
        assert_eq!(capabilities("claude-sonnet-4-20250514").context_tokens, 200_000);
        assert_eq!(capabilities("gpt-4o-mini").edit_style, WholeFile);
        assert_eq!(capabilities("o3-mini-2025-01-31").max_output_tokens, 100_000);
    }

    #[test]
    fn vendors_and_tags_do_not_matter() {
        assert_eq!(
            capabilities("anthropic/claude-sonnet-4.6"),
            capabilities("claude-sonnet-4-6-20260217")
        );
        assert_eq!(capabilities("models/gemini-3.8-flash"), capabilities("gemini-3.8-flash"));
        assert_eq!(capabilities("openai/gpt-oss:120b"), capabilities("gpt-oss-120b"));
    }

    #[test]
    fn an_unknown_model_gets_little_trust() {
        for model in ["qwen2.5-coder:32b", "smollm2-135m", "", "///"] {
            assert_eq!(capabilities(model), UNKNOWN, "{model}");
        }
    }

    #[test]
    fn every_row_is_possible() {
        for family in FAMILIES {
            assert!(family.max_output_tokens <= family.context_tokens, "{}", family.prefix);
            let same = FAMILIES.iter().filter(|other| other.prefix == family.prefix).count();
            assert_eq!(same, 1, "{} is there twice", family.prefix);
        }
    }
}
