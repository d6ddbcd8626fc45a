//! What becomes of a whole answer: applied, committed, checked, mended.

use qv_domain::{AgentRole, FilePath, TurnMode};

use super::guard::{Stopped, Verdict};
use super::{
    AgentEvent, CheckReport, EditStyle, Effect, FailCode, Machine, Phase, RepairReason, StepFor,
    mend,
};
use crate::EditFault;
use crate::prompts;

/// What is kept and shown of a long list of faults or errors.
const KEPT_FAULTS: usize = 100;
const SHOWN_DIAGNOSTICS: usize = 50;

impl Machine {
    /// The answer is whole.
    pub(super) fn complete(&mut self) {
        for event in self.answer.finish() {
            self.show(event);
        }
        if self.turn.mode != TurnMode::Build {
            return self.complete_talk();
        }
        if self.wants_more() {
            return self.show_more();
        }
        if self.only_asks() {
            return self.ask_questions();
        }
        self.take_edits();
        self.take_runs();
        self.tell_questions();
        if self.faults.is_empty() && self.stage.is_empty() {
            return self.complete_unchanged();
        }
        if self.faults.is_empty() { self.commit() } else { self.repair_edits() }
    }

    /// An answer that changes nothing by its nature.
    fn complete_talk(&mut self) {
        if !self.answer.questions.is_empty() {
            return self.ask_questions();
        }
        if self.answer.prose.trim().is_empty() && self.answer.plan.is_empty() {
            return self.fail_empty();
        }
        self.finish(false);
    }

    /// An answer without any change: a question, an explanation, something to run, or code in the
    /// wrong place.
    fn complete_unchanged(&mut self) {
        if self.wants_runs() {
            return self.begin_runs();
        }
        if self.phase == Phase::Answer(StepFor::Tool) {
            return self.settle();
        }
        let prose = &self.answer.prose;
        if self.rounds.edits == 0 && has_code(prose) {
            self.add_faults(vec![EditFault::CodeInChat]);
            return self.repair_edits();
        }
        if self.phase == Phase::Answer(StepFor::Repair(RepairReason::Review)) {
            // The builder does not see it so, and all checks hold as it is, unless a person has changed it.
            return if self.guard.is_mixed() { self.finish(false) } else { self.passed() };
        }
        if prose.trim().is_empty() && self.phase == Phase::Answer(StepFor::Draft) {
            return self.fail_empty();
        }
        self.finish(false);
    }

    fn fail_empty(&mut self) {
        let message = "The model answered nothing. Try again, or choose another model.";
        self.fail(FailCode::EmptyAnswer, message.to_owned(), true);
    }

    /// Applies the answer's edits in memory. Those that do not fit join the open faults; faults
    /// that these edits deal with are gone.
    pub(super) fn take_edits(&mut self) {
        let mut faults = std::mem::take(&mut self.answer.faults);
        let mut touched = Vec::new();
        let mut fitted = Vec::new();
        for change in std::mem::take(&mut self.answer.changes) {
            let path = change.path().clone();
            let blocks = change.blocks().to_vec();
            match self.stage.apply(change) {
                Ok(()) => {
                    touched.push(path);
                    fitted.extend(blocks);
                }
                Err(new) => faults.extend(new),
            }
        }
        self.faults.retain(|old| {
            !old.is_settled_by(&touched)
                && !old.is_among(&fitted)
                && faults.iter().all(|new| new.path() != old.path())
        });
        self.unfinished.retain(|path| !touched.contains(path));
        self.add_faults(faults);
    }

    pub(super) fn add_faults(&mut self, faults: Vec<EditFault>) {
        for fault in faults {
            if self.faults.len() < KEPT_FAULTS {
                self.show_fault(&fault);
                self.faults.push(fault);
            }
        }
    }

    pub(super) fn show_fault(&mut self, fault: &EditFault) {
        self.emit(AgentEvent::EditFailed {
            path: fault.path().to_owned(),
            reason: fault.to_string(),
            diff: fault.diff(),
        });
    }

    /// Asks for edits that fit; the last time for whole files; then it is over.
    fn repair_edits(&mut self) {
        let limit = self.turn.limits.edit_repairs;
        if self.rounds.edits >= limit {
            return self
                .fail_edits("Try again, ask for a smaller change, or choose another model.");
        }
        self.rounds.edits += 1;
        let whole =
            self.rounds.edits == limit || self.turn.model.edit_style == EditStyle::WholeFile;
        for fault in &self.faults {
            if let EditFault::Shrinks { path, .. } = fault
                && let Ok(path) = FilePath::parse(path)
            {
                self.stage.confirm(&path);
            }
        }
        let (files, shown) = mend::fault_files(&self.faults, self.stage.files(), whole);
        shown.iter().for_each(|path| self.stage.shown(path));
        let faults = mend::faults(&self.faults);
        let ask = if whole {
            prompts::repair_whole(&faults, &files)
        } else {
            prompts::repair_edits(&faults, &files)
        };
        self.call_repair(RepairReason::Edits, self.rounds.edits, ask, None);
    }

    /// The edits do not fit and are not mended.
    pub(super) fn fail_edits(&mut self, remedy: &str) {
        let names: Vec<String> = self.faults.iter().take(3).map(ToString::to_string).collect();
        let message = format!(
            "The model's changes could not be applied, so none of them was saved: {}. {remedy}",
            names.join("; ")
        );
        self.fail(FailCode::EditsFailed, message, true);
    }

    /// All edits hold: they are written, what was asked for is run, and the app is checked.
    fn commit(&mut self) {
        for path in self.unfinished.clone() {
            self.show_fault(&EditFault::CutOff { path: path.to_string() });
        }
        self.commit_staged();
        self.tick();
        self.unchecked = true;
        if self.wants_runs() { self.begin_runs() } else { self.check() }
    }

    pub(super) fn check(&mut self) {
        self.role(AgentRole::Tester, "Checking the app");
        self.emit(AgentEvent::CheckStarted);
        self.phase = Phase::Checks;
        self.guard.look_begins();
        self.out.push(Effect::RunChecks);
    }

    /// The checks are done: mends what they found, unless that leads nowhere.
    pub(super) fn checked(&mut self, report: CheckReport) {
        self.unchecked = false;
        let verdict = self.guard.look(&report, self.stage.base());
        let ok = matches!(verdict, Verdict::Holds);
        let mut shown = report.diagnostics;
        shown.truncate(SHOWN_DIAGNOSTICS);
        self.emit(AgentEvent::CheckFinished { ok, diagnostics: shown });
        if self.guard.is_last_look {
            self.guard.stopped = None;
            return self.finish(ok);
        }
        let (mut found, broken) = match verdict {
            Verdict::Holds if self.unfinished.is_empty() => return self.passed(),
            Verdict::Mend(found, broken) if self.rounds.checks < self.turn.limits.check_repairs => {
                (found, broken)
            }
            Verdict::Mend(..) => {
                self.guard.stopped = Some(Stopped::Often).filter(|_| self.rounds.checks > 0);
                return self.finish(false);
            }
            Verdict::Holds | Verdict::Stands => return self.finish(false),
        };
        found.truncate(SHOWN_DIAGNOSTICS);
        self.rounds.checks += 1;
        let (files, shown) = mend::error_files(&found, &broken, self.stage.files());
        shown.iter().for_each(|path| self.stage.shown(path));
        let errors = mend::errors(&found, &broken);
        let ask = prompts::repair_checks(&errors, &files, !broken.is_empty());
        let picture = report.picture.filter(|_| self.turn.model.sees_images);
        self.call_repair(RepairReason::Checks, self.rounds.checks, ask, picture);
    }

    /// Whether the answer asks the person and does nothing else.
    fn only_asks(&self) -> bool {
        let answer = &self.answer;
        self.phase == Phase::Answer(StepFor::Draft)
            && !answer.questions.is_empty()
            && answer.changes.is_empty()
            && answer.faults.is_empty()
            && answer.runs.is_empty()
            && self.stage.is_empty()
    }

    /// Questions beside changes are words: what is written is not taken back for them.
    fn tell_questions(&mut self) {
        for question in std::mem::take(&mut self.answer.questions) {
            self.remark(&question.text);
        }
    }

    /// Asks the person, and is over: they answer by their next message.
    fn ask_questions(&mut self) {
        let items = std::mem::take(&mut self.answer.questions);
        for question in &items {
            self.answer.prose.push_str(&format!("\n\n{}", question.text));
        }
        self.emit(AgentEvent::Questions { items });
        self.finish(false);
    }
}

/// Whether chat has a fenced block that is long enough to have been meant as a file.
fn has_code(prose: &str) -> bool {
    const LINES: usize = 8;
    prose.split("```").skip(1).step_by(2).any(|block| block.lines().count() > LINES)
}
