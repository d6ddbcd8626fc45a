//! The one way into a generation's log.

use std::sync::Arc;
use std::time::Duration;

use qv_store::{self as store, Append, JournalEntry, NewEvent};
use qv_wire::EventData;
use tokio::time::Instant;

use super::journal::{Entry, Pending};
use super::logged;
use crate::log::Written;
use crate::{Engine, EngineError, Result};

/// The longest that an event waits for company.
const BATCH_TIME: Duration = Duration::from_millis(50);
/// Text that is worth a commit of its own, in bytes.
const BATCH_BYTES: usize = 4 * 1024;

/// Appends events and the journal in batches, and wakes followers after each commit.
pub(super) struct Recorder {
    engine: Arc<Engine>,
    fence: store::Fence,
    pending: Vec<EventData>,
    bytes: usize,
    since: Option<Instant>,
    pub(super) journal: Pending,
    /// How many effects of what was heard last are carried out; `None`: all.
    done: Option<usize>,
    next_entry: u64,
}

/// What was appended in a transaction that is not committed yet.
#[must_use = "followers are woken by `Recorder::written`"]
pub(super) struct Appended {
    events: Vec<NewEvent>,
    written: Written,
}

impl Recorder {
    /// A recorder that goes on after the journal's entry `last_entry`.
    pub(super) fn new(engine: Arc<Engine>, fence: store::Fence, last_entry: Option<u64>) -> Self {
        Self {
            engine,
            fence,
            pending: Vec::new(),
            bytes: 0,
            since: None,
            journal: Pending::default(),
            done: None,
            next_entry: last_entry.map_or(0, |last| last + 1),
        }
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

    /// Notes how many effects of what was heard last are carried out when the next write happens.
    pub(super) fn progress(&mut self, done: Option<usize>) {
        self.done = done;
    }

    /// Whether something waits to be written.
    pub(super) fn waits(&self) -> bool {
        // A reviewer's words show nothing, and are not to be lost either.
        !self.pending.is_empty() || !self.journal.is_empty()
    }

    /// Whether what waits has waited long enough, or is large enough, to come before anything else.
    pub(super) fn is_due(&self) -> bool {
        self.bytes >= BATCH_BYTES || self.since.is_some_and(|since| since.elapsed() >= BATCH_TIME)
    }

    /// Writes what waits, together with what other turns have to say now.
    pub(super) async fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() && self.journal.is_empty() {
            return Ok(());
        }
        let append = self.take()?;
        let events = append.events.clone();
        let written = self.engine.log.append(append).await?;
        self.written(Appended { events, written });
        Ok(())
    }

    /// Writes what waits within a transaction of the caller's, which then calls [`Recorder::written`] after its
    /// commit.
    pub(super) async fn append_to(&mut self, tx: &mut store::Tx) -> Result<Appended> {
        let append = self.take()?;
        let at = self.engine.env.now();
        let last = tx.append(&append, at).await?;
        Ok(Appended { events: append.events, written: Written { last, at } })
    }

    /// What was appended is committed.
    pub(super) fn written(&mut self, appended: Appended) {
        let Written { last, at } = appended.written;
        self.engine.hub.grown(self.fence.generation(), &appended.events, last, at);
    }

    fn take(&mut self) -> Result<Append> {
        let events = self.pending.iter().map(logged).collect::<Result<_>>()?;
        self.pending.clear();
        self.bytes = 0;
        self.since = None;
        let data = json(&self.journal.take(self.done))?;
        let journal = JournalEntry { index: self.next_entry, data };
        self.next_entry += 1;
        Ok(Append { fence: self.fence, events, journal: Some(journal) })
    }
}

fn json(entry: &Entry) -> Result<String> {
    serde_json::to_string(entry).map_err(|error| {
        EngineError::Internal(format!("a journal entry cannot be written: {error}"))
    })
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
