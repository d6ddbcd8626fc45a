use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What the server says to one request, and how it goes wrong. As JSON every field may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    /// The answer.
    pub text: String,
    /// The reasoning before it.
    pub thinking: String,
    /// Characters of text in one event.
    pub delta_chars: usize,
    /// How the bytes are cut into writes.
    pub cut: Cut,
    /// How lines end.
    pub line_end: LineEnd,
    /// Whether a byte order mark comes first.
    pub bom: bool,
    /// Whether events have `event:` lines (Anthropic's format alone has them).
    pub event_lines: bool,
    /// Why the model stops, in Anthropic's words: `end_turn`, `max_tokens`, `refusal`, or any other. The OpenAI format
    /// says `stop`, `length` and `content_filter` for the first three.
    pub stop: String,
    /// What is reported; nothing when `None`.
    pub usage: Option<Usage>,
    /// Whether the OpenAI usage chunk carries choices, as LiteLLM's does.
    pub usage_with_choices: bool,
    /// Milliseconds before anything is said.
    pub delay_ms: u64,
    /// Milliseconds between two writes.
    pub between_ms: u64,
    /// Holds the reply after so many characters of text, until it is released.
    pub hold_after: Option<usize>,
    /// Events put in after the start as they are, as JSON texts: keep-alives, unknown types.
    pub extra_events: Vec<String>,
    /// How it ends.
    pub ending: Ending,
    /// Whether plain JSON is answered although a stream was asked for.
    pub as_json: bool,
    /// Another status than 200, with `body` and without a stream.
    pub status: Option<u16>,
    /// Headers added to the reply.
    pub headers: BTreeMap<String, String>,
    /// The body of a reply with a status of its own.
    pub body: String,
    /// Writes sent as they are in place of an answer; `ending` still holds.
    pub raw: Option<Vec<String>>,
}

impl Default for Reply {
    fn default() -> Self {
        Self {
            text: String::new(),
            thinking: String::new(),
            delta_chars: 24,
            cut: Cut::Events,
            line_end: LineEnd::Lf,
            bom: false,
            event_lines: true,
            stop: "end_turn".to_owned(),
            usage: Some(Usage { input: 100, output: 20, cache_read: 0, cache_write: 0 }),
            usage_with_choices: false,
            delay_ms: 0,
            between_ms: 0,
            hold_after: None,
            extra_events: Vec::new(),
            ending: Ending::Complete,
            as_json: false,
            status: None,
            headers: BTreeMap::new(),
            body: String::new(),
            raw: None,
        }
    }
}

/// How the bytes of a reply are cut into writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// One write for each event.
    Events,
    /// One write for all.
    Whole,
    /// So many bytes a write.
    Bytes(usize),
    /// Inside every character of several bytes and between every CR and LF, and nowhere else.
    Seams,
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineEnd {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
    /// `\r`
    Cr,
}

/// How a reply ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// As the format demands.
    Complete,
    /// Without the terminal event; the connection closes in good order.
    Close,
    /// Without the terminal event; the connection breaks.
    Abort,
    /// Nothing more comes, and the connection stays open.
    Silence,
    /// An error in mid-stream.
    Error {
        /// Such as `overloaded_error`.
        kind: String,
        /// In words.
        message: String,
    },
}

/// The tokens that a reply reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub struct Usage {
    /// Sent, without those from the cache.
    pub input: u64,
    /// Answered.
    pub output: u64,
    /// Sent and read from the cache.
    pub cache_read: u64,
    /// Sent and written to the cache; the OpenAI format has no word for it.
    pub cache_write: u64,
}

impl Reply {
    /// A complete answer.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A status and a body in place of an answer.
    pub fn error(status: u16, body: impl Into<String>) -> Self {
        Self { status: Some(status), body: body.into(), ..Self::default() }
    }

    /// Bytes of one's own making, one write each.
    pub fn raw<T: Into<String>>(writes: impl IntoIterator<Item = T>) -> Self {
        Self { raw: Some(writes.into_iter().map(Into::into).collect()), ..Self::default() }
    }

    /// With this reasoning before it.
    #[must_use]
    pub fn thinking(mut self, thinking: impl Into<String>) -> Self {
        self.thinking = thinking.into();
        self
    }

    /// Cut into writes like this.
    #[must_use]
    pub const fn cut(mut self, cut: Cut) -> Self {
        self.cut = cut;
        self
    }

    /// Stopping for this reason.
    #[must_use]
    pub fn stop(mut self, stop: impl Into<String>) -> Self {
        self.stop = stop.into();
        self
    }

    /// Reporting these tokens.
    #[must_use]
    pub const fn usage(mut self, usage: Usage) -> Self {
        self.usage = Some(usage);
        self
    }

    /// Ending like this.
    #[must_use]
    pub fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// Held after so many characters of text.
    #[must_use]
    pub const fn hold_after(mut self, chars: usize) -> Self {
        self.hold_after = Some(chars);
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }
}
