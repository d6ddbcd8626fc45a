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

use std::sync::Arc;

use qv_domain::GenerationId;
use qv_store::{self as store, NewEvent, Outcome, StoreError};
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
    generation: store::Generation,
    fence: store::Fence,
    signals: Signals,
) -> Result<()> {
    let mut conn = engine.db.read().await?;
    let project = conn.project(generation.project_id).await?;
    let message = conn.message(generation.project_id, generation.message_id).await?;
    drop(conn);
    let (Some(project), Some(message)) = (project, message) else {
        // Deleted in between: there is nobody to tell.
        return Err(EngineError::Store(StoreError::StaleFence));
    };
    let mut run = Run {
        recorder: Recorder::new(engine.clone(), fence, generation.last_seq),
        started: Instant::now(),
        summary: GenerationSummary::default(),
        prose: String::new(),
        changed: false,
        engine,
        generation,
        project,
        message,
        fence,
        signals,
    };
    if run.signals.cancel.is_cancelled() {
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

/// Ends a generation that broke on an error of our own.
pub(crate) async fn give_up(
    engine: &Arc<Engine>,
    id: GenerationId,
    fence: &store::Fence,
    error: &EngineError,
) {
    tracing::error!(generation = %id, error = ?error, "a turn broke");
    let ended = async {
        let failed =
            EventData::Failed { code: error.code(), message: error.detail(), retryable: true };
        let now = engine.env.now();
        let mut tx = engine.db.begin().await?;
        let Some(generation) = tx.generation(id).await? else { return Ok(()) };
        let seq = tx.append_events(fence, &[logged(&failed)?], now).await?;
        let outcome =
            Outcome::Failed { code: error.code().as_str().to_owned(), message: error.detail() };
        let summary = GenerationSummary {
            error: Some(error.code()),
            error_message: Some(error.detail()),
            ..GenerationSummary::default()
        };
        let summary = serde_json::to_value(summary).unwrap_or_default();
        tx.finish(fence, &outcome, Some(&summary), now).await?;
        tx.set_build_status(generation.project_id, qv_domain::BuildStatus::Failed, now).await?;
        tx.commit().await?;
        engine.hub.grown(id, seq);
        Ok::<(), EngineError>(())
    };
    if let Err(second) = ended.await {
        // Its lease lapses, and the next claim ends it.
        tracing::error!(generation = %id, error = ?second, "a broken turn could not be ended");
    }
}
