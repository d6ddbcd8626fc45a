//! The DevTools protocol over Chromium's pipe: JSON messages that end with a zero byte. Nobody else on the host can attach.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::unix::pipe;
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::launch::Pipes;

/// The largest message that is heard, in bytes; pictures are far smaller. A page can make the browser say more than that,
/// which is passed over.
const LARGEST: usize = 64 << 20;
/// While more bytes than these wait to be written nothing is read, so that a page cannot make them ever more.
const MOST_UNWRITTEN: usize = 64 << 20;

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
    out: mpsc::UnboundedSender<Outgoing>,
    /// The bytes that wait to be written, and who waits for fewer.
    unwritten: AtomicUsize,
    written: Notify,
    calls: Mutex<HashMap<u64, oneshot::Sender<Result<Value, CdpError>>>>,
    sinks: Mutex<HashMap<String, Arc<dyn Sink>>>,
    next: AtomicU64,
    gone: CancellationToken,
}

struct Outgoing {
    bytes: Vec<u8>,
    /// Given back once it is written.
    _permit: Option<OwnedSemaphorePermit>,
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
        let tell = pipe::Sender::from_owned_fd(pipes.tell)?;
        let hear = pipe::Receiver::from_owned_fd(pipes.hear)?;
        Ok(Self::over(tell, hear))
    }

    fn over(
        tell: impl AsyncWrite + Send + Unpin + 'static,
        hear: impl AsyncRead + Send + Unpin + 'static,
    ) -> Self {
        let (out, queue) = mpsc::unbounded_channel();
        let inner = Arc::new(Inner {
            out,
            unwritten: AtomicUsize::new(0),
            written: Notify::new(),
            calls: Mutex::default(),
            sinks: Mutex::default(),
            next: AtomicU64::new(1),
            gone: CancellationToken::new(),
        });
        // Weak, so that the last user's end closes the pipe, which ends the browser.
        tokio::spawn(write(Arc::downgrade(&inner), inner.gone.clone(), queue, tell));
        tokio::spawn(read(Arc::downgrade(&inner), inner.gone.clone(), hear));
        Self(inner)
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
        self.0.send(id, session, method, params, None);
        tokio::select! {
            answer = waiting => answer.unwrap_or(Err(CdpError::Gone)),
            () = self.0.gone.cancelled() => Err(CdpError::Gone),
        }
    }

    /// Asks for what needs no answer.
    pub(crate) fn post(&self, session: &str, method: &str, params: Value) {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.0.send(id, session, method, params, None);
    }

    /// Asks the browser itself for what needs no answer; the permit is given back once that is written.
    pub(crate) fn post_by(&self, permit: OwnedSemaphorePermit, method: &str, params: Value) {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.0.send(id, "", method, params, Some(permit));
    }
}

async fn write(
    inner: Weak<Inner>,
    gone: CancellationToken,
    mut queue: mpsc::UnboundedReceiver<Outgoing>,
    mut tell: impl AsyncWrite + Unpin,
) {
    loop {
        let message = tokio::select! {
            message = queue.recv() => message,
            () = gone.cancelled() => None,
        };
        let Some(message) = message else { return };
        if tell.write_all(&message.bytes).await.is_err() {
            gone.cancel();
            return;
        }
        if let Some(inner) = inner.upgrade() {
            inner.unwritten.fetch_sub(message.bytes.len(), Ordering::Relaxed);
            inner.written.notify_one();
        }
    }
}

async fn read(inner: Weak<Inner>, gone: CancellationToken, mut hear: impl AsyncRead + Unpin) {
    let mut heard = Heard::default();
    let mut chunk = vec![0; 64 << 10];
    loop {
        let read = tokio::select! {
            read = hear.read(&mut chunk) => read.unwrap_or(0),
            () = gone.cancelled() => 0,
        };
        let Some(inner) = inner.upgrade() else { return };
        if read == 0 {
            inner.end();
            return;
        }
        heard.take(chunk.get(..read).unwrap_or_default(), LARGEST, |message| inner.hear(message));
        while inner.unwritten.load(Ordering::Relaxed) > MOST_UNWRITTEN && !gone.is_cancelled() {
            tokio::select! {
                () = inner.written.notified() => {}
                () = gone.cancelled() => {}
            }
        }
    }
}

/// What was read of a message that has not ended yet.
#[derive(Default)]
struct Heard {
    bytes: Vec<u8>,
    /// It is too large: the rest of it is passed over.
    passes: bool,
}

impl Heard {
    /// Gives each message that ends in what was read, unless it is larger than `most` bytes.
    fn take(&mut self, mut fresh: &[u8], most: usize, mut hear: impl FnMut(&[u8])) {
        while let Some(end) = fresh.iter().position(|byte| *byte == 0) {
            self.add(&fresh[..end], most);
            fresh = &fresh[end + 1..];
            if !self.passes {
                hear(&self.bytes);
            }
            self.passes = false;
            self.bytes.clear();
            // What one large message took is given back.
            self.bytes.shrink_to(1 << 20);
        }
        self.add(fresh, most);
    }

    fn add(&mut self, fresh: &[u8], most: usize) {
        if self.bytes.len() + fresh.len() > most && !self.passes {
            tracing::warn!("the browser said more at once than is heard");
            self.passes = true;
            self.bytes = Vec::new();
        }
        if !self.passes {
            self.bytes.extend_from_slice(fresh);
        }
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
    fn send(
        &self,
        id: u64,
        session: &str,
        method: &str,
        params: Value,
        permit: Option<OwnedSemaphorePermit>,
    ) {
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.unwritten.fetch_add(bytes.len(), Ordering::Relaxed);
        let _ = self.out.send(Outgoing { bytes, _permit: permit });
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

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    #[test]
    fn a_message_that_is_too_large_is_passed_over() {
        let mut heard = Heard::default();
        let mut all = Vec::new();
        for read in
            ["ab\0cd", "ef\0", "too ", "large", " by far\0next\0large at once\0", "\0la", "st\0"]
        {
            heard.take(read.as_bytes(), 5, |message| {
                all.push(String::from_utf8_lossy(message).into_owned());
            });
        }
        assert_eq!(all, ["ab", "cdef", "next", "", "last"]);
    }

    #[tokio::test]
    async fn a_permit_is_held_until_its_answer_is_written() {
        let (ours, mut browser) = tokio::io::duplex(1_024);
        let (hear, tell) = tokio::io::split(ours);
        let connection = Connection::over(tell, hear);
        let permits = Arc::new(Semaphore::new(2));
        for _ in 0..2 {
            let permit = Arc::clone(&permits).acquire_owned().await.unwrap();
            connection.post_by(permit, "Fetch.fulfillRequest", "x".repeat(4_096).into());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert_eq!(permits.available_permits(), 0, "nobody has read an answer");
        let mut read = vec![0; 4_200];
        browser.read_exact(&mut read).await.unwrap();
        let _free = permits.acquire().await.unwrap();
    }

    #[tokio::test]
    async fn nothing_is_read_while_too_much_waits_to_be_written() {
        struct Echo(Connection);
        impl Sink for Echo {
            fn event(&self, _: &str, _: Value) {
                self.0.post("", "Fetch.failRequest", "x".repeat(MOST_UNWRITTEN / 4).into());
            }
        }
        let (ours, mut browser) = tokio::io::duplex(64 << 10);
        let (hear, tell) = tokio::io::split(ours);
        let connection = Connection::over(tell, hear);
        connection.listen("", Arc::new(Echo(connection.clone())));
        let event = format!("{{\"method\":\"{}\"}}\0", "x".repeat(200 << 10));
        let flood = async {
            loop {
                browser.write_all(event.as_bytes()).await.unwrap();
            }
        };
        let unwritten = || connection.0.unwritten.load(Ordering::Relaxed);
        let full = async {
            let moment = |ms| tokio::time::sleep(std::time::Duration::from_millis(ms));
            while unwritten() < MOST_UNWRITTEN {
                moment(10).await;
            }
            moment(300).await;
        };
        // However long a busy machine takes to get there, it goes no further.
        let filled = async {
            tokio::select! {
                () = full => {}
                () = flood => {}
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), filled).await.unwrap();
        let unwritten = unwritten();
        assert!((MOST_UNWRITTEN..MOST_UNWRITTEN * 3 / 2).contains(&unwritten), "{unwritten}");
    }
}
