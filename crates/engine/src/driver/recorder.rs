use std::sync::Arc;
use std::time::Duration;

use qv_store::{self as store, NewEvent};
use qv_wire::EventData;
use tokio::time::Instant;

use super::logged;
use crate::{Engine, Result};

/// The longest that an event waits for company.
const BATCH_TIME: Duration = Duration::from_millis(50);
/// Text that is worth a commit of its own, in bytes.
const BATCH_BYTES: usize = 4 * 1024;

/// Appends events in batches, and wakes followers after each commit.
pub(super) struct Recorder {
    engine: Arc<Engine>,
    fence: store::Fence,
    pending: Vec<EventData>,
    bytes: usize,
    since: Option<Instant>,
    last_seq: u64,
}

impl Recorder {
    pub(super) fn new(engine: Arc<Engine>, fence: store::Fence, last_seq: u64) -> Self {
        Self { engine, fence, pending: Vec::new(), bytes: 0, since: None, last_seq }
    }

    /// Takes an event; text that goes on is joined to what waits.
    pub(super) fn push(&mut self, event: EventData) {
        self.since.get_or_insert_with(Instant::now);
        self.bytes += text_bytes(&event);
        let rest = match self.pending.last_mut() {
            Some(last) => join(last, event),
            None => Some(event),
        };
        self.pending.extend(rest);
    }

    /// When what waits must be written; `None` when nothing waits.
    pub(super) fn due(&self) -> Option<Instant> {
        let since = self.since?;
        Some(if self.bytes >= BATCH_BYTES { since } else { since + BATCH_TIME })
    }

    /// Writes what waits.
    pub(super) async fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let events = self.take()?;
        let mut tx = self.engine.db.begin().await?;
        let seq = tx.append_events(&self.fence, &events, self.engine.env.now()).await?;
        tx.commit().await?;
        self.written(seq);
        Ok(())
    }

    /// Writes what waits within a transaction of the caller's, which then calls [`Recorder::written`] after its
    /// commit.
    pub(super) async fn append_to(&mut self, tx: &mut store::Tx) -> Result<u64> {
        if self.pending.is_empty() {
            return Ok(self.last_seq);
        }
        let events = self.take()?;
        Ok(tx.append_events(&self.fence, &events, self.engine.env.now()).await?)
    }

    /// The log is committed up to `seq`.
    pub(super) fn written(&mut self, seq: u64) {
        self.last_seq = seq;
        self.engine.hub.grown(self.fence.generation(), seq);
    }

    fn take(&mut self) -> Result<Vec<NewEvent>> {
        let events = self.pending.iter().map(logged).collect::<Result<_>>()?;
        self.pending.clear();
        self.bytes = 0;
        self.since = None;
        Ok(events)
    }
}

fn text_bytes(event: &EventData) -> usize {
    match event {
        EventData::TextDelta { text }
        | EventData::ThinkingDelta { text }
        | EventData::FileDelta { text, .. } => text.len(),
        _ => 0,
    }
}

/// Joins text that goes on; gives back an event of another kind or place.
fn join(last: &mut EventData, event: EventData) -> Option<EventData> {
    match (last, event) {
        (EventData::TextDelta { text: last }, EventData::TextDelta { text })
        | (EventData::ThinkingDelta { text: last }, EventData::ThinkingDelta { text }) => {
            last.push_str(&text);
            None
        }
        (EventData::FileDelta { path: at, text: last }, EventData::FileDelta { path, text })
            if *at == path =>
        {
            last.push_str(&text);
            None
        }
        (_, event) => Some(event),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qv_domain::FilePath;

    #[test]
    fn only_text_of_the_same_place_is_joined() {
        let text = |text: &str| EventData::TextDelta { text: text.into() };
        let file = |path: &str, text: &str| EventData::FileDelta {
            path: FilePath::parse(path).unwrap(),
            text: text.into(),
        };
        let mut last = text("a");
        assert_eq!(join(&mut last, text("b")), None);
        assert_eq!(last, text("ab"));
        assert!(join(&mut last, file("x", "c")).is_some());
        let mut last = file("x", "a");
        assert_eq!(join(&mut last, file("x", "b")), None);
        assert!(join(&mut last, file("y", "c")).is_some());
        assert_eq!(last, file("x", "ab"));
    }
}
