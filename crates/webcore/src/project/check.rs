//! Decides which modules run as they are, and says what is wrong with the others.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use qv_domain::FilePath;

use super::targets::unresolved;
use super::{Key, Project, Running};
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::file_kind::FileKind;
use crate::files::folder;
use crate::limits::MAX_LINK_DIAGNOSTICS;
use crate::resolve::{Flavor, Target, Unresolved};
use crate::script::{Import, ImportKind, Script};
use crate::unit::Unit;

/// What a module has under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provides {
    Value,
    /// Only a type: nothing at run time.
    Type,
    Nothing,
    /// It does not parse, or passes on another package's names.
    Unknown,
}

impl Project {
    pub(super) fn check(&mut self) {
        self.names.take();
        let keys: Vec<Key> = self.modules.keys().cloned().collect();
        for key in &keys {
            let found = self.link_findings(key);
            if let Some(module) = self.modules.get_mut(key) {
                module.link_found = found;
            }
        }
        let mut verdicts = Vec::new();
        for key in &keys {
            verdicts.push((key, self.verdict(key)));
        }
        for (key, served) in verdicts {
            if let Some(module) = self.modules.get_mut(key) {
                module.served = served;
            }
        }
        self.withdraw(&keys);
    }

    /// The text as it is if it runs, else the text as it last ran if that still can.
    fn verdict(&self, key: &Key) -> Option<Running> {
        let module = self.modules.get(key)?;
        if let Some(unit) = &module.unit
            // A page comes up even when a script of its own is missing.
            && (matches!(**unit, Unit::Page(..))
                || !module.link_found.iter().any(Diagnostic::is_error))
        {
            return Some(Running { unit: unit.clone(), targets: module.targets.clone() });
        }
        let good = module.good.as_ref()?;
        self.still_runs(&key.path, good).then(|| good.clone())
    }

    fn still_runs(&self, path: &FilePath, running: &Running) -> bool {
        let findings = self.findings(path, &running.unit, &running.targets);
        !findings.iter().any(Diagnostic::is_error)
    }

    /// A module that needs one that cannot run cannot run either: it goes back to its last text,
    /// so that an app with a half-written part keeps working as it was.
    fn withdraw(&mut self, keys: &[Key]) {
        loop {
            let mut changed = Vec::new();
            for key in keys {
                let Some(module) = self.modules.get(key) else { continue };
                let Some(running) = &module.served else { continue };
                if self.needs_broken(running) {
                    changed.push(key.clone());
                }
            }
            if changed.is_empty() {
                return;
            }
            for key in changed {
                let Some(module) = self.modules.get(&key) else { continue };
                let good = module.good.clone().filter(|good| {
                    !module.served.as_ref().is_some_and(|now| Arc::ptr_eq(&now.unit, &good.unit))
                        && !self.needs_broken(good)
                        && self.still_runs(&key.path, good)
                });
                if let Some(module) = self.modules.get_mut(&key) {
                    module.served = good;
                }
            }
        }
    }

    /// Whether a static import of a script leads to a module that cannot run.
    fn needs_broken(&self, running: &Running) -> bool {
        let Unit::Script(script) = &*running.unit else { return false };
        script.imports.iter().zip(&running.targets).any(|(import, target)| {
            let is_static = !matches!(import.kind, ImportKind::Dynamic(_) | ImportKind::Url(_));
            match target {
                Target::File { path, flavor: Flavor::Plain } if is_static => self.is_broken(path),
                Target::Files(files)
                    if matches!(import.kind, ImportKind::Glob { eager: true, .. }) =>
                {
                    files.iter().any(|(_, path)| self.is_broken(path))
                }
                _ => false,
            }
        })
    }

    /// Whether a module cannot run. A style sheet always applies somehow.
    pub(super) fn is_broken(&self, path: &FilePath) -> bool {
        !FileKind::of(path).is_style()
            && self
                .modules
                .get(&Key::file(path.clone()))
                .is_some_and(|module| module.served.is_none())
    }

    fn link_findings(&self, key: &Key) -> Vec<Diagnostic> {
        let Some(module) = self.modules.get(key) else { return Vec::new() };
        let Some(unit) = &module.unit else { return Vec::new() };
        self.findings(&key.path, unit, &module.targets)
    }

    /// What is wrong with where a unit's requests lead.
    fn findings(&self, path: &FilePath, unit: &Unit, targets: &[Target]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        // Most modules have nothing to find, and then the text is not needed.
        let text = LazyCell::new(|| self.files.text(path).unwrap_or_default());
        // A style sheet or a page with a dead link still works.
        let soft = matches!(unit, Unit::Style(..) | Unit::Page(..));
        for ((specifier, offset), target) in unit.requests().into_iter().zip(targets) {
            if found.len() >= MAX_LINK_DIAGNOSTICS {
                return found;
            }
            if let Some(why) = unresolved(target) {
                let mut diagnostic = unresolved_finding(path, &text, specifier, offset, why);
                if matches!(why, Unresolved::File) {
                    diagnostic = diagnostic.with_help(self.file_help(path, specifier));
                }
                let is_script =
                    soft && matches!(unit, Unit::Page(..)) && !specifier.ends_with(".css");
                found.push(if soft && !is_script { diagnostic.warning() } else { diagnostic });
            }
        }
        if let Unit::Script(script) = unit {
            for (import, target) in script.imports.iter().zip(targets) {
                if let Target::File { path: from, flavor: Flavor::Plain } = target {
                    for (message, help) in self.missing_exports(import, from) {
                        if found.len() >= MAX_LINK_DIAGNOSTICS {
                            return found;
                        }
                        let kind = DiagnosticKind::MissingExport;
                        let one = Diagnostic::error(path, &text, import.offset, kind, message);
                        found.push(match help {
                            Some(help) => one.with_help(help),
                            None => one,
                        });
                    }
                }
            }
        }
        found
    }

    /// Names that an import takes and `from` does not have: what to say, and what to do.
    fn missing_exports(&self, import: &Import, from: &FilePath) -> Vec<(String, Option<String>)> {
        let names: Vec<&str> = match &import.kind {
            ImportKind::Static(bindings) => {
                bindings.iter().filter_map(|one| one.imported.as_deref()).collect()
            }
            ImportKind::ReExport(names) => {
                names.iter().map(|(imported, _)| imported.as_str()).collect()
            }
            _ => return Vec::new(),
        };
        let missing =
            names.into_iter().filter(|name| self.provides(from, name) == Provides::Nothing);
        missing
            .take(MAX_LINK_DIAGNOSTICS)
            .map(|name| match name {
                "default" => (format!("{from} has no default export"), self.named_help(from)),
                _ => (format!("{from} does not export `{name}`"), self.exports_help(from, name)),
            })
            .collect()
    }

    fn script_of(&self, path: &FilePath) -> Option<(&Script, &[Target])> {
        let module = self.modules.get(&Key::file(path.clone()))?;
        let (unit, targets) = match (&module.unit, &module.good) {
            (Some(unit), _) => (unit, &module.targets),
            (None, Some(good)) => (&good.unit, &good.targets),
            (None, None) => return None,
        };
        match &**unit {
            Unit::Script(script) => Some((script, targets)),
            _ => None,
        }
    }

    /// What a file has under a name, through re-exports.
    pub(super) fn provides(&self, path: &FilePath, name: &str) -> Provides {
        let mut seen = BTreeSet::new();
        let mut queue = vec![(path.clone(), name.to_owned())];
        let mut unknown = false;
        while let Some((path, name)) = queue.pop() {
            if !seen.insert((path.clone(), name.clone())) {
                continue;
            }
            let Some((script, targets)) = self.script_of(&path) else {
                unknown = true;
                continue;
            };
            let mut passed_on = false;
            for (import, target) in script.imports.iter().zip(targets) {
                let inner = match &import.kind {
                    ImportKind::ReExport(names) => names
                        .iter()
                        .find(|(_, exported)| *exported == name)
                        .map(|(imported, _)| imported.clone()),
                    ImportKind::ReExportAll(None)
                        if name != "default" && !script.exports.contains(name.as_str()) =>
                    {
                        Some(name.clone())
                    }
                    _ => None,
                };
                let Some(inner) = inner else { continue };
                passed_on = true;
                match target {
                    Target::File { path, .. }
                        if matches!(FileKind::of(path), FileKind::Script(_)) =>
                    {
                        queue.push((path.clone(), inner));
                    }
                    _ => unknown = true,
                }
            }
            if !passed_on && script.exports.contains(name.as_str()) {
                return Provides::Value;
            }
            if script.types.contains(name.as_str()) {
                return Provides::Type;
            }
        }
        if unknown { Provides::Unknown } else { Provides::Nothing }
    }

    /// The same name in other case, or the same file elsewhere.
    fn file_help(&self, importer: &FilePath, specifier: &str) -> String {
        /// More files of one name, such as `index`, say nothing.
        const MOST: usize = 20;
        let beside = self.resolver().local(importer, specifier).unwrap_or_default();
        let names = self.names.get_or_init(|| {
            let mut names: BTreeMap<String, Vec<FilePath>> = BTreeMap::new();
            for path in self.files.paths().filter(|path| FileKind::of(path) != FileKind::Asset) {
                names.entry(stem(path)).or_default().push(path.clone());
            }
            names
        });
        let close = names.get(&stem(specifier)).into_iter().flatten().take(MOST);
        let close = close
            .filter(|path| *path != importer)
            .min_by_key(|path| folder(path) != folder(&beside));
        match close {
            Some(path) => format!("Did you mean the file {path}?"),
            None => "Write the file, or correct the path".to_owned(),
        }
    }

    fn exports_help(&self, from: &FilePath, name: &str) -> Option<String> {
        let (script, _) = self.script_of(from)?;
        let lower = name.to_lowercase();
        if let Some(close) = script.exports.iter().find(|other| other.to_lowercase() == lower) {
            return Some(format!("Did you mean `{close}`?"));
        }
        if script.exports.len() == 1 && script.exports.contains("default") {
            return Some(format!("It has a default export: import {name} from …"));
        }
        (!script.exports.is_empty()).then(|| format!("It exports {}", list(script)))
    }

    fn named_help(&self, from: &FilePath) -> Option<String> {
        let (script, _) = self.script_of(from)?;
        (!script.exports.is_empty())
            .then(|| format!("It exports {}: import {{ … }} by name", list(script)))
    }
}

/// A file's name without extensions, in lower case.
fn stem(path: &str) -> String {
    let name = path.split('?').next().unwrap_or(path).rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).to_lowercase()
}

fn list(script: &Script) -> String {
    let names: Vec<_> = script.exports.iter().take(12).map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn unresolved_finding(
    path: &FilePath,
    text: &str,
    specifier: &str,
    offset: usize,
    why: &Unresolved,
) -> Diagnostic {
    let at = |kind, message: String| Diagnostic::error(path, text, offset, kind, message);
    match why {
        Unresolved::File => {
            at(DiagnosticKind::Unresolved, format!("Cannot find the file `{specifier}`"))
        }
        Unresolved::Package { name, listed: true } => {
            at(DiagnosticKind::PackagePending, format!("Package '{name}' is being installed"))
                .with_package(name)
        }
        Unresolved::Package { name, listed: false } => {
            at(DiagnosticKind::PackageMissing, format!("Package '{name}' is not installed"))
                .with_package(name)
                .with_help(format!("Add {name} to the dependencies in package.json"))
        }
        Unresolved::NodeBuiltin => at(
            DiagnosticKind::NodeBuiltin,
            format!("'{specifier}' is part of Node.js and does not exist in browsers"),
        )
        .with_help("Use what browsers offer instead"),
    }
}
