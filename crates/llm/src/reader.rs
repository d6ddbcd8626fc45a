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
                Source::Read => return Some(Ok(self.answer.end())),
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
