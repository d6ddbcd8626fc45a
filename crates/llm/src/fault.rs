//! What a provider says when something is wrong: one type for all the shapes in which they say it.

use std::time::Duration;

use serde_json::Value;

use crate::retry_after;

/// An error as a provider put it, before anyone has judged what it means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The HTTP status, or the number that stands in its place in the body of a streamed error.
    pub(crate) status: Option<u16>,
    /// Such as `overloaded_error`.
    pub(crate) kind: String,
    /// Such as `context_length_exceeded`.
    pub(crate) code: String,
    /// In words.
    pub(crate) message: String,
    /// The parameter that is to blame.
    pub(crate) param: String,
    /// How long to wait.
    pub(crate) retry_after: Option<Duration>,
    /// Tokens sent and tokens that fit, where they are given as numbers.
    pub(crate) tokens: Option<u64>,
    pub(crate) limit: Option<u64>,
}

impl Fault {
    /// Reads an error body. What is not JSON, such as a proxy's page, gives a fault without words.
    pub(crate) fn from_body(body: &str) -> Self {
        serde_json::from_str(body).ok().and_then(|json| Self::from_json(&json)).unwrap_or_default()
    }

    /// Reads an error in Anthropic's shape, OpenAI's, or those of gateways; `None` when it is no error at all.
    ///
    /// Seen: `{"type":"error","error":{..}}`, `{"error":{..}}`, `{"error":"text"}` (Ollama), `[{"error":{..}}]`
    /// (Google), `{"object":"error",..}` (vLLM), `{"detail":..}` (FastAPI), `{"message":..}`.
    pub(crate) fn from_json(json: &Value) -> Option<Self> {
        if let Value::Array(items) = json {
            return Self::from_json(items.first()?);
        }
        let object = json.as_object()?;
        let is_answer = object.contains_key("choices") || object.contains_key("content");
        match object.get("error") {
            Some(Value::Null) | None => {}
            Some(Value::String(message)) => {
                return Some(Self { message: message.clone(), ..Self::default() });
            }
            Some(error) => return Some(Self::from_object(error)),
        }
        if is_answer {
            return None;
        }
        if let Some(detail) = object.get("detail") {
            let message = detail.as_str().map_or_else(|| detail.to_string(), str::to_owned);
            return Some(Self { message, ..Self::default() });
        }
        let says_error = ["object", "type"].iter().any(|key| text(json, key) == "error");
        let only_words = json["message"].is_string() && !object.contains_key("type");
        (says_error || only_words).then(|| Self::from_object(json))
    }

    fn from_object(error: &Value) -> Self {
        let code = &error["code"];
        let status = code
            .as_u64()
            .or_else(|| code.as_str()?.parse().ok())
            .and_then(|number| u16::try_from(number).ok())
            .filter(|number| (400..600).contains(number));
        let kind = text(error, "type");
        Self {
            status,
            kind: if kind.is_empty() { text(error, "status") } else { kind },
            code: text(error, "code"),
            message: message_of(error),
            param: text(error, "param"),
            retry_after: error["details"]
                .as_array()
                .and_then(|details| details.iter().find_map(|detail| detail["retryDelay"].as_str()))
                .and_then(retry_after::from_seconds_text),
            tokens: error["n_prompt_tokens"].as_u64(),
            limit: error["n_ctx"].as_u64(),
        }
    }
}

fn text(json: &Value, key: &str) -> String {
    json[key].as_str().unwrap_or_default().to_owned()
}

/// OpenRouter says "Provider returned error" and puts what the provider said into `metadata.raw`.
fn message_of(error: &Value) -> String {
    let message = text(error, "message");
    match error["metadata"]["raw"].as_str() {
        Some(raw) => format!("{message}: {raw}"),
        None => message,
    }
}
