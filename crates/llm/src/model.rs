use std::fmt;
use std::pin::Pin;

use async_trait::async_trait;
use futures_util::Stream;
use qv_domain::chat::{ChatEvent, ChatRequest};
use secrecy::SecretString;

use crate::{LlmError, ModelInfo};

/// What a model answers, as it arrives. After an error nothing follows; without one the last item is
/// [`ChatEvent::End`]. Dropping the stream closes the connection, which ends the model's work.
pub type ChatStream = Pin<Box<dyn Stream<Item = Result<ChatEvent, LlmError>> + Send>>;

/// Someone who answers chats.
#[async_trait]
pub trait ChatModel: Send + Sync + fmt::Debug {
    /// Asks, and returns as soon as the provider has agreed to answer.
    ///
    /// One call is one request: nothing is retried, except that a parameter which the model itself
    /// refuses by name is left out and the same question asked again. See [`crate::with_retries`].
    ///
    /// # Errors
    /// Whatever the provider said instead of an answer.
    async fn stream(
        &self,
        request: &ChatRequest,
        credentials: &Credentials,
    ) -> Result<ChatStream, LlmError>;

    /// The models that the provider offers to the holder of these credentials.
    ///
    /// # Errors
    /// Whatever the provider said instead of a list.
    async fn models(&self, credentials: &Credentials) -> Result<Vec<ModelInfo>, LlmError>;
}

/// On whose account a call is made. Given with each call, kept nowhere.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The API key; local servers need none.
    pub key: Option<SecretString>,
}

impl Credentials {
    /// For servers that ask for no key.
    #[must_use]
    pub const fn none() -> Self {
        Self { key: None }
    }

    /// With a key; surrounding blanks, which come with copying, are cut off, and an empty one counts as none.
    #[must_use]
    pub fn with_key(key: &str) -> Self {
        let key = key.trim();
        Self { key: (!key.is_empty()).then(|| SecretString::from(key)) }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.key.is_some() { "Credentials(key)" } else { "Credentials(none)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let credentials = Credentials::with_key(" sk-canary-123\n");
        assert_eq!(format!("{credentials:?}"), "Credentials(key)");
        assert_eq!(format!("{:?}", Credentials::with_key("  ")), "Credentials(none)");
    }
}
