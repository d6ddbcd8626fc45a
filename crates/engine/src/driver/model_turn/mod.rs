//! A turn that a model carries out.

mod asking;
mod by_hand;
mod cast;
mod changes;
mod clarify;
mod note;
mod open;
mod resume;
mod tools;
mod usage;

use std::collections::{BTreeMap, VecDeque};

use qv_agent::{CheckReport, Effect, Input, Machine, SmokeOutcome};
use qv_domain::{BlobHash, FilePath};
use qv_store as store;
use qv_wire::{ErrorCode, SentFile};

use super::finish::Due;
use super::journal::{Entry, Heard, MACHINE};
use super::{Run, translate};
use crate::Result;
use crate::models::Chosen;
use asking::Step;
use cast::Cast;
pub(super) use cast::CastNames;

/// A turn at work: the machine that decides, and what it waits for.
struct Turn<'a> {
    run: &'a mut Run,
    cast: Cast,
    machine: Machine,
    /// What is still to be carried out of what was heard last.
    effects: VecDeque<Effect>,
    /// How many are.
    done: usize,
    step: Option<Step>,
    /// What runs in the project's machine.
    tool: Option<tools::Tool>,
    /// What people are asked.
    question: Option<tools::Question>,
    /// Whether it was said where runs happen.
    told_where: bool,
    /// Files that people changed and the machine has not heard of.
    changed_by_hand: Vec<FilePath>,
    /// What looking at the app came to, to be heard next.
    found: Option<Found>,
    /// The files as the turn began.
    began: BTreeMap<FilePath, BlobHash>,
    /// What the model's provider said, when the machine's word for it says less.
    provider_failed: Option<ErrorCode>,
    /// Whether it worked for as long as a turn may.
    out_of_time: bool,
    /// What is shown of the files, in tokens, and what showing all of them would take.
    shown_tokens: u64,
    naive_tokens: u64,
    files_sent: u32,
    files_total: u32,
    /// The files of the first call, until it is told of.
    sent: Vec<SentFile>,
}

/// What looking at an app came to.
enum Found {
    /// It was checked.
    Report(CheckReport),
    /// Checks that are no files yet were tried.
    Tried(Vec<SmokeOutcome>),
}

pub(super) async fn drive(run: &mut Run, chosen: Chosen, journal: Vec<Entry>) -> Result<()> {
    let mut turn = match journal.iter().find_map(|entry| entry.opening.clone()) {
        Some(opening) if opening.machine != MACHINE => {
            return run.finish_of_another_release().await;
        }
        Some(opening) => Turn::resume(run, chosen, &opening, &journal).await?,
        None => match clarify::questions(run).await? {
            Some(questions) => return clarify::ask(run, questions).await,
            None => Turn::begin(run, chosen).await?,
        },
    };
    turn.work().await
}

impl Turn<'_> {
    /// Lets the machine hear something, of which the journal keeps the likeness.
    fn hear(&mut self, heard: Heard, input: Input<'_>) {
        let effects = self.machine.handle(input);
        // Text that has no effect yet is held by the machine, which may look at how much came at once.
        let only_shows =
            !effects.is_empty() && effects.iter().all(|effect| matches!(effect, Effect::Emit(_)));
        self.run.recorder.journal.heard(heard, only_shows);
        self.effects.extend(effects);
        self.done = 0;
    }

    /// Works until the turn is over.
    async fn work(&mut self) -> Result<()> {
        loop {
            while let Some(effect) = self.effects.pop_front() {
                let stopped = self.run.signals.cancel.is_cancelled();
                let asks = matches!(
                    effect,
                    Effect::CallModel { .. } | Effect::RunTool { .. } | Effect::AskPerson { .. }
                );
                if stopped && asks {
                    // Nobody waits for that answer: it is not asked for.
                    self.effects.clear();
                    break;
                }
                self.run.recorder.progress(Some(self.done));
                self.done += 1;
                if self.carry_out(effect).await? {
                    return Ok(());
                }
            }
            self.run.recorder.progress(None);
            if self.run.signals.lost.is_cancelled() {
                return Err(store::StoreError::StaleFence.into());
            } else if self.out_of_time {
                return self.run.finish_out_of_time().await;
            } else if self.run.signals.cancel.is_cancelled() {
                self.hear(Heard::Cancel, Input::Cancel);
                if self.effects.is_empty() {
                    return self.run.finish_cancelled(None).await;
                }
            } else if !self.changed_by_hand.is_empty() && self.step.is_none() {
                // Before what was found: that is of the files as they are now.
                let paths = std::mem::take(&mut self.changed_by_hand);
                self.hear_hand_edits(&paths).await?;
            } else if let Some(found) = self.found.take() {
                match found {
                    Found::Report(report) => {
                        self.hear(Heard::Checked(report.clone()), Input::Checked(report));
                    }
                    Found::Tried(tried) => {
                        self.hear(Heard::SmokeTried(tried.clone()), Input::SmokeTried(tried));
                    }
                }
            } else {
                self.listen().await?;
            }
        }
    }

    /// Waits for the next thing to happen.
    async fn listen(&mut self) -> Result<()> {
        let out_of_time = self.run.out_of_time();
        let (is_due, waits) = (self.run.recorder.is_due(), self.run.recorder.waits());
        tokio::select! {
            biased;
            // Both are looked at first of all.
            () = self.run.signals.lost.cancelled() => {}
            () = self.run.signals.cancel.cancelled() => {}
            () = tokio::time::sleep_until(out_of_time) => {
                self.out_of_time = true;
                self.tool = None;
                self.question = None;
                self.stop_model().await?;
                // What it is known to have broken is taken back.
                self.hear(Heard::OutOfTime, Input::OutOfTime);
            }
            () = std::future::ready(()), if is_due => self.run.recorder.flush().await?,
            // Heard between calls: what is answered meanwhile is brought together with it when it is written.
            Some(paths) = self.run.signals.hand_edits.recv() => self.changed_by_hand.extend(paths),
            Some(answer) = self.run.signals.answers.recv() => self.hear_answer(Some(answer)),
            () = tools::patience(self.question) => self.hear_answer(None),
            event = tools::next(&mut self.tool) => self.hear_tool(event).await?,
            event = asking::next(&mut self.step) => self.hear_model(event).await?,
            () = std::future::ready(()), if waits => self.run.recorder.flush().await?,
        }
        Ok(())
    }

    /// Does what the machine decided; true when that ended the turn.
    async fn carry_out(&mut self, effect: Effect) -> Result<bool> {
        match effect {
            Effect::Emit(event) => self.run.tell(event),
            Effect::StopModel => self.stop_model().await?,
            Effect::Restart => self.void_step().await?,
            Effect::CallModel { step, kind, round, request, .. } => {
                self.call(step, kind, round, request).await?;
            }
            Effect::RunTool { id, call } => self.run_tool(id, call).await?,
            Effect::StopTool { .. } => self.tool = None,
            Effect::AskPerson { id, .. } => self.ask(id).await?,
            Effect::CommitChanges { step, changes } => {
                if let Some(path) = self.commit(step, &changes).await? {
                    let message = format!(
                        "{path} was changed at the same moment, so the agent's changes were not saved. Try again."
                    );
                    self.run.finish_failed(ErrorCode::Conflict, message, true).await?;
                    return Ok(true);
                }
            }
            Effect::RunChecks => self.check().await?,
            Effect::TrySmoke { checks } => self.try_smoke(checks).await?,
            Effect::Finish { verified, changed, summary } => {
                if !changed && self.run.changed {
                    // It was taken back: a version is due only where something differs from the newest one.
                    self.run.changed = self.run.has_unversioned_changes().await?;
                }
                let due = self.run.changed.then_some(Due { verified: Some(verified) });
                self.run.finish_done(due, Some(summary)).await?;
                return Ok(true);
            }
            Effect::Fail { code, message, retryable } => {
                let code = self.provider_failed.unwrap_or_else(|| translate::error_code(code));
                self.run.finish_failed(code, message, retryable).await?;
                return Ok(true);
            }
            Effect::Cancelled { changed, .. } if self.out_of_time => {
                if !changed && self.run.changed {
                    self.run.changed = self.run.has_unversioned_changes().await?;
                }
                self.run.finish_out_of_time().await?;
                return Ok(true);
            }
            Effect::Cancelled { changed: _, summary } => {
                self.run.finish_cancelled(Some(summary)).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many effects of what was heard last are carried out, this one included; `None`: all.
    fn progress(&self) -> Option<usize> {
        (!self.effects.is_empty()).then_some(self.done)
    }
}
