//! The tester writes smoke checks for what works. Only those that go well at once are kept.

use std::collections::BTreeSet;

use qv_domain::{EditOp, FilePath, MOST_SMOKE_CHECKS, SmokeCheck};

use super::aside::{Aside, asks};
use super::difference::Difference;
use super::{AgentEvent, Effect, Machine, Phase, SmokeOutcome, mend};
use crate::apply::{Change, FileContent};
use crate::prompts;
use crate::protocol::{elements, show_file, show_text, without_thoughts};

/// New checks of one turn.
const NEW: usize = 3;

impl Machine {
    /// Whether checks are written now: the app was opened in a browser and all is well, there is room for more checks, and
    /// either there is none yet or the change is not small.
    pub(super) fn wants_tests(&self, difference: &Difference) -> bool {
        let count = self.stage.base().keys().filter(|path| SmokeCheck::is_at(path)).count();
        self.turn.roles.tester.is_some()
            && !self.guard.is_tested
            && self.guard.picture.as_ref().is_some_and(|picture| picture.takes_checks)
            && count < MOST_SMOKE_CHECKS
            && (count == 0 || !difference.is_small())
    }

    pub(super) fn begin_tests(&mut self, difference: &Difference) {
        self.guard.is_tested = true;
        let is_check = |path: &&FilePath| SmokeCheck::is_at(path);
        let changed: Vec<FilePath> =
            difference.paths().filter(|path| !is_check(path)).cloned().collect();
        let sent = self.turn.context.sent.iter().filter(|path| !changed.contains(path)).cloned();
        let paths: Vec<FilePath> = changed.iter().cloned().chain(sent).collect();
        let (files, _) = mend::whole_files(&paths, self.stage.files());
        let checks: String = self
            .stage
            .files()
            .iter()
            .filter(|(path, _)| is_check(path))
            .filter_map(|(path, content)| Some(show_file(path, content.as_text()?)))
            .collect();
        let ask = prompts::write_tests(&show_text(self.turn.prompt.trim()), &files, &checks);
        self.call_aside(Aside::Test, "Writing smoke checks", asks(ask));
    }

    /// The tester's answer is over: what can be read of it is tried.
    pub(super) fn tests_written(&mut self, answer: &str) {
        let checks = new_checks(answer, self.stage.base());
        if checks.is_empty() {
            return self.finish(true);
        }
        self.trying = checks.clone();
        self.phase = Phase::Trying;
        self.out.push(Effect::TrySmoke { checks });
    }

    /// The checks were tried on the app as it is: those that went well become files.
    pub(super) fn smoke_tried(&mut self, outcomes: &[SmokeOutcome]) {
        let went_well: BTreeSet<&FilePath> =
            outcomes.iter().filter(|tried| tried.ok).map(|tried| &tried.path).collect();
        for (path, check) in std::mem::take(&mut self.trying) {
            if went_well.contains(&path) && !self.stage.files().contains_key(&path) {
                let change = Change::Write { path, content: check.to_text() };
                // One that there is no room for is left out.
                let _ = self.stage.apply(change);
            }
        }
        if !self.stage.is_empty() {
            self.commit_staged();
        }
        self.finish(true);
    }

    /// Takes what is staged as written, and tells of it.
    pub(super) fn commit_staged(&mut self) {
        for (index, staged) in (0..).zip(self.stage.staged().to_vec()) {
            let path = staged.op.path().clone();
            self.changed.insert(path.clone());
            let (op, added, removed): (EditOp, _, _) = (staged.edit, staged.added, staged.removed);
            self.emit(AgentEvent::EditApplied { path, op, index, added, removed });
        }
        let step = self.steps.saturating_sub(1);
        let changes = self.stage.commit();
        self.out.push(Effect::CommitChanges { step, changes });
    }
}

/// The checks of an answer that can be read and stand beside no file of the same name, as many as there is room for.
fn new_checks(
    answer: &str,
    files: &std::collections::BTreeMap<FilePath, FileContent>,
) -> Vec<(FilePath, SmokeCheck)> {
    let present = files.keys().filter(|path| SmokeCheck::is_at(path)).count();
    let room = NEW.min(MOST_SMOKE_CHECKS.saturating_sub(present));
    let mut checks: Vec<(FilePath, SmokeCheck)> = Vec::new();
    let answer = &without_thoughts(answer);
    for element in elements(answer, "check", 2 * NEW).iter().filter(|element| element.closed) {
        let name = element.value("name").unwrap_or_default();
        let steps: String = element
            .text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .map(|line| format!("{line}\n"))
            .collect();
        let Ok(check) =
            SmokeCheck::parse(&format!("# {}\n{steps}", name.replace(['\n', '#'], " ")))
        else {
            continue;
        };
        let Some(path) = SmokeCheck::path_for(&check.name) else { continue };
        let is_new = !files.keys().any(|other| other.eq_ignore_ascii_case(&path))
            && checks.iter().all(|(other, _)| *other != path);
        if is_new && checks.len() < room {
            checks.push((path, check));
        }
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_checks_that_can_be_read_are_tried() {
        let check = |name: &str| {
            format!("<check name=\"{name}\">\nopen \"/\"\n# a note\nsee \"Tasks\"\n</check>\n")
        };
        let files = |all: &[&str]| {
            all.iter().map(|at| (FilePath::parse(at).unwrap(), FileContent::text("x"))).collect()
        };
        let paths = |answer: &str, all: &[&str]| -> Vec<String> {
            new_checks(answer, &files(all)).iter().map(|(path, _)| path.to_string()).collect()
        };
        let answer = format!(
            "Here.\n{}<check name=\"Bad\">\nclick \"x\"\n</check>\n<check>\nopen \"/\"\n</check>\n{}{}<check name=\"Cut\">\nopen \"/\"\n",
            check("Add a task"),
            check("Add a  task!"),
            check("Load")
        );
        assert_eq!(paths(&answer, &[]), ["checks/add-a-task.check", "checks/load.check"]);
        assert_eq!(paths(&answer, &["checks/Load.check"]), ["checks/add-a-task.check"]);
        let thought = format!("<think>\n{}</think>\n{}", check("Draft"), check("Load"));
        assert_eq!(paths(&thought, &[]), ["checks/load.check"]);
        let many: String = (0..9).map(|at| check(&format!("c{at}"))).collect();
        assert_eq!(paths(&many, &[]).len(), NEW);
        let full: Vec<String> = (0..7).map(|at| format!("checks/old{at}.check")).collect();
        let full: Vec<&str> = full.iter().map(String::as_str).collect();
        assert_eq!(paths(&many, &full), ["checks/c0.check"]);
        for nothing in ["", "<check", "<check name=\"a\">", "no idea"] {
            assert_eq!(paths(nothing, &[]), [""; 0]);
        }
    }
}
