//! Answers that ask for files rather than change them: the turn begins anew with exactly these.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use qv_domain::{FilePath, StepKind};

use super::answer::{Answer, Need};
use super::{Machine, Phase, ProjectContext, ShownPart, StepFor, accept, request};
use crate::apply::FileContent;
use crate::protocol::show_file;

/// What stands for the map in a second call: it has served its purpose.
const MAP_LEFT_OUT: &str = "(left out: you have chosen from it)\n";
/// How often a turn may ask.
const MOST_ROUNDS: u32 = 2;
/// Lines around those that are asked for which come along.
const AROUND: u32 = 8;
/// All files together, in bytes: a model that asks for everything gets what comes first.
const MOST_BYTES: usize = 400_000;

impl ProjectContext {
    /// The files that are sent whole.
    pub(super) fn whole(&self) -> Vec<FilePath> {
        self.sent.iter().filter(|path| !self.parts.contains_key(*path)).cloned().collect()
    }
}

impl Machine {
    /// Whether the answer only asks for files, of which at least one is there.
    pub(super) fn wants_more(&self) -> bool {
        let is_text = |need: &Need| {
            self.turn.files.get(&need.path).is_some_and(|file| file.as_text().is_some())
        };
        // What is to be run as well has to be told first: then the files come with it.
        let runs = self.turn.tools.is_some() && !self.answer.runs.is_empty();
        self.phase == Phase::Answer(StepFor::Draft)
            && !runs
            && self.rounds.needs < MOST_ROUNDS
            && self.answer.changes.is_empty()
            && self.answer.faults.is_empty()
            && self.answer.needs.iter().any(is_text)
    }

    /// Begins anew with what was asked for, and what was done before, which the request may speak of. Cheaper than
    /// going on: what turned out not to be needed is not sent again.
    pub(super) fn show_more(&mut self) {
        self.rounds.needs += 1;
        let answer = std::mem::replace(&mut self.answer, Answer::new(accept(self.turn.mode)));
        self.ahead = super::Ahead::default();
        let before = std::mem::take(&mut self.turn.context);
        let mut context = ProjectContext {
            map: MAP_LEFT_OUT.to_owned(),
            history: before.history,
            sent: Vec::new(),
            parts: BTreeMap::new(),
        };
        let mut bytes = 0;
        for need in answer.needs {
            let Some(text) = self.stage.files().get(&need.path).and_then(FileContent::as_text)
            else {
                continue;
            };
            let shown = match before.parts.get(&need.path) {
                part if !need.lines.is_empty() => {
                    let seen = part.map_or(&[][..], |part| &part.lines);
                    let total = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
                    widen(seen, &need.lines, total).map(|lines| excerpt(text, lines))
                }
                _ => None,
            };
            let size = shown.as_ref().map_or(text.len(), |shown| shown.text.len());
            if bytes + size > MOST_BYTES || context.sent.contains(&need.path) {
                continue;
            }
            bytes += size;
            context.sent.push(need.path.clone());
            match shown {
                Some(shown) => {
                    context.parts.insert(need.path, shown);
                }
                None => self.stage.shown(&need.path),
            }
        }
        self.turn.context = context;
        self.chat = vec![request::opening(&self.turn, self.turn.model.sees_images, self.plan_by)];
        self.call(StepKind::Draft, self.rounds.needs, self.chat.clone());
    }
}

impl Machine {
    /// Files that the model wants to see with what came of runs, as they are now.
    pub(super) fn needed_files(&mut self, needs: Vec<Need>) -> String {
        let mut out = String::new();
        let mut seen = BTreeSet::new();
        for Need { path, lines } in needs {
            let Some(text) = self.stage.files().get(&path).and_then(FileContent::as_text) else {
                continue;
            };
            let total = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
            let part = if lines.is_empty() { None } else { widen(&[], &lines, total) };
            let shown = match &part {
                Some(lines) => show_file(&path, &excerpt(text, lines.clone()).text),
                None => show_file(&path, text),
            };
            if out.len() + shown.len() > MOST_BYTES || !seen.insert(path.clone()) {
                continue;
            }
            out.push_str(&shown);
            if part.is_none() {
                self.stage.shown(&path);
            }
        }
        out
    }
}

/// Lines that were seen with those that are asked for and some around them; `None` if that is nearly all of the
/// `total` lines.
#[must_use]
pub fn widen(seen: &[(u32, u32)], asked: &[(u32, u32)], total: u32) -> Option<Vec<(u32, u32)>> {
    let asked = asked.iter().map(|(first, last)| {
        (first.saturating_sub(AROUND).max(1), last.saturating_add(AROUND).min(total))
    });
    let mut all: Vec<(u32, u32)> = seen.iter().copied().chain(asked).collect();
    all.retain(|(first, last)| first <= last && *last <= total);
    all.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (first, last) in all {
        match joined.last_mut() {
            Some(before) if first <= before.1.saturating_add(AROUND) => {
                before.1 = before.1.max(last);
            }
            _ => joined.push((first, last)),
        }
    }
    let count: u64 = joined.iter().map(|(first, last)| u64::from(last - first + 1)).sum();
    (count * 10 < u64::from(total) * 9).then_some(joined)
}

/// These lines of a text, with a note for what is left out.
fn excerpt(text: &str, lines: Vec<(u32, u32)>) -> ShownPart {
    let mut out = String::new();
    let mut next = 1;
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let gap = |out: &mut String, first: u32, last: u32| {
        if first <= last {
            let _ = writeln!(out, "[lines {first}-{last} are not shown]");
        }
    };
    for (first, last) in &lines {
        gap(&mut out, next, first - 1);
        for line in all.iter().take(*last as usize).skip(*first as usize - 1) {
            out.push_str(line);
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
        next = last + 1;
    }
    gap(&mut out, next, total);
    ShownPart { lines, text: out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_with_some_around_them() {
        assert_eq!(widen(&[(1, 10)], &[(100, 101)], 300), Some(vec![(1, 10), (92, 109)]));
        assert_eq!(
            widen(&[(1, 10)], &[(20, 21), (290, 400)], 300),
            Some(vec![(1, 29), (282, 300)])
        );
        assert_eq!(widen(&[], &[(1, 95)], 100), None);
        assert_eq!(widen(&[], &[(9, 3), (400, 500)], 100), Some(vec![(1, 11)]));
        let shown = excerpt("a\nb\nc\nd", vec![(2, 2), (4, 4)]);
        assert_eq!(shown.text, "[lines 1-1 are not shown]\nb\n[lines 3-3 are not shown]\nd\n");
    }
}
