//! OpenAI's chat completions, as OpenAI and those who imitate it speak them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use qv_domain::chat::{StopReason, TokenUsage};
use serde_json::{Value, json};

use crate::chat::{Chat, Message, Said, with_mark};
use crate::decode::{Answer, Decode};
use crate::shape::{OutputLimit, Shape};
use crate::think::Sorter;

/// The body of a request.
pub(crate) fn body(chat: &Chat<'_>, shape: &Shape) -> Value {
    let request = chat.request;
    let mut messages = Vec::with_capacity(chat.messages.len() + 1);
    if let Some(system) = chat.system {
        let content = text_content(system, shape.cache_control && chat.keeps_system);
        messages.push(json!({ "role": "system", "content": content }));
    }
    for message in &chat.messages {
        let content = content(message, shape.cache_control);
        messages.push(json!({ "role": message.role.as_str(), "content": content }));
    }

    let mut body = json!({ "model": request.model, "messages": messages, "stream": true });
    if shape.stream_options {
        body["stream_options"] = json!({ "include_usage": true });
    }
    let max_tokens = shape.output_tokens(request);
    match shape.output_limit {
        OutputLimit::MaxTokens => body["max_tokens"] = json!(max_tokens),
        OutputLimit::MaxCompletionTokens => body["max_completion_tokens"] = json!(max_tokens),
        OutputLimit::Unsaid => {}
    }
    if let (Some(milli), true) = (request.temperature_milli, shape.temperature) {
        body["temperature"] = json!(f64::from(milli) / 1_000.0);
    }
    body
}

/// Text alone is sent as a string, unless it is marked: many servers know no parts.
fn content(message: &Message<'_>, marks: bool) -> Value {
    let marked = marks && message.pieces.iter().any(|piece| piece.mark);
    if let (false, Some(text)) = (marked, text_alone(message)) {
        return json!(text);
    }
    let block = |said: Said<'_>| match said {
        Said::Text(text) => json!({ "type": "text", "text": text }),
        Said::Image(image) => {
            let url = format!("data:{};base64,{}", image.media_type, BASE64.encode(&image.data));
            json!({ "type": "image_url", "image_url": { "url": url } })
        }
    };
    let pieces = message.pieces.iter();
    pieces.map(|piece| with_mark(block(piece.said), piece.mark && marks)).collect()
}

/// All that a message says, if that is text.
fn text_alone(message: &Message<'_>) -> Option<String> {
    let mut all = String::new();
    for piece in &message.pieces {
        let Said::Text(text) = piece.said else { return None };
        if !all.is_empty() && !all.ends_with('\n') {
            all.push_str("\n\n");
        }
        all.push_str(text);
    }
    Some(all)
}

fn text_content(text: &str, mark: bool) -> Value {
    if mark {
        json!([with_mark(json!({ "type": "text", "text": text }), true)])
    } else {
        json!(text)
    }
}

/// Reads an answer.
#[derive(Default)]
pub(crate) struct Decoder {
    /// OpenAI streams a refusal in a field of its own and then stops as if nothing were amiss.
    refused: bool,
    thoughts: Sorter,
}

impl Decode for Decoder {
    fn event(&mut self, _name: Option<&str>, json: &Value, answer: &mut Answer) {
        // Usage may come in any chunk: alone at the end, beside choices, or in each with the sum so far.
        answer.usage(usage(&json["usage"]));
        let choice = &json["choices"][0];
        self.message(&choice["delta"], answer);
        if let Some(reason) = choice["finish_reason"].as_str().filter(|reason| !reason.is_empty()) {
            self.stop(reason, answer);
        }
    }

    fn whole(&mut self, json: &Value, answer: &mut Answer) {
        let choice = &json["choices"][0];
        if !choice.is_object() {
            return;
        }
        self.message(&choice["message"], answer);
        answer.usage(usage(&json["usage"]));
        self.stop(choice["finish_reason"].as_str().unwrap_or("stop"), answer);
        answer.finish();
    }

    fn flush(&mut self, answer: &mut Answer) {
        self.thoughts.flush(answer);
    }

    /// Many gateways leave `[DONE]` out.
    fn needs_last_word(&self) -> bool {
        false
    }
}

impl Decoder {
    fn message(&mut self, json: &Value, answer: &mut Answer) {
        // DeepSeek, vLLM and llama-server say `reasoning_content`; OpenRouter and Ollama `reasoning`; some both.
        let reasoning = json["reasoning_content"].as_str().or_else(|| json["reasoning"].as_str());
        answer.thinking(reasoning);
        self.content(&json["content"], answer);
        if let Some(refusal) = json["refusal"].as_str().filter(|refusal| !refusal.is_empty()) {
            self.refused = true;
            answer.text(Some(refusal));
        }
    }

    /// A string, or parts, as Mistral's reasoning models answer.
    fn content(&mut self, json: &Value, answer: &mut Answer) {
        match json {
            Value::String(text) => self.thoughts.push(text, answer),
            Value::Array(parts) => {
                for part in parts {
                    match part["type"].as_str() {
                        Some("text") => answer.text(part["text"].as_str()),
                        Some("thinking") => {
                            for thought in part["thinking"].as_array().into_iter().flatten() {
                                answer.thinking(thought["text"].as_str());
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn stop(&self, reason: &str, answer: &mut Answer) {
        answer.stop(if self.refused { StopReason::Refusal } else { stop_reason(reason) });
    }
}

fn usage(json: &Value) -> TokenUsage {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let prompt = number(&json["prompt_tokens"]);
    let details = &json["prompt_tokens_details"];
    let cache_read =
        number(&details["cached_tokens"]).max(number(&json["prompt_cache_hit_tokens"])).min(prompt);
    let cache_write = number(&details["cache_write_tokens"]).min(prompt - cache_read);
    // Google and xAI count reasoning in the total alone.
    let beyond_prompt = number(&json["total_tokens"]).saturating_sub(prompt);
    TokenUsage {
        input: prompt - cache_read - cache_write,
        output: number(&json["completion_tokens"]).max(beyond_prompt),
        cache_read,
        cache_write,
        reported: true,
    }
}

fn stop_reason(reason: &str) -> StopReason {
    match reason {
        "stop" | "eos" | "end_turn" | "stop_sequence" => StopReason::EndTurn,
        "length" | "max_tokens" => StopReason::MaxTokens,
        "content_filter" | "refusal" => StopReason::Refusal,
        "model_length" => StopReason::ContextFull,
        other => StopReason::Other(other.chars().take(40).collect()),
    }
}
