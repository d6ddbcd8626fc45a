//! What the rest of QuickVibe asks about an app.

use std::collections::{BTreeMap, BTreeSet};

use super::{Key, Project};
use crate::component;
use crate::diagnostic::Diagnostic;
use crate::limits::MAX_DIAGNOSTICS;
use crate::packages::{PackageImport, package_name};
use crate::resolve::{Target, Unresolved};
use crate::script::{Import, ImportKind};
use crate::unit::Unit;

impl Project {
    /// Everything that is wrong with what the app reaches, errors first, the first
    /// [`MAX_DIAGNOSTICS`] of it.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let modules = self.modules.values().filter(|module| module.current);
        let found: BTreeSet<_> =
            modules.flat_map(|module| module.found.iter().chain(&module.link_found)).collect();
        let mut found: Vec<Diagnostic> = found.into_iter().cloned().collect();
        found.sort_by_key(|one| one.severity);
        found.truncate(MAX_DIAGNOSTICS);
        found
    }

    /// Package specifiers that the app (and its preview) imports, with the exports that it uses,
    /// whether they are bundled yet or not.
    #[must_use]
    pub fn package_imports(&self) -> Vec<PackageImport> {
        let mut found: BTreeMap<String, PackageImport> = BTreeMap::new();
        for (key, module) in self.modules.iter().filter(|(_, module)| module.current) {
            let Some(unit) = &module.unit else { continue };
            let imports: &[Import] = match &**unit {
                Unit::Script(script) => &script.imports,
                Unit::Component(component, _) => {
                    for specifier in component::runtime(component.svelte) {
                        let entry = entry(&mut found, specifier);
                        entry.whole = true;
                        entry.importers.insert(key.path.clone());
                    }
                    &component.imports
                }
                _ => &[],
            };
            for (import, target) in imports.iter().zip(&module.targets) {
                if is_package(target) {
                    let specifier = import.specifier.split('?').next().unwrap_or_default();
                    let entry = entry(&mut found, specifier);
                    entry.importers.insert(key.path.clone());
                    take_names(entry, import);
                }
            }
            if let Unit::Style(..) = &**unit {
                self.style_packages(key, unit, &module.targets, &mut found);
            }
        }
        if self.config.react && found.keys().any(|name| package_name(name) == "react") {
            entry(&mut found, "react-refresh/runtime").whole = true;
        }
        found.into_values().collect()
    }

    /// Whether a page needs Tailwind's browser build at `/@qv/tailwind.js`.
    #[must_use]
    pub fn uses_tailwind(&self) -> bool {
        self.modules.values().filter_map(|module| module.unit.as_deref()).any(|unit| match unit {
            Unit::Style(style, _) => style.tailwind,
            Unit::Page(page, _) => page.tailwind,
            _ => false,
        })
    }

    /// Whether the app reads its address.
    pub(super) fn has_router(&self) -> bool {
        const ROUTERS: [&str; 6] = [
            "react-router",
            "react-router-dom",
            "@tanstack/react-router",
            "wouter",
            "vue-router",
            "preact-iso",
        ];
        ROUTERS.iter().any(|name| self.config.dependencies.contains(*name))
    }

    fn style_packages(
        &self,
        key: &Key,
        unit: &Unit,
        targets: &[Target],
        found: &mut BTreeMap<String, PackageImport>,
    ) {
        for ((specifier, _), target) in unit.requests().into_iter().zip(targets) {
            if is_package(target) {
                let entry = entry(found, specifier.trim_start_matches('~'));
                entry.whole = true;
                entry.importers.insert(key.path.clone());
            }
        }
    }
}

fn is_package(target: &Target) -> bool {
    matches!(target, Target::Package(..) | Target::Unresolved(Unresolved::Package { .. }))
}

fn entry<'m>(
    found: &'m mut BTreeMap<String, PackageImport>,
    specifier: &str,
) -> &'m mut PackageImport {
    found.entry(specifier.to_owned()).or_insert_with(|| PackageImport {
        specifier: specifier.to_owned(),
        package: package_name(specifier).to_owned(),
        ..PackageImport::default()
    })
}

fn take_names(entry: &mut PackageImport, import: &Import) {
    match &import.kind {
        ImportKind::Static(bindings) => {
            entry.whole |= bindings.iter().any(|one| one.imported.is_none());
            entry.names.extend(bindings.iter().filter_map(|one| one.imported.clone()));
        }
        ImportKind::ReExport(names) => {
            entry.names.extend(names.iter().map(|(imported, _)| imported.clone()));
        }
        _ => entry.whole = true,
    }
}
