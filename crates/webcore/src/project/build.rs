//! Brings the modules in line with files, packages and configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::sync::Arc;

use qv_domain::{Blob, FilePath};

use super::targets::{reached, targets};
use super::{Key, Module, Project, Running, Use};
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::file_kind::FileKind;
use crate::limits::{MAX_LINKS, MAX_MODULES, MAX_PAGES};
use crate::resolve::{Resolver, Target};
use crate::script::Options;
use crate::unit::{Built, Unit, build, check_classic};

impl Project {
    pub(super) fn options(&self) -> Options {
        Options {
            refresh: self.config.react && self.packages.contains_key("react-refresh/runtime"),
            jsx_source: self.config.jsx_source.clone(),
            keep_imports: false,
        }
    }

    /// Compiles what changed (everything with `afresh`), follows imports from the pages, and
    /// decides what is served of each module.
    pub(super) fn rebuild(&mut self, afresh: bool) {
        let options = self.options();
        let mut old = take(&mut self.modules);
        let take_or_build =
            |prior: Option<Module>, key: &Key, content: &Blob, used: Use| match prior {
                Some(module) if module.content == *content && module.used == used && !afresh => {
                    module
                }
                prior => compile(key, content, used, &options, prior),
            };
        let mut modules = BTreeMap::new();
        self.import_map.clear();
        let mut queue = Vec::new();
        for key in self.entries() {
            let Some((_, content)) = self.files.get(&key.path) else { continue };
            let module = take_or_build(old.remove(&key), &key, content, Use::Code);
            if let Some(Unit::Page(page, _)) = module.unit.as_deref() {
                self.import_map.extend(page.import_map.iter().cloned());
                queue.extend(
                    page.inline()
                        .map(|(part, _)| (Key { path: key.path.clone(), part }, Use::Code)),
                );
            }
            modules.insert(key.clone(), module);
            queue.push((key, Use::Code));
        }
        let resolver = self.resolver();
        let mut done: BTreeSet<Key> = BTreeSet::new();
        let mut links = 0;
        let mut overflow = None;
        while let Some((key, used)) = queue.pop() {
            let Some((_, content)) = self.files.get(&key.path) else { continue };
            if modules.get(&key).is_some_and(|module: &Module| module.used < used)
                && let Some(module) = modules.remove(&key)
            {
                old.insert(key.clone(), module);
                done.remove(&key);
            }
            if !done.insert(key.clone()) {
                continue;
            }
            let module = modules
                .entry(key.clone())
                .or_insert_with(|| take_or_build(old.remove(&key), &key, content, used));
            links += module.unit.as_deref().map_or(0, Unit::links);
            if done.len() > MAX_MODULES || links > MAX_LINKS {
                overflow = Some(key.path.clone());
                break;
            }
            module.targets = module
                .unit
                .as_deref()
                .map(|unit| targets(&resolver, &key.path, unit))
                .unwrap_or_default();
            module.good = module.shown.as_ref().map(|shown| {
                let unchanged =
                    module.unit.as_ref().is_some_and(|unit| Arc::ptr_eq(unit, &shown.unit));
                let targets = if unchanged {
                    module.targets.clone()
                } else {
                    targets(&resolver, &key.path, &shown.unit)
                };
                Running { unit: shown.unit.clone(), targets }
            });
            let good = module.good.iter().flat_map(|running| &running.targets);
            queue.extend(good.chain(&module.targets).flat_map(reached));
        }
        self.modules = modules;
        self.check();
        self.prune();
        if let Some(path) = overflow
            && let Some(module) = self.modules.values_mut().next()
        {
            let message = "The app has more modules or imports than the preview follows";
            module.link_found.push(Diagnostic::whole(&path, DiagnosticKind::Limit, message));
        }
    }

    /// Drops what only a text leads to that is neither the newest nor served.
    fn prune(&mut self) {
        let newest = self.closure(|module| module.targets.iter().collect());
        let kept = self.closure(|module| {
            let served = module.served.iter().flat_map(|running| &running.targets);
            module.targets.iter().chain(served).collect()
        });
        self.modules.retain(|key, _| kept.contains(key));
        for (key, module) in &mut self.modules {
            module.current = newest.contains(key);
        }
    }

    /// Modules that the pages lead to.
    fn closure<'m>(&'m self, targets: impl Fn(&'m Module) -> Vec<&'m Target>) -> BTreeSet<Key> {
        let mut queue: Vec<Key> = self.entries();
        queue.extend(self.modules.keys().filter(|key| key.part > 0).cloned());
        let mut seen = BTreeSet::new();
        while let Some(key) = queue.pop() {
            if let Some(module) = self.modules.get(&key)
                && seen.insert(key)
            {
                let next = targets(module).into_iter().flat_map(reached);
                queue.extend(next.map(|(key, _)| key));
            }
        }
        seen
    }

    pub(super) const fn resolver(&self) -> Resolver<'_> {
        Resolver {
            files: &self.files,
            config: &self.config,
            packages: &self.packages,
            import_map: &self.import_map,
        }
    }

    /// Pages, or the script that an app without pages starts from.
    fn entries(&self) -> Vec<Key> {
        let pages = self.files.paths().filter(|path| {
            FileKind::of(path) == FileKind::Html
                && !path.starts_with("dist/")
                && !path.starts_with("build/")
        });
        let pages: Vec<_> = pages.take(MAX_PAGES).cloned().map(Key::file).collect();
        if pages.is_empty() {
            self.start_script().map(Key::file).into_iter().collect()
        } else {
            pages
        }
    }

    /// Where an app without `index.html` starts, by convention.
    pub(super) fn start_script(&self) -> Option<FilePath> {
        let names = ["src/main", "src/index", "main", "index"];
        let paths = names
            .iter()
            .flat_map(|name| ["tsx", "jsx", "ts", "js"].map(|end| format!("{name}.{end}")));
        paths.filter_map(|path| self.files.get(&path)).map(|(path, _)| path.clone()).next()
    }
}

fn compile(
    key: &Key,
    content: &Blob,
    used: Use,
    options: &Options,
    prior: Option<Module>,
) -> Module {
    let built = match used {
        Use::Code => build(&key.path, key.part, content, options),
        Use::Classic => check_classic(&key.path, content),
        Use::Asset => Built::asset(),
    };
    Module {
        content: content.clone(),
        used,
        current: false,
        unit: built.unit,
        targets: Vec::new(),
        found: built.diagnostics,
        link_found: Vec::new(),
        was_broken: prior.as_ref().is_some_and(|module| module.was_broken),
        shown: prior.and_then(|module| module.shown),
        good: None,
        served: None,
    }
}
