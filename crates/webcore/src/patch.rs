//! What an open page is told after a change.

use qv_domain::FilePath;
use serde::Serialize;

use crate::diagnostic::Diagnostic;

/// A module to fetch again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct HotModule {
    /// The file.
    pub path: FilePath,
    /// Its new URL, base included.
    pub url: String,
}

/// The difference between two revisions, for pages that show the older one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Patch {
    /// The revision that this leads to.
    pub revision: u64,
    /// Modules that replace themselves when imported again.
    pub hot: Vec<HotModule>,
    /// Style sheets to swap.
    pub css: Vec<HotModule>,
    /// The page has to load again: nothing can replace what changed.
    pub reload: bool,
    /// Everything that is wrong with the app now, the overlay's content.
    pub diagnostics: Vec<Diagnostic>,
    /// Files whose served form changed.
    #[serde(skip)]
    pub dirty: Vec<FilePath>,
}

impl Patch {
    /// Adds a later patch, its diagnostics aside: those are always the current ones.
    pub(crate) fn extend(&mut self, later: &Self) {
        let merge = |into: &mut Vec<HotModule>, from: &[HotModule]| {
            into.retain(|one| from.iter().all(|other| other.path != one.path));
            into.extend_from_slice(from);
        };
        merge(&mut self.hot, &later.hot);
        merge(&mut self.css, &later.css);
        self.reload |= later.reload;
        self.revision = later.revision;
        self.dirty.extend(later.dirty.iter().cloned());
        self.dirty.sort();
        self.dirty.dedup();
    }
}
