//! What is said to a model and what it answers: shared by `agent` (which composes) and `llm` (which sends).

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::text_enum;

text_enum! {
    /// Who speaks in a chat.
    ChatRole {
        /// The person, or the machine speaking for them.
        User = "user",
        /// The model.
        Assistant = "assistant",
    }
}

text_enum! {
    /// How a model is asked to change files that exist already.
    EditStyle {
        /// Blocks of what to find and what to put there: for models that copy text faithfully.
        SearchReplace = "search_replace",
        /// The whole file again: for small and unknown models.
        WholeFile = "whole_file",
    }
}

/// One piece of a chat message.
#[derive(Clone, PartialEq, Eq)]
pub enum ChatPart {
    /// Plain text.
    Text(String),
    /// A picture, for models that can see.
    Image(Image),
    /// Says nothing: everything before it, from the chat's beginning, comes again in a later call, so a provider may be
    /// asked to keep it.
    CacheMark,
}

/// A picture in memory.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// Such as `image/png`.
    pub media_type: String,
    /// The encoded picture.
    pub data: Arc<[u8]>,
}

impl fmt::Debug for ChatPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.debug_tuple("Text").field(text).finish(),
            Self::Image(image) => image.fmt(f),
            Self::CacheMark => f.write_str("CacheMark"),
        }
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({}, {} bytes)", self.media_type, self.data.len())
    }
}

/// One message of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatMessage {
    /// Who speaks.
    pub role: ChatRole,
    /// What they say. Texts that end in a line's end are gone on with by the next; others are apart from it.
    pub parts: Vec<ChatPart>,
}

impl ChatMessage {
    /// A message of text alone.
    pub fn text(role: ChatRole, text: impl Into<String>) -> Self {
        Self { role, parts: vec![ChatPart::Text(text.into())] }
    }

    /// The same message, marked at its end.
    #[must_use]
    pub fn cached(mut self) -> Self {
        self.parts.push(ChatPart::CacheMark);
        self
    }
}

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatRequest {
    /// The provider's own name of the model.
    pub model: String,
    /// The system prompt.
    pub system: String,
    /// The chat so far; the last one is the person's.
    pub messages: Vec<ChatMessage>,
    /// The most tokens that may be answered.
    pub max_output_tokens: u32,
    /// 0 to 2, in thousandths; `None` leaves it to the provider.
    pub temperature_milli: Option<u16>,
}

/// What a model streams back, in order. The last one is always [`ChatEvent::End`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatEvent {
    /// Text of the answer.
    Text(String),
    /// Text of its reasoning: shown, never kept as part of the answer.
    Thinking(String),
    /// The answer is over.
    End {
        /// Why it ended.
        stop: StopReason,
        /// What it took; zero where the provider did not say, with `reported` false.
        usage: TokenUsage,
    },
}

/// Why a model stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// It had finished.
    EndTurn,
    /// It reached the token limit: there is more to come.
    MaxTokens,
    /// It would not answer.
    Refusal,
    /// The context window was full.
    ContextFull,
    /// Anything else, in the provider's word.
    Other(String),
}

/// Tokens of one call. Cached tokens are not counted in `input`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct TokenUsage {
    /// Sent and priced in full.
    pub input: u64,
    /// Answered, reasoning included.
    pub output: u64,
    /// Sent and read from the provider's cache.
    pub cache_read: u64,
    /// Sent and written to the provider's cache.
    pub cache_write: u64,
    /// Whether the provider reported these; otherwise they are our own estimate, shown with "~".
    pub reported: bool,
}

impl TokenUsage {
    /// Everything sent and answered.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.input
            .saturating_add(self.output)
            .saturating_add(self.cache_read)
            .saturating_add(self.cache_write)
    }

    /// The sum of two calls; reported only if both were.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
            cache_read: self.cache_read.saturating_add(other.cache_read),
            cache_write: self.cache_write.saturating_add(other.cache_write),
            reported: self.reported && other.reported,
        }
    }
}
