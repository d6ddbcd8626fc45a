//! Messages that wait until the agent is free: written while a turn is at work, sent one by one as turns end well
//! ([`send`]). After a turn that was stopped or failed they are held until somebody sends one on, changes it, or the
//! next turn ends well.

mod send;

pub(crate) use send::{FAILED, send_what_waits};

use qv_domain::{QueuedId, Role};
use qv_store as store;
use qv_wire::{ChangeQueued, ErrorCode, MessageQueue, QueuedMessage, StartTurn};

use crate::{Access, Engine, EngineError, Result};

/// So many messages may wait in a project.
const MOST: usize = 20;

impl Engine {
    /// What waits in a project, in order, and the turn that is at work.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue(&self, access: &Access) -> Result<MessageQueue> {
        let mut conn = self.db.read().await?;
        let open = conn.open_generations(access.project_id()).await?;
        let rows = conn.queue(access.project_id()).await?;
        let mut items = Vec::with_capacity(rows.len());
        for (place, row) in (1..).zip(&rows) {
            items.push(view(&mut conn, row, place).await?);
        }
        Ok(MessageQueue { items, active_generation: open.first().map(|generation| generation.id) })
    }

    /// Lets a message wait for its turn, after those that wait already. Where nothing is at work it is sent at once.
    ///
    /// # Errors
    /// As [`Engine::start_turn`], but for money and for what is at work; `Conflict` when too many wait.
    pub async fn add_queued(&self, access: &Access, start: StartTurn) -> Result<QueuedMessage> {
        access.require(Role::Editor)?;
        let (author, model) = (access.actor.user_id(), start.model.clone());
        let prepared = self.prepare_turn(author, start).await?;
        let now = self.env.now();
        let project = access.project_id();
        let mut tx = self.db.begin().await?;
        tx.hold_project(project, now).await?;
        let waiting = tx.queue(project).await?;
        if waiting.len() >= MOST {
            return Err(EngineError::refused(
                ErrorCode::Conflict,
                format!("{MOST} messages wait already. Remove one, or wait until one is sent."),
            ));
        }
        let queued = store::Queued {
            id: QueuedId::generate(&*self.env),
            project_id: project,
            position: waiting.last().map_or(1, |last| last.position + 1),
            author_user_id: author,
            model,
            images: prepared.put_images(&mut tx, now).await?,
            text: prepared.text,
            mode: prepared.mode,
            context: prepared.context,
            held: None,
            created_at: now,
        };
        tx.insert_queued(&queued).await?;
        let added = view(&mut tx, &queued, count(waiting.len() + 1)).await?;
        tx.commit().await?;
        self.waiting.notify_one();
        Ok(added)
    }

    /// Changes what a waiting message says, which only its author may, or its place. A held one is let go on by any
    /// change, also by one that changes nothing.
    ///
    /// # Errors
    /// `NotFound` when it is sent or removed already; `Forbidden`; `Invalid`.
    pub async fn change_queued(
        &self,
        access: &Access,
        id: QueuedId,
        change: ChangeQueued,
    ) -> Result<QueuedMessage> {
        access.require(Role::Editor)?;
        let text = change.text.map(|text| self.message_text(&text)).transpose()?;
        let project = access.project_id();
        let mut tx = self.db.begin().await?;
        tx.hold_project(project, self.env.now()).await?;
        let mut waiting = tx.queue(project).await?;
        let found = waiting.iter().position(|queued| queued.id == id);
        let before = found.ok_or_else(|| EngineError::not_found("waiting message"))?;
        let mut queued = waiting.remove(before);
        if let Some(text) = text {
            if queued.author_user_id != access.actor.user_id() {
                return Err(EngineError::refused(
                    ErrorCode::Forbidden,
                    "Only its author can change what a message says. Move or remove it, or write one yourself.",
                ));
            }
            queued.text = text;
        }
        queued.held = None;
        let place = match change.position {
            Some(place) => {
                usize::try_from(place).unwrap_or(usize::MAX).clamp(1, waiting.len() + 1) - 1
            }
            None => before,
        };
        waiting.insert(place, queued);
        for (position, queued) in (1..).zip(&mut waiting) {
            queued.position = position;
            tx.update_queued(queued).await?;
        }
        let changed = match waiting.get(place) {
            Some(queued) => view(&mut tx, queued, queued.position).await?,
            None => return Err(EngineError::not_found("waiting message")),
        };
        tx.commit().await?;
        self.waiting.notify_one();
        Ok(changed)
    }

    /// Removes a waiting message.
    ///
    /// # Errors
    /// `NotFound` when it is sent or removed already.
    pub async fn remove_queued(&self, access: &Access, id: QueuedId) -> Result<()> {
        access.require(Role::Editor)?;
        let mut tx = self.db.begin().await?;
        tx.hold_project(access.project_id(), self.env.now()).await?;
        if !tx.remove_queued(access.project_id(), id).await? {
            return Err(EngineError::not_found("waiting message"));
        }
        tx.commit().await?;
        // Whoever stood behind a held one may be next.
        self.waiting.notify_one();
        Ok(())
    }
}

async fn view(conn: &mut store::Conn, row: &store::Queued, position: u32) -> Result<QueuedMessage> {
    let author = conn.user(row.author_user_id).await?;
    Ok(QueuedMessage {
        id: row.id,
        position,
        text: row.text.clone(),
        mode: row.mode,
        model: row.model.clone(),
        images: count(row.images.len()),
        author: author.map(|author| author.name).unwrap_or_default(),
        held: row.held.clone(),
        created_at: row.created_at,
    })
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
