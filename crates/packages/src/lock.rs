//! Which version of which package, decided once for a set of dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::integrity::Integrity;

/// `name@version`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PackageId(String);

impl PackageId {
    pub(crate) fn new(name: &str, version: &str) -> Self {
        Self(format!("{name}@{version}"))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PackageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One package in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedPackage {
    /// Its name in the registry.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where its archive lies.
    pub tarball: String,
    /// The checksum of that archive.
    pub integrity: Integrity,
    /// What it imports by which name.
    pub dependencies: BTreeMap<String, PackageId>,
}

/// Every package that a set of dependencies needs: one version per name where the ranges allow,
/// several otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// What the app itself may import, by name: its dependencies and their peers.
    pub roots: BTreeMap<String, PackageId>,
    /// All packages.
    pub packages: BTreeMap<PackageId, LockedPackage>,
    /// What was decided against some package's wish.
    pub warnings: Vec<Warning>,
}

impl Lock {
    /// The version of each package that the app may import.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, String> {
        let version = |(name, id): (&String, &PackageId)| {
            Some((name.clone(), self.packages.get(id)?.version.clone()))
        };
        self.roots.iter().filter_map(version).collect()
    }

    /// The part that the given roots reach.
    pub(crate) fn reached_from<'a>(&self, roots: impl IntoIterator<Item = &'a str>) -> Self {
        let mut part = Self { warnings: self.warnings.clone(), ..Self::default() };
        let mut todo = Vec::new();
        for name in roots {
            if let Some(id) = self.roots.get(name) {
                part.roots.insert(name.to_owned(), id.clone());
                todo.push(id);
            }
        }
        let mut seen = BTreeSet::new();
        while let Some(id) = todo.pop() {
            if !seen.insert(id) {
                continue;
            }
            if let Some(package) = self.packages.get(id) {
                part.packages.insert(id.clone(), package.clone());
                todo.extend(package.dependencies.values());
            }
        }
        part
    }
}

/// Something that works but may surprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The package that it is about, `name@version` where known.
    pub package: String,
    /// A sentence for people and models.
    pub message: String,
}
