//! Messages that wait until the agent is free.

use qv_domain::{ProjectId, QueuedId, Timestamp, TurnMode, UserId};

use crate::db::{Conn, Tx};
use crate::sql::{args, row};
use crate::{MessageImages, Result};

row! {
    /// A message that waits.
    pub struct Queued {
        /// Its id.
        pub id: QueuedId,
        /// Where it will be said.
        pub project_id: ProjectId,
        /// Its place: lower ones are sent first.
        pub position: u32,
        /// Who says it.
        pub author_user_id: UserId,
        /// What will be said.
        pub text: String,
        /// What the turn will be for.
        pub mode: TurnMode,
        /// The model that is asked for; `None`: the author's default one of then.
        pub model: Option<String>,
        /// Pictures that go with it; put their blobs in the same transaction.
        pub images: MessageImages,
        /// What the person has before them, as the engine keeps it.
        pub context: Option<serde_json::Value>,
        /// Why it was not sent when its time came.
        pub held: Option<String>,
        /// When it was written.
        pub created_at: Timestamp,
    }
}

impl Conn {
    /// What waits in a project, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue(&mut self, project: ProjectId) -> Result<Vec<Queued>> {
        let sql = format!(
            "SELECT {} FROM queued_messages WHERE project_id = $1 ORDER BY position, id",
            Queued::COLUMNS
        );
        self.fetch(sql, args![project]).await
    }

    /// The first message of each queue that may be sent now: it is not held, and no turn of its project runs or waits.
    /// Those that have waited longest come first; at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queues_due(&mut self, limit: u32) -> Result<Vec<Queued>> {
        let sql = format!(
            "SELECT {} FROM queued_messages WHERE held IS NULL \
             AND NOT EXISTS (SELECT 1 FROM queued_messages e WHERE e.project_id = queued_messages.project_id \
             AND (e.position, e.id) < (queued_messages.position, queued_messages.id)) \
             AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.project_id = queued_messages.project_id \
             AND g.status IN ('queued', 'running')) ORDER BY created_at, id LIMIT $1",
            Queued::COLUMNS
        );
        self.fetch(sql, args![limit]).await
    }
}

/// Whoever changes a queue first [holds](Tx::hold_project) its project in the same transaction.
impl Tx {
    /// Adds a message that waits.
    ///
    /// # Errors
    /// `Conflict` when the project, its author or a picture's blob is gone.
    pub async fn insert_queued(&mut self, queued: &Queued) -> Result<()> {
        self.insert("queued_messages", queued).await?;
        let images = queued.images.iter().map(|image| image.hash);
        self.refer_to_blobs(queued.project_id, images).await
    }

    /// Writes what a person can change of a waiting message: its text, its place, and whether it is held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_queued(&mut self, queued: &Queued) -> Result<()> {
        let sql = "UPDATE queued_messages SET position = $2, text = $3, held = $4 WHERE id = $1";
        let Queued { id, position, text, held, .. } = queued;
        self.execute(sql, args![*id, *position, *text, *held]).await?;
        Ok(())
    }

    /// Takes a message out of its queue. False when it is not there any more: whoever got true has it alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_queued(&mut self, project: ProjectId, id: QueuedId) -> Result<bool> {
        let sql = "DELETE FROM queued_messages WHERE project_id = $1 AND id = $2";
        Ok(self.execute(sql, args![project, id]).await? > 0)
    }

    /// Holds everything that waits in a project, or, with `None`, lets all of it go on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_queue(&mut self, project: ProjectId, why: Option<&str>) -> Result<()> {
        let sql = "UPDATE queued_messages SET held = $2 WHERE project_id = $1";
        self.execute(sql, args![project, why.map(str::to_owned)]).await?;
        Ok(())
    }
}
