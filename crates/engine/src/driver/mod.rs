//! Drives one generation: carries out what the turn machine decides, and writes before it shows.
//!
//! Everything that a client sees is appended to the log by [`recorder::Recorder`] in batches of at most 50 ms
//! or 4 KiB, under the fence of the claim; followers are woken only after the commit. Changes of files are
//! applied with the events that tell of them, in one transaction, once per (generation, step, index). What
//! the machine heard is kept beside the events that came of it ([`journal`]), so that another worker goes on
//! where this one is lost.

mod calls;
mod context;
mod finish;
mod journal;
mod model_turn;
mod recorder;
mod starter_turn;
mod translate;

pub(crate) use context::{content, content_of, history};
pub(crate) use finish::{settled, title};
pub(crate) use starter_turn::beginning;

use std::collections::BTreeMap;
use std::sync::Arc;

use qv_domain::{BlobHash, FilePath, GenerationId};
use qv_store::{self as store, NewEvent, StoreError};
use qv_wire::{ErrorCode, EventData, GenerationSummary};
use tokio::time::Instant;

use crate::worker::Signals;
use crate::{Engine, EngineError, Result};
use journal::Entry;
use recorder::Recorder;

/// So often in a row a turn may take its server down, or be lost with it, before anything comes of it.
const MOST_STALLS: u32 = 12;
/// So often it may change hands at all: one that takes its server down after a while each time must end, too.
const MOST_CLAIMS: u64 = 200;

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
    /// How much of it was said before the call under way.
    prose_at_step: usize,
    /// Whether the call under way, or the next, mends edits that did not fit: nobody who is answered whole files
    /// makes such a call.
    mends_edits: bool,
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
    if run.generation.stalls >= MOST_STALLS || run.fence.number() > MOST_CLAIMS {
        run.recount().await?;
        let message = "The server stopped each time that it was at work on this. What it had saved is kept. Ask for \
                       it in other words, or choose another model.";
        return run.finish_failed(ErrorCode::Interrupted, message.to_owned(), true).await;
    }
    let journal = run.journal().await?;
    if run.generation.cancel_requested && journal.is_empty() {
        return run.finish_cancelled(None).await;
    }
    let user = run.generation.user_id;
    let chosen = match run.generation.model.clone() {
        None => None,
        Some(id) => match run.engine.choose_model(user, Some(&id)).await {
            Ok(chosen) => chosen,
            Err(error) => {
                run.recount().await?;
                return run.finish_failed(error.code(), error.detail(), true).await;
            }
        },
    };
    match chosen {
        Some(chosen) => model_turn::drive(&mut run, chosen, journal).await,
        None => starter_turn::drive(&mut run, journal).await,
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
        let last_entry = conn.journal(id).await?.last().map(|entry| entry.index);
        drop(conn);
        Ok(Self {
            recorder: Recorder::new(engine.clone(), fence, last_entry),
            started: Instant::now(),
            summary: GenerationSummary::default(),
            prose: String::new(),
            prose_at_step: 0,
            mends_edits: false,
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

    /// What workers before this one heard.
    async fn journal(&self) -> Result<Vec<Entry>> {
        let rows = self.engine.db.read().await?.journal(self.generation.id).await?;
        let read = |row: store::JournalEntry| {
            serde_json::from_str(&row.data).map_err(|error| {
                EngineError::Internal(format!("a journal entry cannot be read: {error}"))
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// What is said when a worker takes over from one that was lost.
    async fn resumed(&self) -> Result<EventData> {
        let mut conn = self.engine.db.read().await?;
        let before = conn.count_events_of(self.generation.id, "resumed").await?;
        Ok(EventData::Resumed { attempt: u32::try_from(before + 2).unwrap_or(u32::MAX) })
    }

    /// When this turn has worked for as long as one may.
    fn out_of_time(&self) -> Instant {
        self.started + self.engine.config.turn_limit
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
        run.recount().await?;
        run.finish_failed(error.code(), error.detail(), true).await
    };
    if let Err(second) = ended.await {
        // Its lease lapses, and the next claim goes on with it.
        tracing::error!(generation = %id, error = ?second, "a broken turn could not be ended");
    }
}
