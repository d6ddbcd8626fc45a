//! What worked stays so: remembers what checks found in a turn, sees when mending leads nowhere, and takes back what a
//! turn broke and could not mend.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use qv_domain::FilePath;

use super::{
    AgentEvent, CheckReport, Diagnostic, DiagnosticKind, Effect, Machine, Picture, SmokeOutcome,
};
use crate::apply::FileContent;

type Files = BTreeMap<FilePath, FileContent>;

/// Names in a sentence.
const NAMED: usize = 3;

/// What a turn's checks came to so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard {
    /// The files as the turn began, with what people have changed since.
    pub(super) before: Files,
    /// States of the files that were checked, and the one that the turn began with.
    states: HashSet<u64>,
    /// What each failed check found.
    found: Vec<Fault>,
    /// Smoke checks that went well before the turn and do not now.
    broken: BTreeMap<FilePath, SmokeOutcome>,
    /// Files that people changed while the turn ran.
    by_hand: BTreeSet<FilePath>,
    /// The last state that all checks held in, while something is mended that is not broken; people's changes since are
    /// in it.
    good: Option<Files>,
    /// Whether people changed files since the last check began.
    by_hand_since: bool,
    /// Whether `good` has changes that no check has seen with it.
    good_is_mixed: bool,
    /// Whether the check under way is the turn's last: nothing is mended after it.
    pub(super) is_last_look: bool,
    /// The first thing that the last check found, in few words.
    left: Option<String>,
    /// Why it is not mended any further.
    pub(super) stopped: Option<Stopped>,
    /// What the app looked like when it was checked last.
    pub(super) picture: Option<Picture>,
    pub(super) is_reviewed: bool,
    pub(super) is_tested: bool,
}

/// What a check found, wherever the lines have moved, in order. Five of the same are more than one.
type Fault = Vec<(DiagnosticKind, Option<FilePath>, String)>;

/// What is to be done about a check.
pub(super) enum Verdict {
    /// All is well.
    Holds,
    /// This is to be mended.
    Mend(Vec<Diagnostic>, Vec<SmokeOutcome>),
    /// Something does not hold, and mending it is no use or nobody's business.
    Stands,
}

/// Why mending ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    /// The same was found again.
    Same,
    /// The files are as they were before.
    BackAndForth,
    /// It was tried as often as it may be.
    Often,
}

/// Where a turn went back to.
pub(super) enum Back {
    /// There is nothing to go back to.
    Nowhere,
    /// A state that all checks held in.
    ToGood,
    /// Such a state with what people changed since: no check has seen the two together.
    ToMixed,
}

impl Guard {
    pub(super) fn new(files: &Files) -> Self {
        Self { before: files.clone(), states: HashSet::from([state(files)]), ..Self::default() }
    }

    /// A person changed a file: it is theirs from now on.
    pub(super) fn by_hand(&mut self, path: &FilePath, content: Option<&FileContent>) {
        self.by_hand.insert(path.clone());
        self.by_hand_since = true;
        self.good_is_mixed = true;
        for files in [Some(&mut self.before), self.good.as_mut()].into_iter().flatten() {
            match content {
                Some(content) => files.insert(path.clone(), content.clone()),
                None => files.remove(path),
            };
        }
    }

    /// All checks hold for these files: what comes now may be taken back to them.
    pub(super) fn keep_good(&mut self, files: &Files) {
        self.good = Some(files.clone());
        self.good_is_mixed = self.by_hand_since;
    }

    /// What was good is gone on from.
    pub(super) fn drop_good(&mut self) {
        self.good = None;
    }

    /// A person's changes went into the state that is to be gone back to.
    pub(super) fn is_mixed(&self) -> bool {
        self.good.is_some() && self.good_is_mixed
    }

    /// Whether what had worked is known to be broken.
    pub(super) fn is_broken(&self) -> bool {
        !self.broken.is_empty()
    }

    /// A check of what is written begins.
    pub(super) fn look_begins(&mut self) {
        self.by_hand_since = false;
    }

    /// Looks at what a check of these files found.
    pub(super) fn look(&mut self, report: &CheckReport, files: &Files) -> Verdict {
        self.picture.clone_from(&report.picture);
        self.left = left(report);
        self.stopped = None;
        // Broken it stays until it is carried out again, or a person changes it: a check that was removed, or that this
        // look did not come to, tells nothing of the app that was to be mended.
        let is_carried_out = |path: &FilePath| report.smoke.iter().any(|check| check.path == *path);
        self.broken.retain(|path, _| !is_carried_out(path) && !self.by_hand.contains(path));
        let failed = report.smoke.iter().filter(|check| !check.ok && check.ok_before == Some(true));
        self.broken.extend(failed.map(|check| (check.path.clone(), check.clone())));
        let came_back = !self.states.insert(state(files));
        if report.ok() && self.broken.is_empty() {
            return Verdict::Holds;
        }
        let broken: Vec<SmokeOutcome> = self.broken.values().cloned().collect();
        if report.diagnostics.is_empty() && broken.is_empty() {
            return Verdict::Stands;
        }
        let fault = fault(&report.diagnostics, &broken);
        let is_known = self.found.contains(&fault);
        self.found.push(fault);
        self.stopped = match (came_back, is_known) {
            (true, _) => Some(Stopped::BackAndForth),
            (false, true) => Some(Stopped::Same),
            (false, false) => None,
        };
        if self.stopped.is_some() {
            return Verdict::Stands;
        }
        Verdict::Mend(report.diagnostics.clone(), broken)
    }

    /// Why a turn that ends like this is taken back; `None` when it broke nothing that had worked.
    fn reason(&self) -> Option<String> {
        let first = self.broken.values().next()?;
        let mut names: Vec<String> = self
            .broken
            .values()
            .take(NAMED)
            .map(|check| format!("\u{201C}{}\u{201D}", check.name))
            .collect();
        if self.broken.len() > NAMED {
            names.push("others".to_owned());
        }
        let what =
            if first.message.is_empty() { String::new() } else { format!(" ({})", first.message) };
        let mut reason = format!(
            "The changes broke what had worked, and mending it did not succeed: {} failed{what}. So they were taken \
             back",
            names.join(", ")
        );
        if self.by_hand.is_empty() {
            reason.push_str(", and the app is as it was before.");
        } else {
            let mut paths: Vec<&str> =
                self.by_hand.iter().take(NAMED).map(FilePath::as_str).collect();
            if self.by_hand.len() > NAMED {
                paths.push("…");
            }
            reason.push_str(&format!(
                ". What you changed meanwhile stays: {}. The app was not checked like this.",
                paths.join(", ")
            ));
        }
        Some(reason)
    }
}

impl Machine {
    /// The turn ends without all checks holding: goes back to where they did, if they did before in this turn.
    pub(super) fn back_to_good(&mut self) -> Back {
        let is_mixed = self.guard.is_mixed();
        let Some(good) = self.guard.good.take() else { return Back::Nowhere };
        self.stage.discard();
        self.guard.broken.clear();
        let changes = self.stage.take_back(&good);
        if !changes.is_empty() {
            let now = if is_mixed {
                "those changes were taken back. What you changed meanwhile stays."
            } else {
                "the app is as it was before the review."
            };
            self.say(&format!(
                "What the review asked for could not be done without breaking the app, so {now}"
            ));
            let step = self.next_step();
            self.changed.extend(changes.iter().map(|change| change.op.path().clone()));
            self.out.push(Effect::CommitChanges { step, changes });
        }
        self.unfinished.clear();
        if is_mixed { Back::ToMixed } else { Back::ToGood }
    }

    /// Checks once more what a turn ends with, since no check has seen it so. Whatever is found, nothing is mended.
    pub(super) fn look_last(&mut self) {
        self.guard.is_last_look = true;
        self.joiner = None;
        self.forget_runs();
        self.faults.clear();
        self.keep_said();
        self.check();
    }

    /// Takes the turn's changes back if it broke what had worked.
    pub(super) fn take_back_if_broken(&mut self) {
        let Some(reason) = self.guard.reason() else { return };
        let before = std::mem::take(&mut self.guard.before);
        self.stage.discard();
        let changes = self.stage.take_back(&before);
        let paths = changes.iter().map(|change| change.op.path().clone()).collect();
        self.untick();
        self.say(&reason);
        self.emit(AgentEvent::RolledBack { reason, paths });
        let step = self.next_step();
        self.out.push(Effect::CommitChanges { step, changes });
        self.changed.clear();
    }

    /// Tells the person what does not hold in what is kept, and why nobody mends it now. Gives what later turns are to
    /// know of it.
    pub(super) fn tell_what_is_left(&mut self) -> Option<String> {
        let paths: Vec<String> =
            self.unfinished.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
        if !paths.is_empty() {
            let more = if self.unfinished.len() > NAMED { " and others" } else { "" };
            self.say(&format!("Not finished, so not in the app: {}{more}.", paths.join(", ")));
        }
        let left = self.guard.left.take()?;
        let why = match self.guard.stopped {
            Some(Stopped::Same) => " Mending it led to the same again, so it was ended.",
            Some(Stopped::BackAndForth) => " Mending it went back and forth, so it was ended.",
            Some(Stopped::Often) => " Mending it did not succeed.",
            None => "",
        };
        let left = left.trim_end_matches('.').replace('`', "'");
        let told = format!("Not all checks hold: `{left}`.{why}");
        self.say(&told);
        Some(told)
    }

    /// The number of a step that no model is called for.
    fn next_step(&mut self) -> u32 {
        self.steps += 1;
        self.steps - 1
    }
}

fn fault(diagnostics: &[Diagnostic], broken: &[SmokeOutcome]) -> Fault {
    let found = diagnostics.iter().map(|d| (d.kind, d.path.clone(), d.message.clone()));
    let failed = broken
        .iter()
        .map(|check| (DiagnosticKind::Runtime, Some(check.path.clone()), check.message.clone()));
    let mut fault: Fault = found.chain(failed).collect();
    fault.sort_unstable();
    fault
}

/// The first thing that a check found.
fn left(report: &CheckReport) -> Option<String> {
    const CHARS: usize = 200;
    let error = report.diagnostics.first().map(|found| {
        let path = found.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
        format!("{path}{}", found.message)
    });
    let failed = || {
        let check = report.smoke.iter().find(|check| !check.ok)?;
        Some(format!("{}: {}", check.name, check.message))
    };
    let text = error.or_else(failed)?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(CHARS).collect())
}

fn state(files: &Files) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (path, content) in files {
        path.as_str().hash(&mut hasher);
        match content {
            FileContent::Text(text) => text.hash(&mut hasher),
            FileContent::Binary(bytes) => bytes.hash(&mut hasher),
        }
    }
    hasher.finish()
}
