//! The starters' packages, bundled beforehand and part of the binary: the first app needs no network
//! and no bundling.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use bytes::Bytes;
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};

use crate::asset::{Asset, Stored};
use crate::bundle::{Bundle, Module, Problem, UsedExports};
use crate::bundler;
use crate::kept::stored_name;
use crate::spec::{fits, split_specifier};

/// Filled by `embed-packages`; read from disk in debug builds.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/embedded"]
struct Files;

pub(crate) const MANIFEST: &str = "manifest.json";

static EMBEDDED: LazyLock<Embedded> = LazyLock::new(|| {
    let manifest = Files::get(MANIFEST);
    manifest.and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
});

/// What comes with this binary. Empty when it was built without it.
#[must_use]
pub fn embedded() -> &'static Embedded {
    &EMBEDDED
}

/// The packages that come with the binary.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Embedded {
    /// Names everything that these were made from.
    #[serde(default)]
    pub(crate) inputs: String,
    pub(crate) sets: Vec<Set>,
    pub(crate) runtime: BTreeMap<String, RuntimeFile>,
}

/// One bundle: everything in it shares its parts.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Set {
    pub(crate) key: String,
    /// Versions of the packages that can be imported from it.
    pub(crate) packages: BTreeMap<String, String>,
    pub(crate) modules: BTreeMap<String, SetModule>,
    pub(crate) files: BTreeMap<String, Stored>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SetModule {
    /// The whole module.
    pub(crate) whole: Module,
    /// The module with some of its exports, far smaller than the whole.
    pub(crate) picked: Option<Picked>,
    /// What the whole exports; empty when that is only known when it runs.
    pub(crate) exports: BTreeSet<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Picked {
    pub(crate) names: BTreeSet<String>,
    pub(crate) module: Module,
}

/// A script that previews need besides packages.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RuntimeFile {
    pub(crate) package: String,
    pub(crate) version: String,
    #[serde(flatten)]
    pub(crate) stored: Stored,
}

impl Embedded {
    /// The versions of all packages that come with the binary, runtime files included.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, String> {
        let packages = self.sets.iter().flat_map(|set| set.packages.clone());
        let runtime =
            self.runtime.values().map(|file| (file.package.clone(), file.version.clone()));
        packages.chain(runtime).collect()
    }

    /// The names that [`crate::Packages::runtime_file`] answers to.
    pub fn runtime_files(&self) -> impl Iterator<Item = &str> {
        self.runtime.keys().map(String::as_str)
    }

    /// Every import that one of the bundles answers.
    pub fn specifiers(&self) -> impl Iterator<Item = &str> {
        self.sets.iter().flat_map(|set| set.modules.keys().map(String::as_str))
    }

    /// The bundle for an app, when one set has all that it imports in versions that fit.
    pub(crate) fn cover(
        &self,
        dependencies: &BTreeMap<String, String>,
        specifiers: &BTreeMap<String, UsedExports>,
    ) -> Option<Bundle> {
        self.sets.iter().find_map(|set| set.cover(dependencies, specifiers))
    }

    /// Every file, by its path below the folder without `.br`.
    pub(crate) fn files(&self) -> impl Iterator<Item = (String, &Stored)> {
        let sets = self.sets.iter().flat_map(|set| {
            set.files.iter().map(|(file, stored)| (format!("{}/{file}", set.key), stored))
        });
        sets.chain(self.runtime.iter().map(|(file, runtime)| (file.clone(), &runtime.stored)))
    }

    pub(crate) fn asset(&self, key: &str, file: &str, accepts_br: bool) -> Option<Asset> {
        let set = self.sets.iter().find(|set| set.key == key)?;
        let stored = set.files.get(file)?;
        serve(&format!("{key}/"), file, stored, accepts_br)
    }

    pub(crate) fn runtime_file(&self, name: &str, accepts_br: bool) -> Option<Asset> {
        serve("", name, &self.runtime.get(name)?.stored, accepts_br)
    }
}

fn serve(folder: &str, file: &str, stored: &Stored, accepts_br: bool) -> Option<Asset> {
    let data = Files::get(&format!("{folder}{}", stored_name(file, stored.br)))?.data;
    let bytes = match data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    };
    stored.serve(file, bytes, accepts_br)
}

impl Set {
    fn cover(
        &self,
        dependencies: &BTreeMap<String, String>,
        specifiers: &BTreeMap<String, UsedExports>,
    ) -> Option<Bundle> {
        let mut modules = BTreeMap::new();
        let mut problems = Vec::new();
        for (specifier, used) in specifiers {
            let module = self.modules.get(specifier)?;
            let (name, _) = split_specifier(specifier)?;
            let version = self.packages.get(name)?;
            if dependencies.get(name).is_some_and(|range| !fits(name, range, version)) {
                return None;
            }
            modules.insert(specifier.clone(), module.answer(used).clone());
            problems.extend(module.missing(specifier, used));
        }
        Some(Bundle {
            key: self.key.clone(),
            modules,
            packages: self.packages.clone(),
            problems,
            warnings: Vec::new(),
        })
    }
}

impl SetModule {
    fn answer(&self, used: &UsedExports) -> &Module {
        match (used, &self.picked) {
            (UsedExports::Names(names), Some(picked)) if names.is_subset(&picked.names) => {
                &picked.module
            }
            _ => &self.whole,
        }
    }

    fn missing(&self, specifier: &str, used: &UsedExports) -> Vec<Problem> {
        match used {
            UsedExports::Names(names) if !self.exports.is_empty() && !self.whole.interop => {
                bundler::missing_exports(specifier, names, &self.exports)
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProblemKind;

    fn module(file: &str) -> Module {
        Module { file: file.to_owned(), interop: false, preload: Vec::new(), css: Vec::new() }
    }

    fn set() -> Embedded {
        let names = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<BTreeSet<_>>();
        let picked = Picked { names: names(&["Home", "Plus"]), module: module("few.js") };
        let whole = SetModule {
            whole: module("all.js"),
            picked: Some(picked),
            exports: names(&["Home", "Plus", "Trash2"]),
        };
        let react = SetModule { whole: module("react.js"), picked: None, exports: BTreeSet::new() };
        Embedded {
            sets: vec![Set {
                key: "k".to_owned(),
                packages: [("icons", "1.4.0"), ("react", "19.3.0")]
                    .map(|(a, b)| (a.to_owned(), b.to_owned()))
                    .into(),
                modules: [("icons", whole), ("react", react)]
                    .map(|(a, b)| (a.to_owned(), b))
                    .into(),
                files: BTreeMap::new(),
            }],
            runtime: BTreeMap::new(),
            inputs: String::new(),
        }
    }

    fn cover(range: &str, specifier: &str, used: UsedExports) -> Option<Bundle> {
        let dependencies = BTreeMap::from([("icons".to_owned(), range.to_owned())]);
        let specifiers =
            BTreeMap::from([("react".to_owned(), UsedExports::All), (specifier.to_owned(), used)]);
        set().cover(&dependencies, &specifiers)
    }

    #[test]
    fn few_names_get_the_small_module_others_the_whole() {
        let few = cover("^1.0.0", "icons", UsedExports::names(["Home"])).unwrap();
        assert_eq!(
            (few.modules["icons"].file.as_str(), few.modules["react"].file.as_str()),
            ("few.js", "react.js")
        );
        let more = cover("*", "icons", UsedExports::names(["Home", "Trash2"])).unwrap();
        assert_eq!(more.modules["icons"].file, "all.js");
        assert_eq!(
            cover("latest", "icons", UsedExports::All).unwrap().modules["icons"].file,
            "all.js"
        );
        assert_eq!((few.key, few.problems.len(), more.problems.len()), (more.key, 0, 0));
    }

    #[test]
    fn other_versions_and_modules_are_not_covered() {
        assert!(cover("^2.0.0", "icons", UsedExports::All).is_none());
        assert!(cover("npm:other@1", "icons", UsedExports::All).is_none());
        assert!(cover("^1.0.0", "icons/dynamic", UsedExports::All).is_none());
        assert!(cover("^1.0.0", "confetti", UsedExports::All).is_none());
    }

    #[test]
    fn names_that_are_not_there_are_told() {
        let bundle = cover("^1.0.0", "icons", UsedExports::names(["Trash"])).unwrap();
        assert_eq!(bundle.problems[0].kind, ProblemKind::NoExport { export: "Trash".to_owned() });
        assert_eq!(bundle.problems[0].similar, ["Trash2"]);
    }
}
