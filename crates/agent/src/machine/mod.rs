//! One turn, decided purely: what was said, heard and found goes in, what to do comes out.
//!
//! ```text
//! Start -> [planner: a plan] -> draft -> [cut off: go on, 3 rounds, then that file alone]
//!       -> edits applied in memory -> [do not fit: repair, then whole files, then the end]
//!       -> commit -> [runs are asked for: carried out, their output told: the next answer, 4 rounds]
//!       -> checks -> [fail: repair, at most 3 times, never the same error or the same files twice]
//!       -> [reviewer: findings -> one repair, checks] -> [tester: smoke checks that go well are kept]
//!       -> finish [what broke a smoke check and was not mended is taken back]
//!          [what is gone back to has a person's later edits in it: checks once more, and no repair]
//! ```
//! Planner, reviewer and tester are there only where the turn has a model for them, and for changes that are not small.
//! All bounds are counted per turn, so a turn ends after a known number of model calls.

mod ahead;
mod answer;
mod aside;
mod build;
mod clarify;
mod cut_off;
mod difference;
mod effect;
mod event;
mod forbidden;
mod guard;
mod input;
mod mend;
mod needs;
mod plan;
mod request;
mod resume;
mod review;
mod runs;
mod stop;
mod tester;
mod turn;

#[cfg(test)]
mod tests;

pub use clarify::clarify;
pub use effect::{Effect, FailCode};
pub use event::{AgentEvent, Finding, PlanItem, Question, RepairReason};
pub use input::{
    Check, CheckReport, Diagnostic, DiagnosticKind, FailureClass, Input, Picture, SmokeOutcome,
};
pub use needs::widen;
pub use qv_domain::chat::EditStyle;
pub use turn::{
    ModelProfile, PastTurn, ProjectContext, RoleModels, ShownPart, StarterInfo, TurnInput,
    TurnLimits,
};

use std::collections::BTreeSet;

use qv_domain::chat::{ChatMessage, ChatRequest, StopReason};
use qv_domain::{AgentRole, FilePath, SmokeCheck, StepKind, TurnMode};

use crate::EditFault;
use crate::apply::Stage;
use crate::continuation::Joiner;
use crate::prompts;
use crate::protocol::Accept;
use ahead::Ahead;
use answer::Answer;
use aside::Aside;
use guard::{Back, Guard};
use plan::PlanBy;
use resume::Asked;
use runs::Runs;

/// The machine of one turn. Its state is all here and plain, so that a turn can be taken up again
/// by feeding a new machine what the log has.
#[derive(Debug, Clone)]
pub struct Machine {
    turn: TurnInput,
    phase: Phase,
    /// The project and the edits that hold so far.
    stage: Stage,
    /// What was said to the model and by it, up to the running step.
    chat: Vec<ChatMessage>,
    answer: Answer,
    /// While a continuation's shape is not known.
    joiner: Option<Joiner>,
    /// Words that were shown and then cut off the answer: not to be shown twice.
    ahead: Ahead,
    /// The running model call, to make it again.
    asked: Option<Asked>,
    /// Steps so far; the running one is the last.
    steps: u32,
    rounds: Rounds,
    role: Option<AgentRole>,
    thinks: bool,
    plan: Vec<PlanItem>,
    plan_by: PlanBy,
    /// What the builder wrote of a plan that was made before, and whether it was taken.
    ticks: Vec<PlanItem>,
    ticked: bool,
    /// The answer of the planner, the reviewer or the tester.
    aside: String,
    /// The tester's checks while they are tried.
    trying: Vec<(FilePath, SmokeCheck)>,
    /// What the agent said to the person.
    said: String,
    /// Whether the next words begin an answer after others: a paragraph of their own.
    new_paragraph: bool,
    /// Faults that no repair has dealt with.
    faults: Vec<EditFault>,
    /// Files that were cut off and given up.
    unfinished: BTreeSet<FilePath>,
    /// What checks came to, and what worked before.
    guard: Guard,
    changed: BTreeSet<FilePath>,
    /// What is run, and what came of it.
    runs: Runs,
    /// Whether files were changed since the last check.
    unchecked: bool,
    out: Vec<Effect>,
}

/// What the machine waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Start,
    /// The model's answer; what the step is for.
    Answer(StepFor),
    /// The end of a run.
    Tool,
    /// A person's word about a run.
    Permission,
    Checks,
    /// What becomes of the tester's checks.
    Trying,
    Over,
}

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StepFor {
    Draft,
    Repair(RepairReason),
    /// Going on with what came of runs.
    Tool,
    /// Another part than the builder's.
    Aside(Aside),
}

/// How often each thing was tried.
#[derive(Debug, Clone, Copy, Default)]
struct Rounds {
    edits: u32,
    checks: u32,
    continuations: u32,
    alone: u32,
    needs: u32,
    /// Lines that the last cut-off answer had, to see whether a round adds any.
    lines: usize,
}

impl Machine {
    /// A machine that waits for [`Input::Start`].
    #[must_use]
    pub fn new(mut turn: TurnInput) -> Self {
        if turn.mode != TurnMode::Build {
            turn.tools = None;
        }
        Self {
            phase: Phase::Start,
            stage: Stage::new(turn.files.clone(), turn.limits.files)
                .seen_only(&turn.context.whole()),
            chat: Vec::new(),
            answer: Answer::new(accept(turn.mode)),
            joiner: None,
            ahead: Ahead::default(),
            asked: None,
            steps: 0,
            rounds: Rounds::default(),
            role: None,
            thinks: false,
            plan: Vec::new(),
            plan_by: PlanBy::Person,
            ticks: Vec::new(),
            ticked: false,
            aside: String::new(),
            trying: Vec::new(),
            said: String::new(),
            new_paragraph: false,
            faults: Vec::new(),
            unfinished: BTreeSet::new(),
            guard: Guard::new(&turn.files),
            changed: BTreeSet::new(),
            runs: Runs::default(),
            unchecked: false,
            out: Vec::new(),
            turn,
        }
    }

    /// Takes what happened and says what to do, in order. After [`Effect::Finish`],
    /// [`Effect::Fail`] or [`Effect::Cancelled`] every further input yields nothing, and so does one
    /// that is not waited for, such as text of a call that was stopped.
    pub fn handle(&mut self, input: Input<'_>) -> Vec<Effect> {
        match (input, self.phase) {
            (Input::Start, Phase::Start) => self.start(),
            (Input::Text(text), Phase::Answer(StepFor::Aside(aside))) => {
                self.aside_text(aside, text);
            }
            (
                Input::StepEnded { .. } | Input::StepFailed { .. },
                Phase::Answer(StepFor::Aside(aside)),
            ) => self.aside_ended(aside),
            (Input::Text(text), Phase::Answer(_)) => self.text(text),
            (Input::Thinking(_), Phase::Answer(_)) => self.note_thinking(true),
            (Input::StepEnded { stop, .. }, Phase::Answer(_)) => self.step_ended(&stop),
            (Input::StepFailed { class, message }, Phase::Answer(_)) => {
                self.step_failed(class, message);
            }
            (Input::ToolDone { id, outcome }, Phase::Tool) => self.tool_done(id, outcome),
            (Input::PersonAnswered { id, allowed }, Phase::Permission) => {
                self.person_answered(id, allowed);
            }
            (Input::Resumed, _) => self.resumed(),
            (Input::Checked(report), Phase::Checks) => self.checked(report),
            (Input::SmokeTried(outcomes), Phase::Trying) => self.smoke_tried(&outcomes),
            (Input::FilesChangedByHand(changes), phase) if phase != Phase::Over => {
                for (path, content) in changes {
                    self.guard.by_hand(&path, content.as_ref());
                    let faults = self.stage.change_by_hand(path, content);
                    self.add_faults(faults);
                }
            }
            (Input::Cancel, phase) if phase != Phase::Over => self.cancel(),
            (Input::OutOfTime, phase) if phase != Phase::Over => self.out_of_time(),
            _ => {}
        }
        std::mem::take(&mut self.out)
    }

    fn start(&mut self) {
        self.show_given_plan();
        if plan::is_planned(&self.turn) { self.begin_plan() } else { self.begin_draft() }
    }

    /// Calls the builder, or who answers or plans in its place in other modes.
    fn begin_draft(&mut self) {
        self.chat.push(request::opening(&self.turn, self.turn.model.sees_images, self.plan_by));
        let note = match self.turn.mode {
            TurnMode::Build => "Reading the request",
            TurnMode::Ask => "Reading the app",
            TurnMode::Plan => "Making a plan",
        };
        self.role(AgentRole::Planner, note);
        self.phase = Phase::Answer(StepFor::Draft);
        self.call(StepKind::Draft, 0, self.chat.clone());
    }

    /// Says, once each time, that the model thinks or no longer does.
    fn note_thinking(&mut self, thinks: bool) {
        if std::mem::replace(&mut self.thinks, thinks) != thinks {
            let role = self.role.unwrap_or(AgentRole::Planner);
            let note = if thinks { "Thinking it through" } else { "Answering" };
            self.emit(AgentEvent::RoleChanged { role, note: note.to_owned() });
        }
    }

    fn text(&mut self, text: &str) {
        self.note_thinking(false);
        if self.joiner.is_some() {
            self.join(text);
        } else {
            self.hear(text);
        }
        if let Some(code) = self.out_of_bounds() {
            self.stop(code);
        }
    }

    /// Takes text of the answer that is known to belong where it comes.
    fn hear(&mut self, text: &str) {
        for event in self.answer.push(text) {
            self.show(event);
        }
    }

    fn show(&mut self, event: AgentEvent) {
        let event = match event {
            AgentEvent::TextDelta { text } => match self.ahead.rest(text) {
                Some(text) => AgentEvent::TextDelta { text: self.paragraph(text) },
                None => return,
            },
            other => other,
        };
        if matches!(event, AgentEvent::FileOpened { .. }) {
            self.role(AgentRole::Builder, "Writing the app");
        }
        match event {
            AgentEvent::Plan { items } => self.plan_written(items),
            event => self.emit(event),
        }
    }

    fn step_ended(&mut self, stop: &StopReason) {
        if let Some(joined) = self.joiner.take().and_then(|mut joiner| joiner.finish()) {
            self.joined(joined);
        }
        if let Some(code) = self.out_of_bounds() {
            return self.give_up(code);
        }
        match stop {
            StopReason::MaxTokens if self.turn.mode == TurnMode::Build => self.cut_off(),
            StopReason::ContextFull => self.give_up(FailCode::ContextTooLong),
            StopReason::Refusal if self.answer.changes.is_empty() => {
                let message = "The model would not do this. Say it in other words, or choose \
                               another model.";
                self.fail(FailCode::Refused, message.to_owned(), false);
            }
            StopReason::MaxTokens => {
                self.hear("\n\n(The answer reached its length limit.)");
                self.complete();
            }
            _ => self.complete(),
        }
    }

    fn step_failed(&mut self, class: FailureClass, message: String) {
        let broke_off = matches!(class, FailureClass::Interrupted | FailureClass::Network);
        if broke_off && self.turn.mode == TurnMode::Build && !self.answer.text().trim().is_empty() {
            return self.step_ended(&StopReason::MaxTokens);
        }
        if class == FailureClass::Budget {
            return self.forbidden(message);
        }
        let (code, retryable) = class.outcome();
        self.fail(code, message, retryable);
    }

    fn emit(&mut self, event: AgentEvent) {
        self.out.push(Effect::Emit(event));
    }

    fn role(&mut self, role: AgentRole, note: &str) {
        if self.role.replace(role) != Some(role) {
            self.emit(AgentEvent::RoleChanged { role, note: note.to_owned() });
        }
    }

    fn call(&mut self, kind: StepKind, round: u32, messages: Vec<ChatMessage>) {
        let step = self.steps;
        self.steps += 1;
        self.thinks = false;
        let ahead = self.ahead.clone();
        self.asked = Some(Asked { kind, round, messages: messages.clone(), ahead });
        let role = kind.role();
        let other = self.turn.roles.of(kind);
        let model = other.unwrap_or(&self.turn.model);
        let most = if role == AgentRole::Builder { u32::MAX } else { aside::OUTPUT_TOKENS };
        let request = ChatRequest {
            model: model.name.clone(),
            system: match self.turn.tools {
                _ if kind == StepKind::Plan => prompts::planner(),
                _ if kind == StepKind::Review => prompts::reviewer(),
                _ if kind == StepKind::Test => prompts::tester(),
                Some(_) => prompts::system_with_tools(model.edit_style),
                None => prompts::system(self.turn.mode, model.edit_style),
            },
            messages,
            max_output_tokens: model.max_output_tokens.min(most),
            temperature_milli: model.temperature_milli,
        };
        self.emit(AgentEvent::StepStarted { step, kind, round });
        self.out.push(Effect::CallModel { step, kind, role, round, request });
    }

    /// Calls the model for a repair, after what it answered last.
    fn call_repair(
        &mut self,
        reason: RepairReason,
        round: u32,
        ask: String,
        picture: Option<Picture>,
    ) {
        let ask = match self.no_sandbox_note() {
            Some(note) => format!("{ask}\n\n{note}"),
            None => ask,
        };
        self.emit(AgentEvent::RepairStarted { round, reason });
        self.role(AgentRole::Builder, "Mending the app");
        self.keep_answer();
        request::push_repair(&mut self.chat, ask, picture.and_then(|picture| picture.image));
        self.phase = Phase::Answer(StepFor::Repair(reason));
        self.call(StepKind::Repair, round, self.chat.clone());
    }

    /// The step's answer becomes part of the chat, and the next one begins.
    fn keep_answer(&mut self) {
        let answer = std::mem::replace(&mut self.answer, Answer::new(accept(self.turn.mode)));
        self.chat.push(request::answered(answer.text()));
        self.ahead = Ahead::default();
        self.hear_said(&answer.prose);
        self.new_paragraph = !self.said.is_empty();
        self.rounds.lines = 0;
    }

    /// Words that begin an answer after others stand apart from theirs.
    fn paragraph(&mut self, text: String) -> String {
        if std::mem::take(&mut self.new_paragraph) { format!("\n\n{text}") } else { text }
    }

    /// Drops an answer that came to nothing, but for its words.
    fn keep_said(&mut self) {
        let answer = std::mem::replace(&mut self.answer, Answer::new(accept(self.turn.mode)));
        self.ahead = Ahead::default();
        self.hear_said(&answer.prose);
    }

    fn hear_said(&mut self, prose: &str) {
        if !prose.trim().is_empty() {
            if !self.said.is_empty() {
                self.said.push_str("\n\n");
            }
            self.said.push_str(prose.trim());
        }
    }

    /// The turn can't go on. What was committed stays, and is checked if it was not; with nothing
    /// committed it failed.
    fn fail(&mut self, code: FailCode, message: String, retryable: bool) {
        if self.changed.is_empty() {
            self.phase = Phase::Over;
            self.stage.discard();
            self.out.push(Effect::Fail { code, message, retryable });
        } else if self.unchecked {
            self.say(&message);
            self.joiner = None;
            self.forget_runs();
            self.faults.clear();
            self.stage.discard();
            self.keep_said();
            self.check();
        } else {
            self.hear_said(&message);
            self.finish(false);
        }
    }

    fn finish(&mut self, verified: bool) {
        let verified = match if verified { Back::ToGood } else { self.back_to_good() } {
            Back::ToGood => true,
            Back::Nowhere => false,
            Back::ToMixed => return self.look_last(),
        };
        self.phase = Phase::Over;
        self.stage.discard();
        if !verified {
            self.take_back_if_broken();
        }
        let changed = !self.changed.is_empty();
        let left = if changed && !verified { self.tell_what_is_left() } else { None };
        let mut summary = self.summary();
        // However much was said before: the next turn is to know of it.
        if let Some(left) = left.filter(|left| !summary.contains(left.as_str())) {
            summary.push_str(&format!("\n\n{left}"));
        }
        self.out.push(Effect::Finish { verified, changed, summary });
    }

    /// What was said and done, for the chat of later turns.
    fn summary(&mut self) -> String {
        const SAID_CHARS: usize = 2_000;
        const PATHS: usize = 20;
        let answer = std::mem::replace(&mut self.answer, Answer::new(Accept::Text));
        self.hear_said(&answer.prose);
        let mut summary: String = self.said.chars().take(SAID_CHARS).collect();
        let paths: Vec<&str> = self.changed.iter().take(PATHS).map(FilePath::as_str).collect();
        if self.turn.mode == TurnMode::Plan {
            for item in &self.plan {
                summary.push_str("\n- ");
                summary.push_str(&item.text);
            }
        }
        if !paths.is_empty() {
            let gap = if summary.is_empty() { "" } else { "\n\n" };
            let more = if self.changed.len() > PATHS { ", …" } else { "" };
            summary.push_str(&format!("{gap}Changed: {}{more}", paths.join(", ")));
        }
        summary
    }
}

/// Only in build mode are tags anything but text, so only then can there be changes.
const fn accept(mode: TurnMode) -> Accept {
    match mode {
        TurnMode::Build => Accept::Edits,
        TurnMode::Plan => Accept::Plan,
        TurnMode::Ask => Accept::Text,
    }
}
