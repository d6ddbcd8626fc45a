//! Who is told when a log grows. The log itself is the truth: a listener is only woken, and reads.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use qv_domain::EventStreamId;
use tokio::sync::watch;

/// Wakes those who follow a log.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    streams: Mutex<HashMap<EventStreamId, watch::Sender<u64>>>,
}

impl Hub {
    /// Follows a log from now on. Subscribe first, then read: then nothing falls between.
    pub(crate) fn subscribe(&self, stream: EventStreamId) -> Follower {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody follows any more.
        streams.retain(|_, sender| sender.receiver_count() > 0);
        let receiver = streams.entry(stream).or_insert_with(|| watch::channel(0).0).subscribe();
        Follower { receiver }
    }

    /// Says that a log has grown to `seq`; call it after the commit, never before.
    pub(crate) fn grown(&self, stream: EventStreamId, seq: u64) {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = streams.get(&stream) {
            sender.send_if_modified(|last| {
                let newer = seq > *last;
                *last = (*last).max(seq);
                newer
            });
        }
    }
}

/// One who follows a log.
#[derive(Debug)]
pub struct Follower {
    receiver: watch::Receiver<u64>,
}

impl Follower {
    /// Waits until the log has grown since the last call (or since the subscription).
    pub async fn grown(&mut self) {
        if self.receiver.changed().await.is_err() {
            // The sender lives as long as the engine; waiting for ever is what "nothing more comes" means.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qv_domain::Env;

    #[tokio::test]
    async fn followers_are_woken_and_forgotten() {
        let hub = Hub::default();
        let stream = EventStreamId::generate(&crate::SystemEnv as &dyn Env);
        hub.grown(stream, 1);
        let mut first = hub.subscribe(stream);
        let second = hub.subscribe(stream);
        hub.grown(stream, 2);
        first.grown().await;
        hub.grown(stream, 2);
        let again = tokio::time::timeout(std::time::Duration::from_millis(20), first.grown());
        assert!(again.await.is_err(), "nothing grew");
        drop(second);
        let other = EventStreamId::generate(&crate::SystemEnv as &dyn Env);
        drop(hub.subscribe(other));
        assert_eq!(hub.streams.lock().unwrap().len(), 2);
        drop(first);
        let _third = hub.subscribe(other);
        assert_eq!(hub.streams.lock().unwrap().len(), 1);
    }
}
