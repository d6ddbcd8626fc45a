//! One answer, from bytes to chat events, whatever comes.

use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use qv_domain::chat::ChatEvent;
use serde_json::Value;
use sse_stream::SseByteStream;

use crate::body::{Body, Progress, too_large};
use crate::decode::{Answer, Decode, error_in};
use crate::redact::Secrets;
use crate::{CallLimits, ChatStream, LlmError};

type Events = SseByteStream<Pin<Box<dyn Stream<Item = Result<Bytes, LlmError>> + Send>>>;

/// What is known about a call while its answer is read.
pub(crate) struct Call {
    pub(crate) model: String,
    pub(crate) secrets: Secrets,
    pub(crate) limits: CallLimits,
}

/// The chat events of an answer.
pub(crate) fn read(body: Body, decoder: Box<dyn Decode>, call: Call) -> ChatStream {
    let reader =
        Reader { call, decoder, answer: Answer::default(), source: Source::Unread(Box::new(body)) };
    Box::pin(stream::unfold(reader, async |mut reader| {
        let item = reader.next().await?;
        Some((item, reader))
    }))
}

struct Reader {
    call: Call,
    decoder: Box<dyn Decode>,
    answer: Answer,
    source: Source,
}

enum Source {
    Unread(Box<Body>),
    Events(Box<Events>, Arc<Progress>),
    /// Everything is read; what has been understood is still to be handed out.
    Read,
    Over,
}

impl Reader {
    async fn next(&mut self) -> Option<Result<ChatEvent, LlmError>> {
        loop {
            if let Source::Over = self.source {
                return None;
            }
            if let Some(event) = self.answer.next() {
                return Some(Ok(event));
            }
            let step = match std::mem::replace(&mut self.source, Source::Over) {
                Source::Over => return None,
                Source::Read => {
                    self.decoder.flush(&mut self.answer);
                    let Some(event) = self.answer.next() else {
                        return Some(Ok(self.answer.end()));
                    };
                    self.source = Source::Read;
                    return Some(Ok(event));
                }
                Source::Unread(body) => self.open(*body).await,
                Source::Events(events, progress) => self.advance(events, progress).await,
            };
            match step {
                Ok(source) => self.source = source,
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Looks at the first letter: a stream of events, or JSON although a stream was asked for, or a page.
    async fn open(&mut self, mut body: Body) -> Result<Source, LlmError> {
        let mut head = BytesMut::new();
        let first = loop {
            let Some(bytes) = body.next().await? else { return Err(LlmError::Truncated) };
            head.extend_from_slice(&bytes);
            // Blanks and a byte order mark may come before anything.
            let skipped = |b: &&u8| !b.is_ascii_whitespace() && !b"\xEF\xBB\xBF".contains(b);
            if let Some(first) = head.iter().find(skipped) {
                break *first;
            }
        };
        match first {
            b'{' | b'[' => {
                let text = body.text(&head, self.call.limits.response_bytes).await?;
                self.whole(&text)?;
                Ok(Source::Read)
            }
            b'<' => Err(protocol("a web page came instead of an answer")),
            _ => {
                let progress = body.progress();
                let bytes: Pin<Box<dyn Stream<Item = _> + Send>> =
                    Box::pin(body.stream(head.freeze()));
                Ok(Source::Events(Box::new(SseByteStream::new(bytes)), progress))
            }
        }
    }

    fn whole(&mut self, text: &str) -> Result<(), LlmError> {
        let text = text.trim_start_matches('\u{feff}');
        let Ok(json) = serde_json::from_str::<Value>(text) else {
            // Cut-off JSON is a connection that broke; anything else is nonsense.
            return Err(LlmError::Truncated);
        };
        if let Some(error) = error_in(&json, &self.call.model, &self.call.secrets) {
            return Err(error);
        }
        self.decoder.whole(&json, &mut self.answer);
        if self.answer.is_finished() {
            Ok(())
        } else {
            Err(protocol("JSON came that is not an answer"))
        }
    }

    async fn advance(
        &mut self,
        mut events: Box<Events>,
        progress: Arc<Progress>,
    ) -> Result<Source, LlmError> {
        let event = match events.next().await {
            Some(Ok(event)) => event,
            // With the answer complete, a connection that breaks or goes silent takes only the usage with it.
            _ if self.answer.has_stopped() && !self.decoder.needs_last_word() => {
                return Ok(Source::Read);
            }
            None => return Err(LlmError::Truncated),
            Some(Err(error)) => return Err(stream_error(error)),
        };
        progress.event_read();
        let data = event.data.unwrap_or_default();
        if data.len() > self.call.limits.event_bytes {
            return Err(too_large("one event", self.call.limits.event_bytes));
        }
        let data = data.trim();
        if data == "[DONE]" {
            self.answer.finish();
        } else if !data.is_empty() {
            let json: Value = match serde_json::from_str(data) {
                Ok(json) => json,
                Err(_) if progress.has_ended() => return Err(LlmError::Truncated),
                Err(_) => return Err(protocol("an event is not JSON")),
            };
            if let Some(error) = error_in(&json, &self.call.model, &self.call.secrets) {
                return Err(error);
            }
            self.decoder.event(event.event.as_deref(), &json, &mut self.answer);
        }
        if self.answer.is_finished() {
            return Ok(Source::Read);
        }
        if self.answer.has_stopped() {
            progress.stopped();
        }
        Ok(Source::Events(events, progress))
    }
}

fn stream_error(error: sse_stream::Error) -> LlmError {
    match error {
        sse_stream::Error::Body(cause) => match cause.downcast::<LlmError>() {
            Ok(error) => *error,
            Err(cause) => LlmError::Network { message: cause.to_string() },
        },
        other => protocol(&other.to_string()),
    }
}

fn protocol(message: &str) -> LlmError {
    LlmError::Protocol { message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use qv_domain::chat::{StopReason, TokenUsage};

    use super::*;
    use crate::body::Deadline;
    use crate::{anthropic, openai};

    const ANTHROPIC: &str = concat!(
        "event: message_start\r\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9,",
        "\"cache_read_input_tokens\":4,\"output_tokens\":1}}}\r\n\r\n: ping\r\n\r\n",
        "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}}\n\n",
        "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"gr\u{fc}n \u{1f980}\"}}\r\r",
        "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"},\ndata: \"usage\":{\"output_tokens\":7}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    );
    const OPENAI: &str = concat!(
        "\u{feff}data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}\r\n\r\n",
        "data:{\"choices\":[{\"delta\":{\"content\":\"gr\u{fc}n \u{1f980}\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\r\r",
        "data: {\"choices\":[{}],\"usage\":{\"prompt_tokens\":13,\"completion_tokens\":7,",
        "\"prompt_tokens_details\":{\"cached_tokens\":4}}}\n\ndata: [DONE]\n\n",
    );

    fn decoders() -> [(Box<dyn Decode>, &'static str); 2] {
        [(Box::new(anthropic::Decoder), ANTHROPIC), (Box::new(openai::Decoder::default()), OPENAI)]
    }

    /// Reads bytes cut at these places; `None` for the error when there was none.
    fn read_cut(
        decoder: Box<dyn Decode>,
        bytes: &[u8],
        cuts: &[usize],
    ) -> (String, String, Option<ChatEvent>, Option<LlmError>) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<Result<Bytes, std::io::Error>> = cuts
            .windows(2)
            .map(|pair| Ok(Bytes::copy_from_slice(&bytes[pair[0]..pair[1]])))
            .collect();
        let body = reqwest::Body::wrap_stream(stream::iter(pieces));
        let body = Body::new(http::Response::new(body).into(), Deadline::start(CallLimits::HOSTED));
        let call =
            Call { model: "m".to_owned(), secrets: Secrets::default(), limits: CallLimits::HOSTED };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let items = runtime.block_on(read(body, decoder, call).collect::<Vec<_>>());
        let (mut text, mut thinking) = (String::new(), String::new());
        let (mut end, mut error): (Option<ChatEvent>, Option<LlmError>) = (None, None);
        for item in items {
            assert!(end.is_none() && error.is_none(), "something came after the end");
            match item {
                Ok(ChatEvent::Text(more)) => text += more.as_str(),
                Ok(ChatEvent::Thinking(more)) => thinking += more.as_str(),
                Ok(ending) => end = Some(ending),
                Err(broken) => error = Some(broken),
            }
        }
        assert!(end.is_some() != error.is_some(), "exactly one ending");
        (text, thinking, end, error)
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_answer(cuts in prop::collection::vec(any::<usize>(), 0..40)) {
            let usage =
                TokenUsage { input: 9, output: 7, cache_read: 4, cache_write: 0, reported: true };
            let end = ChatEvent::End { stop: StopReason::MaxTokens, usage };
            for (decoder, transcript) in decoders() {
                let got = read_cut(decoder, transcript.as_bytes(), &cuts);
                let expected = ("gr\u{fc}n \u{1f980}".to_owned(), "hm".to_owned(), Some(end.clone()), None);
                prop_assert_eq!(got, expected);
            }
        }

        #[test]
        fn a_transcript_that_breaks_off_anywhere_is_never_taken_for_whole(at in any::<usize>()) {
            for (decoder, transcript) in decoders() {
                let last_word = ["\"message_stop\"}", "\"finish_reason\":\"length\"}]}"]
                    .iter()
                    .filter_map(|word| Some(transcript.rfind(word)? + word.len()))
                    .min()
                    .unwrap();
                let cut = at % last_word;
                let (_, _, end, error) = read_cut(decoder, &transcript.as_bytes()[..cut], &[]);
                prop_assert_eq!(end, None);
                prop_assert!(matches!(error, Some(LlmError::Truncated | LlmError::Protocol { .. })), "{:?}", error);
            }
        }

        #[test]
        fn garbage_ends_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), cuts in prop::collection::vec(any::<usize>(), 0..5)) {
            for (decoder, _) in decoders() {
                read_cut(decoder, &bytes, &cuts);
            }
        }

        #[test]
        fn json_of_any_shape_ends_without_a_panic(values in prop::collection::vec(json_like(), 0..8)) {
            for (decoder, _) in decoders() {
                let text: String = values.iter().map(|value| format!("data: {value}\n\n")).collect();
                read_cut(decoder, text.as_bytes(), &[]);
            }
            for ((decoder, _), value) in decoders().into_iter().zip(values) {
                read_cut(decoder, value.to_string().as_bytes(), &[]);
            }
        }
    }

    /// JSON made of the words that the decoders look for.
    fn json_like() -> impl Strategy<Value = Value> {
        let word = prop::sample::select(
            &[
                "type",
                "delta",
                "choices",
                "content",
                "message",
                "usage",
                "error",
                "text",
                "thinking",
                "stop_reason",
                "finish_reason",
                "prompt_tokens",
                "total_tokens",
                "input_tokens",
                "code",
                "content_block",
                "prompt_tokens_details",
                "cached_tokens",
                "detail",
                "details",
                "message_delta",
                "content_block_delta",
                "text_delta",
                "message_start",
                "metadata",
            ][..],
        );
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            word.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((word.clone(), inner), 0..5).prop_map(|fields| {
                    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
                }),
            ]
        })
    }
}
