//! Brings the modules in line with files, packages and configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::sync::Arc;

use qv_domain::{Blob, FilePath};

use super::{Key, Module, Project, Running};
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::file_kind::FileKind;
use crate::files::folder;
use crate::glob;
use crate::limits::{MAX_MODULES, MAX_PAGES};
use crate::resolve::{Flavor, Resolver, Target, Unresolved};
use crate::script::{ImportKind, Options};
use crate::unit::{Unit, build};

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
        let mut take_or_build = |key: &Key, content: &Blob, as_asset: bool| {
            let prior = old.remove(key);
            match prior {
                Some(module)
                    if module.content == *content && module.as_asset == as_asset && !afresh =>
                {
                    module
                }
                prior => compile(key, content, as_asset, &options, prior),
            }
        };
        let mut modules = BTreeMap::new();
        self.import_map.clear();
        let mut queue = Vec::new();
        for key in self.entries() {
            let Some((_, content)) = self.files.get(&key.path) else { continue };
            let module = take_or_build(&key, content, false);
            if let Some(Unit::Page(page, _)) = module.unit.as_deref() {
                self.import_map.extend(page.import_map.iter().cloned());
                queue.extend(
                    page.inline().map(|(part, _)| (Key { path: key.path.clone(), part }, false)),
                );
            }
            modules.insert(key.clone(), module);
            queue.push((key, false));
        }
        let resolver = self.resolver();
        let mut done: BTreeSet<Key> = BTreeSet::new();
        let mut overflow = None;
        while let Some((key, as_asset)) = queue.pop() {
            let Some((_, content)) = self.files.get(&key.path) else { continue };
            if modules.get(&key).is_some_and(|module: &Module| module.as_asset && !as_asset) {
                modules.remove(&key);
                done.remove(&key);
            }
            if !done.insert(key.clone()) {
                continue;
            }
            if modules.len() >= MAX_MODULES {
                overflow = Some(key.path.clone());
                break;
            }
            let module = modules
                .entry(key.clone())
                .or_insert_with(|| take_or_build(&key, content, as_asset));
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
        if let Some(path) = overflow
            && let Some(module) = self.modules.values_mut().next()
        {
            let message =
                format!("The app has more than {MAX_MODULES} modules; the rest is left out");
            module.link_found.push(Diagnostic::whole(&path, DiagnosticKind::Limit, message));
        }
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
    as_asset: bool,
    options: &Options,
    prior: Option<Module>,
) -> Module {
    let built = if as_asset {
        crate::unit::Built { unit: Some(Arc::new(Unit::Asset)), diagnostics: Vec::new() }
    } else {
        build(&key.path, key.part, content, options)
    };
    Module {
        content: content.clone(),
        as_asset,
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

/// Where a unit's requests lead.
pub(super) fn targets(resolver: &Resolver<'_>, path: &FilePath, unit: &Unit) -> Vec<Target> {
    let imports = match unit {
        Unit::Script(script) => &script.imports[..],
        Unit::Component(component, _) => &component.imports[..],
        Unit::Style(..) => {
            let requests = unit.requests();
            return requests
                .iter()
                .map(|(specifier, _)| style_target(resolver, path, specifier))
                .collect();
        }
        _ => {
            return unit
                .requests()
                .iter()
                .map(|(specifier, _)| page_target(resolver, path, specifier))
                .collect();
        }
    };
    imports
        .iter()
        .map(|import| match &import.kind {
            ImportKind::Glob { patterns, .. } => {
                Target::Files(glob::expand(resolver.files, path, patterns))
            }
            ImportKind::Url(_) => match resolver.resolve(path, &import.specifier) {
                Target::File { path, .. } if !is_code(&path) => {
                    Target::File { path, flavor: Flavor::Url }
                }
                // `new Worker(new URL("./w.ts", import.meta.url))` runs what it names.
                target => target,
            },
            _ => resolver.resolve(path, &import.specifier),
        })
        .collect()
}

fn is_code(path: &FilePath) -> bool {
    matches!(FileKind::of(path), FileKind::Script(_))
}

/// CSS's `url(x.png)` and `@import "x.css"` are relative without `./`; packages come second.
fn style_target(resolver: &Resolver<'_>, path: &FilePath, specifier: &str) -> Target {
    let specifier = specifier.trim();
    if specifier.is_empty()
        || specifier.starts_with('#')
        || crate::style::render::is_tailwind(specifier)
    {
        return Target::External(specifier.to_owned());
    }
    let bare = specifier.split(['?', '#']).next().unwrap_or(specifier);
    let relative = crate::files::join(folder(path), bare);
    let flavor = |path: FilePath| {
        let flavor = if FileKind::of(&path).is_style() { Flavor::Plain } else { Flavor::Url };
        Target::File { path, flavor }
    };
    if !bare.starts_with(['.', '/', '@', '~'])
        && let Some((path, _)) = relative.as_deref().and_then(|path| resolver.files.get(path))
    {
        return flavor(path.clone());
    }
    match resolver
        .resolve(path, bare.strip_prefix('~').filter(|rest| !rest.starts_with('/')).unwrap_or(bare))
    {
        Target::File { path, .. } => flavor(path),
        target => target,
    }
}

/// A page's scripts run if they are modules, and are served as they are if not.
fn page_target(resolver: &Resolver<'_>, path: &FilePath, specifier: &str) -> Target {
    resolver.resolve(path, specifier)
}

/// The modules that a target leads to, and whether only their URL or text is wanted.
fn reached(target: &Target) -> Vec<(Key, bool)> {
    match target {
        Target::File { path, flavor } => {
            let as_asset = matches!(flavor, Flavor::Raw | Flavor::Url);
            vec![(Key::file(path.clone()), as_asset)]
        }
        Target::Files(files) => {
            files.iter().map(|(_, path)| (Key::file(path.clone()), false)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an import cannot be followed.
pub(super) const fn unresolved(target: &Target) -> Option<&Unresolved> {
    match target {
        Target::Unresolved(why) => Some(why),
        _ => None,
    }
}
