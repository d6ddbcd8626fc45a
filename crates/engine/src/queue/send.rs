//! Sends what waits, as soon as nothing is at work in its project.
//!
//! A message leaves its queue in the transaction that puts it into the chat, so it is sent once, whatever happens to
//! this server or is done by another. What it costs is worked out before, in no transaction; so is what can go wrong,
//! and then the message says why and waits for a person. It stands at the end of the line of turns like any other.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt as _, stream};
use qv_domain::{ProjectId, Role};
use qv_store as store;
use qv_wire::{ErrorCode, ImageUpload, StartTurn};

use crate::budgets::Place;
use crate::turns::Prepared;
use crate::{Engine, EngineError, Result, kept};

/// Why what waits is held after a turn that did not end well.
pub(crate) const STOPPED: &str =
    "The turn before it was stopped, so it waits. Send it on, change it or remove it.";
pub(crate) const FAILED: &str =
    "The turn before it failed, so it waits. Send it on, change it or remove it.";

/// Queues are looked at this often even when nobody rang: another node's turn may have ended, or its server.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const MOST_LOOKED_AT: u32 = 50;
/// So many are priced at once.
const AT_ONCE: usize = 4;

/// Sends what waits, until the engine stops.
pub(crate) async fn send_what_waits(engine: Arc<Engine>) {
    while !engine.stopping.is_cancelled() {
        if let Err(error) = send_all(&engine).await {
            tracing::warn!(%error, "waiting messages were not looked at");
        }
        tokio::select! {
            () = engine.stopping.cancelled() => {}
            () = engine.waiting.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn send_all(engine: &Engine) -> Result<()> {
    let due = engine.db.read().await?.queues_due(MOST_LOOKED_AT).await?;
    let sent = stream::iter(due).for_each_concurrent(AT_ONCE, async |queued| {
        if let Err(error) = engine.send_queued(&queued).await {
            tracing::warn!(message = %queued.id, %error, "a waiting message was not sent");
        }
    });
    sent.await;
    Ok(())
}

impl Engine {
    /// Holds what waits behind a turn that somebody stops. What is written from then on is not held.
    pub(crate) async fn hold_behind_stopped(
        &self,
        tx: &mut store::Tx,
        project: ProjectId,
    ) -> Result<()> {
        tx.hold_project(project, self.env.now()).await?;
        Ok(tx.hold_queue(project, Some(STOPPED)).await?)
    }

    /// Sends a message, or holds it with the reason.
    async fn send_queued(&self, queued: &store::Queued) -> Result<()> {
        let sent = match self.price_queued(queued).await {
            Ok(prepared) => self.begin_queued(queued, prepared).await,
            Err(error) => Err(error),
        };
        match sent {
            // A turn began meanwhile: it waits for that one.
            Err(EngineError::Refused { code: ErrorCode::Busy, .. }) | Ok(()) => Ok(()),
            Err(EngineError::Store(error)) if error.is_retryable() || error.is_disk() => {
                Err(error.into())
            }
            Err(error) => self.hold_queued(queued, &error).await,
        }
    }

    async fn price_queued(&self, queued: &store::Queued) -> Result<Prepared> {
        let mut conn = self.db.read().await?;
        require_author(&mut conn, queued).await?;
        let project = conn.project(queued.project_id).await?;
        let project = project.ok_or_else(|| EngineError::not_found("project"))?;
        let mut images = Vec::with_capacity(queued.images.len());
        for image in &queued.images {
            let bytes = conn.blob(&image.hash).await?;
            let bytes = bytes.ok_or_else(|| EngineError::not_found("picture"))?;
            let media_type = image.media_type.clone();
            images.push(ImageUpload { media_type, data: STANDARD.encode(&bytes) });
        }
        drop(conn);
        // The same as if it were said now.
        let (context, plan) = kept::read(queued.context.as_ref());
        let start = StartTurn {
            message: queued.text.clone(),
            mode: Some(queued.mode),
            model: queued.model.clone(),
            plan,
            images,
            context: queued.context.is_some().then_some(context),
        };
        let mut prepared = self.prepare_turn(queued.author_user_id, start).await?;
        self.price_turn(&mut prepared, Place::There(&project)).await?;
        Ok(prepared)
    }

    async fn begin_queued(&self, queued: &store::Queued, prepared: Prepared) -> Result<()> {
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        tx.hold_project(queued.project_id, now).await?;
        // Whoever changed, moved or removed it meanwhile is heard: it is looked at again.
        if tx.queue(queued.project_id).await?.first() != Some(queued) {
            return Ok(());
        }
        require_author(&mut tx, queued).await?;
        tx.remove_queued(queued.project_id, queued.id).await?;
        self.enqueue_turn(&mut tx, queued.project_id, prepared, now).await?;
        tx.commit().await?;
        self.turn_enqueued();
        Ok(())
    }

    async fn hold_queued(&self, queued: &store::Queued, error: &EngineError) -> Result<()> {
        if error.code() == ErrorCode::Internal {
            tracing::error!(message = %queued.id, ?error, "a waiting message cannot be sent");
        }
        let mut tx = self.db.begin().await?;
        tx.hold_project(queued.project_id, self.env.now()).await?;
        let waiting = tx.queue(queued.project_id).await?;
        // Not where somebody has changed it meanwhile.
        if waiting.first() == Some(queued) {
            let held = store::Queued { held: Some(error.detail()), ..queued.clone() };
            tx.update_queued(&held).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Refuses a message whose author may not say it any more.
async fn require_author(conn: &mut store::Conn, queued: &store::Queued) -> Result<()> {
    let author = conn.user(queued.author_user_id).await?;
    let author = author.ok_or_else(|| EngineError::not_found("author"))?;
    let refused = |why: &str| {
        let detail = format!("{} {why} Remove the message, or write it yourself.", author.name);
        Err(EngineError::refused(ErrorCode::Forbidden, detail))
    };
    if author.suspended_at.is_some() {
        return refused("is suspended.");
    }
    match conn.role(queued.project_id, queued.author_user_id).await? {
        Some(role) if role.allows(Role::Editor) => Ok(()),
        _ => refused("may not change this project any more."),
    }
}
