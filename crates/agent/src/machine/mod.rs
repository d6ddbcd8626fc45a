//! One turn, decided purely: what was said, heard and found goes in, what to do comes out.

mod effect;
mod event;
mod input;
mod turn;

pub use effect::{Effect, FailCode};
pub use event::{AgentEvent, PlanItem, RepairReason};
pub use input::{CheckReport, Diagnostic, DiagnosticKind, FailureClass, Input};
pub use turn::{
    EditStyle, ModelProfile, PastTurn, ProjectContext, StarterInfo, TurnInput, TurnLimits,
};

/// The machine of one turn.
#[derive(Debug, Clone)]
pub struct Machine {
    turn: TurnInput,
}

impl Machine {
    /// A machine that waits for [`Input::Start`].
    #[must_use]
    pub fn new(turn: TurnInput) -> Self {
        Self { turn }
    }

    /// Takes what happened and says what to do, in order. After [`Effect::Finish`],
    /// [`Effect::Fail`] or [`Effect::Cancelled`] every further input yields nothing.
    pub fn handle(&mut self, input: Input<'_>) -> Vec<Effect> {
        let _ = (input, &self.turn);
        Vec::new()
    }
}
