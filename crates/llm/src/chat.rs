//! A request made fit for every provider: empty parts gone, neighbours of one role joined, the person last.

use qv_domain::chat::{ChatMessage, ChatPart, ChatRequest, ChatRole, Image};
use serde_json::{Value, json};

use crate::LlmError;
use crate::catalogue::least_kept_tokens;

/// Anthropic takes at most this many marks, and so do the gateways in front of it; the system prompt carries one.
const MAX_CACHE_MARKS: usize = 4;
/// Code and prose have no more tokens than one for so many bytes: a beginning that is too short by this is surely too
/// short to be kept.
const LEAST_BYTES_PER_TOKEN: usize = 2;

/// A chat as both dialects can say it.
pub(crate) struct Chat<'a> {
    pub(crate) request: &'a ChatRequest,
    /// The system prompt, unless it is blank.
    pub(crate) system: Option<&'a str>,
    /// Whether the provider should keep it.
    pub(crate) keeps_system: bool,
    /// Alternating, beginning and ending with the person; no part is empty.
    pub(crate) messages: Vec<Message<'a>>,
}

pub(crate) struct Message<'a> {
    pub(crate) role: ChatRole,
    pub(crate) pieces: Vec<Piece<'a>>,
}

/// Something that is said.
pub(crate) struct Piece<'a> {
    pub(crate) said: Said<'a>,
    /// Whether the provider should keep everything up to its end.
    pub(crate) mark: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Said<'a> {
    Text(&'a str),
    Image(&'a Image),
}

impl<'a> Chat<'a> {
    /// # Errors
    /// [`LlmError::InvalidRequest`] when there is nothing to answer.
    pub(crate) fn new(request: &'a ChatRequest) -> Result<Self, LlmError> {
        let wrong = |message: &str| LlmError::InvalidRequest { message: message.to_owned() };
        if request.model.trim().is_empty() {
            return Err(wrong("no model is chosen"));
        }
        if request.max_output_tokens == 0 {
            return Err(wrong("max_output_tokens must be at least 1"));
        }
        let mut messages: Vec<Message<'a>> = Vec::new();
        for message in &request.messages {
            let pieces = pieces(message);
            match messages.last_mut() {
                _ if pieces.is_empty() => {}
                Some(last) if last.role == message.role => last.pieces.extend(pieces),
                _ => messages.push(Message { role: message.role, pieces }),
            }
        }
        let person = |message: Option<&Message<'_>>| {
            message.is_some_and(|message| message.role == ChatRole::User)
        };
        if !person(messages.first()) || !person(messages.last()) {
            return Err(wrong("a chat must begin and end with a message of the person"));
        }
        let system = Some(request.system.as_str()).filter(|system| !system.trim().is_empty());
        let least = least_kept_tokens(&request.model) as usize * LEAST_BYTES_PER_TOKEN;
        let keeps_system = system.is_some_and(|system| system.len() >= least);
        let mut chat = Self { request, system, keeps_system, messages };
        chat.thin_out(least);
        Ok(chat)
    }

    /// Takes away marks that come to nothing, after less than `least` bytes, and those beyond what providers take.
    fn thin_out(&mut self, least: usize) {
        let mut so_far = self.system.map_or(0, str::len);
        for piece in self.messages.iter_mut().flat_map(|message| &mut message.pieces) {
            so_far += match piece.said {
                Said::Text(text) => text.len(),
                // Its tokens go by its size in pixels: enough, in any case.
                Said::Image(image) => image.data.len().max(least),
            };
            piece.mark &= so_far >= least;
        }
        // The last marks cover the longest beginnings, so the first ones are those to do without.
        let marks = MAX_CACHE_MARKS - usize::from(self.keeps_system);
        let pieces =
            self.messages.iter_mut().rev().flat_map(|message| message.pieces.iter_mut().rev());
        pieces.filter(|piece| piece.mark).skip(marks).for_each(|piece| piece.mark = false);
    }
}

fn pieces(message: &ChatMessage) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for part in &message.parts {
        match part {
            ChatPart::Text(text) if !text.trim().is_empty() => {
                pieces.push(Piece { said: Said::Text(text), mark: false });
            }
            ChatPart::Image(image) if !image.data.is_empty() => {
                pieces.push(Piece { said: Said::Image(image), mark: false });
            }
            ChatPart::CacheMark => {
                if let Some(last) = pieces.last_mut() {
                    last.mark = true;
                }
            }
            ChatPart::Text(_) | ChatPart::Image(_) => {}
        }
    }
    pieces
}

/// The block, marked as the end of what the provider should keep.
pub(crate) fn with_mark(mut block: Value, mark: bool) -> Value {
    if mark {
        block["cache_control"] = json!({ "type": "ephemeral" });
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(messages: Vec<ChatMessage>) -> ChatRequest {
        ChatRequest {
            model: "m".to_owned(),
            system: String::new(),
            messages,
            max_output_tokens: 1,
            temperature_milli: None,
        }
    }

    #[test]
    fn neighbours_of_one_role_are_joined_and_silence_is_dropped() {
        let request = request(vec![
            ChatMessage::text(ChatRole::User, "a"),
            ChatMessage::text(ChatRole::Assistant, " \n"),
            ChatMessage::text(ChatRole::User, "b").cached(),
        ]);
        let chat = Chat::new(&request).unwrap();
        assert_eq!(chat.messages.len(), 1);
        let marks: Vec<bool> = chat.messages[0].pieces.iter().map(|piece| piece.mark).collect();
        assert_eq!(marks, [false, true]);
    }

    #[test]
    fn a_beginning_that_no_provider_keeps_is_not_marked() {
        let marks = |model: &str| {
            let request = ChatRequest {
                model: model.to_owned(),
                system: "s".repeat(3_000),
                ..request(vec![
                    ChatMessage::text(ChatRole::User, "m".repeat(3_000)).cached(),
                    ChatMessage::text(ChatRole::User, "f".repeat(3_000)).cached(),
                ])
            };
            let chat = Chat::new(&request).unwrap();
            let pieces = chat.messages[0].pieces.iter().map(|piece| piece.mark);
            std::iter::once(chat.keeps_system).chain(pieces).collect::<Vec<_>>()
        };
        assert_eq!(marks("claude-sonnet-4-5"), [true, true, true]);
        assert_eq!(marks("anthropic/claude-opus-4.7"), [false, true, true]);
        assert_eq!(marks("claude-haiku-4-5"), [false, false, true]);
        assert_eq!(marks("anything"), [true, true, true]);
    }

    #[test]
    fn a_chat_that_nobody_asked_is_refused() {
        for messages in [
            vec![],
            vec![ChatMessage::text(ChatRole::User, "")],
            vec![ChatMessage::text(ChatRole::Assistant, "hi")],
            vec![
                ChatMessage::text(ChatRole::User, "a"),
                ChatMessage::text(ChatRole::Assistant, "b"),
            ],
        ] {
            let refused = Chat::new(&request(messages)).err();
            assert!(matches!(refused, Some(LlmError::InvalidRequest { .. })), "{refused:?}");
        }
    }
}
