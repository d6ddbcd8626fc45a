//! Calls of models: made with their money set aside, heard, and ended.

use qv_agent::{FailureClass, Input};
use qv_domain::StepKind;
use qv_domain::chat::{ChatEvent, ChatRequest, TokenUsage};
use qv_llm::LlmError;
use qv_wire::EventData;

use super::Turn;
use crate::budgets::Worst;
use crate::driver::calls::{Call, CallEvent};
use crate::driver::journal::Heard;
use crate::driver::translate;
use crate::{Result, audit, models};

/// A call under way.
pub(super) struct Step {
    pub(super) call: Call,
    pub(super) asked: Asked,
}

/// A call that was made.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) number: u32,
    pub(super) kind: StepKind,
    /// Which of its kind; of a draft, how often files were asked for before.
    pub(super) round: u32,
    /// Our own count of what was sent, for a provider that does not say.
    pub(super) input_estimate: u64,
    /// What it has answered: the text, and how long its reasoning was.
    pub(super) answered: String,
    pub(super) thought_bytes: usize,
    /// Whether it mends edits that did not fit.
    pub(super) mends_edits: bool,
}

impl Asked {
    pub(super) fn new(
        (number, kind, round): (u32, StepKind, u32),
        input_estimate: u64,
        mends_edits: bool,
    ) -> Self {
        Self {
            number,
            kind,
            round,
            input_estimate,
            answered: String::new(),
            thought_bytes: 0,
            mends_edits: mends_edits && kind == StepKind::Repair,
        }
    }

    pub(super) fn answered_bytes(&self) -> usize {
        self.answered.len() + self.thought_bytes
    }
}

/// The next event of the call under way; waits for ever when there is none.
pub(super) async fn next(step: &mut Option<Step>) -> CallEvent {
    match step {
        Some(step) => step.call.next().await,
        None => std::future::pending().await,
    }
}

impl Turn<'_> {
    pub(super) async fn hear_model(&mut self, event: CallEvent) -> Result<()> {
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
                match ended {
                    // It was answered in part, so it was paid in part.
                    Some(Step { asked, .. }) if asked.answered_bytes() > 0 => {
                        self.settle(&asked, TokenUsage::default()).await?;
                    }
                    Some(Step { asked, .. }) => self.give_back(&asked).await?,
                    None => {}
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

    /// Starts a call, with its money set aside and what it sends in the log before it is sent. One that a budget
    /// forbids is not made, and the machine hears so.
    pub(super) async fn call(
        &mut self,
        number: u32,
        kind: StepKind,
        round: u32,
        mut request: ChatRequest,
    ) -> Result<()> {
        let chosen = self.cast.player(kind).clone();
        // Whoever plays in the place of one who is gone goes by their own name and limits.
        request.model.clone_from(&chosen.name);
        request.max_output_tokens =
            request.max_output_tokens.min(chosen.capabilities.max_output_tokens);
        if !chosen.capabilities.takes_temperature {
            request.temperature_milli = None;
        }
        let input_estimate = models::count_request(&chosen, &request);
        self.provider_failed = None;
        let done = self.progress();
        let run = &mut *self.run;
        let now = run.engine.env.now();
        let mut tx = run.engine.db.begin().await?;
        // Before its money, as everywhere: calls that wait for each other's rows would wait for ever.
        if let Some(key) = chosen.key.id {
            tx.touch_key(key, now).await?;
        }
        if let Some(act) = audit::key_used(&chosen, run.generation.user_id, now) {
            act.tell(&mut tx, &*run.engine.env, now).await?;
        }
        let purses = run.purses(&mut tx, kind, now).await?;
        let worst = Worst::of(&chosen, input_estimate, request.max_output_tokens, now);
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
            // A reviewer and a tester are shown what was changed.
            files_sent: match kind {
                StepKind::Review | StepKind::Test => 0,
                _ => self.files_sent,
            },
            files_total: self.files_total,
            input_tokens: input_estimate,
            role: Some(kind.role()),
            model: (chosen.id != self.cast.builder.id).then(|| chosen.id.clone()),
            files: if kind == StepKind::Draft {
                std::mem::take(&mut self.sent)
            } else {
                Vec::new()
            },
        });
        tx.count_step(&run.fence, kind).await?;
        run.recorder.progress(done);
        let appended = run.recorder.append_to(&mut tx).await?;
        tx.commit().await?;
        run.recorder.written(appended);
        let call = Call::start(run.engine.clone(), chosen, request);
        let asked = Asked::new((number, kind, round), input_estimate, self.run.mends_edits);
        self.step = Some(Step { call, asked });
        Ok(())
    }

    /// Ends the call under way. What it answered is paid.
    pub(super) async fn stop_model(&mut self) -> Result<()> {
        let Some(Step { call, asked }) = self.step.take() else { return Ok(()) };
        drop(call);
        self.settle(&asked, TokenUsage::default()).await
    }

    /// What was shown of the last call does not count.
    pub(super) async fn void_step(&mut self) -> Result<()> {
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
