//! The durable jobs that carry turns out.

use qv_domain::{
    GenerationId, GenerationStatus, MessageId, ProjectId, StepKind, Timestamp, TurnMode, UserId,
};

use crate::db::{Conn, Tx};
use crate::sql::{args, row};
use crate::{Fence, Result};

row! {
    /// A job and where it stands.
    pub struct Generation {
        /// Its id; also its event stream's.
        pub id: GenerationId,
        /// Whose app it works on.
        pub project_id: ProjectId,
        /// Who asked for it.
        pub user_id: UserId,
        /// The message that it answers.
        pub message_id: MessageId,
        /// Where it stands.
        pub status: GenerationStatus,
        /// What it is for.
        pub mode: TurnMode,
        /// The model that was asked for; `None` leaves the choice to the engine.
        pub model: Option<String>,
        /// Which try at its message this is, from 1.
        pub attempt: u32,
        /// The worker that has it.
        pub lease_owner: Option<String>,
        /// Until when that worker has it without renewing.
        pub lease_until: Option<Timestamp>,
        /// How often it changed hands; see [`Fence`].
        pub fence: u64,
        /// Whether a person asked to stop it.
        pub cancel_requested: bool,
        /// Model calls: first answers.
        pub draft_steps: u32,
        /// Model calls: going on after a cut, or after runs.
        pub continuation_steps: u32,
        /// Model calls: repairs.
        pub repair_steps: u32,
        /// The last event's number; 0 before the first.
        pub last_seq: u64,
        /// Why it failed, for programs.
        pub error_code: Option<String>,
        /// Why it failed, for people.
        pub error_message: Option<String>,
        /// What it came to, as the engine keeps it.
        pub summary: Option<serde_json::Value>,
        /// The place in the queue that its followers were last told; 0 is the next.
        pub queue_position: Option<u32>,
        /// How often in a row a worker took it over and was lost with next to nothing done: a turn
        /// that takes its server down each time must not do so for ever.
        pub stalls: u32,
        /// When it was asked for.
        pub queued_at: Timestamp,
        /// When a worker first took it.
        pub started_at: Option<Timestamp>,
        /// When it was over.
        pub finished_at: Option<Timestamp>,
    }
}

/// A generation as its maker gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGeneration {
    /// Its id.
    pub id: GenerationId,
    /// Whose app it works on.
    pub project_id: ProjectId,
    /// Who asks for it.
    pub user_id: UserId,
    /// The message that it answers.
    pub message_id: MessageId,
    /// What it is for.
    pub mode: TurnMode,
    /// The model that is asked for; `None` leaves the choice to the engine.
    pub model: Option<String>,
    /// Which try at its message this is, from 1.
    pub attempt: u32,
}

/// How a generation ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its version exists, or its question is answered.
    Done,
    /// It failed for good.
    Failed {
        /// Why, for programs.
        code: String,
        /// Why, for people: safe to show.
        message: String,
    },
    /// A person stopped it.
    Cancelled,
}

impl Conn {
    /// A generation by its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn generation(&mut self, id: GenerationId) -> Result<Option<Generation>> {
        let sql = format!("SELECT {} FROM generations WHERE id = $1", Generation::COLUMNS);
        self.fetch_optional(sql, args![id]).await
    }

    /// All tries at a message, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn generations_of_message(&mut self, message: MessageId) -> Result<Vec<Generation>> {
        let sql = format!(
            "SELECT {} FROM generations WHERE message_id = $1 ORDER BY queued_at, id",
            Generation::COLUMNS
        );
        self.fetch(sql, args![message]).await
    }

    /// A project's generations that are not over, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_generations(&mut self, project: ProjectId) -> Result<Vec<Generation>> {
        let sql = format!(
            "SELECT {} FROM generations WHERE project_id = $1 \
             AND status IN ('queued', 'running') ORDER BY queued_at, id",
            Generation::COLUMNS
        );
        self.fetch(sql, args![project]).await
    }

    /// The generations that wait, in the order in which they would be claimed now, at most `limit`,
    /// each with the fence for its events until a worker has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_generations(&mut self, limit: u32) -> Result<Vec<(Generation, Fence)>> {
        let sql = format!(
            "SELECT {} FROM generations WHERE status = 'queued' ORDER BY \
             (SELECT COUNT(*) FROM generations r WHERE r.user_id = generations.user_id \
             AND r.status = 'running'), queued_at, id LIMIT $1",
            Generation::COLUMNS
        );
        let rows: Vec<Generation> = self.fetch(sql, args![limit]).await?;
        let with_fence = |row: Generation| {
            let fence = Fence { generation: row.id, number: row.fence };
            (row, fence)
        };
        Ok(rows.into_iter().map(with_fence).collect())
    }

    /// Everything that runs now, in all projects, oldest first; at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn running_generations(&mut self, limit: u32) -> Result<Vec<Generation>> {
        let sql = format!(
            "SELECT {} FROM generations WHERE status = 'running' ORDER BY queued_at, id LIMIT $1",
            Generation::COLUMNS
        );
        self.fetch(sql, args![limit]).await
    }
}

impl Tx {
    /// Adds a job for the workers. The fence serves for the first events, in this transaction.
    ///
    /// # Errors
    /// `Conflict` when the project, the user or the message is gone.
    pub async fn enqueue(&mut self, new: NewGeneration, now: Timestamp) -> Result<Fence> {
        let generation = Generation {
            id: new.id,
            project_id: new.project_id,
            user_id: new.user_id,
            message_id: new.message_id,
            status: GenerationStatus::Queued,
            mode: new.mode,
            model: new.model,
            attempt: new.attempt,
            lease_owner: None,
            lease_until: None,
            fence: 0,
            cancel_requested: false,
            draft_steps: 0,
            continuation_steps: 0,
            repair_steps: 0,
            last_seq: 0,
            error_code: None,
            error_message: None,
            summary: None,
            queue_position: None,
            stalls: 0,
            queued_at: now,
            started_at: None,
            finished_at: None,
        };
        self.insert("generations", &generation).await?;
        Ok(Fence { generation: new.id, number: 0 })
    }

    /// Counts one model call, and returns how many of its kind there were, this one included.
    ///
    /// # Errors
    /// `StaleFence`.
    pub async fn count_step(&mut self, fence: &Fence, kind: StepKind) -> Result<u32> {
        self.hold(fence).await?;
        let column = match kind {
            StepKind::Draft => "draft_steps",
            StepKind::Continuation
            | StepKind::Tool
            | StepKind::Plan
            | StepKind::Review
            | StepKind::Test => "continuation_steps",
            StepKind::Repair => "repair_steps",
        };
        let sql = format!(
            "UPDATE generations SET {column} = {column} + 1 WHERE id = $1 RETURNING {column}"
        );
        Ok(self.fetch_one::<(u32,)>(sql, args![fence.generation]).await?.0)
    }

    /// Ends a generation, whose last event was appended before, and gives back what is set aside for it.
    /// It takes hold of balances, so in its transaction it comes last.
    ///
    /// # Errors
    /// `StaleFence`.
    pub async fn finish(
        &mut self,
        fence: &Fence,
        outcome: &Outcome,
        summary: Option<&serde_json::Value>,
        now: Timestamp,
    ) -> Result<()> {
        self.hold(fence).await?;
        let (status, code, message) = match outcome {
            Outcome::Done => (GenerationStatus::Done, None, None),
            Outcome::Failed { code, message } => {
                (GenerationStatus::Failed, Some(code.clone()), Some(message.clone()))
            }
            Outcome::Cancelled => (GenerationStatus::Cancelled, None, None),
        };
        let sql = "UPDATE generations SET status = $2, error_code = $3, error_message = $4, \
                   summary = $5, finished_at = $6, lease_owner = NULL, lease_until = NULL \
                   WHERE id = $1";
        let args = args![fence.generation, status, code, message, summary.cloned(), now];
        self.execute(sql, args).await?;
        // Nobody has to go on with it.
        let sql = "DELETE FROM turn_journal WHERE generation_id = $1";
        self.execute(sql, args![fence.generation]).await?;
        self.close_purse(fence.generation).await
    }

    /// Notes the place in the queue that a waiting generation's followers are told. False when it
    /// does not wait any more, or is at that place already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_queue_position(&mut self, fence: &Fence, position: u32) -> Result<bool> {
        let sql = "UPDATE generations SET queue_position = $3 WHERE id = $1 AND fence = $2 \
                   AND status = 'queued' AND (queue_position IS NULL OR queue_position <> $3)";
        let args = args![fence.generation, fence.number, position];
        Ok(self.execute(sql, args).await? > 0)
    }

    /// Asks whoever works on a generation to stop: its worker sees it when it renews, or when it
    /// claims a queued one. False when it is over already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request_cancel(&mut self, id: GenerationId) -> Result<bool> {
        let sql = "UPDATE generations SET cancel_requested = $2 WHERE id = $1 \
                   AND status IN ('queued', 'running')";
        Ok(self.execute(sql, args![id, true]).await? > 0)
    }
}
