//! The bytes of an answer, held to limits of time and size.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::time::{Instant, timeout_at};

use crate::{CallLimits, LlmError, Waited};

/// What must hold while an answer is read, from the moment its request was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    sent: Instant,
    limits: CallLimits,
}

impl Deadline {
    pub(crate) fn start(limits: CallLimits) -> Self {
        Self { sent: Instant::now(), limits }
    }

    /// Waits for the first bytes of an answer, or for its head.
    pub(crate) async fn first<T>(&self, future: impl Future<Output = T>) -> Result<T, LlmError> {
        let limit = self.limits.first_byte;
        timeout_at(self.sent + limit, future)
            .await
            .map_err(|_| LlmError::Timeout { what: Waited::FirstByte, limit })
    }

    /// Waits for the next bytes, no longer than `idle`.
    async fn next<T>(
        &self,
        future: impl Future<Output = T>,
        idle: Duration,
    ) -> Result<T, LlmError> {
        let now = Instant::now();
        let end = self.sent + self.limits.total;
        let (until, what, limit) = if now + idle < end {
            (now + idle, Waited::NextByte, idle)
        } else {
            (end, Waited::End, self.limits.total)
        };
        timeout_at(until, future).await.map_err(|_| LlmError::Timeout { what, limit })
    }
}

/// What the reader of events tells the reader of bytes, and the other way round.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Bytes read since the last whole event.
    pending: AtomicUsize,
    /// The provider has said why it stopped, so nothing of the answer itself can still be missing.
    stopped: AtomicBool,
    /// The connection has ended.
    ended: AtomicBool,
}

impl Progress {
    pub(crate) fn event_read(&self) {
        self.pending.store(0, Ordering::Relaxed);
    }

    pub(crate) fn stopped(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

/// How long the usage may keep us waiting once the answer is complete.
const AFTER_STOP: Duration = Duration::from_secs(10);

pub(crate) struct Body {
    response: reqwest::Response,
    deadline: Deadline,
    progress: Arc<Progress>,
    read: usize,
}

impl Body {
    pub(crate) fn new(response: reqwest::Response, deadline: Deadline) -> Self {
        Self { response, deadline, progress: Arc::new(Progress::default()), read: 0 }
    }

    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, LlmError> {
        let limits = self.deadline.limits;
        if self.progress.pending.load(Ordering::Relaxed) > limits.event_bytes {
            return Err(too_large("one event", limits.event_bytes));
        }
        let chunk = if self.read == 0 {
            self.deadline.first(self.response.chunk()).await?
        } else {
            let stopped = self.progress.stopped.load(Ordering::Relaxed);
            let idle = if stopped { limits.idle.min(AFTER_STOP) } else { limits.idle };
            self.deadline.next(self.response.chunk(), idle).await?
        };
        match chunk {
            Ok(Some(bytes)) => {
                self.read += bytes.len();
                self.progress.pending.fetch_add(bytes.len(), Ordering::Relaxed);
                if self.read > limits.response_bytes {
                    return Err(too_large("the answer", limits.response_bytes));
                }
                Ok(Some(bytes))
            }
            Ok(None) => Ok(None),
            Err(_) => Err(LlmError::Truncated),
        }
    }

    /// Everything that is left, as text.
    pub(crate) async fn text(mut self, head: &[u8], max: usize) -> Result<String, LlmError> {
        let mut all = head.to_vec();
        self.progress.event_read();
        while let Some(bytes) = self.next().await? {
            self.progress.event_read();
            all.extend_from_slice(&bytes);
            if all.len() > max {
                return Err(too_large("the answer", max));
            }
        }
        Ok(String::from_utf8_lossy(&all).into_owned())
    }

    /// `head` and everything after it, with an empty line at the end: a last event that lacks its own is read too.
    pub(crate) fn stream(self, head: Bytes) -> impl Stream<Item = Result<Bytes, LlmError>> + Send {
        let next = async |(mut body, head): (Option<Self>, Bytes)| {
            if !head.is_empty() {
                return Some((Ok(head), (body, Bytes::new())));
            }
            match body.as_mut()?.next().await {
                Ok(Some(bytes)) => Some((Ok(bytes), (body, Bytes::new()))),
                Ok(None) => {
                    body?.progress.ended.store(true, Ordering::Relaxed);
                    Some((Ok(Bytes::from_static(b"\n\n")), (None, Bytes::new())))
                }
                Err(error) => Some((Err(error), (None, Bytes::new()))),
            }
        };
        stream::unfold((Some(self), head), next)
    }
}

pub(crate) fn too_large(what: &str, limit: usize) -> LlmError {
    LlmError::Protocol { message: format!("{what} is larger than {limit} bytes") }
}
