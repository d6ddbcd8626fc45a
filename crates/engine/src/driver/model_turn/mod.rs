//! A turn that a model carries out.

mod by_hand;
mod changes;
mod resume;
mod tools;
mod usage;

use std::collections::VecDeque;

use qv_agent::{
    AgentEvent, Effect, FailureClass, FileContent, Input, Machine, RepairReason, TurnInput,
    TurnLimits,
};
use qv_domain::chat::{ChatEvent, ChatRequest, TokenUsage};
use qv_domain::{FilePath, StepKind};
use qv_llm::LlmError;
use qv_store as store;
use qv_wire::{ErrorCode, EventData, SentFile, TouchedFile};

use super::calls::{Call, CallEvent};
use super::finish::Due;
use super::journal::{Entry, Heard, MACHINE, Opening};
use super::{Run, starter_turn, translate};
use crate::budgets::Worst;
use crate::models::{self, Chosen};
use crate::{Result, audit};

/// A turn at work: the machine that decides, and what it waits for.
struct Turn<'a> {
    run: &'a mut Run,
    chosen: Chosen,
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
    /// What checks found, to be heard next.
    report: Option<qv_agent::CheckReport>,
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

/// A call under way.
struct Step {
    call: Call,
    asked: Asked,
}

/// A call that was made.
#[derive(Debug, Clone)]
struct Asked {
    number: u32,
    kind: StepKind,
    /// Our own count of what was sent, for a provider that does not say.
    input_estimate: u64,
    /// What it has answered: the text, and how long its reasoning was.
    answered: String,
    thought_bytes: usize,
    /// Whether it mends edits that did not fit.
    mends_edits: bool,
}

impl Asked {
    fn new(number: u32, kind: StepKind, input_estimate: u64, mends_edits: bool) -> Self {
        Self {
            number,
            kind,
            input_estimate,
            answered: String::new(),
            thought_bytes: 0,
            mends_edits: mends_edits && kind == StepKind::Repair,
        }
    }

    fn answered_bytes(&self) -> usize {
        self.answered.len() + self.thought_bytes
    }
}

pub(super) async fn drive(run: &mut Run, chosen: Chosen, journal: Vec<Entry>) -> Result<()> {
    let mut turn = match journal.iter().find_map(|entry| entry.opening.clone()) {
        Some(opening) if opening.machine != MACHINE => {
            return run.finish_of_another_release().await;
        }
        Some(opening) => Turn::resume(run, chosen, &opening, &journal).await?,
        None => Turn::begin(run, chosen).await?,
    };
    turn.work().await
}

impl<'a> Turn<'a> {
    async fn begin(run: &'a mut Run, chosen: Chosen) -> Result<Self> {
        if run.fence.number() > 1 {
            let resumed = run.resumed().await?;
            run.recorder.push(resumed);
        }
        let starter = match run.project.file_count {
            0 => starter_turn::seed_for_model(run).await?,
            _ => starter_turn::seeded(run).await?,
        };
        let files = run.files().await?;
        let history = run.history().await?;
        let shown = models::Shown {
            files: &files,
            prompt: &run.message.text,
            mode: run.generation.mode,
            history: &history,
            is_new: starter.is_some(),
            view: &run.view(),
            errors: &run.engine.known_faults(run.project.id).await?,
        };
        let mut facts = run.engine.models.facts.take(run.project.id);
        let footprint = models::pack(shown, &chosen, &mut facts);
        run.engine.models.facts.put_back(run.project.id, facts);
        let tools =
            run.engine.tools_of(&run.project, run.generation.mode, &run.message.text).await?;
        let opening = Opening {
            machine: MACHINE,
            tools,
            context: footprint.context,
            history,
            model: models::profile(&chosen),
            starter,
            limits: TurnLimits { files: run.engine.config.limits, ..TurnLimits::default() },
            files: run.known.clone(),
            shown_tokens: footprint.tokens,
            naive_tokens: footprint.naive_tokens,
        };
        let mut turn = Self::open(run, chosen, &opening, files).await?;
        turn.sent = footprint.files;
        turn.run.recorder.journal.open(opening);
        turn.hear(Heard::Start, Input::Start);
        Ok(turn)
    }

    async fn open(
        run: &'a mut Run,
        chosen: Chosen,
        opening: &Opening,
        files: std::collections::BTreeMap<FilePath, FileContent>,
    ) -> Result<Self> {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (files_sent, files_total) = (count(opening.context.sent.len()), count(files.len()));
        let machine = Machine::new(TurnInput {
            mode: run.generation.mode,
            prompt: run.message.text.clone(),
            images: run.images().await?,
            project_type: run.project.project_type,
            files,
            context: opening.context.clone(),
            history: opening.history.clone(),
            model: opening.model.clone(),
            starter: opening.starter.clone(),
            limits: opening.limits,
            tools: opening.tools.clone(),
        });
        Ok(Self {
            run,
            chosen,
            machine,
            effects: VecDeque::new(),
            done: 0,
            step: None,
            tool: None,
            question: None,
            told_where: false,
            changed_by_hand: Vec::new(),
            report: None,
            provider_failed: None,
            out_of_time: false,
            shown_tokens: opening.shown_tokens,
            naive_tokens: opening.naive_tokens,
            files_sent,
            files_total,
            sent: Vec::new(),
        })
    }

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
            } else if let Some(report) = self.report.take() {
                self.hear(Heard::Checked(report.clone()), Input::Checked(report));
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
                self.run.recorder.journal.heard(Heard::OutOfTime, false);
                self.done = 0;
                self.tool = None;
                self.question = None;
                self.stop_model().await?;
            }
            () = std::future::ready(()), if is_due => self.run.recorder.flush().await?,
            // Heard between calls: what is answered meanwhile is brought together with it when it is written.
            Some(paths) = self.run.signals.hand_edits.recv() => self.changed_by_hand.extend(paths),
            Some(answer) = self.run.signals.answers.recv() => self.hear_answer(Some(answer)),
            () = tools::patience(self.question) => self.hear_answer(None),
            event = tools::next(&mut self.tool) => self.hear_tool(event).await?,
            event = next(&mut self.step) => self.hear_model(event).await?,
            () = std::future::ready(()), if waits => self.run.recorder.flush().await?,
        }
        Ok(())
    }

    async fn hear_model(&mut self, event: CallEvent) -> Result<()> {
        match event {
            CallEvent::Chat(Ok(ChatEvent::Text(text))) => {
                if let Some(step) = &mut self.step {
                    step.asked.answered.push_str(&text);
                }
                self.hear(Heard::Text(text.clone()), Input::Text(&text));
            }
            CallEvent::Chat(Ok(ChatEvent::Thinking(text))) => {
                // Not part of the answer: a turn that is taken up again does without its words.
                if let Some(step) = &mut self.step {
                    step.asked.thought_bytes += text.len();
                }
                let effects = self.machine.handle(Input::Thinking(&text));
                if !effects.is_empty() {
                    self.run.recorder.journal.heard(Heard::Thinking, false);
                    self.effects.extend(effects);
                    self.done = 0;
                }
                self.run.recorder.push(EventData::ThinkingDelta { text });
            }
            CallEvent::Chat(Ok(ChatEvent::End { stop, usage })) => {
                let ended = self.step.take();
                self.hear(Heard::Ended(stop.clone()), Input::StepEnded { stop, usage });
                if let Some(ended) = ended {
                    self.settle(&ended.asked, usage).await?;
                }
            }
            CallEvent::Chat(Err(error)) => {
                let ended = self.step.take();
                tracing::warn!(generation = %self.run.generation.id, %error, "a model call failed");
                // The provider's own failure says more than the machine's word for it.
                self.provider_failed = Some(crate::error::model_code(&error));
                self.hear_failure(&error);
                if let Some(ended) = ended
                    && ended.asked.answered_bytes() > 0
                {
                    // It was answered in part, so it was paid in part.
                    self.settle(&ended.asked, TokenUsage::default()).await?;
                }
            }
            CallEvent::Retrying(retry) => {
                let step = self.step.as_ref().map_or(0, |step| step.asked.number + 1);
                self.run.recorder.push(translate::retrying(step, &retry));
            }
        }
        Ok(())
    }

    fn hear_failure(&mut self, error: &LlmError) {
        let (class, message) = (translate::failure_class(error), error.safe_message());
        self.hear(
            Heard::Failed { class, message: message.clone() },
            Input::StepFailed { class, message },
        );
    }

    /// Does what the machine decided; true when that ended the turn.
    async fn carry_out(&mut self, effect: Effect) -> Result<bool> {
        match effect {
            Effect::Emit(event) => self.run.tell(event),
            Effect::StopModel => self.stop_model().await?,
            Effect::Restart => self.void_step().await?,
            Effect::CallModel { step, kind, request, .. } => self.call(step, kind, request).await?,
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
            Effect::RunChecks => {
                self.check().await?;
            }
            Effect::Finish { verified, changed: _, summary } => {
                let due = self.run.changed.then_some(Due { verified: Some(verified) });
                self.run.finish_done(due, Some(summary)).await?;
                return Ok(true);
            }
            Effect::Fail { code, message, retryable } => {
                let code = self.provider_failed.unwrap_or_else(|| translate::error_code(code));
                self.run.finish_failed(code, message, retryable).await?;
                return Ok(true);
            }
            Effect::Cancelled { changed: _, summary } => {
                self.run.finish_cancelled(Some(summary)).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Starts a call, with its money set aside and what it sends in the log before it is sent. One that a budget
    /// forbids is not made, and the machine hears so.
    async fn call(&mut self, number: u32, kind: StepKind, mut request: ChatRequest) -> Result<()> {
        if !self.chosen.capabilities.takes_temperature {
            request.temperature_milli = None;
        }
        let input_estimate = models::count_request(&self.chosen, &request);
        self.provider_failed = None;
        let done = self.progress();
        let run = &mut *self.run;
        let now = run.engine.env.now();
        let mut tx = run.engine.db.begin().await?;
        let purses = run.purses(&mut tx, kind, now).await?;
        let worst = Worst::of(&self.chosen, input_estimate, request.max_output_tokens, now);
        match purses.set_aside(&mut tx, &run.fence, number, &worst).await? {
            Ok(most) => request.max_output_tokens = most,
            Err(message) => {
                drop(tx);
                let class = FailureClass::Budget;
                self.hear(
                    Heard::Failed { class, message: message.clone() },
                    Input::StepFailed { class, message },
                );
                return Ok(());
            }
        }
        run.prose_at_step = run.prose.len();
        run.recorder.push(EventData::StepStarted {
            step: number + 1,
            kind,
            files_sent: self.files_sent,
            files_total: self.files_total,
            input_tokens: input_estimate,
            role: Some(kind.role()),
            model: None,
            files: std::mem::take(&mut self.sent),
        });
        tx.count_step(&run.fence, kind).await?;
        run.recorder.progress(done);
        let appended = run.recorder.append_to(&mut tx).await?;
        if let Some(key) = self.chosen.key.id {
            tx.touch_key(key, now).await?;
        }
        if let Some(act) = audit::key_used(&self.chosen, run.generation.user_id, now) {
            act.tell(&mut tx, &*run.engine.env, now).await?;
        }
        tx.commit().await?;
        run.recorder.written(appended);
        let call = Call::start(run.engine.clone(), self.chosen.clone(), request);
        let asked = Asked::new(number, kind, input_estimate, self.run.mends_edits);
        self.step = Some(Step { call, asked });
        Ok(())
    }

    /// Ends the call under way. What it answered is paid.
    async fn stop_model(&mut self) -> Result<()> {
        let Some(Step { call, asked }) = self.step.take() else { return Ok(()) };
        drop(call);
        self.settle(&asked, TokenUsage::default()).await
    }

    /// How many effects of what was heard last are carried out, this one included; `None`: all.
    fn progress(&self) -> Option<usize> {
        (!self.effects.is_empty()).then_some(self.done)
    }

    /// What was shown of the last call does not count.
    async fn void_step(&mut self) -> Result<()> {
        let stream = self.run.generation.id;
        let begun =
            self.run.engine.db.read().await?.newest_event_of(stream, "step_started").await?;
        self.run.unsay();
        if let Some(from_seq) = begun {
            self.run.recorder.push(EventData::Superseded { from_seq });
        }
        Ok(())
    }
}

/// The next event of the call under way; waits for ever when there is none.
async fn next(step: &mut Option<Step>) -> CallEvent {
    match step {
        Some(step) => step.call.next().await,
        None => std::future::pending().await,
    }
}

impl Run {
    /// Puts a machine's event into the log, and into what the turn's card will show.
    fn tell(&mut self, event: AgentEvent) {
        self.note(&event);
        if let Some(event) = translate::event(event) {
            self.recorder.push(event);
        }
    }

    /// Keeps what a machine's event adds to the turn's answer and card.
    fn note(&mut self, event: &AgentEvent) {
        match event {
            AgentEvent::TextDelta { text } => self.prose.push_str(text),
            AgentEvent::Plan { items } => self.summary.plan = translate::plan(items.clone()),
            AgentEvent::RepairStarted { reason, .. } => {
                self.summary.repairs += 1;
                self.mends_edits = *reason == RepairReason::Edits;
            }
            AgentEvent::EditApplied { path, op, added, removed, .. } => {
                let (op, added, removed) = (*op, *added, *removed);
                self.summary.files.retain(|file| file.path != *path);
                self.summary.files.push(TouchedFile { path: path.clone(), op, added, removed });
            }
            _ => {}
        }
    }

    /// Takes back what was said since the last call began.
    fn unsay(&mut self) {
        self.prose.truncate(self.prose_at_step);
    }
}
