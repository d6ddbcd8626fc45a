//! What running turns heard, in order: what another worker brings a turn back by.

use qv_domain::{GenerationId, Timestamp};

use crate::db::{Conn, Tx};
use crate::sql::args;
use crate::{Fence, NewEvent, Result, StoreError};

/// Rows per statement.
const PER_STATEMENT: usize = 200;

/// What one run of a turn has to say: events for its log, and what it heard since it last wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// The right to write it.
    pub fence: Fence,
    /// Events, in order.
    pub events: Vec<NewEvent>,
    /// The next entry of the journal, if there is one.
    pub journal: Option<JournalEntry>,
}

/// One entry of a turn's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its place: ascending within the generation.
    pub index: u64,
    /// What was heard, as its writer keeps it.
    pub data: String,
}

impl Conn {
    /// A turn's journal, in order. Empty once the generation is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn journal(&mut self, generation: GenerationId) -> Result<Vec<JournalEntry>> {
        let sql = "SELECT idx, data FROM turn_journal WHERE generation_id = $1 ORDER BY idx";
        let rows: Vec<(u64, String)> = self.fetch(sql, args![generation]).await?;
        Ok(rows.into_iter().map(|(index, data)| JournalEntry { index, data }).collect())
    }
}

impl Tx {
    /// Writes what one run has to say and returns the last event's number. Show events only after
    /// the commit.
    ///
    /// # Errors
    /// `StaleFence` when another worker has the generation, or it is over.
    pub async fn append(&mut self, append: &Append, now: Timestamp) -> Result<u64> {
        let seqs = self.append_all(std::slice::from_ref(append), now).await?;
        seqs.first().copied().flatten().ok_or(StoreError::StaleFence)
    }

    /// Writes what many runs have to say, each generation at most once, at the cost of few
    /// statements. Gives the last event's number of each; `None` for one whose fence is stale, of
    /// which nothing is written.
    ///
    /// # Errors
    /// When the database fails: then nothing is written of any.
    pub async fn append_all(
        &mut self,
        appends: &[Append],
        now: Timestamp,
    ) -> Result<Vec<Option<u64>>> {
        let mut lasts = Vec::with_capacity(appends.len());
        for chunk in appends.chunks(PER_STATEMENT) {
            lasts.extend(self.grow(chunk).await?);
        }
        let (mut events, mut journal) = (Vec::new(), Vec::new());
        for (append, last) in appends.iter().zip(&lasts) {
            let Some(last) = *last else { continue };
            let count = append.events.len() as u64;
            let before = last.checked_sub(count).ok_or_else(|| {
                StoreError::corrupt(format!(
                    "the log of {} counts backwards",
                    append.fence.generation
                ))
            })?;
            for (seq, event) in (before + 1..).zip(&append.events) {
                events.push((append.fence.generation, seq, event));
            }
            journal.extend(append.journal.iter().map(|entry| (append.fence.generation, entry)));
        }
        for chunk in events.chunks(PER_STATEMENT) {
            let values = chunk
                .iter()
                .flat_map(|(stream, seq, event)| args![*stream, *seq, event.kind, event.data, now]);
            let sql = format!(
                "INSERT INTO events (stream_id, seq, kind, data, at) VALUES {}",
                self.backend().rows(chunk.len(), 5)
            );
            self.execute(sql, values.collect()).await?;
        }
        for chunk in journal.chunks(PER_STATEMENT) {
            let values = chunk
                .iter()
                .flat_map(|(generation, entry)| args![*generation, entry.index, entry.data]);
            let sql = format!(
                "INSERT INTO turn_journal (generation_id, idx, data) VALUES {}",
                self.backend().rows(chunk.len(), 3)
            );
            self.execute(sql, values.collect()).await?;
        }
        Ok(lasts)
    }

    /// Makes room in each log whose fence holds, and says where it then ends.
    async fn grow(&mut self, appends: &[Append]) -> Result<Vec<Option<u64>>> {
        let values = appends
            .iter()
            .flat_map(|a| args![a.fence.generation, a.fence.number, a.events.len() as u64]);
        // The row stays locked until the end of the transaction, as by `hold`.
        let sql = format!(
            "WITH more (id, fence, count) AS (VALUES {}) \
             UPDATE generations SET last_seq = last_seq + more.count FROM more \
             WHERE generations.id = more.id AND generations.fence = more.fence \
             AND status IN ('queued', 'running') \
             RETURNING generations.id, generations.fence, last_seq",
            self.backend().rows(appends.len(), 3)
        );
        let grown: Vec<(GenerationId, u64, u64)> = self.fetch(sql, values.collect()).await?;
        let last = |append: &Append| {
            let Fence { generation, number } = append.fence;
            let ours = grown.iter().find(|(id, fence, _)| (*id, *fence) == (generation, number));
            ours.map(|(_, _, last)| *last)
        };
        Ok(appends.iter().map(last).collect())
    }
}
