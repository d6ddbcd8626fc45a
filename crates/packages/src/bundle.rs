//! What a bundle is asked for and what it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::lock::{Lock, Warning};

/// Bundles made by another bundler or in another form get other keys.
pub(crate) const FORMAT: &str = "qv1 rolldown-1.2.5";

/// The most names picked from one package; beyond them it is taken whole.
const PICKED_NAMES: usize = 2_000;

/// Which exports of a module an app uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsedExports {
    /// Any of them (`import * as x`, `import()`, or unknown).
    All,
    /// These; `default` is one.
    Names(BTreeSet<String>),
}

impl UsedExports {
    /// The given names.
    pub fn names<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::Names(names.into_iter().map(Into::into).collect())
    }

    /// Adds what another import of the same module uses.
    pub fn merge(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Names(mine), Self::Names(theirs)) => mine.extend(theirs.iter().cloned()),
            _ => *self = Self::All,
        }
    }

    /// Everything, unless the names are few and plain identifiers.
    pub(crate) fn normalised(self) -> Self {
        match self {
            Self::Names(names)
                if names.len() <= PICKED_NAMES && names.iter().all(|n| is_identifier(n)) =>
            {
                Self::Names(names)
            }
            _ => Self::All,
        }
    }
}

fn is_identifier(name: &str) -> bool {
    name.len() <= 200
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'))
}

/// What an app imports.
#[derive(Debug, Clone, Default)]
pub struct BundleRequest {
    /// The dependencies of its `package.json`, name -> range. Only those that are imported, and what
    /// they need, are fetched.
    pub dependencies: BTreeMap<String, String>,
    /// Versions decided before, by [`crate::Packages::resolve`]; `None` decides now.
    pub lock: Option<Lock>,
    /// Every package import in its sources.
    pub specifiers: BTreeMap<String, UsedExports>,
}

/// Packages ready for a browser. All of one key share their parts: one React, one of everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Names the bundle by everything that it is made of, in hex; its files never change.
    pub key: String,
    /// Where each import leads.
    pub modules: BTreeMap<String, Module>,
    /// The versions of the packages that the app may import.
    pub packages: BTreeMap<String, String>,
    /// Imports that lead nowhere: of exports or modules that a package does not have.
    pub problems: Vec<Problem>,
    /// What works but may surprise.
    pub warnings: Vec<Warning>,
}

/// One import's target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// The script to import.
    pub file: String,
    /// The script only has a default export, which is a CommonJS module's `module.exports`: read
    /// named imports from it as properties; its default is `x.__esModule ? x.default : x`.
    pub interop: bool,
    /// The scripts that it imports in turn, to be loaded along with it.
    pub preload: Vec<String>,
    /// The style sheets that it wants, in order.
    pub css: Vec<String>,
}

/// An import that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The import.
    pub specifier: String,
    /// What is wrong.
    pub kind: ProblemKind,
    /// Exports that are there and close to it, closest first, at most three.
    pub similar: Vec<String>,
    /// A sentence for people and models.
    pub message: String,
}

/// Why an import leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Its package is not a dependency of the app: it can be added.
    NotDeclared {
        /// The package to add.
        package: String,
    },
    /// It is one of Node's own modules.
    NodeBuiltin,
    /// The package has no such module.
    NoModule,
    /// The module has no such export.
    NoExport {
        /// The export.
        export: String,
    },
}

/// Names a bundle by all that decides its bytes.
pub(crate) fn key(lock: &Lock, specifiers: &BTreeMap<String, UsedExports>) -> String {
    let packages: BTreeMap<_, _> = lock
        .packages
        .iter()
        .map(|(id, package)| (id, (package.integrity.to_string(), &package.dependencies)))
        .collect();
    let everything = serde_json::json!([FORMAT, packages, lock.roots, specifiers]);
    let mut key = hex::encode(Sha256::digest(everything.to_string()));
    key.truncate(40);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_are_merged() {
        let mut used = UsedExports::names(["a"]);
        used.merge(&UsedExports::names(["b"]));
        assert_eq!(used, UsedExports::names(["a", "b"]));
        used.merge(&UsedExports::All);
        assert_eq!(used, UsedExports::All);
    }

    #[test]
    fn odd_names_take_the_whole_module() {
        assert_eq!(UsedExports::names(["a-b"]).normalised(), UsedExports::All);
        assert_eq!(UsedExports::names(["1a"]).normalised(), UsedExports::All);
        assert_eq!(UsedExports::names(["x}; evil"]).normalised(), UsedExports::All);
        let plain = UsedExports::names(["default", "$a_1"]);
        assert_eq!(plain.clone().normalised(), plain);
    }

    #[test]
    fn a_key_follows_what_is_used() {
        let key_of = |used| key(&Lock::default(), &BTreeMap::from([("x".to_owned(), used)]));
        assert_eq!(key_of(UsedExports::names(["a"])), key_of(UsedExports::names(["a"])));
        assert_ne!(key_of(UsedExports::names(["a"])), key_of(UsedExports::names(["b"])));
        assert_eq!(key_of(UsedExports::All).len(), 40);
    }
}
