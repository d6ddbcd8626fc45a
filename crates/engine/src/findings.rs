//! What an app's makers should know before they publish it, and what its check finds beside the compiler.
//!
//! Both are read from the files as they are (`qv-lint`); how new the app's packages are is asked of the registry, for
//! as long as somebody may wait, and where it cannot be asked nothing is said.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use qv_domain::{Blob, FileKind, FilePath, Role};
use qv_lint::{App, Found, Level, Topic};
use qv_wire::{
    Diagnostic, DiagnosticKind, Finding, FindingLevel, FindingTopic, Findings, Severity,
};
use serde_json::Value;

use crate::{Access, Engine, EngineError, Result};

/// How long the registry may take to say how new packages are.
const REGISTRY_LIMIT: Duration = Duration::from_secs(5);
/// Packages that are asked about.
const MOST_PACKAGES: usize = 60;
const MANIFEST: &str = "package.json";

impl Engine {
    /// Everything about a project's files that its makers should know before they publish it, the worst first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn findings(&self, access: &Access) -> Result<Findings> {
        access.require(Role::Viewer)?;
        let files = self.all_files(access).await?;
        let (found, files) =
            tokio::task::spawn_blocking(move || (looked_at(&files, qv_lint::guards), files))
                .await
                .map_err(|error| {
                    EngineError::Internal(format!("looking at the files stopped: {error}"))
                })?;
        let mut items: Vec<Finding> = found.into_iter().map(finding).collect();
        let manifest = files.iter().find(|(path, _)| path.as_str() == MANIFEST);
        if let Some((path, content)) = manifest {
            items.extend(self.young_packages(path, content).await);
        }
        items.sort_by(|a, b| (a.level, &a.path, a.line).cmp(&(b.level, &b.path, b.line)));
        let blocks_publishing = items.iter().any(|one| one.level == FindingLevel::Critical);
        Ok(Findings { items, blocks_publishing })
    }

    /// Packages that are named in a version that came out too recently. Those that come with the binary are old.
    async fn young_packages(&self, path: &FilePath, manifest: &[u8]) -> Vec<Finding> {
        let embedded = qv_packages::embedded().versions();
        let named = named_versions(manifest);
        let asked =
            named.into_iter().filter(|(name, _)| !embedded.contains_key(name)).take(MOST_PACKAGES);
        let packages = self.workspaces.packages();
        let look = join_all(asked.map(|(name, version)| async move {
            let young = packages.too_young(&name).await.unwrap_or_default();
            young.contains(&version).then(|| young_package(path, manifest, &name, &version))
        }));
        match tokio::time::timeout(REGISTRY_LIMIT, look).await {
            Ok(found) => found.into_iter().flatten().collect(),
            Err(_) => Vec::new(),
        }
    }
}

/// Packages with the version that is written, without the sign of a range.
fn named_versions(manifest: &[u8]) -> BTreeMap<String, String> {
    let manifest: Value = serde_json::from_slice(manifest).unwrap_or_default();
    ["devDependencies", "dependencies"]
        .iter()
        .filter_map(|list| manifest.get(list)?.as_object())
        .flatten()
        .filter_map(|(name, version)| {
            let version = version.as_str()?.trim_start_matches(['^', '~', '=', 'v', ' ']);
            Some((name.clone(), version.to_owned()))
        })
        .collect()
}

fn young_package(path: &FilePath, manifest: &[u8], name: &str, version: &str) -> Finding {
    let text = String::from_utf8_lossy(manifest);
    let before = text.find(&format!("\"{name}\"")).map_or("", |at| &text[..at]);
    Finding {
        rule: "young-package".to_owned(),
        topic: FindingTopic::Package,
        level: FindingLevel::Warning,
        path: Some(path.clone()),
        line: u32::try_from(before.matches('\n').count() + 1).unwrap_or(0),
        message: format!(
            "`{name}` {version} came out within the last day: nobody has looked at it yet."
        ),
        remedy:
            "Use the version before, or wait a day: stolen packages are mostly found within hours."
                .to_owned(),
    }
}

/// What the check of an app finds beside the compiler. It may take milliseconds: not for a thread that others wait for.
pub(crate) fn lint_diagnostics(files: &[(FilePath, Blob)]) -> Vec<Diagnostic> {
    looked_at(files, qv_lint::lint).into_iter().map(diagnostic).collect()
}

fn looked_at(files: &[(FilePath, Blob)], look: fn(&App<'_>) -> Vec<Found>) -> Vec<Found> {
    let is_text = |(_, content): &&(FilePath, Blob)| FileKind::of(content) == FileKind::Text;
    let (texts, others): (Vec<_>, Vec<_>) = files.iter().partition(is_text);
    let texts =
        texts.iter().filter_map(|(path, content)| Some((path, std::str::from_utf8(content).ok()?)));
    look(&App::new(texts, others.iter().map(|(path, _)| path)))
}

fn finding(found: Found) -> Finding {
    Finding {
        rule: found.rule.to_owned(),
        topic: match found.topic {
            Topic::Secret => FindingTopic::Secret,
            Topic::Package => FindingTopic::Package,
            Topic::Accessibility => FindingTopic::Accessibility,
            Topic::Security | Topic::Semantic | Topic::Asset | Topic::Unused | Topic::Types => {
                FindingTopic::Security
            }
        },
        level: match found.level {
            Level::Critical => FindingLevel::Critical,
            Level::Error | Level::Warning => FindingLevel::Warning,
            Level::Note => FindingLevel::Note,
        },
        path: Some(found.path),
        line: found.line,
        message: found.message,
        remedy: found.remedy,
    }
}

fn diagnostic(found: Found) -> Diagnostic {
    Diagnostic {
        kind: match found.topic {
            Topic::Semantic | Topic::Secret | Topic::Security => DiagnosticKind::Semantic,
            Topic::Asset => DiagnosticKind::Asset,
            Topic::Accessibility => DiagnosticKind::Accessibility,
            Topic::Unused => DiagnosticKind::Unused,
            Topic::Types => DiagnosticKind::Types,
            Topic::Package => DiagnosticKind::Package,
        },
        severity: match found.level {
            Level::Critical | Level::Error => Severity::Error,
            Level::Warning | Level::Note => Severity::Warning,
        },
        path: Some(found.path),
        line: found.line,
        column: found.column,
        message: format!("{} {}", found.message, found.remedy),
        package: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &[u8])]) -> Vec<(FilePath, Blob)> {
        list.iter()
            .map(|(path, content)| (FilePath::parse(path).unwrap(), Blob::from(*content)))
            .collect()
    }

    #[test]
    fn what_throws_is_an_error_and_the_rest_is_a_warning() {
        let app = files(&[
            ("index.html", b"<script type=\"module\" src=\"/src/a.ts\"></script>\n"),
            ("src/a.ts", b"import { b } from './b';\nexport const c = missing();\n"),
            ("public/x.png", b"\x89PNG\0"),
        ]);
        let found = lint_diagnostics(&app);
        let kinds: Vec<_> = found.iter().map(|one| (one.kind, one.severity, one.line)).collect();
        assert_eq!(
            kinds,
            [
                (DiagnosticKind::Unused, Severity::Warning, 1),
                (DiagnosticKind::Semantic, Severity::Error, 2)
            ]
        );
    }

    #[test]
    fn versions_are_read_without_signs() {
        let named =
            named_versions(b"{\"dependencies\": {\"a\": \"^1.2.3\", \"b\": \"=2.0.0\", \"c\": 1}}");
        assert_eq!(
            named,
            BTreeMap::from([("a".into(), "1.2.3".into()), ("b".into(), "2.0.0".into())])
        );
        assert!(named_versions(b"[").is_empty());
    }
}
