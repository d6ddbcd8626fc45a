use std::fmt;
use std::str::FromStr;

/// The wire format that a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Anthropic's Messages API.
    Anthropic,
    /// OpenAI's chat completions, as most servers imitate it.
    OpenAi,
}

/// Who answers, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProviderKind {
    /// Anthropic.
    Anthropic,
    /// OpenAI.
    OpenAi,
    /// OpenRouter.
    OpenRouter,
    /// DeepSeek.
    DeepSeek,
    /// Google's Gemini, at its OpenAI-compatible address.
    Gemini,
    /// Ollama on one's own machine.
    Ollama,
    /// LM Studio on one's own machine.
    LmStudio,
    /// llama.cpp's server on one's own machine.
    LlamaServer,
    /// Any other server that speaks OpenAI's chat completions: vLLM, LiteLLM, a gateway.
    Custom,
}

impl ProviderKind {
    /// Every provider, in the order in which people should see them.
    pub const ALL: [Self; 9] = [
        Self::Anthropic,
        Self::OpenAi,
        Self::OpenRouter,
        Self::DeepSeek,
        Self::Gemini,
        Self::Ollama,
        Self::LmStudio,
        Self::LlamaServer,
        Self::Custom,
    ];

    /// The word for it in configuration, the database and the API.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::OpenRouter => "openrouter",
            Self::DeepSeek => "deepseek",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
            Self::LmStudio => "lmstudio",
            Self::LlamaServer => "llama-server",
            Self::Custom => "custom",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Anthropic => "Anthropic",
            Self::OpenAi => "OpenAI",
            Self::OpenRouter => "OpenRouter",
            Self::DeepSeek => "DeepSeek",
            Self::Gemini => "Google Gemini",
            Self::Ollama => "Ollama",
            Self::LmStudio => "LM Studio",
            Self::LlamaServer => "llama-server",
            Self::Custom => "OpenAI-compatible",
        }
    }

    /// What it speaks.
    #[must_use]
    pub const fn dialect(self) -> Dialect {
        match self {
            Self::Anthropic => Dialect::Anthropic,
            _ => Dialect::OpenAi,
        }
    }

    /// Where it is; `None` when only the person knows. Paths such as `models` are appended to it.
    #[must_use]
    pub const fn base_url(self) -> Option<&'static str> {
        Some(match self {
            Self::Anthropic => "https://api.anthropic.com/v1",
            Self::OpenAi => "https://api.openai.com/v1",
            Self::OpenRouter => "https://openrouter.ai/api/v1",
            Self::DeepSeek => "https://api.deepseek.com/v1",
            Self::Gemini => "https://generativelanguage.googleapis.com/v1beta/openai",
            Self::Ollama => "http://127.0.0.1:11434/v1",
            Self::LmStudio => "http://127.0.0.1:1234/v1",
            Self::LlamaServer => "http://127.0.0.1:8080/v1",
            Self::Custom => return None,
        })
    }

    /// The environment variable in which people keep its key.
    #[must_use]
    pub const fn key_env(self) -> Option<&'static str> {
        Some(match self {
            Self::Anthropic => "ANTHROPIC_API_KEY",
            Self::OpenAi => "OPENAI_API_KEY",
            Self::OpenRouter => "OPENROUTER_API_KEY",
            Self::DeepSeek => "DEEPSEEK_API_KEY",
            Self::Gemini => "GEMINI_API_KEY",
            Self::Ollama | Self::LmStudio | Self::LlamaServer | Self::Custom => return None,
        })
    }

    /// Whether calls without a key are bound to fail.
    #[must_use]
    pub const fn needs_key(self) -> bool {
        self.key_env().is_some()
    }

    /// Whether it runs on people's own machines: free, slow to start, and with small models.
    #[must_use]
    pub const fn is_local(self) -> bool {
        matches!(self, Self::Ollama | Self::LmStudio | Self::LlamaServer)
    }
}

impl fmt::Display for ProviderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for ProviderKind {
    type Err = qv_domain::UnknownText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.id() == text).ok_or_else(|| qv_domain::UnknownText {
            kind: "provider",
            text: text.chars().take(40).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in ProviderKind::ALL {
            assert_eq!(kind.id().parse(), Ok(kind));
        }
        assert_eq!(
            "claude".parse::<ProviderKind>().unwrap_err().to_string(),
            "`claude` is not a provider"
        );
    }
}
