use std::collections::BTreeMap;

use serde::Deserialize;

/// The parts of a `package.json` that say how an app is run. Whatever is not as npm has it is taken as absent: the file
/// may be half written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    /// Packages by name, with the versions that are asked for; those for development, too.
    pub packages: BTreeMap<String, String>,
    /// Commands by name.
    pub scripts: BTreeMap<String, String>,
    /// What `node .` runs.
    pub main: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Read {
    dependencies: serde_json::Value,
    #[serde(rename = "devDependencies")]
    dev_dependencies: serde_json::Value,
    scripts: serde_json::Value,
    main: serde_json::Value,
}

impl Manifest {
    /// Reads a `package.json`.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let read: Read = serde_json::from_str(text).unwrap_or_default();
        let mut packages = texts(&read.dev_dependencies);
        packages.append(&mut texts(&read.dependencies));
        Self {
            packages,
            scripts: texts(&read.scripts),
            main: read.main.as_str().map(str::to_owned),
        }
    }

    pub(super) fn has(&self, package: &str) -> bool {
        self.packages.contains_key(package)
    }

    pub(super) fn script(&self, name: &str) -> Option<&str> {
        self.scripts.get(name).map(String::as_str).filter(|script| !script.trim().is_empty())
    }
}

fn texts(value: &serde_json::Value) -> BTreeMap<String, String> {
    let entries = value.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}
