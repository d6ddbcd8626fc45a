use std::fmt;
use std::time::Duration;

/// Why a model did not answer, or not to the end. Texts in here have passed through redaction and are cut to
/// [`LlmError::MAX_MESSAGE_CHARS`]: they may be shown to the person who made the call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    /// Too many calls or tokens for this account; waiting helps.
    #[error("the provider limits how often it may be asked")]
    RateLimited {
        /// How long the provider asks to wait.
        retry_after: Option<Duration>,
    },
    /// The provider has too much to do, or is broken; waiting helps.
    #[error("the provider is overloaded or has a fault of its own")]
    Overloaded {
        /// Its HTTP status; `None` when it said so in the middle of an answer.
        status: Option<u16>,
        /// How long the provider asks to wait.
        retry_after: Option<Duration>,
    },
    /// The account has no money or allowance left; waiting does not help.
    #[error("the account has no credit or quota left")]
    Quota {
        /// The provider's words.
        message: String,
    },
    /// The key is missing or not accepted.
    #[error("{problem}")]
    Auth {
        /// Which of the two.
        problem: AuthProblem,
    },
    /// The request does not fit into the model's context window.
    #[error("the request is too long for the model")]
    ContextTooLong {
        /// How many tokens it had, if the provider said.
        tokens: Option<u64>,
        /// How many the model takes, if the provider said.
        limit: Option<u64>,
    },
    /// The provider's filter turned the request down.
    #[error("the provider declined to answer")]
    Refusal {
        /// The provider's words.
        message: String,
    },
    /// The connection ended before the answer did, or before it began. What arrived until then is good.
    #[error("the answer broke off")]
    Truncated,
    /// The provider found the request wrong.
    #[error("the provider rejected the request: {message}")]
    InvalidRequest {
        /// The provider's words.
        message: String,
    },
    /// There is no such model, or not for this account.
    #[error("there is no model `{model}` here")]
    ModelNotFound {
        /// The model that was asked for.
        model: String,
    },
    /// The provider could not be reached: nothing was asked.
    #[error("the provider could not be reached: {message}")]
    Network {
        /// What went wrong, without addresses that hold secrets.
        message: String,
    },
    /// Nothing came in time.
    #[error("{what} took longer than {} s", limit.as_secs_f64())]
    Timeout {
        /// What was waited for.
        what: Waited,
        /// How long.
        limit: Duration,
    },
    /// What answered does not speak a model API as it should.
    #[error("the provider's answer made no sense: {message}")]
    Protocol {
        /// What was wrong with it.
        message: String,
    },
    /// The address is malformed, or may not be called from here.
    #[error("{message}")]
    Address {
        /// What is wrong with it and what is allowed.
        message: String,
    },
}

/// What was waited for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// The first bytes of an answer.
    FirstByte,
    /// The next bytes of an answer.
    NextByte,
    /// The end of an answer.
    End,
}

impl fmt::Display for Waited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FirstByte => "the model's first word",
            Self::NextByte => "the model's next word",
            Self::End => "the model's whole answer",
        })
    }
}

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthProblem {
    /// None was given, and the provider needs one.
    Missing,
    /// The provider does not accept it, or not for this model.
    Rejected,
}

impl fmt::Display for AuthProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "the provider needs an API key",
            Self::Rejected => "the provider did not accept the API key",
        })
    }
}

impl LlmError {
    /// The longest text of a provider that an error carries.
    pub const MAX_MESSAGE_CHARS: usize = 400;

    /// A word for it that never changes, for events and the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "model_rate_limited",
            Self::Overloaded { .. } => "model_overloaded",
            Self::Quota { .. } => "model_quota",
            Self::Auth { .. } => "model_auth",
            Self::ContextTooLong { .. } => "model_context_too_long",
            Self::Refusal { .. } => "model_refusal",
            Self::Truncated => "model_truncated",
            Self::InvalidRequest { .. } => "model_invalid_request",
            Self::ModelNotFound { .. } => "model_not_found",
            Self::Network { .. } => "model_network",
            Self::Timeout { .. } => "model_timeout",
            Self::Protocol { .. } => "model_protocol",
            Self::Address { .. } => "model_address",
        }
    }

    /// Whether the same call may succeed later. Whether it should be made again by itself depends on what has
    /// already arrived: see [`crate::RetryPolicy`].
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Overloaded { .. }
            | Self::Truncated
            | Self::Network { .. }
            | Self::Timeout { .. } => true,
            Self::Quota { .. }
            | Self::Auth { .. }
            | Self::ContextTooLong { .. }
            | Self::Refusal { .. }
            | Self::InvalidRequest { .. }
            | Self::ModelNotFound { .. }
            | Self::Protocol { .. }
            | Self::Address { .. } => false,
        }
    }

    /// How long the provider asked to wait.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Overloaded { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }

    /// One or two sentences for a person: what happened and what to do about it.
    #[must_use]
    pub fn safe_message(&self) -> String {
        match self {
            Self::RateLimited { retry_after } => format!(
                "The model provider limits how often it may be asked. {}, or choose another model.",
                try_again(*retry_after)
            ),
            Self::Overloaded { retry_after, .. } => format!(
                "The model provider is overloaded or has a fault. {}, or choose another model.",
                try_again(*retry_after)
            ),
            Self::Quota { message } => format!(
                "The account behind this key has no credit or quota left. Top it up with the provider, or use another key.{}",
                quoted(message)
            ),
            Self::Auth { problem: AuthProblem::Missing } => {
                "This provider needs an API key. Add one in Settings, under Models.".to_owned()
            }
            Self::Auth { problem: AuthProblem::Rejected } => {
                "The provider did not accept the API key, or not for this model. Check it in Settings, under Models."
                    .to_owned()
            }
            Self::ContextTooLong { tokens, limit } => {
                let size = match (tokens, limit) {
                    (Some(tokens), Some(limit)) => format!(" ({tokens} tokens; it takes {limit})"),
                    (None, Some(limit)) => format!(" (it takes {limit} tokens)"),
                    _ => String::new(),
                };
                format!(
                    "The request is too long for this model{size}. Choose a model with a larger context window, or ask for something smaller."
                )
            }
            Self::Refusal { message } => format!(
                "The provider declined to answer this request. Say it differently, or choose another model.{}",
                quoted(message)
            ),
            Self::Truncated => {
                "The connection to the model broke before its answer was complete. Try again to go on.".to_owned()
            }
            Self::InvalidRequest { message } => format!(
                "The provider rejected the request. Choose another model, or check the provider's settings.{}",
                quoted(message)
            ),
            Self::ModelNotFound { model } => format!(
                "The provider has no model named {model}, or not for this key. Choose another one in Settings, under Models."
            ),
            Self::Network { .. } => {
                "The model provider could not be reached. Check the network and the provider's address, then try again."
                    .to_owned()
            }
            Self::Timeout { what, limit } => format!(
                "Waiting for {what} took longer than {} seconds. Try again, or choose a faster model.",
                limit.as_secs()
            ),
            Self::Protocol { message } => format!(
                "What answers at the provider's address does not behave like a model server. Check its base URL in Settings, under Models.{}",
                quoted(message)
            ),
            Self::Address { message } => {
                format!("The provider's base URL cannot be used: {message}.")
            }
        }
    }
}

fn try_again(after: Option<Duration>) -> String {
    match after {
        Some(after) => format!("Try again in {} s", after.as_millis().div_ceil(1_000).max(1)),
        None => "Try again in a moment".to_owned(),
    }
}

fn quoted(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(" It said: {message}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_to_do() {
        let limited = LlmError::RateLimited { retry_after: Some(Duration::from_millis(7_200)) };
        assert_eq!(
            limited.safe_message(),
            "The model provider limits how often it may be asked. Try again in 8 s, or choose another model."
        );
        let long = LlmError::ContextTooLong { tokens: Some(9_000), limit: Some(8_192) };
        assert_eq!(
            long.safe_message(),
            "The request is too long for this model (9000 tokens; it takes 8192). Choose a model with a larger context window, or ask for something smaller."
        );
        let timeout =
            LlmError::Timeout { what: Waited::FirstByte, limit: Duration::from_millis(1_500) };
        assert_eq!(timeout.to_string(), "the model's first word took longer than 1.5 s");
    }
}
