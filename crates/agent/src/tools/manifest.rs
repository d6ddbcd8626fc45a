use std::collections::BTreeMap;

use qv_domain::FilePath;
use serde_json::Value;

use crate::apply::FileContent;

/// What `package.json` says. One that is missing or broken says nothing.
#[derive(Debug, Default)]
pub(super) struct Manifest(Value);

impl Manifest {
    pub(super) fn of(files: &BTreeMap<FilePath, FileContent>) -> Self {
        let text = files.get("package.json").and_then(FileContent::as_text);
        Self(text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default())
    }

    /// Whether there is a script of this name.
    pub(super) fn has_script(&self, name: &str) -> bool {
        let script = self.0.get("scripts").and_then(|scripts| scripts.get(name));
        script.and_then(Value::as_str).is_some_and(|script| !script.trim().is_empty())
    }

    /// Whether it asks for this package.
    pub(super) fn has_package(&self, name: &str) -> bool {
        ["dependencies", "devDependencies", "optionalDependencies"]
            .iter()
            .any(|kind| self.0.get(kind).and_then(|packages| packages.get(name)).is_some())
    }
}
