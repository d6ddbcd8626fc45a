//! Calls beside the builder's: of the planner, the reviewer and the tester. Each is a chat of its own, and none of them
//! can end a turn or make it worse: one that fails, or is not understood, is as if it had not been made.

use qv_domain::StepKind;
use qv_domain::chat::{ChatMessage, ChatRole};

use super::answer::Answer;
use super::plan::PlanBy;
use super::{AgentEvent, Effect, Machine, Phase, StepFor, accept, request};
use crate::protocol::Accept;

/// The longest answer of such a call, in bytes; what came until then is taken.
const ANSWER_BYTES: usize = 64_000;
/// The most tokens that one may answer.
pub(super) const OUTPUT_TOKENS: u32 = 8_192;

/// What such a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    Plan,
    Review,
    Test,
}

impl Aside {
    const fn kind(self) -> StepKind {
        match self {
            Self::Plan => StepKind::Plan,
            Self::Review => StepKind::Review,
            Self::Test => StepKind::Test,
        }
    }
}

impl Machine {
    /// Makes such a call.
    pub(super) fn call_aside(&mut self, aside: Aside, note: &str, message: ChatMessage) {
        self.role(aside.kind().role(), note);
        self.clear_aside(aside);
        self.phase = Phase::Answer(StepFor::Aside(aside));
        self.call(aside.kind(), 0, vec![message]);
    }

    /// The call was lost with its server: it is made again.
    pub(super) fn aside_lost(&mut self, aside: Aside) {
        let Some(asked) = self.asked.take() else { return };
        self.clear_aside(aside);
        self.out.push(Effect::Restart);
        self.call(asked.kind, asked.round, asked.messages);
    }

    fn clear_aside(&mut self, aside: Aside) {
        self.aside.clear();
        if aside == Aside::Plan {
            // The builder has said nothing yet.
            self.answer = Answer::new(Accept::Plan);
        }
    }

    pub(super) fn aside_text(&mut self, aside: Aside, text: &str) {
        self.note_thinking(false);
        let room = ANSWER_BYTES.saturating_sub(self.aside.len());
        self.aside.push_str(&text[..text.floor_char_boundary(room)]);
        if aside == Aside::Plan {
            let events = self.answer.push(&text[..text.floor_char_boundary(room)]);
            self.show_plan(events);
        }
        if text.len() > room {
            self.out.push(Effect::StopModel);
            self.aside_ended(aside);
        }
    }

    /// Such an answer is over, however it came to its end.
    pub(super) fn aside_ended(&mut self, aside: Aside) {
        let text = std::mem::take(&mut self.aside);
        match aside {
            Aside::Plan => {
                let events = self.answer.finish();
                self.show_plan(events);
                self.answer = Answer::new(accept(self.turn.mode));
                self.plan_by = PlanBy::Planner;
                self.turn.plan = self.plan.iter().map(|item| item.text.clone()).collect();
                self.begin_draft();
            }
            Aside::Review => self.reviewed(&text),
            Aside::Test => self.tests_written(&text),
        }
    }

    /// Of a planner's answer people are shown the plan.
    fn show_plan(&mut self, events: Vec<AgentEvent>) {
        for event in events {
            if let AgentEvent::Plan { items } = event {
                self.plan =
                    items.into_iter().map(|item| super::PlanItem { done: false, ..item }).collect();
                self.emit(AgentEvent::Plan { items: self.plan.clone() });
            }
        }
    }

    /// A message that opens a chat beside the builder's.
    pub(super) fn aside_opening(&self, kind: StepKind) -> ChatMessage {
        let model = self.turn.roles.of(kind).unwrap_or(&self.turn.model);
        request::opening(&self.turn, model.sees_images, self.plan_by)
    }
}

/// A message of text alone.
pub(super) fn asks(text: String) -> ChatMessage {
    ChatMessage::text(ChatRole::User, text)
}
