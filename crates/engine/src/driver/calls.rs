//! One model call in the background, its events in order.

use futures_util::StreamExt as _;
use qv_domain::chat::{ChatEvent, ChatRequest};
use qv_llm::{ChatStream, LlmError, Retry, RetryPolicy, with_retries};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::Engine;
use crate::models::Chosen;
use std::sync::Arc;

/// What waits for the driver at most: a slow database slows the model down instead of filling memory.
const WAITING: usize = 64;

/// What a call has to say.
pub(super) enum CallEvent {
    /// The model's words, and how they end.
    Chat(Result<ChatEvent, LlmError>),
    /// The provider did not answer; it is asked again in a while.
    Retrying(Retry),
}

/// A model call; dropping it ends the provider's work.
pub(super) struct Call {
    events: mpsc::Receiver<CallEvent>,
    task: AbortHandle,
}

impl Call {
    /// Asks in the background, again where that is safe.
    pub(super) fn start(engine: Arc<Engine>, chosen: Chosen, request: ChatRequest) -> Self {
        let (sender, events) = mpsc::channel(WAITING);
        let task = tokio::spawn(async move {
            let asked = with_retries(
                &*chosen.provider,
                &request,
                &chosen.key.credentials,
                RetryPolicy::default(),
                &*engine.env,
                |retry| {
                    tracing::info!(wait = ?retry.wait, error = %retry.error, "asking the model again");
                    // Nothing was said yet, so there is room; if not, only the notice is lost.
                    let _ = sender.try_send(CallEvent::Retrying(retry.clone()));
                },
            );
            match asked.await {
                Ok(stream) => forward(stream, &sender).await,
                // The driver may have stopped listening; then nobody needs to know.
                Err(error) => drop(sender.send(CallEvent::Chat(Err(error))).await),
            }
        });
        Self { events, task: task.abort_handle() }
    }

    /// The next event. A call always ends by `End` or an error.
    pub(super) async fn next(&mut self) -> CallEvent {
        self.events.recv().await.unwrap_or(CallEvent::Chat(Err(LlmError::Truncated)))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(mut stream: ChatStream, sender: &mpsc::Sender<CallEvent>) {
    while let Some(event) = stream.next().await {
        if sender.send(CallEvent::Chat(event)).await.is_err() {
            return;
        }
    }
}
