//! A generation's log, followed from any place.

use std::sync::Arc;
use std::time::Duration;

use qv_domain::{EventStreamId, Timestamp};
use qv_store as store;

use crate::{Access, Engine, Follower, Result};

/// Events per read.
const BATCH: u32 = 500;
/// The log is read this often even when nobody rang: another node may have written it.
const RECONCILE: Duration = Duration::from_secs(2);

/// One entry, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Its number, from 1.
    pub seq: u64,
    /// Its type.
    pub kind: String,
    /// The whole event as JSON: `seq`, `at`, `type` and its data.
    pub json: String,
    /// Whether no event can follow.
    pub last: bool,
}

impl LoggedEvent {
    pub(crate) fn new(seq: u64, at: Timestamp, event: &store::NewEvent) -> Self {
        let last = matches!(event.kind.as_str(), "failed" | "cancelled" | "done");
        Self { json: splice(seq, at, &event.data), seq, kind: event.kind.clone(), last }
    }
}

impl From<store::Event> for LoggedEvent {
    fn from(row: store::Event) -> Self {
        Self::new(row.seq, row.at, &store::NewEvent { kind: row.kind, data: row.data })
    }
}

/// The stored data is the event without `seq` and `at`, as a JSON object: they are set in front.
fn splice(seq: u64, at: Timestamp, data: &str) -> String {
    let rest = data.strip_prefix('{').unwrap_or("}");
    format!("{{\"seq\":{seq},\"at\":\"{at}\",{rest}")
}

/// A log being followed: what is there already, then what comes, without gap or repetition.
#[derive(Debug)]
pub struct EventFeed {
    stream: EventStreamId,
    after: u64,
    follower: Follower,
    /// Whether everything up to `after` is all that there was when the log was last read: what came later
    /// is announced.
    in_step: bool,
    over: bool,
}

impl EventFeed {
    /// The next events, at least one; `None` after the last one of a log that is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, engine: &Engine) -> Result<Option<Vec<Arc<LoggedEvent>>>> {
        while !self.over {
            let recent = self.follower.recent(self.after);
            if !recent.is_empty() {
                return Ok(Some(self.take(recent)));
            }
            if !self.in_step {
                let rows = engine.db.read().await?.events(self.stream, self.after, BATCH).await?;
                if !rows.is_empty() {
                    let events = rows.into_iter().map(|row| Arc::new(row.into())).collect();
                    return Ok(Some(self.take(events)));
                }
                self.in_step = true;
            }
            let rung = tokio::time::timeout(RECONCILE, self.follower.grown(self.after)).await;
            self.in_step = rung.is_ok() && !self.follower.recent(self.after).is_empty();
            // Rung or not, the log decides.
            self.over = rung.is_err() && self.has_no_future(engine).await?;
        }
        Ok(None)
    }

    fn take(&mut self, events: Vec<Arc<LoggedEvent>>) -> Vec<Arc<LoggedEvent>> {
        if let Some(newest) = events.last() {
            self.after = newest.seq;
            self.over = newest.last;
        }
        events
    }

    /// Whether nothing can follow what is known: the generation is gone, or it ended before the place that was asked
    /// for.
    async fn has_no_future(&self, engine: &Engine) -> Result<bool> {
        let generation = engine.db.read().await?.generation(self.stream).await?;
        Ok(generation.is_none_or(|row| row.status.is_final() && row.last_seq <= self.after))
    }
}

impl Engine {
    /// Follows a generation's log from after `after` (0: from the beginning).
    #[must_use]
    pub fn follow(
        &self,
        _member: &Access,
        generation: &store::Generation,
        after: u64,
    ) -> EventFeed {
        // Subscribed before the first read, so that no event falls between.
        EventFeed {
            stream: generation.id,
            after,
            follower: self.hub.subscribe(generation.id),
            in_step: false,
            over: generation.status.is_final() && after >= generation.last_seq,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qv_wire::{Event, EventData};

    #[test]
    fn what_is_sent_is_the_wire_shape() {
        let data = EventData::TextDelta { text: "a \"quoted\" {word}".into() };
        let at = Timestamp::from_micros(1_000_000);
        for data in [data, EventData::PreviewReady {}] {
            let row = store::Event {
                seq: 7,
                kind: data.kind().into(),
                data: serde_json::to_string(&data).unwrap(),
                at,
            };
            let sent = LoggedEvent::from(row);
            let event: Event = serde_json::from_str(&sent.json).unwrap();
            assert_eq!(event, Event { seq: 7, at, data });
        }
    }
}
