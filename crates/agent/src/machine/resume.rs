//! Going on with a turn whose server was lost.

use qv_domain::chat::ChatMessage;
use qv_domain::{StepKind, TurnMode};

use super::ahead::Ahead;
use super::answer::Answer;
use super::{Effect, Machine, Phase, StepFor, accept};
use crate::continuation;

/// A model call as it was made.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) kind: StepKind,
    pub(super) round: u32,
    pub(super) messages: Vec<ChatMessage>,
    /// What stood to be said again when it was made.
    pub(super) ahead: Ahead,
}

impl Machine {
    pub(super) fn resumed(&mut self) {
        match self.phase {
            Phase::Answer(StepFor::Aside(aside)) => self.aside_lost(aside),
            Phase::Answer(_) => self.call_lost(),
            Phase::Tool => self.tool_lost(),
            Phase::Permission => self.ask_person(),
            Phase::Start | Phase::Checks | Phase::Trying | Phase::Over => {}
        }
    }

    /// Goes on from the last whole line where lines can be joined, and asks again otherwise. Unlike an
    /// answer that a model cut off, this is nobody's fault: it uses up no round.
    fn call_lost(&mut self) {
        self.joiner = None;
        let kept = continuation::kept(self.answer.text());
        if self.turn.mode == TurnMode::Build && !self.answer.text()[..kept].trim().is_empty() {
            return self.go_on(kept);
        }
        let Some(Asked { kind, round, messages, ahead }) = self.asked.take() else { return };
        self.answer = Answer::new(accept(self.turn.mode));
        self.ahead = ahead;
        self.new_paragraph = !self.said.is_empty();
        self.out.push(Effect::Restart);
        self.call(kind, round, messages);
    }
}
