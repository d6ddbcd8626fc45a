//! What earlier changes tell of the next one.

use std::collections::HashMap;

use qv_domain::FilePath;

use super::bm25;
use super::terms::{Counted, Query};
use crate::pack::PastChange;

/// Changes that are looked back at.
const MOST: usize = 80;
/// A change is half as telling after so many more.
const HALF_LIFE: f64 = 6.0;
/// How often a file is changed is remembered longer.
const OFTEN_HALF_LIFE: f64 = 25.0;
/// A change of very many files says that much of each.
const BROAD: f64 = 0.3;
/// What the turns of this chat touched fades faster.
const CHAT_FADE: f64 = 0.7;
/// Files that were changed together with more than so many others tell little of each other.
const MOST_TOGETHER: usize = 15;

/// What was found, for each file.
#[derive(Debug)]
pub(super) struct Past {
    /// How lately it was changed: 1 for the last change.
    pub(super) recent: Vec<f64>,
    /// Whether this chat touched it: 1 for the last turn.
    pub(super) touched: Vec<f64>,
    /// How often it was changed, later changes counting more: 1 for the most.
    pub(super) often: Vec<f64>,
    /// Whether requests like this one changed it: 1 for the most.
    pub(super) similar: Vec<f64>,
    /// The files of each change.
    changes: Vec<Vec<usize>>,
}

impl Past {
    pub(super) fn read(paths: &[&FilePath], past: &[PastChange<'_>], query: &Query) -> Self {
        let places: HashMap<&FilePath, usize> =
            paths.iter().enumerate().map(|(at, path)| (*path, at)).collect();
        let past = &past[past.len().saturating_sub(MOST)..];
        let asked: Vec<Counted> = past.iter().map(|change| Counted::of(change.prompt)).collect();
        let alike = bm25::scores(&asked.iter().collect::<Vec<_>>(), query);
        let mut found = Self {
            recent: vec![0.0; paths.len()],
            touched: vec![0.0; paths.len()],
            often: vec![0.0; paths.len()],
            similar: vec![0.0; paths.len()],
            changes: Vec::with_capacity(past.len()),
        };
        for (change, (age, alike)) in past.iter().zip((0..past.len()).rev().zip(alike)) {
            let age = age as f64;
            let files: Vec<usize> =
                change.changed.iter().filter_map(|path| places.get(path).copied()).collect();
            let fresh = 0.5_f64.powf(age / HALF_LIFE);
            let broad = change.changed.len() > MOST_TOGETHER;
            let counts = 0.5_f64.powf(age / OFTEN_HALF_LIFE) * if broad { BROAD } else { 1.0 };
            for at in files.iter().copied() {
                found.often[at] += counts;
                found.recent[at] = found.recent[at].max(fresh);
                if change.in_chat {
                    found.touched[at] = found.touched[at].max(CHAT_FADE.powf(age));
                }
                found.similar[at] += alike / (change.changed.len() as f64).sqrt();
            }
            found.changes.push(files);
        }
        found.often.iter_mut().for_each(|count| *count = count.ln_1p());
        found.often = bm25::of_best(found.often);
        found.similar = bm25::of_best(found.similar);
        found
    }

    /// How often each file was changed together with one of `best`, by its score.
    pub(super) fn together(&self, best: &[usize], scores: &[f64]) -> Vec<f64> {
        let mut found = vec![0.0; scores.len()];
        for files in self.changes.iter().filter(|files| files.len() <= MOST_TOGETHER) {
            for with in files.iter().filter(|at| best.contains(at)) {
                for at in files.iter().filter(|at| *at != with) {
                    found[*at] += scores[*with] / files.len() as f64;
                }
            }
        }
        bm25::of_best(found)
    }
}
