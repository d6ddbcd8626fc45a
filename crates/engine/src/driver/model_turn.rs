//! A turn that a model carries out.

use std::collections::{BTreeMap, VecDeque};

use qv_agent::{
    AgentEvent, Effect, FileChange, FileContent, FileOp, Input, Machine, ModelProfile,
    ProjectContext, StarterInfo, TurnInput, TurnLimits,
};
use qv_domain::chat::{ChatEvent, ChatRequest, TokenUsage};
use qv_domain::{BlobHash, FilePath, StepKind, UsageId};
use qv_store as store;
use qv_wire::{ErrorCode, EventData, TouchedFile};
use tokio::time::Instant;

use super::calls::Call;
use super::finish::Due;
use super::{Run, starter_turn, translate};
use crate::Result;
use crate::models::{self, Chosen};

/// A call under way.
struct Step {
    call: Call,
    number: u32,
    kind: StepKind,
    /// Our own count of what was sent, for a provider that does not say.
    input_estimate: u64,
    answered_bytes: usize,
}

/// What of the project a turn sends, and what sending all of it would take.
struct Footprint {
    context: ProjectContext,
    naive_tokens: u64,
    files_total: u32,
}

pub(super) async fn drive(run: &mut Run, chosen: Chosen) -> Result<()> {
    let starter = match run.project.version_count {
        0 => starter_turn::seed_for_model(run).await?,
        _ => None,
    };
    let files = run.files().await?;
    let footprint = footprint(run, &chosen, &files).await?;
    let input = turn_input(run, &chosen, starter, footprint.context.clone(), files).await?;
    let mut machine = Machine::new(input);
    let mut effects: VecDeque<Effect> = machine.handle(Input::Start).into();
    let mut step: Option<Step> = None;
    let mut provider_failed = None;
    loop {
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Emit(event) => run.tell(event),
                Effect::StopModel => step = None,
                Effect::CallModel { step: number, kind, request, .. } => {
                    step = Some(call(run, &chosen, &footprint, number, kind, request).await?);
                }
                Effect::CommitChanges { step: number, changes } => {
                    if let Some(path) = commit(run, number, &changes).await? {
                        let message = format!(
                            "{path} was changed at the same moment, so the agent's changes were not saved. Try again."
                        );
                        return run.finish_failed(ErrorCode::Conflict, message, true).await;
                    }
                }
                Effect::RunChecks => {
                    run.recorder.flush().await?;
                    let found = run.engine.check(run.project.id).await?;
                    let report = translate::check_report(&found);
                    if report.ok() {
                        run.recorder.push(EventData::PreviewReady {});
                    }
                    effects.extend(machine.handle(Input::Checked(report)));
                }
                Effect::Finish { verified, changed: _, summary } => {
                    let due = run.changed.then_some(Due { verified: Some(verified) });
                    return run.finish_done(due, Some(summary)).await;
                }
                Effect::Fail { code, message, retryable } => {
                    let code = provider_failed.unwrap_or_else(|| translate::error_code(code));
                    return run.finish_failed(code, message, retryable).await;
                }
                Effect::Cancelled { changed: _, summary } => {
                    return run.finish_cancelled(Some(summary)).await;
                }
            }
        }
        let due = run.recorder.due();
        tokio::select! {
            biased;
            () = run.signals.lost.cancelled() => return Err(store::StoreError::StaleFence.into()),
            () = run.signals.cancel.cancelled() => {
                step = None;
                effects.extend(machine.handle(Input::Cancel));
                if effects.is_empty() {
                    return run.finish_cancelled(None).await;
                }
            }
            () = sleep_until(due) => run.recorder.flush().await?,
            Some(paths) = run.signals.hand_edits.recv() => {
                let files = run.files_now(&paths).await?;
                effects.extend(machine.handle(Input::FilesChangedByHand(files)));
            }
            heard = next(&mut step) => {
                // The provider's own failure says more than the machine's word for it.
                provider_failed = heard.as_ref().err().map(crate::error::model_code);
                effects.extend(hear(run, &chosen, &footprint, &mut machine, &mut step, heard).await?);
            }
        }
    }
}

/// The next event of the call under way; waits for ever when there is none.
async fn next(step: &mut Option<Step>) -> Result<ChatEvent, qv_llm::LlmError> {
    match step {
        Some(step) => step.call.next().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

async fn hear(
    run: &mut Run,
    chosen: &Chosen,
    footprint: &Footprint,
    machine: &mut Machine,
    step: &mut Option<Step>,
    heard: Result<ChatEvent, qv_llm::LlmError>,
) -> Result<Vec<Effect>> {
    match heard {
        Ok(ChatEvent::Text(text)) => {
            if let Some(step) = step {
                step.answered_bytes += text.len();
            }
            Ok(machine.handle(Input::Text(&text)))
        }
        Ok(ChatEvent::Thinking(text)) => {
            run.recorder.push(EventData::ThinkingDelta { text: text.clone() });
            Ok(machine.handle(Input::Thinking(&text)))
        }
        Ok(ChatEvent::End { stop, usage }) => {
            if let Some(ended) = step.take() {
                settle(run, chosen, footprint, &ended, usage).await?;
            }
            Ok(machine.handle(Input::StepEnded { stop, usage }))
        }
        Err(error) => {
            if let Some(ended) = step.take()
                && ended.answered_bytes > 0
            {
                // It was answered in part, so it was paid in part.
                settle(run, chosen, footprint, &ended, TokenUsage::default()).await?;
            }
            tracing::warn!(generation = %run.generation.id, %error, "a model call failed");
            let class = translate::failure_class(&error);
            Ok(machine.handle(Input::StepFailed { class, message: error.safe_message() }))
        }
    }
}

/// Starts a call, with what it sends in the log before it is sent.
async fn call(
    run: &mut Run,
    chosen: &Chosen,
    footprint: &Footprint,
    number: u32,
    kind: StepKind,
    mut request: ChatRequest,
) -> Result<Step> {
    if !chosen.capabilities.takes_temperature {
        request.temperature_milli = None;
    }
    let input_estimate = models::count_request(chosen, &request);
    run.recorder.push(EventData::StepStarted {
        step: number + 1,
        kind,
        files_sent: u32::try_from(footprint.context.sent.len()).unwrap_or(u32::MAX),
        files_total: footprint.files_total,
        input_tokens: input_estimate,
    });
    let now = run.engine.env.now();
    let mut tx = run.engine.db.begin().await?;
    tx.count_step(&run.fence, kind).await?;
    let seq = run.recorder.append_to(&mut tx).await?;
    if let Some(key) = chosen.key.id {
        tx.touch_key(key, now).await?;
    }
    tx.commit().await?;
    run.recorder.written(seq);
    let call = Call::start(run.engine.clone(), chosen.clone(), request);
    Ok(Step { call, number, kind, input_estimate, answered_bytes: 0 })
}

/// Writes what a step took, together with its event.
async fn settle(
    run: &mut Run,
    chosen: &Chosen,
    footprint: &Footprint,
    ended: &Step,
    reported: TokenUsage,
) -> Result<()> {
    let usage = if reported.reported {
        reported
    } else {
        TokenUsage {
            input: ended.input_estimate,
            output: models::count_bytes(ended.answered_bytes),
            ..TokenUsage::default()
        }
    };
    let cost = models::cost_nanousd(chosen, &usage, run.engine.env.now());
    let step = ended.number + 1;
    run.recorder.push(EventData::Usage { step, kind: ended.kind, usage, cost_nanousd: cost });
    run.summary.usage = Some(run.summary.usage.map_or(usage, |sum| sum.plus(usage)));
    run.summary.cost_nanousd = match (step, run.summary.cost_nanousd, cost) {
        (1, _, cost) => cost,
        (_, Some(sum), Some(cost)) => Some(sum + cost),
        // One unknown price makes the sum unknown.
        _ => None,
    };
    run.summary.naive_input_tokens =
        Some(run.summary.naive_input_tokens.unwrap_or(0) + footprint.naive_tokens);
    let row = store::Usage {
        id: UsageId::generate(&*run.engine.env),
        user_id: run.generation.user_id,
        project_id: run.project.id,
        generation_id: run.generation.id,
        step: ended.number,
        kind: ended.kind,
        provider: chosen.kind.id().to_owned(),
        model: chosen.name.clone(),
        key_id: chosen.key.id,
        input_tokens: usage.input,
        output_tokens: usage.output,
        cache_read_tokens: usage.cache_read,
        cache_write_tokens: usage.cache_write,
        reported: usage.reported,
        cost_nanousd: cost.and_then(|cost| i64::try_from(cost).ok()),
        naive_tokens: Some(footprint.naive_tokens),
        at: run.engine.env.now(),
    };
    let mut tx = run.engine.db.begin().await?;
    tx.insert_usage(&run.fence, &row).await?;
    let seq = run.recorder.append_to(&mut tx).await?;
    tx.commit().await?;
    run.recorder.written(seq);
    Ok(())
}

/// Writes a step's changes with the events that tell of them, each change once. Nothing is written when a file is
/// no longer what the agent knows of it: then its path is given back.
async fn commit(run: &mut Run, step: u32, changes: &[FileChange]) -> Result<Option<FilePath>> {
    let engine = run.engine.clone();
    let (project, now) = (run.project.id, engine.env.now());
    let mut tx = engine.db.begin().await?;
    tx.hold(&run.fence).await?;
    // From here on nobody else changes the project's files.
    tx.hold_project(project, now).await?;
    let mut fresh = Vec::new();
    for change in changes {
        for path in paths(&change.op) {
            let present = tx.file_meta(project, path).await?.map(|meta| meta.hash);
            if present != run.known.get(path).copied() {
                return Ok(Some(path.clone()));
            }
        }
        if tx.mark_edit_applied(&run.fence, step, change.index).await? {
            fresh.push(store_change(&change.op));
        }
    }
    tx.apply_changes(project, &fresh, &engine.config.limits, now).await?;
    let written: BTreeMap<FilePath, BlobHash> =
        tx.files(project).await?.into_iter().map(|meta| (meta.path, meta.hash)).collect();
    let seq = run.recorder.append_to(&mut tx).await?;
    tx.commit().await?;
    for path in changes.iter().flat_map(|change| paths(&change.op)) {
        match written.get(path) {
            Some(hash) => run.known.insert(path.clone(), *hash),
            None => run.known.remove(path),
        };
    }
    run.recorder.written(seq);
    run.changed = true;
    engine.files_changed(project, &[]).await?;
    Ok(None)
}

/// The files that a change is about.
fn paths(op: &FileOp) -> Vec<&FilePath> {
    match op {
        FileOp::Write { path, .. } | FileOp::Delete { path } => vec![path],
        FileOp::Rename { from, to } => vec![from, to],
    }
}

fn store_change(op: &FileOp) -> store::FileChange {
    match op {
        FileOp::Write { path, content } => {
            store::FileChange::Write { path: path.clone(), content: content.as_bytes().into() }
        }
        FileOp::Delete { path } => store::FileChange::Delete { path: path.clone() },
        FileOp::Rename { from, to } => {
            store::FileChange::Rename { from: from.clone(), to: to.clone() }
        }
    }
}

async fn footprint(
    run: &Run,
    chosen: &Chosen,
    files: &BTreeMap<FilePath, FileContent>,
) -> Result<Footprint> {
    let packed = models::pack(files, &run.message.text, &run.history().await?, chosen);
    Ok(Footprint {
        files_total: u32::try_from(files.len()).unwrap_or(u32::MAX),
        context: packed.0,
        naive_tokens: packed.1,
    })
}

async fn turn_input(
    run: &Run,
    chosen: &Chosen,
    starter: Option<StarterInfo>,
    context: ProjectContext,
    files: BTreeMap<FilePath, FileContent>,
) -> Result<TurnInput> {
    let capabilities = &chosen.capabilities;
    Ok(TurnInput {
        mode: run.generation.mode,
        prompt: run.message.text.clone(),
        images: run.images().await?,
        project_type: run.project.project_type,
        files,
        context,
        history: run.history().await?,
        model: ModelProfile {
            name: chosen.name.clone(),
            edit_style: capabilities.edit_style,
            sees_images: capabilities.sees_images,
            max_output_tokens: capabilities.max_output_tokens,
            temperature_milli: capabilities.takes_temperature.then_some(0),
        },
        starter,
        limits: TurnLimits { files: run.engine.config.limits, ..TurnLimits::default() },
    })
}

impl Run {
    /// Puts a machine's event into the log, and into what the turn's card will show.
    fn tell(&mut self, event: AgentEvent) {
        match &event {
            AgentEvent::TextDelta { text } => self.prose.push_str(text),
            AgentEvent::Plan { items } => self.summary.plan = translate::plan(items.clone()),
            AgentEvent::RepairStarted { .. } => self.summary.repairs += 1,
            AgentEvent::EditApplied { path, op, added, removed, .. } => {
                let (op, added, removed) = (*op, *added, *removed);
                self.summary.files.retain(|file| file.path != *path);
                self.summary.files.push(TouchedFile { path: path.clone(), op, added, removed });
            }
            _ => {}
        }
        if let Some(event) = translate::event(event) {
            self.recorder.push(event);
        }
    }
}
