//! A request made fit for every provider: empty parts gone, neighbours of one role joined, the person last.

use qv_domain::chat::{ChatMessage, ChatPart, ChatRequest, ChatRole};
use serde_json::{Value, json};

use crate::LlmError;

/// Anthropic takes at most this many marks, and so do the gateways in front of it; the system prompt carries one.
const MAX_CACHE_MARKS: usize = 4;

/// A chat as both dialects can say it.
pub(crate) struct Chat<'a> {
    pub(crate) request: &'a ChatRequest,
    /// The system prompt, unless it is blank.
    pub(crate) system: Option<&'a str>,
    /// Alternating, beginning and ending with the person; no part is empty.
    pub(crate) messages: Vec<Message<'a>>,
}

pub(crate) struct Message<'a> {
    pub(crate) role: ChatRole,
    pub(crate) parts: Vec<&'a ChatPart>,
    pub(crate) cache: bool,
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
            let parts = said(message);
            match messages.last_mut() {
                _ if parts.is_empty() => {}
                Some(last) if last.role == message.role => {
                    last.parts.extend(parts);
                    last.cache |= message.cache;
                }
                _ => messages.push(Message { role: message.role, parts, cache: message.cache }),
            }
        }
        let person = |message: Option<&Message<'_>>| {
            message.is_some_and(|message| message.role == ChatRole::User)
        };
        if !person(messages.first()) || !person(messages.last()) {
            return Err(wrong("a chat must begin and end with a message of the person"));
        }
        let system = Some(request.system.as_str()).filter(|system| !system.trim().is_empty());
        // The last marks cover the longest prefixes, so the first ones are those to do without.
        let marks = MAX_CACHE_MARKS - usize::from(system.is_some());
        let marked = messages.iter_mut().rev().filter(|message| message.cache);
        marked.skip(marks).for_each(|message| message.cache = false);
        Ok(Self { request, system, messages })
    }
}

fn said(message: &ChatMessage) -> Vec<&ChatPart> {
    let says_something = |part: &&ChatPart| match part {
        ChatPart::Text(text) => !text.trim().is_empty(),
        ChatPart::Image(image) => !image.data.is_empty(),
    };
    message.parts.iter().filter(says_something).collect()
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
        assert_eq!(chat.messages[0].parts.len(), 2);
        assert!(chat.messages[0].cache);
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
