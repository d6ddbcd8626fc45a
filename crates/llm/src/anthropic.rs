//! Anthropic's Messages API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use qv_domain::chat::{ChatRole, StopReason, TokenUsage};
use serde_json::{Value, json};

use crate::chat::{Chat, Message, Said, with_mark};
use crate::decode::{Answer, Decode};
use crate::shape::Shape;

/// The version of the API that this was written against.
pub(crate) const VERSION: &str = "2023-06-01";

/// The body of a request.
pub(crate) fn body(chat: &Chat<'_>, shape: &Shape) -> Value {
    let request = chat.request;
    let messages: Vec<Value> = chat
        .messages
        .iter()
        .map(|message| {
            json!({ "role": message.role.as_str(), "content": content(message, shape.cache_control) })
        })
        .collect();
    let mut body = json!({
        "model": request.model,
        "max_tokens": shape.output_tokens(request),
        "messages": messages,
        "stream": true,
    });
    if let Some(system) = chat.system {
        let mark = shape.cache_control && chat.keeps_system;
        let block = with_mark(json!({ "type": "text", "text": system }), mark);
        body["system"] = json!([block]);
    }
    if let (Some(milli), true) = (request.temperature_milli, shape.temperature) {
        // This API ends at 1, where OpenAI's ends at 2.
        body["temperature"] = json!(f64::from(milli.min(1_000)) / 1_000.0);
    }
    body
}

fn content(message: &Message<'_>, marks: bool) -> Vec<Value> {
    let block = |said: Said<'_>| match said {
        Said::Text(text) => json!({ "type": "text", "text": trimmed(message.role, text) }),
        Said::Image(image) => json!({
            "type": "image",
            "source": {
                "type": "base64",
                "media_type": image.media_type,
                "data": BASE64.encode(&image.data),
            },
        }),
    };
    let pieces = message.pieces.iter();
    pieces.map(|piece| with_mark(block(piece.said), piece.mark && marks)).collect()
}

/// The API refuses an answer that ends in blanks.
fn trimmed(role: ChatRole, text: &str) -> &str {
    if role == ChatRole::Assistant { text.trim_end() } else { text }
}

/// Reads an answer. Events are told apart by the `type` in their JSON; gateways drop the `event:` lines.
#[derive(Default)]
pub(crate) struct Decoder;

impl Decode for Decoder {
    fn event(&mut self, name: Option<&str>, json: &Value, answer: &mut Answer) {
        match json["type"].as_str().or(name).unwrap_or_default() {
            "message_start" => answer.usage(usage(&json["message"]["usage"])),
            "content_block_start" => block(&json["content_block"], answer),
            "content_block_delta" => match json["delta"]["type"].as_str() {
                Some("text_delta") => answer.text(json["delta"]["text"].as_str()),
                Some("thinking_delta") => answer.thinking(json["delta"]["thinking"].as_str()),
                _ => {}
            },
            "message_delta" => {
                answer.usage(usage(&json["usage"]));
                if let Some(reason) = json["delta"]["stop_reason"].as_str() {
                    answer.stop(stop_reason(reason));
                }
            }
            "message_stop" => answer.finish(),
            _ => {}
        }
    }

    fn whole(&mut self, json: &Value, answer: &mut Answer) {
        let Some(blocks) = json["content"].as_array() else { return };
        for part in blocks {
            block(part, answer);
        }
        answer.usage(usage(&json["usage"]));
        if let Some(reason) = json["stop_reason"].as_str() {
            answer.stop(stop_reason(reason));
        }
        answer.finish();
    }

    fn needs_last_word(&self) -> bool {
        true
    }
}

fn block(json: &Value, answer: &mut Answer) {
    match json["type"].as_str() {
        Some("text") => answer.text(json["text"].as_str()),
        Some("thinking") => answer.thinking(json["thinking"].as_str()),
        _ => {}
    }
}

fn usage(json: &Value) -> TokenUsage {
    let tokens = |key: &str| json[key].as_u64().unwrap_or(0);
    TokenUsage {
        input: tokens("input_tokens"),
        output: tokens("output_tokens"),
        cache_read: tokens("cache_read_input_tokens"),
        cache_write: tokens("cache_creation_input_tokens"),
        reported: true,
    }
}

fn stop_reason(reason: &str) -> StopReason {
    match reason {
        "end_turn" | "stop_sequence" => StopReason::EndTurn,
        "max_tokens" => StopReason::MaxTokens,
        "refusal" => StopReason::Refusal,
        "model_context_window_exceeded" => StopReason::ContextFull,
        other => StopReason::Other(other.chars().take(40).collect()),
    }
}
