//! Model calls that a budget forbids.

use qv_domain::TurnMode;

use super::ahead::Ahead;
use super::answer::Answer;
use super::{AgentEvent, FailCode, Machine, Phase, RepairReason, StepFor, accept};

impl Machine {
    /// The call that was asked for is not made. Without a repair the turn goes on as if all repairs were used up; any
    /// other call is the turn's own, and its end. What a draft that was cut off has written whole is paid for, and kept.
    pub(super) fn forbidden(&mut self, message: String) {
        let Phase::Answer(StepFor::Repair(reason)) = self.phase else {
            if self.joiner.take().is_some() {
                self.unfinished.extend(self.answer.drop_open());
                let has_nothing = self.answer.changes.is_empty() && self.stage.is_empty();
                if self.turn.mode != TurnMode::Build || !has_nothing {
                    self.say(&message);
                    return self.complete();
                }
            }
            return self.fail(FailCode::Budget, message, false);
        };
        self.joiner = None;
        // The beginning of a repair that can't be gone on with mends nothing.
        self.answer = Answer::new(accept(self.turn.mode));
        self.ahead = Ahead::default();
        match reason {
            RepairReason::Checks | RepairReason::Review => {
                self.say(&message);
                self.finish(false);
            }
            RepairReason::Edits => self.fail_edits(&message),
            RepairReason::CutOff => {
                self.say(&message);
                self.give_up(FailCode::AnswerTooLong);
            }
        }
    }

    /// Tells the person something that no model wrote.
    pub(super) fn say(&mut self, message: &str) {
        let first = self.said.is_empty() && self.answer.prose.trim().is_empty();
        let gap = if first { "" } else { "\n\n" };
        self.new_paragraph = false;
        self.emit(AgentEvent::TextDelta { text: format!("{gap}{message}") });
        self.hear_said(message);
    }
}
