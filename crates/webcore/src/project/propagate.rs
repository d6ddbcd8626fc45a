//! From changed modules to what an open page has to do about them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Key, Project, Running};
use crate::file_kind::FileKind;
use crate::patch::HotModule;
use crate::resolve::{Flavor, Target};
use crate::unit::Unit;

/// The consequences of a change.
#[derive(Debug, Default)]
pub(super) struct Consequences {
    /// Modules with new URLs.
    pub dirty: BTreeSet<Key>,
    pub hot: BTreeSet<Key>,
    pub css: BTreeSet<Key>,
    pub reload: bool,
}

/// Modules by what they lead to.
type Importers = BTreeMap<Key, BTreeSet<(Key, Flavor)>>;

impl Project {
    /// What follows from the difference between what browsers were shown and what is served;
    /// `None` when nothing can be pushed because part of it does not run.
    pub(super) fn consequences(&self) -> Option<Consequences> {
        let seeds: Vec<Key> =
            self.modules.keys().filter(|key| self.differs(key)).cloned().collect();
        let importers = self.importers();
        let reload = seeds.iter().any(|key| self.moved_package(key));
        let mut all = Consequences { reload, ..Consequences::default() };
        let mut queue = seeds;
        while let Some(key) = queue.pop() {
            if !all.dirty.insert(key.clone()) {
                continue;
            }
            let in_place = self.replaces_itself(&key);
            if in_place {
                all.hot.insert(key.clone());
            }
            let is_style = FileKind::of(&key.path).is_style();
            if is_style {
                all.css.insert(key.clone());
            }
            let is_page = FileKind::of(&key.path) == FileKind::Html && key.part == 0;
            let importers = importers.get(&key);
            all.reload |= is_page || (importers.is_none() && !is_style && !in_place);
            for (importer, flavor) in importers.into_iter().flatten() {
                // Who has its text rather than what it does has an old text.
                if in_place && *flavor == Flavor::Plain
                    || is_style && self.takes_style_in_place(&key, importer, *flavor)
                {
                    continue;
                }
                if FileKind::of(&importer.path) == FileKind::Html && importer.part == 0 {
                    all.reload = true;
                } else {
                    queue.push(importer.clone());
                }
            }
        }
        let broken = |key: &Key| self.modules.get(key).is_none_or(|module| module.served.is_none());
        let held = all.dirty.iter().any(broken) || (all.reload && self.cannot_load());
        (!held).then_some(all)
    }

    fn differs(&self, key: &Key) -> bool {
        let Some(module) = self.modules.get(key) else { return false };
        match (&module.shown, &module.served) {
            (Some(shown), Some(served)) => !shown.runs_as(served),
            (None, Some(_)) => module.was_broken,
            _ => false,
        }
    }

    /// Another copy of a package that is already running: two Reacts in one page do not work.
    fn moved_package(&self, key: &Key) -> bool {
        let Some(module) = self.modules.get(key) else { return false };
        let (Some(shown), Some(served)) = (&module.shown, &module.served) else { return false };
        shown.targets.iter().any(|old| {
            match old {
            Target::Package(name, old) => served.targets.iter().any(|new| {
                matches!(new, Target::Package(other, new) if other == name && new.url != old.url)
            }),
            _ => false,
        }
        })
    }

    fn importers(&self) -> Importers {
        let mut importers = Importers::new();
        for (key, module) in &self.modules {
            let shown = module.shown.iter().flat_map(|running| &running.targets);
            let served = module.served.iter().flat_map(|running| &running.targets);
            let mut add = |path: &qv_domain::FilePath, flavor: Flavor| {
                let from = importers.entry(Key::file(path.clone())).or_default();
                from.insert((key.clone(), flavor));
            };
            for target in shown.chain(served) {
                match target {
                    Target::File { path, flavor } => add(path, *flavor),
                    Target::Files(files) => {
                        files.iter().for_each(|(_, path)| add(path, Flavor::Plain));
                    }
                    _ => {}
                }
            }
            if key.part > 0 {
                let page = Key::file(key.path.clone());
                importers.entry(key.clone()).or_default().insert((page, Flavor::Plain));
            }
        }
        importers
    }

    /// Whether a module takes its own new version in: it did when it was shown, it does now, and
    /// nobody can be holding on to an export that is gone.
    fn replaces_itself(&self, key: &Key) -> bool {
        let Some(module) = self.modules.get(key) else { return false };
        let (Some(shown), Some(served)) = (&module.shown, &module.served) else { return false };
        match (&*shown.unit, &*served.unit) {
            (Unit::Script(old), Unit::Script(new)) => {
                (old.accepts_itself && new.accepts_itself)
                    || (old.boundary && new.boundary && old.exports == new.exports)
            }
            (Unit::Component(..), Unit::Component(..)) => true,
            _ => false,
        }
    }

    /// Style sheets are swapped where they are applied; only their text or new class names make
    /// the importer run again.
    fn takes_style_in_place(&self, key: &Key, importer: &Key, flavor: Flavor) -> bool {
        if FileKind::of(&importer.path).is_style() || flavor != Flavor::Plain {
            return false;
        }
        let Some(module) = self.modules.get(key) else { return false };
        match (&module.shown, &module.served) {
            (Some(shown), Some(served)) => classes(shown) == classes(served),
            _ => true,
        }
    }

    /// Whether a page would come up empty: a script of its own does not run.
    fn cannot_load(&self) -> bool {
        let pages =
            self.modules.iter().filter(|(key, _)| FileKind::of(&key.path) == FileKind::Html);
        let mut scripts = pages.flat_map(|(key, module)| {
            let own = (key.part > 0 && module.served.is_none()).then_some(true);
            let targets = module.served.iter().flat_map(|running| &running.targets);
            let linked = targets.filter_map(|target| match target {
                Target::File { path, .. } => Some(self.is_broken(path)),
                _ => None,
            });
            own.into_iter().chain(linked)
        });
        scripts.any(|broken| broken)
    }

    /// The URLs that a patch names; stamps must be set before.
    pub(super) fn addressed(&self, all: &Consequences) -> (Vec<HotModule>, Vec<HotModule>) {
        let hot = |key: &Key| HotModule { path: key.path.clone(), url: self.key_url(key) };
        (all.hot.iter().map(hot).collect(), all.css.iter().map(hot).collect())
    }

    /// From now on browsers have what is served.
    pub(super) fn mark_shown(&mut self) {
        for module in self.modules.values_mut() {
            module.was_broken = module.served.is_none();
            if let Some(served) = &module.served {
                module.shown = Some(served.clone());
            }
        }
    }
}

fn classes(running: &Running) -> Option<&BTreeMap<String, String>> {
    match Arc::as_ref(&running.unit) {
        Unit::Style(style, _) => Some(&style.classes),
        _ => None,
    }
}
