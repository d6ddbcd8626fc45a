//! Drives one generation: carries out what the turn machine decides, and writes before it shows.
//!
//! Everything that a client sees is appended to the log by [`recorder::Recorder`] in batches of at most 50 ms
//! or 4 KiB, under the fence of the claim; followers are woken only after the commit. Changes of files are
//! applied with the events that tell of them, in one transaction, once per (generation, step, index).

mod calls;
mod context;
mod finish;
mod model_turn;
mod recorder;
mod starter_turn;
mod translate;

pub(crate) use finish::settled;

use std::collections::BTreeMap;
use std::sync::Arc;

use qv_domain::{BlobHash, FilePath, GenerationId};
use qv_store::{self as store, NewEvent, StoreError};
use qv_wire::{ErrorCode, EventData, GenerationSummary};
use tokio::time::Instant;

use crate::worker::Signals;
use crate::{Engine, EngineError, Result};
use recorder::Recorder;

/// One generation being driven.
pub(crate) struct Run {
    engine: Arc<Engine>,
    generation: store::Generation,
    project: store::Project,
    message: store::Message,
    fence: store::Fence,
    recorder: Recorder,
    signals: Signals,
    started: Instant,
    summary: GenerationSummary,
    /// What the agent said: becomes its message.
    prose: String,
    /// Whether anything was written to the project's files.
    changed: bool,
    /// The contents that the agent knows of: what is not one of them, it must not write over.
    known: BTreeMap<FilePath, BlobHash>,
}

/// An event as the store keeps it.
pub(crate) fn logged(data: &EventData) -> Result<NewEvent> {
    let json = serde_json::to_string(data)
        .map_err(|error| EngineError::Internal(format!("an event cannot be written: {error}")))?;
    Ok(NewEvent { kind: data.kind().to_owned(), data: json })
}

/// Carries a claimed generation to its end.
///
/// # Errors
/// When the database fails or the claim is lost; then the generation is not over.
pub(crate) async fn drive(
    engine: Arc<Engine>,
    generation: GenerationId,
    fence: store::Fence,
    signals: Signals,
) -> Result<()> {
    let mut run = Run::load(engine, generation, fence, signals).await?;
    run.changed = run.has_unversioned_changes().await?;
    if run.generation.cancel_requested {
        return run.finish_cancelled(None).await;
    }
    if run.generation.fence > 1 {
        // Its first worker is gone in the middle. What was committed stands; the person may retry.
        let message = "The server stopped while it was at work. Nothing that you saw applied is lost. Try again to go on.";
        return run.finish_failed(ErrorCode::Interrupted, message.to_owned(), true).await;
    }
    let user = run.generation.user_id;
    let chosen = match run.generation.model.clone() {
        None => None,
        Some(id) => match run.engine.choose_model(user, Some(&id)).await {
            Ok(chosen) => chosen,
            Err(error) => return run.finish_failed(error.code(), error.detail(), false).await,
        },
    };
    match chosen {
        Some(chosen) => model_turn::drive(&mut run, chosen).await,
        None => starter_turn::drive(&mut run).await,
    }
}

impl Run {
    async fn load(
        engine: Arc<Engine>,
        id: GenerationId,
        fence: store::Fence,
        signals: Signals,
    ) -> Result<Self> {
        // Deleted in between: there is nobody to tell.
        let gone = || EngineError::Store(StoreError::StaleFence);
        let mut conn = engine.db.read().await?;
        let generation = conn.generation(id).await?.ok_or_else(gone)?;
        let project = conn.project(generation.project_id).await?.ok_or_else(gone)?;
        let message = conn.message(generation.project_id, generation.message_id).await?;
        let message = message.ok_or_else(gone)?;
        drop(conn);
        Ok(Self {
            recorder: Recorder::new(engine.clone(), fence, generation.last_seq),
            started: Instant::now(),
            summary: GenerationSummary::default(),
            prose: String::new(),
            changed: false,
            known: BTreeMap::new(),
            engine,
            generation,
            project,
            message,
            fence,
            signals,
        })
    }

    /// Whether the project's files are not those of its newest version: a turn that did not end has changed them.
    async fn has_unversioned_changes(&self) -> Result<bool> {
        let mut conn = self.engine.db.read().await?;
        let files = conn.files(self.project.id).await?;
        let kept = match self.project.head_version {
            Some(version) => conn.manifest(version).await?.unwrap_or_default(),
            None => store::Manifest::default(),
        };
        let same = |meta: &store::FileMeta| {
            kept.0.get(&meta.path).is_some_and(|entry| entry.hash == meta.hash)
        };
        Ok(files.len() != kept.0.len() || !files.iter().all(same))
    }
}

/// Ends a generation that broke on an error of our own.
pub(crate) async fn give_up(
    engine: &Arc<Engine>,
    id: GenerationId,
    fence: store::Fence,
    error: &EngineError,
) {
    tracing::error!(generation = %id, error = ?error, "a turn broke");
    let ended = async {
        let mut run = Run::load(engine.clone(), id, fence, Signals::none()).await?;
        run.changed = run.has_unversioned_changes().await?;
        run.finish_failed(error.code(), error.detail(), true).await
    };
    if let Err(second) = ended.await {
        // Its lease lapses, and the next claim ends it.
        tracing::error!(generation = %id, error = ?second, "a broken turn could not be ended");
    }
}
