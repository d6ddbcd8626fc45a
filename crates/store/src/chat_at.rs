//! What a chat was when a version was made, and how it becomes so again.

use std::collections::HashSet;

use qv_domain::{GenerationId, ProjectId, Timestamp};

use crate::db::{Conn, Tx};
use crate::sql::{At, Cells, Column, Value, args, places_from};
use crate::{Message, Result, StoreError, Version};

/// Messages by their numbers, as runs of the first and the last: few where they belong together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seqs(Vec<(u64, u64)>);

impl Seqs {
    /// From numbers in their order.
    fn of(seqs: impl IntoIterator<Item = u64>) -> Self {
        let mut runs: Vec<(u64, u64)> = Vec::new();
        for seq in seqs {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == seq => *last = seq,
                _ => runs.push((seq, seq)),
            }
        }
        Self(runs)
    }

    /// Whether this number is one of them.
    #[must_use]
    pub fn contains(&self, seq: u64) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&seq))
    }
}

impl Column for Seqs {
    fn null() -> Value {
        Value::Text(None)
    }
    fn to_value(&self) -> Value {
        let run = |(first, last): &(u64, u64)| serde_json::json!([first, last]);
        serde_json::Value::from_iter(self.0.iter().map(run)).to_value()
    }
    fn read(row: &dyn Cells, at: At) -> Result<Self> {
        let damaged = |_| StoreError::corrupt("a version's chat cannot be read");
        serde_json::from_str(&row.text(at)?).map(Self).map_err(damaged)
    }
}

/// A message's number, its generation, when it was said, and whether it is set aside.
type Standing = (u64, Option<GenerationId>, Timestamp, bool);

const PER_STATEMENT: usize = 500;

impl Conn {
    /// The numbers of a project's messages that are set aside; `None` where none is.
    pub(crate) async fn seqs_set_aside(&mut self, project: ProjectId) -> Result<Option<Seqs>> {
        let sql = "SELECT seq FROM messages WHERE project_id = $1 AND set_aside ORDER BY seq";
        let rows: Vec<(u64,)> = self.fetch(sql, args![project]).await?;
        Ok((!rows.is_empty()).then(|| Seqs::of(rows.into_iter().map(|(seq,)| seq))))
    }

    /// The newest version that was there when a message was said; `None`: it was the project's first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn version_before(&mut self, message: &Message) -> Result<Option<Version>> {
        // Versions of before their chat was noted are told by their time.
        let sql = format!(
            "SELECT {} FROM versions WHERE project_id = $1 AND \
             (message_count < $2 OR (message_count IS NULL AND created_at < $3)) \
             ORDER BY number DESC LIMIT 1",
            Version::COLUMNS
        );
        self.fetch_optional(sql, args![message.project_id, message.seq, message.created_at]).await
    }
}

/// Whoever changes what is set aside first [holds](Tx::hold_project) the project in the same transaction.
impl Tx {
    /// Sets a message and all after it aside.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_aside_from(&mut self, project: ProjectId, seq: u64) -> Result<()> {
        let sql = "UPDATE messages SET set_aside = $3 WHERE project_id = $1 AND seq >= $2";
        self.execute(sql, args![project, seq, true]).await?;
        Ok(())
    }

    /// Makes the chat what it was when a version was made, the turn's own answer included: what was said since is set
    /// aside, and what was set aside since counts again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bring_chat_to(&mut self, version: &Version) -> Result<()> {
        let sql = "SELECT seq, generation_id, created_at, set_aside FROM messages \
                   WHERE project_id = $1 ORDER BY seq";
        let rows: Vec<Standing> = self.fetch(sql, args![version.project_id]).await?;
        let was_said = |(seq, _, at, _): &Standing| {
            let then = match version.message_count {
                Some(count) => *seq <= u64::from(count),
                None => *at <= version.created_at,
            };
            then && !version.set_aside.as_ref().is_some_and(|aside| aside.contains(*seq))
        };
        // Answers go with what they answer.
        let turns: HashSet<GenerationId> = rows
            .iter()
            .filter(|row| was_said(row))
            .filter_map(|(_, generation, ..)| *generation)
            .chain(version.generation_id)
            .collect();
        let counts = |row: &Standing| {
            was_said(row) || row.1.is_some_and(|generation| turns.contains(&generation))
        };
        for aside in [false, true] {
            let changed = rows.iter().filter(|row| row.3 != aside && counts(row) != aside);
            let seqs: Vec<u64> = changed.map(|(seq, ..)| *seq).collect();
            for chunk in seqs.chunks(PER_STATEMENT) {
                let sql = format!(
                    "UPDATE messages SET set_aside = $2 WHERE project_id = $1 AND seq IN (VALUES {})",
                    places_from(3, chunk.len(), 1)
                );
                let mut args = args![version.project_id, aside];
                args.extend(chunk.iter().flat_map(|seq| args![*seq]));
                self.execute(sql, args).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_as_runs() {
        let seqs = Seqs::of([1, 2, 3, 7, 9, 10]);
        assert_eq!(seqs.0, [(1, 3), (7, 7), (9, 10)]);
        assert!(seqs.contains(2) && seqs.contains(7) && !seqs.contains(8));
    }
}
