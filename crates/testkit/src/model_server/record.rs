use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The format of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// `POST /v1/messages`
    Anthropic,
    /// `POST /v1/chat/completions`
    OpenAi,
}

/// What became of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is still being said.
    Open,
    /// It was said to its end.
    Said,
    /// The client went away before.
    Disconnected,
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its format.
    pub wire: Wire,
    /// Header names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; `null` when it was no JSON.
    pub body: Value,
    /// The system prompt.
    pub system: String,
    /// The text of the last message of the person.
    pub last_user: String,
    /// What is wrong with it.
    pub violations: Vec<String>,
    /// What became of the reply.
    pub outcome: Outcome,
}

impl Recorded {
    pub(super) fn new(wire: Wire, headers: BTreeMap<String, String>, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let messages = body["messages"].as_array().map_or(&[][..], Vec::as_slice);
        let with_role = |role: &str| {
            messages
                .iter()
                .rev()
                .find(|message| message["role"] == role)
                .map(|message| text_of(&message["content"]))
        };
        Self {
            wire,
            system: match wire {
                Wire::Anthropic => text_of(&body["system"]),
                Wire::OpenAi => with_role("system").unwrap_or_default(),
            },
            last_user: with_role("user").unwrap_or_default(),
            headers,
            body,
            violations: Vec::new(),
            outcome: Outcome::Open,
        }
    }

    /// Without what takes much memory.
    pub(super) fn without_texts(mut self) -> Self {
        self.body = Value::Null;
        self.system.clear();
        self.last_user.clear();
        self.headers.clear();
        self
    }

    /// The key that it carried.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        let bearer = || self.headers.get("authorization")?.strip_prefix("Bearer ");
        self.headers.get("x-api-key").map(String::as_str).or_else(bearer)
    }
}

/// The text of a content, whether it is a string or parts.
#[must_use]
pub fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
            texts.join("\n\n")
        }
        _ => String::new(),
    }
}
