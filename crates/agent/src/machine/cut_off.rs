//! Answers that stop before their end.

use qv_domain::chat::{ChatMessage, ChatRole};
use qv_domain::{StepKind, TurnMode};

use super::ahead::Ahead;
use super::{Effect, FailCode, Machine, Phase, RepairReason, StepFor, request};
use crate::EditFault;
use crate::continuation::{self, Joined, Joiner};
use crate::prompts;

impl Machine {
    /// The answer reached its limit or broke off: goes on with it, as long as each round adds lines.
    pub(super) fn cut_off(&mut self) {
        let kept = continuation::kept(self.answer.text());
        let lines = self.answer.text()[..kept].lines().count();
        let adds = self.rounds.continuations == 0 || lines > self.rounds.lines;
        if self.rounds.continuations >= self.turn.limits.continuations || !adds {
            return self.give_up(FailCode::AnswerTooLong);
        }
        self.rounds.continuations += 1;
        self.rounds.lines = lines;
        self.go_on(kept);
    }

    /// Asks for the rest of an answer of which the first `kept` bytes stand.
    pub(super) fn go_on(&mut self, kept: usize) {
        let mut messages = self.chat.clone();
        let said = format!("{}{}", self.answer.prose, self.ahead.pending());
        let events = self.answer.cut(kept);
        self.ahead = Ahead::of(&said, &self.answer.prose);
        for event in events {
            self.show(event);
        }
        let kept = self.answer.text();
        let ask = if kept.trim().is_empty() {
            prompts::start_anew()
        } else {
            prompts::go_on(continuation::last_line(kept))
        };
        messages.push(request::answered(kept));
        messages.push(ChatMessage::text(ChatRole::User, ask));
        self.joiner = Some(Joiner::new(kept, self.answer.open().map(|open| open.path.clone())));
        // A repair that is cut off stays one: whoever pays for repairs pays for all of it.
        let kind = match self.phase {
            Phase::Answer(StepFor::Repair(_)) => StepKind::Repair,
            _ => StepKind::Continuation,
        };
        self.call(kind, self.rounds.continuations, messages);
    }

    /// Text of a continuation whose shape is not known yet.
    pub(super) fn join(&mut self, text: &str) {
        if let Some(joined) = self.joiner.as_mut().and_then(|joiner| joiner.push(text)) {
            self.joiner = None;
            self.joined(joined);
        }
    }

    /// The model has to be stopped: it goes on and on.
    pub(super) fn stop(&mut self, code: FailCode) {
        self.out.push(Effect::StopModel);
        self.give_up(code);
    }

    pub(super) fn joined(&mut self, joined: Joined) {
        let (text, drops_open) = match joined {
            Joined::Append(text) => (text, false),
            Joined::Restart(text) => (text, true),
            Joined::Abandon(text) => {
                self.unfinished.extend(self.answer.open().map(|open| open.path.clone()));
                (text, true)
            }
        };
        let opener = self.answer.open().filter(|_| drops_open);
        if let Some(at) =
            opener.and_then(|open| continuation::opener(self.answer.text(), &open.path))
        {
            self.answer.cut(at);
        }
        self.hear(&text);
    }

    /// Whether the answer has become what it must not be.
    pub(super) fn out_of_bounds(&self) -> Option<FailCode> {
        if self.answer.text().len() > self.turn.limits.answer_bytes {
            Some(FailCode::AnswerTooLong)
        } else {
            self.answer.is_loop().then_some(FailCode::Rambling)
        }
    }

    /// The answer can't be gone on with. A file that is open is asked for alone, once; what is
    /// whole is kept.
    pub(super) fn give_up(&mut self, code: FailCode) {
        self.joiner = None;
        let opener = self
            .answer
            .open()
            .and_then(|open| continuation::opener(self.answer.text(), &open.path));
        self.unfinished.extend(self.answer.drop_open());
        if self.turn.mode != TurnMode::Build {
            return self.complete();
        }
        let alone = code == FailCode::AnswerTooLong && self.rounds.alone == 0;
        match self.unfinished.first().cloned() {
            Some(path) if alone => {
                self.rounds.alone += 1;
                self.rounds.continuations = self.turn.limits.continuations;
                self.take_edits();
                self.take_runs();
                // The model need not read again, nor anybody pay for, what went on without end.
                if let Some(at) = opener {
                    self.answer.forget(at);
                }
                let ask = prompts::cut_off(&path);
                self.call_repair(RepairReason::CutOff, 1, ask, None);
            }
            Some(path) if self.answer.changes.is_empty() && self.stage.is_empty() => {
                let path = path.to_string();
                self.show_fault(&EditFault::CutOff { path });
                self.fail(code, end_of(code), true);
            }
            None if self.answer.changes.is_empty() && self.stage.is_empty() => {
                self.fail(code, end_of(code), true);
            }
            _ => self.complete(),
        }
    }
}

fn end_of(code: FailCode) -> String {
    match code {
        FailCode::Rambling => {
            "The model repeated itself without end. Try again, or choose another model."
        }
        FailCode::ContextTooLong => {
            "The project and the chat do not fit this model. Choose one with a larger context, or \
             ask for a smaller change."
        }
        _ => "The model's answer was longer than it may be. Ask for less at once.",
    }
    .to_owned()
}
