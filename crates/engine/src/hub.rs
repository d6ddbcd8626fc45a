//! Who is told when a log grows. The log is the truth; what was just committed to it is also handed on
//! from memory, so that many followers do not read the same rows again and again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use qv_domain::{EventStreamId, Timestamp};
use qv_store::NewEvent;
use tokio::sync::watch;

use crate::events::LoggedEvent;

/// What is kept in memory of a log that is followed: a second of a fast answer. Who is further behind reads
/// the log.
const RECENT_EVENTS: usize = 128;
const RECENT_BYTES: usize = 64 * 1024;

/// Wakes those who follow a log.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    streams: Mutex<HashMap<EventStreamId, Arc<Stream>>>,
}

/// A log that is followed.
#[derive(Debug)]
struct Stream {
    grown: watch::Sender<u64>,
    recent: Mutex<Recent>,
}

/// The newest events, without gaps.
#[derive(Debug, Default)]
struct Recent {
    events: VecDeque<Arc<LoggedEvent>>,
    bytes: usize,
}

impl Hub {
    /// Follows a log from now on. Subscribe first, then read: then nothing falls between.
    pub(crate) fn subscribe(&self, stream: EventStreamId) -> Follower {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody follows any more.
        streams.retain(|_, stream| stream.grown.receiver_count() > 0);
        let stream = streams.entry(stream).or_insert_with(|| {
            Arc::new(Stream { grown: watch::channel(0).0, recent: Mutex::default() })
        });
        Follower { receiver: stream.grown.subscribe(), stream: stream.clone() }
    }

    /// Says that a log has grown by `events`, the last of which is number `last`; call it after the commit,
    /// never before.
    pub(crate) fn grown(
        &self,
        stream: EventStreamId,
        events: &[NewEvent],
        last: u64,
        at: Timestamp,
    ) {
        let stream = {
            let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(stream) = streams.get(&stream) else { return };
            stream.clone()
        };
        let first = last + 1 - events.len() as u64;
        stream.recent.lock().unwrap_or_else(PoisonError::into_inner).extend(
            (first..).zip(events).map(|(seq, event)| Arc::new(LoggedEvent::new(seq, at, event))),
        );
        stream.grown.send_if_modified(|known| {
            let newer = last > *known;
            *known = (*known).max(last);
            newer
        });
    }
}

impl Recent {
    fn extend(&mut self, events: impl Iterator<Item = Arc<LoggedEvent>>) {
        for event in events {
            // Somebody else wrote in between: what was kept no longer leads up to this.
            if self.events.back().is_some_and(|last| last.seq + 1 != event.seq) {
                self.events.clear();
                self.bytes = 0;
            }
            self.bytes += event.json.len();
            self.events.push_back(event);
            while self.events.len() > RECENT_EVENTS || self.bytes > RECENT_BYTES {
                let Some(oldest) = self.events.pop_front() else { break };
                self.bytes -= oldest.json.len();
            }
        }
    }

    /// What follows `after`, if it is all here.
    fn after(&self, after: u64) -> Vec<Arc<LoggedEvent>> {
        match self.events.front() {
            Some(oldest) if oldest.seq <= after + 1 => {
                self.events.iter().filter(|event| event.seq > after).cloned().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// One who follows a log.
#[derive(Debug)]
pub struct Follower {
    receiver: watch::Receiver<u64>,
    stream: Arc<Stream>,
}

impl Follower {
    /// Waits until the log is known to have grown beyond `after`.
    pub async fn grown(&mut self, after: u64) {
        if self.receiver.wait_for(|last| *last > after).await.is_err() {
            // The sender lives as long as the follower; waiting for ever is what "nothing more comes" means.
            std::future::pending::<()>().await;
        }
    }

    /// The events after `after` that were committed a moment ago; none when the log has to be asked.
    pub(crate) fn recent(&self, after: u64) -> Vec<Arc<LoggedEvent>> {
        self.stream.recent.lock().unwrap_or_else(PoisonError::into_inner).after(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qv_domain::Env;

    fn grow(hub: &Hub, stream: EventStreamId, count: usize, last: u64) {
        let event =
            NewEvent { kind: "preview_ready".into(), data: "{\"type\":\"preview_ready\"}".into() };
        hub.grown(stream, &vec![event; count], last, Timestamp::from_micros(0));
    }

    fn seqs(follower: &Follower, after: u64) -> Vec<u64> {
        follower.recent(after).iter().map(|event| event.seq).collect()
    }

    #[tokio::test]
    async fn followers_are_woken_and_forgotten() {
        let hub = Hub::default();
        let stream = EventStreamId::generate(&crate::SystemEnv as &dyn Env);
        grow(&hub, stream, 1, 1);
        let mut first = hub.subscribe(stream);
        let second = hub.subscribe(stream);
        grow(&hub, stream, 1, 2);
        first.grown(1).await;
        let again = tokio::time::timeout(std::time::Duration::from_millis(20), first.grown(2));
        assert!(again.await.is_err(), "nothing grew");
        drop(second);
        let other = EventStreamId::generate(&crate::SystemEnv as &dyn Env);
        drop(hub.subscribe(other));
        assert_eq!(hub.streams.lock().unwrap().len(), 2);
        drop(first);
        let _third = hub.subscribe(other);
        assert_eq!(hub.streams.lock().unwrap().len(), 1);
    }

    #[test]
    fn what_was_just_committed_is_handed_on_without_gaps() {
        let hub = Hub::default();
        let stream = EventStreamId::generate(&crate::SystemEnv as &dyn Env);
        let follower = hub.subscribe(stream);
        assert_eq!(seqs(&follower, 0), [0; 0], "the log has to be asked");
        grow(&hub, stream, 2, 5);
        grow(&hub, stream, 1, 6);
        assert_eq!(seqs(&follower, 3), [4, 5, 6]);
        assert_eq!(seqs(&follower, 5), [6]);
        assert_eq!(seqs(&follower, 6), [0; 0]);
        assert_eq!(seqs(&follower, 2), [0; 0], "3 is not here");
        grow(&hub, stream, 1, 9);
        assert_eq!(seqs(&follower, 6), [0; 0], "7 and 8 are another node's");
        assert_eq!(seqs(&follower, 8), [9]);
        grow(&hub, stream, RECENT_EVENTS + 10, 9 + RECENT_EVENTS as u64 + 10);
        assert_eq!(follower.recent(19).len(), RECENT_EVENTS);
        assert_eq!(seqs(&follower, 18), [0; 0]);
    }
}
