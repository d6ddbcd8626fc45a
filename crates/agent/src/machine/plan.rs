//! When a plan is made beforehand, and what becomes of its items.

use qv_domain::{StepKind, TurnMode};

use super::aside::Aside;
use super::{AgentEvent, Machine, PlanItem, TurnInput};

/// Whose a plan is that was made beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlanBy {
    /// A person agreed to it.
    Person,
    /// A model made it in this turn.
    Planner,
}

/// A request of more characters than this is planned.
const LONG: usize = 240;
/// So many lines of a list make a request one of several parts.
const PARTS: usize = 2;

/// Whether a request is planned in a call of its own: a planner is there, the person has not made a plan, and the request
/// is not small. Small is a request in a project that has been talked about before, of at most 240 characters, that lists
/// fewer than two things.
pub(super) fn is_planned(turn: &TurnInput) -> bool {
    let request = turn.prompt.trim();
    let is_large = turn.history.is_empty()
        || request.chars().count() > LONG
        || request.lines().filter(|line| is_item(line.trim())).count() >= PARTS;
    turn.mode == TurnMode::Build && turn.roles.planner.is_some() && turn.plan.is_empty() && is_large
}

/// Whether a line is an item of a list.
fn is_item(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with(['-', '*', '\u{2022}'])
        || (number.len() < line.len() && number.starts_with(['.', ')']))
}

impl Machine {
    pub(super) fn begin_plan(&mut self) {
        let message = self.aside_opening(StepKind::Plan);
        self.call_aside(Aside::Plan, "Making a plan", message);
    }

    /// Shows the plan that a person left.
    pub(super) fn show_given_plan(&mut self) {
        let items = self.turn.plan.iter().map(|text| PlanItem { text: text.clone(), done: false });
        self.plan = items.collect();
        if !self.plan.is_empty() {
            self.emit(AgentEvent::Plan { items: self.plan.clone() });
        }
    }

    /// The builder wrote a plan. One that was made before stays, and what the builder ticks of it counts.
    pub(super) fn plan_written(&mut self, items: Vec<PlanItem>) {
        if self.turn.plan.is_empty() {
            self.plan.clone_from(&items);
            self.emit(AgentEvent::Plan { items });
        } else {
            self.ticks = items;
        }
    }

    /// Changes are written: all items are done, unless the answer ticked some of a plan that was made before; then the
    /// others are left open.
    pub(super) fn tick(&mut self) {
        let ticks = std::mem::take(&mut self.ticks);
        let is_chosen = ticks.iter().any(|tick| tick.done);
        // What a first answer left open, a repair that ticks nothing does not close.
        let is_later = !self.turn.plan.is_empty() && std::mem::replace(&mut self.ticked, true);
        let before = self.plan.clone();
        for item in &mut self.plan {
            let ticked = ticks.iter().any(|tick| tick.done && same(&tick.text, &item.text));
            item.done |= if is_chosen { ticked } else { !is_later };
        }
        if self.plan != before {
            self.emit(AgentEvent::Plan { items: self.plan.clone() });
        }
    }

    /// The changes are taken back: nothing is done.
    pub(super) fn untick(&mut self) {
        if self.plan.iter().any(|item| item.done) {
            self.plan.iter_mut().for_each(|item| item.done = false);
            self.emit(AgentEvent::Plan { items: self.plan.clone() });
        }
    }
}

fn same(a: &str, b: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    plain(a) == plain(b)
}
