//! The log of what happened in a generation: what was shown is in it, and what is in it happened.

use qv_domain::{EventStreamId, Timestamp};

use crate::db::{Conn, Tx};
use crate::sql::{args, row};
use crate::{Append, Fence, Result};

row! {
    /// One entry of a log.
    pub struct Event {
        /// 1 for the first, without gaps.
        pub seq: u64,
        /// What kind of event it is: its `type` on the wire.
        pub kind: String,
        /// Its data as JSON text, handed on as it is.
        pub data: String,
        /// When it was appended.
        pub at: Timestamp,
    }
}

/// An event as its maker gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What kind of event it is.
    pub kind: String,
    /// Its data as JSON text.
    pub data: String,
}

impl Conn {
    /// The events after `after` (0: from the beginning), in order, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events(
        &mut self,
        stream: EventStreamId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Event>> {
        let sql = format!(
            "SELECT {} FROM events WHERE stream_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            Event::COLUMNS
        );
        self.fetch(sql, args![stream, after, limit]).await
    }

    /// The number of the newest event of a kind; `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_event_of(
        &mut self,
        stream: EventStreamId,
        kind: &str,
    ) -> Result<Option<u64>> {
        let sql = "SELECT MAX(seq) FROM events WHERE stream_id = $1 AND kind = $2";
        Ok(self.fetch_one::<(Option<u64>,)>(sql, args![stream, kind.to_owned()]).await?.0)
    }

    /// How many events of a kind there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_events_of(&mut self, stream: EventStreamId, kind: &str) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM events WHERE stream_id = $1 AND kind = $2";
        Ok(self.fetch_one::<(u64,)>(sql, args![stream, kind.to_owned()]).await?.0)
    }

    /// The last event's number; 0 before the first, `None` when there is no such stream.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_event_seq(&mut self, stream: EventStreamId) -> Result<Option<u64>> {
        let sql = "SELECT last_seq FROM generations WHERE id = $1";
        Ok(self.fetch_optional::<(u64,)>(sql, args![stream]).await?.map(|(seq,)| seq))
    }
}

impl Tx {
    /// Appends events and returns the last one's number. Show them only after the commit.
    ///
    /// # Errors
    /// `StaleFence` when another worker has the generation, or it is over.
    pub async fn append_events(
        &mut self,
        fence: &Fence,
        events: &[NewEvent],
        now: Timestamp,
    ) -> Result<u64> {
        let append = Append { fence: *fence, events: events.to_vec(), journal: None };
        self.append(&append, now).await
    }

    /// Notes that edit `index` of step `step` is applied. False when it was already: then it must
    /// not be applied again. In one transaction with the edit itself, each happens once.
    ///
    /// # Errors
    /// `StaleFence`.
    pub async fn mark_edit_applied(
        &mut self,
        fence: &Fence,
        step: u32,
        index: u32,
    ) -> Result<bool> {
        self.hold(fence).await?;
        let sql = "INSERT INTO edits_applied (generation_id, step, idx) VALUES ($1, $2, $3) \
                   ON CONFLICT DO NOTHING";
        Ok(self.execute(sql, args![fence.generation, step, index]).await? > 0)
    }
}
