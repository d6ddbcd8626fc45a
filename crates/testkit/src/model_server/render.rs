//! From a reply to the bytes of either format.

use serde_json::{Value, json};

use super::record::Wire;
use super::reply::{Cut, Ending, LineEnd, Reply, Usage};

/// What is done in turn to say a reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
    Write(Vec<u8>),
    Hold,
}

/// Everything that is said before the ending takes place.
pub(super) fn acts(reply: &Reply, wire: Wire, model: &str) -> Vec<Act> {
    if let Some(raw) = &reply.raw {
        return raw.iter().map(|write| Act::Write(write.clone().into_bytes())).collect();
    }
    let mut acts = Vec::new();
    let mut run: Vec<Vec<u8>> = Vec::new();
    if reply.bom {
        run.push("\u{feff}".into());
    }
    for item in items(reply, wire, model) {
        match item {
            Item::Event(name, data) => run.push(encode(reply, wire, name, &data)),
            Item::Hold => {
                acts.extend(cut(std::mem::take(&mut run), reply.cut));
                acts.push(Act::Hold);
            }
        }
    }
    acts.extend(cut(run, reply.cut));
    acts
}

/// The answer in one piece, as a server says it that was not asked to stream.
pub(super) fn whole(reply: &Reply, wire: Wire, model: &str) -> Value {
    match wire {
        Wire::Anthropic => json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": model,
            "content": [
                { "type": "thinking", "thinking": reply.thinking, "signature": "c2ln" },
                { "type": "text", "text": reply.text },
            ],
            "stop_reason": reply.stop, "stop_sequence": null,
            "usage": anthropic_usage(reply.usage),
        }),
        Wire::OpenAi => json!({
            "id": "chatcmpl-1", "object": "chat.completion", "model": model,
            "choices": [{
                "index": 0,
                "message": {
                    "role": "assistant", "content": reply.text, "reasoning_content": reply.thinking,
                },
                "finish_reason": openai_stop(&reply.stop),
            }],
            "usage": openai_usage(reply.usage),
        }),
    }
}

/// An error in the format's own shape.
pub(super) fn error(wire: Wire, kind: &str, message: &str) -> Value {
    match wire {
        Wire::Anthropic => {
            json!({ "type": "error", "error": { "type": kind, "message": message } })
        }
        Wire::OpenAi => {
            json!({ "error": { "message": message, "type": kind, "param": null, "code": kind } })
        }
    }
}

enum Item {
    Event(&'static str, String),
    Hold,
}

fn items(reply: &Reply, wire: Wire, model: &str) -> Vec<Item> {
    let mut items = match wire {
        Wire::Anthropic => {
            let usage = json!({
                "input_tokens": reply.usage.map_or(0, |usage| usage.input),
                "cache_read_input_tokens": reply.usage.map_or(0, |usage| usage.cache_read),
                "cache_creation_input_tokens": reply.usage.map_or(0, |usage| usage.cache_write),
                "output_tokens": u64::from(reply.usage.is_some()),
            });
            vec![event(
                "message_start",
                json!({ "message": {
                    "id": "msg_1", "type": "message", "role": "assistant", "model": model,
                    "content": [], "stop_reason": null, "usage": usage,
                }}),
            )]
        }
        Wire::OpenAi => vec![chunk(model, &json!({ "role": "assistant", "content": "" }), None)],
    };
    for extra in &reply.extra_events {
        items.push(Item::Event("extra", extra.clone()));
    }
    match wire {
        Wire::Anthropic => anthropic(reply, &mut items),
        Wire::OpenAi => openai(reply, model, &mut items),
    }
    if let Ending::Error { kind, message } = &reply.ending {
        items.push(Item::Event("error", error(wire, kind, message).to_string()));
    }
    items
}

fn anthropic(reply: &Reply, items: &mut Vec<Item>) {
    let mut index = 0;
    let mut block = |start: Value, deltas: Vec<Item>| {
        items.push(event("content_block_start", json!({ "index": index, "content_block": start })));
        items.extend(deltas);
        items.push(event("content_block_stop", json!({ "index": index })));
        index += 1;
    };
    if !reply.thinking.is_empty() {
        let delta =
            |delta: Value| event("content_block_delta", json!({ "index": 0, "delta": delta }));
        let mut deltas: Vec<Item> = pieces(&reply.thinking, reply.delta_chars, None)
            .into_iter()
            .flatten()
            .map(|text| delta(json!({ "type": "thinking_delta", "thinking": text })))
            .collect();
        deltas.push(delta(json!({ "type": "signature_delta", "signature": "c2ln" })));
        block(json!({ "type": "thinking", "thinking": "" }), deltas);
    }
    let at = usize::from(!reply.thinking.is_empty());
    let deltas =
        pieces(&reply.text, reply.delta_chars, reply.hold_after).into_iter().map(|piece| {
            piece.map_or(Item::Hold, |text| {
                let delta = json!({ "type": "text_delta", "text": text });
                event("content_block_delta", json!({ "index": at, "delta": delta }))
            })
        });
    block(json!({ "type": "text", "text": "" }), deltas.collect());
    if reply.ending == Ending::Complete {
        let mut last = json!({ "delta": { "stop_reason": reply.stop, "stop_sequence": null } });
        if let Some(usage) = reply.usage {
            last["usage"] = json!({ "output_tokens": usage.output });
        }
        items.push(event("message_delta", last));
        items.push(event("message_stop", json!({})));
    }
}

fn openai(reply: &Reply, model: &str, items: &mut Vec<Item>) {
    for thought in pieces(&reply.thinking, reply.delta_chars, None).into_iter().flatten() {
        items.push(chunk(model, &json!({ "reasoning_content": thought }), None));
    }
    for piece in pieces(&reply.text, reply.delta_chars, reply.hold_after) {
        items
            .push(piece.map_or(Item::Hold, |text| chunk(model, &json!({ "content": text }), None)));
    }
    if reply.ending == Ending::Complete {
        items.push(chunk(model, &json!({}), Some(openai_stop(&reply.stop))));
        if reply.usage.is_some() {
            let choices = if reply.usage_with_choices {
                json!([{ "index": 0, "delta": {}, "finish_reason": null }])
            } else {
                json!([])
            };
            let usage = openai_usage(reply.usage);
            let last = json!({
                "id": "chatcmpl-1", "object": "chat.completion.chunk", "model": model,
                "choices": choices, "usage": usage,
            });
            items.push(Item::Event("", last.to_string()));
        }
        items.push(Item::Event("", "[DONE]".to_owned()));
    }
}

fn event(name: &'static str, mut data: Value) -> Item {
    data["type"] = json!(name);
    Item::Event(name, data.to_string())
}

fn chunk(model: &str, delta: &Value, finish_reason: Option<&str>) -> Item {
    let data = json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "model": model,
        "choices": [{ "index": 0, "delta": delta, "finish_reason": finish_reason }],
    });
    Item::Event("", data.to_string())
}

/// The text in pieces of `size` characters, with a `None` where it is held.
fn pieces(text: &str, size: usize, hold_after: Option<usize>) -> Vec<Option<String>> {
    let chars: Vec<char> = text.chars().collect();
    let in_pieces = |part: &[char]| -> Vec<Option<String>> {
        part.chunks(size.max(1)).map(|piece| Some(piece.iter().collect())).collect()
    };
    let Some(at) = hold_after else { return in_pieces(&chars) };
    let (before, after) = chars.split_at(at.min(chars.len()));
    let mut pieces = in_pieces(before);
    pieces.push(None);
    pieces.extend(in_pieces(after));
    pieces
}

fn anthropic_usage(usage: Option<Usage>) -> Value {
    usage.map_or(Value::Null, |usage| {
        json!({
            "input_tokens": usage.input,
            "cache_read_input_tokens": usage.cache_read,
            "cache_creation_input_tokens": usage.cache_write,
            "output_tokens": usage.output,
        })
    })
}

fn openai_usage(usage: Option<Usage>) -> Value {
    usage.map_or(Value::Null, |usage| {
        let prompt = usage.input + usage.cache_read;
        json!({
            "prompt_tokens": prompt,
            "completion_tokens": usage.output,
            "total_tokens": prompt + usage.output,
            "prompt_tokens_details": { "cached_tokens": usage.cache_read },
        })
    })
}

fn openai_stop(stop: &str) -> &str {
    match stop {
        "end_turn" => "stop",
        "max_tokens" => "length",
        "refusal" => "content_filter",
        other => other,
    }
}

fn encode(reply: &Reply, wire: Wire, name: &str, data: &str) -> Vec<u8> {
    let end = match reply.line_end {
        LineEnd::Lf => "\n",
        LineEnd::CrLf => "\r\n",
        LineEnd::Cr => "\r",
    };
    let line = if wire == Wire::Anthropic && reply.event_lines {
        format!("event: {name}{end}")
    } else {
        String::new()
    };
    format!("{line}data: {data}{end}{end}").into_bytes()
}

fn cut(events: Vec<Vec<u8>>, cut: Cut) -> Vec<Act> {
    let writes: Vec<Vec<u8>> = match cut {
        Cut::Events => events,
        Cut::Whole => vec![events.concat()],
        Cut::Bytes(size) => events.concat().chunks(size.max(1)).map(<[u8]>::to_vec).collect(),
        Cut::Seams => at_seams(&events.concat()),
    };
    writes.into_iter().filter(|write| !write.is_empty()).map(Act::Write).collect()
}

fn at_seams(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut writes = vec![Vec::new()];
    for (index, byte) in bytes.iter().enumerate() {
        let inside_char = byte & 0b1100_0000 == 0b1000_0000;
        let inside_line_end = *byte == b'\n' && index > 0 && bytes[index - 1] == b'\r';
        if inside_char || inside_line_end {
            writes.push(Vec::new());
        }
        if let Some(last) = writes.last_mut() {
            last.push(*byte);
        }
    }
    writes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(reply: &Reply, wire: Wire) -> Vec<u8> {
        let acts = acts(reply, wire, "m");
        let writes = acts.into_iter().filter_map(|act| match act {
            Act::Write(bytes) => Some(bytes),
            Act::Hold => None,
        });
        writes.collect::<Vec<_>>().concat()
    }

    #[test]
    fn cuts_change_nothing_but_the_cuts() {
        for wire in [Wire::Anthropic, Wire::OpenAi] {
            let reply = Reply { line_end: LineEnd::CrLf, ..Reply::text("grüße \u{1f980}") };
            let whole = bytes(&reply, wire);
            for cut in [Cut::Whole, Cut::Bytes(1), Cut::Bytes(7), Cut::Seams] {
                assert_eq!(bytes(&reply.clone().cut(cut), wire), whole, "{cut:?}");
            }
        }
    }

    #[test]
    fn a_held_reply_pauses_where_it_was_told() {
        let held = acts(&Reply::text("abcdef").hold_after(2), Wire::OpenAi, "m");
        let at = held.iter().position(|act| *act == Act::Hold).unwrap();
        let before = format!("{:?}", &held[..at].iter().map(text).collect::<String>());
        assert!(before.contains("ab") && !before.contains("cdef"), "{before}");
    }

    fn text(act: &Act) -> String {
        match act {
            Act::Write(bytes) => String::from_utf8(bytes.clone()).unwrap(),
            Act::Hold => String::new(),
        }
    }
}
