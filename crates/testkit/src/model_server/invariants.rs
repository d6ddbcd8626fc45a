//! What must hold for every request that a provider gets from us. Providers answer some of these with an error, and
//! quietly do worse on the others.

use serde_json::Value;

use super::record::{Recorded, Wire, text_of};

/// Anthropic's limit for a request.
const MAX_BODY_BYTES: usize = 32_000_000;
/// Anthropic's limit for an image, in base64 characters (5 MB).
const MAX_IMAGE_CHARS: usize = 6_990_508;
const MAX_CACHE_MARKS: usize = 4;
const IMAGE_TYPES: [&str; 4] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/// Everything that is wrong with a request, each with the field's name.
pub(super) fn violations(request: &Recorded, body_bytes: usize, keyless: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |holds: bool, words: &str| {
        if !holds {
            wrong.push(words.to_owned());
        }
    };
    let body = &request.body;
    let header = |name: &str| request.headers.get(name).map_or("", String::as_str);

    check(body.is_object(), "body: not a JSON object");
    check(body_bytes <= MAX_BODY_BYTES, "body: larger than 32 MB");
    check(header("content-type").starts_with("application/json"), "content-type: not JSON");
    check(keyless || request.key().is_some_and(|key| !key.is_empty()), "headers: no key");
    check(body["stream"] == true, "stream: not true");
    check(body["model"].as_str().is_some_and(|model| !model.is_empty()), "model: missing");
    check(!request.system.trim().is_empty(), "system: missing");
    let marks = body.to_string().matches("\"cache_control\":").count();
    check(marks <= MAX_CACHE_MARKS, "cache_control: more than four marks");

    let (known, max_temperature): (&[&str], f64) = match request.wire {
        Wire::Anthropic => {
            check(header("anthropic-version") == "2023-06-01", "anthropic-version: missing");
            check(is_positive(&body["max_tokens"]), "max_tokens: no output limit");
            (&["model", "max_tokens", "messages", "stream", "system", "temperature"], 1.0)
        }
        Wire::OpenAi => {
            let limits = ["max_tokens", "max_completion_tokens"];
            let set = limits.iter().filter(|limit| is_positive(&body[**limit])).count();
            check(set >= 1, "max_tokens: no output limit");
            check(set <= 1, "max_tokens: set beside max_completion_tokens");
            let options = &body["stream_options"];
            check(
                options.is_null() || options["include_usage"] == true,
                "stream_options: does not ask for usage",
            );
            (
                &[
                    "model",
                    "messages",
                    "stream",
                    "stream_options",
                    "max_tokens",
                    "max_completion_tokens",
                    "temperature",
                ],
                2.0,
            )
        }
    };
    if let Some(temperature) = body.get("temperature") {
        let in_range = temperature.as_f64().is_some_and(|t| (0.0..=max_temperature).contains(&t));
        check(in_range, "temperature: out of range");
    }
    for field in body.as_object().into_iter().flat_map(|fields| fields.keys()) {
        check(known.contains(&field.as_str()), &format!("{field}: unknown field"));
    }
    wrong.extend(in_messages(request));
    wrong
}

fn is_positive(value: &Value) -> bool {
    value.as_u64().is_some_and(|number| number > 0)
}

fn in_messages(request: &Recorded) -> Vec<String> {
    let Some(messages) = request.body["messages"].as_array() else {
        return vec!["messages: not a list".to_owned()];
    };
    let skipped = usize::from(
        request.wire == Wire::OpenAi
            && messages.first().is_some_and(|first| first["role"] == "system"),
    );
    let chat = &messages[skipped..];
    let mut wrong = Vec::new();
    if chat.is_empty() {
        wrong.push("messages: empty".to_owned());
    }
    if chat.last().is_some_and(|last| last["role"] != "user") {
        wrong.push("messages: the last one is not the user's".to_owned());
    }
    for (index, message) in chat.iter().enumerate() {
        let expected = if index % 2 == 0 { "user" } else { "assistant" };
        if message["role"] != expected {
            wrong.push(format!("messages[{index}].role: not {expected}"));
        }
        wrong.extend(
            in_content(&message["content"], request.wire)
                .into_iter()
                .map(|words| format!("messages[{index}].content: {words}")),
        );
    }
    wrong
}

fn in_content(content: &Value, wire: Wire) -> Vec<&'static str> {
    let parts = match content {
        Value::String(text) if wire == Wire::OpenAi => {
            return if text.trim().is_empty() { vec!["empty"] } else { vec![] };
        }
        Value::Array(parts) if !parts.is_empty() => parts,
        _ => return vec!["neither text nor parts"],
    };
    let wrong_part = |part: &Value| match (part["type"].as_str(), wire) {
        (Some("text"), _) if text_of(&Value::Array(vec![part.clone()])).trim().is_empty() => {
            Some("an empty text")
        }
        (Some("text"), _) => None,
        (Some("image"), Wire::Anthropic) => {
            let source = &part["source"];
            wrong_image(source["media_type"].as_str(), source["data"].as_str())
        }
        (Some("image_url"), Wire::OpenAi) => {
            let url = part["image_url"]["url"].as_str().and_then(|url| url.strip_prefix("data:"));
            let halves = url.and_then(|url| url.split_once(";base64,"));
            wrong_image(halves.map(|(kind, _)| kind), halves.map(|(_, data)| data))
        }
        _ => Some("a part of unknown type"),
    };
    parts.iter().filter_map(wrong_part).collect()
}

fn wrong_image(media_type: Option<&str>, data: Option<&str>) -> Option<&'static str> {
    if !media_type.is_some_and(|media_type| IMAGE_TYPES.contains(&media_type)) {
        return Some("an image of unknown type");
    }
    match data.map_or(0, str::len) {
        0 => Some("an empty image"),
        size if size > MAX_IMAGE_CHARS => Some("an image larger than 5 MB"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use serde_json::json;

    fn check(body: &Value) -> Vec<String> {
        let headers = BTreeMap::from([
            ("authorization".to_owned(), "Bearer k".to_owned()),
            ("content-type".to_owned(), "application/json".to_owned()),
        ]);
        let bytes = body.to_string().into_bytes();
        violations(&Recorded::new(Wire::OpenAi, headers, &bytes), bytes.len(), false)
    }

    fn sound() -> Value {
        json!({
            "model": "m", "stream": true, "max_tokens": 1,
            "messages": [
                {"role": "system", "content": "s"},
                {"role": "user", "content": "u"},
            ],
        })
    }

    #[test]
    fn a_sound_request_passes() {
        assert_eq!(check(&sound()), Vec::<String>::new());
    }

    #[test]
    fn each_fault_is_named() {
        let with = |pointer: &str, value: Value| {
            let mut body = sound();
            *body.pointer_mut(pointer).unwrap() = value;
            check(&body)
        };
        assert_eq!(with("/stream", json!(false)), ["stream: not true"]);
        assert_eq!(with("/max_tokens", json!(0)), ["max_tokens: no output limit"]);
        assert_eq!(with("/messages/0/content", json!(" ")), ["system: missing"]);
        assert_eq!(with("/messages/1/content", json!("")), ["messages[0].content: empty"]);
        assert_eq!(
            with("/messages/1/role", json!("assistant")),
            ["messages: the last one is not the user's", "messages[0].role: not user"]
        );
        let mut body = sound();
        body["tools"] = json!([]);
        assert_eq!(check(&body), ["tools: unknown field"]);
    }
}
