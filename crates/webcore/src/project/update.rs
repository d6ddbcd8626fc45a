//! Changes, and what they mean for open pages.

use std::collections::BTreeSet;
use std::mem::replace;

use qv_domain::{Blob, FilePath};

use super::propagate::Consequences;
use super::{Key, Project};
use crate::config::Config;
use crate::file_kind::FileKind;
use crate::limits::MAX_HISTORY;
use crate::packages::{PackageMap, Packages};
use crate::patch::Patch;
use crate::unit::Unit;

impl Project {
    /// Replaces all files. Open pages load again.
    pub fn load(&mut self, files: impl IntoIterator<Item = (FilePath, Blob)>) -> Patch {
        let before = replace(&mut self.files, files.into_iter().collect());
        self.config = Config::read(&self.files);
        self.modules.clear();
        self.rebuild(true);
        self.mark_shown();
        let differs = |path: &&FilePath| {
            let content = self.files.get(path).map(|(_, content)| content);
            before.get(path).is_some_and(|(_, old)| Some(old) != content)
        };
        let changed = self.files.paths().filter(differs).cloned();
        let dirty = changed.map(Key::file).collect();
        self.published(
            &Consequences { dirty, reload: true, ..Consequences::default() },
            &BTreeSet::new(),
        )
    }

    /// Writes and, with `None`, deletes files. The result is for every page that is open.
    pub fn update(&mut self, changes: impl IntoIterator<Item = (FilePath, Option<Blob>)>) -> Patch {
        let mut changed = BTreeSet::new();
        for (path, content) in changes {
            let before = self.files.get(&path).map(|(_, content)| content);
            if before != content.as_ref() {
                changed.insert(path.clone());
                self.files.set(path, content);
            }
        }
        if changed.is_empty() {
            return Patch {
                revision: self.revision,
                diagnostics: self.diagnostics(),
                ..Patch::default()
            };
        }
        let options = self.options();
        let before = if changed.iter().any(Config::reads) {
            let config = Config::read(&self.files);
            Some(replace(&mut self.config, config))
        } else {
            None
        };
        let known: BTreeSet<FilePath> = self.modules.keys().map(|key| key.path.clone()).collect();
        self.rebuild(self.options() != options);
        let mut all = self.consequences();
        if let (Some(all), Some(before)) = (&mut all, before) {
            self.config_consequences(&before, all);
        }
        if let Some(all) = &mut all {
            // Files that no module names: a page may still show them, by a URL that code makes up.
            let unseen = |path: &&FilePath| {
                !known.contains(*path) && !self.modules.contains_key(&Key::file((*path).clone()))
            };
            all.reload |= changed.iter().filter(unseen).any(is_shown);
            // What is deleted and written again must not come from a browser's module cache.
            let new = self.modules.keys().filter(|key| !known.contains(&key.path));
            all.dirty.extend(new.cloned());
        }
        self.push(all, &changed)
    }

    /// Says where packages are served; modules that waited for one run from now on.
    pub fn set_packages(&mut self, packages: PackageMap) -> Patch {
        let packages: Packages =
            packages.into_iter().map(|(name, package)| (name.into(), package.into())).collect();
        if packages == self.packages {
            return Patch {
                revision: self.revision,
                diagnostics: self.diagnostics(),
                ..Patch::default()
            };
        }
        let options = self.options();
        self.packages = packages;
        let afresh = self.options() != options;
        self.rebuild(afresh);
        let mut all = self.consequences();
        if let Some(all) = &mut all {
            // Modules with and without refresh do not mix.
            all.reload |= afresh;
        }
        self.push(all, &BTreeSet::new())
    }

    /// What a page that shows `revision` missed; a reload if that is too long ago.
    #[must_use]
    pub fn patch_since(&self, revision: u64) -> Patch {
        let mut patch =
            Patch { revision: self.revision, diagnostics: self.diagnostics(), ..Patch::default() };
        let oldest = self.history.front().map_or(self.revision, |patch| patch.revision);
        if revision > self.revision || revision + 1 < oldest {
            patch.reload = true;
            return patch;
        }
        for missed in self.history.iter().filter(|patch| patch.revision > revision) {
            patch.extend(missed);
        }
        patch
    }

    fn config_consequences(&self, before: &Config, all: &mut Consequences) {
        let uses_env = |unit: &Unit| matches!(unit, Unit::Script(script) if script.uses_env);
        if before.env != self.config.env {
            let mut served = self.modules.values().filter_map(|module| module.served.as_ref());
            all.reload |= served.any(|running| uses_env(&running.unit));
        }
        all.reload |= before.tailwind != self.config.tailwind;
    }

    /// Held back when it cannot be pushed: pages keep what they have until the app runs again.
    fn push(&mut self, all: Option<Consequences>, changed: &BTreeSet<FilePath>) -> Patch {
        match all {
            Some(all) => {
                self.mark_shown();
                self.published(&all, changed)
            }
            None => self.published(&Consequences::default(), &BTreeSet::new()),
        }
    }

    fn published(&mut self, all: &Consequences, changed: &BTreeSet<FilePath>) -> Patch {
        self.revision += 1;
        let dirty: BTreeSet<FilePath> = all.dirty.iter().map(|key| key.path.clone()).collect();
        for path in dirty.iter().chain(changed.iter().filter(|path| is_shown(path))) {
            self.stamps.insert(path.clone(), self.revision);
        }
        let (hot, css) = if all.reload { Default::default() } else { self.addressed(all) };
        let patch = Patch {
            revision: self.revision,
            hot,
            css,
            reload: all.reload,
            diagnostics: self.diagnostics(),
            dirty: dirty.into_iter().collect(),
        };
        self.history.push_back(Patch { diagnostics: Vec::new(), ..patch.clone() });
        if self.history.len() > MAX_HISTORY {
            self.history.pop_front();
        }
        patch
    }
}

/// Whether a file outside the module graph can be part of what a page shows.
fn is_shown(path: &FilePath) -> bool {
    let noise = matches!(
        path.extension().as_str(),
        "md" | "mdx" | "txt" | "lock" | "toml" | "yml" | "yaml" | ""
    );
    path.starts_with("public/")
        || (FileKind::of(path) == FileKind::Asset && !noise && !path.starts_with('.'))
}
