//! From what a provider streams to chat events: the part that both dialects share.

use std::collections::VecDeque;

use qv_domain::chat::{ChatEvent, StopReason, TokenUsage};
use serde_json::Value;

use crate::LlmError;
use crate::classify::classify;
use crate::fault::Fault;
use crate::redact::Secrets;

/// The most tokens of each kind that one call is believed to have taken.
const MOST_TOKENS: u64 = 1_000_000_000;

/// A dialect's reading of one answer. Pure: events in, chat events out.
pub(crate) trait Decode: Send {
    /// Reads one event of a stream. What it does not know it leaves alone.
    fn event(&mut self, name: Option<&str>, json: &Value, answer: &mut Answer);
    /// Reads an answer that came in one piece, although a stream was asked for.
    fn whole(&mut self, json: &Value, answer: &mut Answer);
    /// Hands out what was held back, when nothing more comes.
    fn flush(&mut self, _answer: &mut Answer) {}
    /// Whether an answer without the dialect's closing event is cut off, even where it said why it stopped.
    fn needs_last_word(&self) -> bool;
}

/// What has been understood of an answer so far.
#[derive(Default)]
pub(crate) struct Answer {
    ready: VecDeque<ChatEvent>,
    stop: Option<StopReason>,
    usage: TokenUsage,
    /// The provider has said its last word.
    finished: bool,
}

impl Answer {
    pub(crate) fn text(&mut self, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.ready.push_back(ChatEvent::Text(text.to_owned()));
        }
    }

    pub(crate) fn thinking(&mut self, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.ready.push_back(ChatEvent::Thinking(text.to_owned()));
        }
    }

    pub(crate) fn stop(&mut self, reason: StopReason) {
        self.stop = Some(reason);
    }

    /// Takes in a report of usage. Reports are cumulative, and some gateways repeat a field as zero: the largest holds.
    /// No call takes a thousand million tokens; a server that says so must not break anybody's sums.
    pub(crate) fn usage(&mut self, usage: TokenUsage) {
        let so_far = self.usage;
        let larger = |so_far: u64, reported: u64| so_far.max(reported.min(MOST_TOKENS));
        self.usage = TokenUsage {
            input: larger(so_far.input, usage.input),
            output: larger(so_far.output, usage.output),
            cache_read: larger(so_far.cache_read, usage.cache_read),
            cache_write: larger(so_far.cache_write, usage.cache_write),
            reported: so_far.reported || usage.total() > 0,
        };
    }

    /// The provider's last word has come.
    pub(crate) fn finish(&mut self) {
        self.finished = true;
    }

    pub(crate) const fn is_finished(&self) -> bool {
        self.finished
    }

    /// Whether the provider said why it stopped: what may still come is the usage.
    pub(crate) const fn has_stopped(&self) -> bool {
        self.stop.is_some()
    }

    pub(crate) fn next(&mut self) -> Option<ChatEvent> {
        self.ready.pop_front()
    }

    pub(crate) fn end(&mut self) -> ChatEvent {
        ChatEvent::End { stop: self.stop.take().unwrap_or(StopReason::EndTurn), usage: self.usage }
    }
}

/// The error in an event or body, in whichever dialect's shape it is.
pub(crate) fn error_in(json: &Value, model: &str, secrets: &Secrets) -> Option<LlmError> {
    let fault = Fault::from_json(json)?;
    tracing::warn!(model, fault = %secrets.for_log(&json.to_string()), "a model's answer holds an error");
    Some(classify(&fault, model, secrets))
}
