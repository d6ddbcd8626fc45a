//! What a request really asks for: imports sorted out, what a framework needs added.

use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::{BundleRequest, Problem, ProblemKind, UsedExports};
use crate::bundler::builtins;
use crate::spec::split_specifier;

/// Packages that are always taken whole: picking from them saves little, and every new name would
/// give a running app a second copy of its framework.
const WHOLE: &[&str] =
    &["react", "react-dom", "react-refresh", "vue", "svelte", "preact", "scheduler"];

/// What compiled apps import besides what their sources name.
const REACT: &[&str] =
    &["react", "react/jsx-runtime", "react/jsx-dev-runtime", "react-refresh/runtime"];
const VUE: &[&str] = &["vue"];
/// What Svelte's compiler writes into components.
const SVELTE: &[&str] = &[
    "svelte",
    "svelte/internal/client",
    "svelte/internal/disclose-version",
    "svelte/internal/flags/async",
    "svelte/internal/flags/legacy",
    "svelte/internal/flags/tracing",
];
const PREACT: &[&str] = &["preact", "preact/jsx-runtime"];

/// A request made ready.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) dependencies: BTreeMap<String, String>,
    pub(crate) specifiers: BTreeMap<String, UsedExports>,
    /// Specifiers that the app's sources do not have themselves.
    pub(crate) implied: BTreeSet<String>,
    pub(crate) problems: Vec<Problem>,
}

impl Wanted {
    pub(crate) fn of(request: &BundleRequest) -> Self {
        let mut wanted = Self {
            dependencies: request.dependencies.clone(),
            specifiers: BTreeMap::new(),
            implied: BTreeSet::new(),
            problems: Vec::new(),
        };
        if let Some(lock) = &request.lock {
            // A locked version is what the app has, whatever else is written.
            wanted.dependencies.extend(lock.versions());
        }
        for (specifier, used) in &request.specifiers {
            wanted.take(specifier, used);
        }
        wanted.imply("react", REACT);
        wanted.imply("preact", PREACT);
        wanted.imply("vue", VUE);
        wanted.imply("svelte", SVELTE);
        wanted
    }

    fn take(&mut self, specifier: &str, used: &UsedExports) {
        let package = split_specifier(specifier).map(|(name, _)| name);
        let (kind, message) = match package {
            Some(name) if self.dependencies.contains_key(name) => {
                let used = if WHOLE.contains(&name) { UsedExports::All } else { used.clone() };
                self.specifiers.insert(specifier.to_owned(), used.normalised());
                return;
            }
            _ if builtins::name(specifier).is_some() => (
                ProblemKind::NodeBuiltin,
                format!(
                    "`{specifier}` is a module of Node, which browsers do not have: use what the browser offers, or a package made for it"
                ),
            ),
            Some(name) => (
                ProblemKind::NotDeclared { package: name.to_owned() },
                format!(
                    "`{specifier}` is imported, but `{name}` is not a dependency: add it to package.json"
                ),
            ),
            None => (
                ProblemKind::NoModule,
                format!(
                    "`{}` names no package: check its spelling",
                    specifier.chars().take(80).collect::<String>()
                ),
            ),
        };
        let specifier = specifier.to_owned();
        self.problems.push(Problem { specifier, kind, similar: Vec::new(), message });
    }

    fn imply(&mut self, package: &str, specifiers: &[&str]) {
        if !self.dependencies.contains_key(package) {
            return;
        }
        for specifier in specifiers {
            let Some((name, _)) = split_specifier(specifier) else { continue };
            self.dependencies.entry(name.to_owned()).or_insert_with(|| "latest".to_owned());
            if !self.specifiers.contains_key(*specifier) {
                self.implied.insert((*specifier).to_owned());
                self.specifiers.insert((*specifier).to_owned(), UsedExports::All);
            }
        }
    }

    /// The packages that the imports belong to.
    pub(crate) fn packages(&self) -> BTreeSet<String> {
        let names = self.specifiers.keys().filter_map(|s| split_specifier(s));
        names.map(|(name, _)| name.to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(dependencies: &[&str], specifiers: &[&str]) -> Wanted {
        Wanted::of(&BundleRequest {
            dependencies: dependencies.iter().map(|n| ((*n).to_owned(), "^1".to_owned())).collect(),
            lock: None,
            specifiers: specifiers
                .iter()
                .map(|s| ((*s).to_owned(), UsedExports::names(["x"])))
                .collect(),
        })
    }

    #[test]
    fn react_brings_what_compiled_code_imports() {
        let wanted = wanted(&["react", "icons"], &["react", "icons"]);
        assert_eq!(wanted.specifiers["react"], UsedExports::All);
        assert_eq!(wanted.specifiers["icons"], UsedExports::names(["x"]));
        assert!(wanted.specifiers.contains_key("react-refresh/runtime"));
        assert!(
            wanted.implied.contains("react/jsx-dev-runtime") && !wanted.implied.contains("react")
        );
        assert_eq!(wanted.dependencies["react-refresh"], "latest");
    }

    #[test]
    fn imports_that_lead_nowhere_are_told_apart() {
        let wanted = wanted(&["a"], &["a/x", "b", "node:fs", "path", "@/components/x"]);
        let kinds: BTreeMap<_, _> =
            wanted.problems.iter().map(|p| (p.specifier.as_str(), &p.kind)).collect();
        assert_eq!(kinds["b"], &ProblemKind::NotDeclared { package: "b".to_owned() });
        assert_eq!(kinds["node:fs"], &ProblemKind::NodeBuiltin);
        assert_eq!(kinds["path"], &ProblemKind::NodeBuiltin);
        assert_eq!(kinds["@/components/x"], &ProblemKind::NoModule);
        assert_eq!(wanted.specifiers.keys().collect::<Vec<_>>(), ["a/x"]);
    }
}
