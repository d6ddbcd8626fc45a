//! The DevTools protocol over Chromium's pipe: JSON messages that end with a zero byte. Nobody else on the host can attach.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::launch::Pipes;

/// The largest message that is heard, in bytes; pictures are far smaller.
const LARGEST: usize = 64 << 20;

/// Why a command has no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum CdpError {
    /// The browser refused it.
    #[error("{0}")]
    Refused(String),
    /// It is gone.
    #[error("the browser is gone")]
    Gone,
}

/// Hears events of one session. Called one after another, by the task that reads: it must not wait.
pub(crate) trait Sink: Send + Sync {
    fn event(&self, method: &str, params: Value);
}

/// A connection to a browser. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connection(Arc<Inner>);

struct Inner {
    out: mpsc::UnboundedSender<Vec<u8>>,
    calls: Mutex<HashMap<u64, oneshot::Sender<Result<Value, CdpError>>>>,
    sinks: Mutex<HashMap<String, Arc<dyn Sink>>>,
    next: AtomicU64,
    gone: CancellationToken,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: Option<u64>,
    #[serde(default)]
    method: String,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Value,
    error: Option<Refusal>,
    #[serde(default)]
    session_id: String,
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
}

impl Connection {
    /// Speaks over these pipes until either end closes.
    pub(crate) fn open(pipes: Pipes) -> std::io::Result<Self> {
        let mut tell = pipe::Sender::from_owned_fd(pipes.tell)?;
        let mut hear = pipe::Receiver::from_owned_fd(pipes.hear)?;
        let (out, mut queue) = mpsc::unbounded_channel::<Vec<u8>>();
        let inner = Arc::new(Inner {
            out,
            calls: Mutex::default(),
            sinks: Mutex::default(),
            next: AtomicU64::new(1),
            gone: CancellationToken::new(),
        });
        let gone = inner.gone.clone();
        tokio::spawn(async move {
            loop {
                let message = tokio::select! {
                    message = queue.recv() => message,
                    () = gone.cancelled() => None,
                };
                let Some(message) = message else { return };
                if tell.write_all(&message).await.is_err() {
                    gone.cancel();
                    return;
                }
            }
        });
        // Weak, so that the last user's end closes the pipe, which ends the browser.
        let (weak, gone) = (Arc::downgrade(&inner), inner.gone.clone());
        tokio::spawn(async move {
            let mut buffer = Vec::new();
            let mut chunk = vec![0; 64 << 10];
            loop {
                let read = tokio::select! {
                    read = hear.read(&mut chunk) => read.unwrap_or(0),
                    () = gone.cancelled() => 0,
                };
                let Some(inner) = weak.upgrade() else { return };
                if read == 0 {
                    inner.end();
                    return;
                }
                let mut fresh = chunk.get(..read).unwrap_or_default();
                while let Some(end) = fresh.iter().position(|byte| *byte == 0) {
                    buffer.extend_from_slice(&fresh[..end]);
                    fresh = &fresh[end + 1..];
                    inner.hear(&buffer);
                    buffer.clear();
                }
                buffer.extend_from_slice(fresh);
                if buffer.len() > LARGEST {
                    inner.end();
                    return;
                }
            }
        });
        Ok(Self(inner))
    }

    /// Fires when the browser no longer answers.
    pub(crate) fn gone(&self) -> CancellationToken {
        self.0.gone.clone()
    }

    /// Hears the events of a session from now on; that of the browser itself is `""`.
    pub(crate) fn listen(&self, session: &str, sink: Arc<dyn Sink>) {
        self.0
            .sinks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(session.to_owned(), sink);
    }

    pub(crate) fn forget(&self, session: &str) {
        self.0.sinks.lock().unwrap_or_else(PoisonError::into_inner).remove(session);
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn call(
        &self,
        session: &str,
        method: &str,
        params: Value,
    ) -> Result<Value, CdpError> {
        let (answer, waiting) = oneshot::channel();
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let _forget = Forget(&self.0, id);
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).insert(id, answer);
        self.0.send(id, session, method, params);
        tokio::select! {
            answer = waiting => answer.unwrap_or(Err(CdpError::Gone)),
            () = self.0.gone.cancelled() => Err(CdpError::Gone),
        }
    }

    /// Asks for what needs no answer.
    pub(crate) fn post(&self, session: &str, method: &str, params: Value) {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.0.send(id, session, method, params);
    }
}

/// Whoever asked has stopped waiting.
struct Forget<'a>(&'a Inner, u64);

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl Inner {
    fn send(&self, id: u64, session: &str, method: &str, params: Value) {
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let _ = self.out.send(bytes);
    }

    fn hear(&self, bytes: &[u8]) {
        let Ok(message) = serde_json::from_slice::<Message>(bytes) else { return };
        if let Some(id) = message.id {
            let call = self.calls.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            if let Some(call) = call {
                let answer = match message.error {
                    Some(refusal) => Err(CdpError::Refused(refusal.message)),
                    None => Ok(message.result),
                };
                let _ = call.send(answer);
            }
            return;
        }
        let sink = {
            let sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
            sinks.get(&message.session_id).cloned()
        };
        if let Some(sink) = sink {
            sink.event(&message.method, message.params);
        }
    }

    fn end(&self) {
        self.gone.cancel();
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clear();
        // They may hold this connection.
        self.sinks.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
