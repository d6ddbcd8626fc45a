//! Adding npm packages to an app.

use std::collections::BTreeMap;

use std::sync::Arc;

use qv_domain::{FilePath, Role};
use qv_wire::{AddPackage, ErrorCode, FileSaved, FileText, SaveFile};
use serde_json::{Map, Value};

use crate::{Access, Engine, EngineError, Result};

const MANIFEST: &str = "package.json";

impl Engine {
    /// Adds a package to the app's `package.json` in its newest version: a new version of the project, and the
    /// preview gets it at once.
    ///
    /// # Errors
    /// `Invalid` when there is no such package, with what npm says; `Conflict` when `package.json` is not valid JSON.
    pub async fn add_package(
        self: &Arc<Self>,
        access: &Access,
        add: AddPackage,
    ) -> Result<FileSaved> {
        access.require(Role::Editor)?;
        let name = add.name.trim().to_owned();
        let wanted = BTreeMap::from([(name.clone(), "latest".to_owned())]);
        let lock = self.workspaces.packages().resolve(&wanted).await;
        let lock = lock.map_err(|error| EngineError::invalid("name", error.to_string()))?;
        let version = lock.versions().remove(&name);
        let version =
            version.ok_or_else(|| EngineError::invalid("name", "npm has no such package."))?;

        let path =
            FilePath::parse(MANIFEST).map_err(|error| EngineError::Internal(error.to_string()))?;
        let file = self.db.read().await?.file(access.project_id(), &path).await?;
        let before = file.as_ref().map_or(&b"{}"[..], |file| &*file.content);
        let content = with_dependency(before, &name, &version).ok_or_else(|| {
            EngineError::refused(
                ErrorCode::Conflict,
                "package.json is not valid JSON. Mend it, then add the package.",
            )
        })?;
        let base_hash = Some(file.map(|file| file.meta.hash.to_string()).unwrap_or_default());
        self.save_file(access, &path, SaveFile { text: FileText::Utf8 { content }, base_hash })
            .await
    }
}

/// A `package.json` with one more dependency; `None` when it is not an object.
fn with_dependency(manifest: &[u8], name: &str, version: &str) -> Option<String> {
    let mut manifest: Map<String, Value> = serde_json::from_slice(manifest).ok()?;
    let dependencies = manifest.entry("dependencies").or_insert_with(|| Value::Object(Map::new()));
    dependencies.as_object_mut()?.insert(name.to_owned(), Value::String(version.to_owned()));
    serde_json::to_string_pretty(&manifest).ok().map(|text| text + "\n")
}

#[cfg(test)]
mod tests {
    use super::with_dependency;

    #[test]
    fn a_dependency_is_added_and_the_rest_kept() {
        let text =
            with_dependency(br#"{"name":"app","dependencies":{"react":"19.3.1"}}"#, "d3", "7.9.0")
                .unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"name": "app", "dependencies": {"react": "19.3.1", "d3": "7.9.0"}})
        );
        assert!(with_dependency(b"{}", "d3", "7.9.0").is_some());
        assert!(with_dependency(b"[]", "d3", "7.9.0").is_none());
        assert!(with_dependency(br#"{"dependencies":1}"#, "d3", "7.9.0").is_none());
    }
}
