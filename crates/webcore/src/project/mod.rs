//! One app in memory: its files, its modules, and what browsers have of it.

mod build;
mod check;
mod code;
mod links;
mod page;
mod position;
mod propagate;
mod report;
mod serve;
mod targets;
mod update;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, OnceLock};

use qv_domain::{Blob, FilePath};

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::files::Files;
use crate::packages::Packages;
use crate::patch::Patch;
use crate::resolve::Target;
use crate::unit::Unit;

pub use position::Position;
pub use serve::Served;

/// Where a preview lives, and who may listen to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The origin of the QuickVibe app that embeds the preview, such as `http://localhost:4173`:
    /// the only one that the page reports to and listens to.
    pub app_origin: String,
    /// What comes before every path of the preview: empty on an origin of its own,
    /// `/_preview/<id>` otherwise. No trailing slash.
    pub base: String,
    /// The document has no origin (a sandbox without `allow-same-origin`): storage is stood in
    /// for, and reports go to any parent, which can only be the app.
    pub opaque: bool,
    /// Where revisions start. It must be past every revision that a page may remember from an
    /// earlier [`Project`] of the same preview; milliseconds since 1970 are.
    pub first_revision: u64,
}

/// A generated app, compiled module by module for one browser preview. See the crate's page.
#[derive(Debug, Default)]
pub struct Project {
    settings: Settings,
    files: Files,
    packages: Packages,
    config: Config,
    modules: BTreeMap<Key, Module>,
    /// Specifiers of the app's own import maps.
    import_map: BTreeSet<String>,
    /// When a file's URL last changed for browsers, as a revision.
    stamps: BTreeMap<FilePath, u64>,
    revision: u64,
    /// Files by their names, for suggestions; made when one is needed.
    names: OnceLock<BTreeMap<String, Vec<FilePath>>>,
    history: VecDeque<Patch>,
}

/// A module's name: a file, or the n-th inline script of a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    path: FilePath,
    part: u32,
}

impl Key {
    const fn file(path: FilePath) -> Self {
        Self { path, part: 0 }
    }
}

/// What a file is wanted for; the most demanding use decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// Its URL or text.
    Asset,
    /// A script that is run as it is written.
    Classic,
    /// Its meaning: it is compiled.
    Code,
}

#[derive(Debug)]
struct Module {
    content: Blob,
    used: Use,
    /// The newest texts lead to it, rather than one that only still runs.
    current: bool,
    /// What the text compiles to now; `None` when it has errors.
    unit: Option<Arc<Unit>>,
    /// Where its requests lead, in their order.
    targets: Vec<Target>,
    /// About the text alone.
    found: Vec<Diagnostic>,
    /// About where it leads.
    link_found: Vec<Diagnostic>,
    /// What browsers were last told to run, as it was then.
    shown: Option<Running>,
    /// At that time it could not run.
    was_broken: bool,
    /// The same text as it would run now.
    good: Option<Running>,
    /// What is served: the text as it is now, or else `good`. `None` when neither runs.
    served: Option<Running>,
}

impl Module {
    /// Nothing of it was compiled.
    fn is_asset(&self) -> bool {
        matches!(self.unit.as_deref(), Some(Unit::Asset))
    }
}

/// A unit together with where its requests lead.
#[derive(Debug, Clone)]
struct Running {
    unit: Arc<Unit>,
    targets: Vec<Target>,
}

impl Running {
    fn runs_as(&self, other: &Self) -> bool {
        (Arc::ptr_eq(&self.unit, &other.unit) || self.unit.runs_as(&other.unit))
            && self.targets == other.targets
    }
}

impl Project {
    /// An app without files.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { revision: settings.first_revision, settings, ..Self::default() }
    }

    /// Counts changes that browsers can see; what a client has is told apart by it.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The page's whereabouts as given.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Every file, by path.
    pub fn files(&self) -> impl Iterator<Item = (&FilePath, &Blob)> {
        self.files.iter()
    }

    /// Files that the app reaches from its pages.
    pub fn reached(&self) -> impl Iterator<Item = &FilePath> {
        self.modules.keys().filter(|key| key.part == 0).map(|key| &key.path)
    }
}
