//! The few fields of a package's `package.json` that decide how imports go.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::PackagesError;
use crate::lock::PackageId;

/// The largest file taken, in bytes; the largest among popular packages are below 100 KB.
const BYTES: u64 = 2 << 20;

#[derive(Debug, Clone, Default)]
pub(crate) struct PackageJson {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Whether `exports` says what may be imported.
    pub(crate) has_exports: bool,
    /// `browser` as a map: what is imported -> what takes its place, `None` for nothing.
    pub(crate) browser: BTreeMap<String, Option<String>>,
    pub(crate) dependencies: Vec<String>,
    /// Whether its scripts do nothing when they are merely loaded (`sideEffects`).
    pub(crate) is_pure: bool,
}

impl PackageJson {
    pub(crate) fn read(folder: &Path, package: &PackageId) -> Result<Self, PackagesError> {
        let refuse = |reason: &str| PackagesError::BadArchive {
            package: package.to_string(),
            reason: reason.to_owned(),
        };
        let path = folder.join("package.json");
        let size = std::fs::metadata(&path).map_err(|_| refuse("it has no package.json"))?.len();
        if size > BYTES {
            return Err(refuse("its package.json is too large"));
        }
        let bytes = std::fs::read(&path).map_err(|_| refuse("its package.json is unreadable"))?;
        Self::parse(&bytes).ok_or_else(|| refuse("its package.json is not JSON"))
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let json: Value = serde_json::from_slice(bytes).ok()?;
        let text = |field: &str| json[field].as_str().unwrap_or_default().to_owned();
        let names = |field: &str| {
            json[field]
                .as_object()
                .into_iter()
                .flat_map(|map| map.keys().cloned())
                .collect::<Vec<_>>()
        };
        let mut dependencies = names("dependencies");
        dependencies.extend(names("peerDependencies"));
        dependencies.extend(names("optionalDependencies"));
        let browser =
            json["browser"].as_object().into_iter().flatten().filter_map(|(from, to)| match to {
                Value::Bool(false) => Some((from.clone(), None)),
                Value::String(to) => Some((from.clone(), Some(to.clone()))),
                _ => None,
            });
        Some(Self {
            name: text("name"),
            version: text("version"),
            has_exports: !json["exports"].is_null(),
            browser: browser.collect(),
            dependencies,
            is_pure: is_pure(&json["sideEffects"]),
        })
    }
}

/// `false`, or a list of nothing but style sheets.
fn is_pure(side_effects: &Value) -> bool {
    match side_effects {
        Value::Bool(any) => !any,
        Value::Array(files) => files.iter().all(|file| {
            let file = file.as_str().unwrap_or_default();
            [".css", ".scss", ".less"].iter().any(|ending| file.ends_with(ending))
        }),
        _ => false,
    }
}
