//! Gets the npm packages that an app imports.

use std::collections::BTreeMap;
use std::sync::Arc;

use qv_domain::FilePath;
use qv_packages::{Bundle, BundleRequest, ProblemKind, UsedExports};
use qv_webcore::{Package, PackageImport, PackageMap};
use qv_wire::{Diagnostic, DiagnosticKind, Severity};
use serde::Deserialize;

use super::{MANIFEST, State, Workspace};
use crate::Engine;

/// What was last asked for; the same again needs nothing.
#[derive(Debug, Default)]
pub(super) struct Ready {
    asked: Option<(BTreeMap<String, String>, Vec<PackageImport>)>,
}

/// The parts of a `package.json` that matter here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Manifest {
    dependencies: BTreeMap<String, String>,
    #[serde(rename = "devDependencies")]
    dev_dependencies: BTreeMap<String, String>,
}

impl Engine {
    pub(super) fn ready_packages_later(&self, workspace: &Arc<Workspace>) {
        let (workspace, packages) = (workspace.clone(), self.workspaces.packages.clone());
        self.tasks.spawn(async move { workspace.ready_packages(&packages).await });
    }
}

impl Workspace {
    /// Bundles what the app imports and hands it over. Waits for one that is under way.
    pub(super) async fn ready_packages(&self, packages: &qv_packages::Packages) {
        let mut ready = self.packages.lock().await;
        let (declared, imports) = {
            let state = self.state.lock().await;
            (declared(&state), state.app.package_imports())
        };
        let asked = (declared, imports);
        if ready.asked.as_ref() == Some(&asked) {
            return;
        }
        let request = request(&asked.0, &asked.1);
        let made = if request.specifiers.is_empty() {
            Ok(None)
        } else {
            packages.bundle(request).await.map(Some)
        };
        let mut state = self.state.lock().await;
        match made {
            Ok(bundle) => {
                let map =
                    bundle.as_deref().map(|bundle| self.package_map(bundle)).unwrap_or_default();
                state.package_faults =
                    bundle.as_deref().map(|bundle| faults(bundle, &asked.1)).unwrap_or_default();
                state.app.set_packages(map);
                ready.asked = Some(asked);
            }
            Err(error) => {
                tracing::warn!(project = %self.project, %error, "packages could not be had");
                let path = FilePath::parse(MANIFEST).ok();
                state.package_faults = vec![fault(path, error.to_string(), None)];
                // Asked again at the next change, or when somebody looks: the network may be back.
                ready.asked = None;
            }
        }
        self.announce(&state);
    }

    fn package_map(&self, bundle: &Bundle) -> PackageMap {
        let at = |file: &str| format!("{}/{}/{file}", self.options.packages_base, bundle.key);
        bundle
            .modules
            .iter()
            .map(|(specifier, module)| {
                // A style sheet's script has nothing in it: the sheet itself is what is wanted.
                let sheet = module.css.first().filter(|_| specifier.ends_with(".css"));
                let package = Package {
                    url: at(sheet.unwrap_or(&module.file)),
                    interop: module.interop,
                    preload: module.preload.iter().map(|file| at(file)).collect(),
                    style: None,
                };
                (specifier.clone(), package)
            })
            .collect()
    }
}

/// What the app's `package.json` lists; nothing when it is missing or broken, which is told elsewhere.
pub(super) fn declared(state: &State) -> BTreeMap<String, String> {
    let manifest = state.manifest.as_deref();
    let manifest: Manifest =
        manifest.and_then(|content| serde_json::from_slice(content).ok()).unwrap_or_default();
    let mut all = manifest.dev_dependencies;
    all.extend(manifest.dependencies);
    all
}

/// Everything that is listed goes along, for peers; only what is imported is fetched.
fn request(declared: &BTreeMap<String, String>, imports: &[PackageImport]) -> BundleRequest {
    let mut request = BundleRequest { dependencies: declared.clone(), ..BundleRequest::default() };
    for import in imports.iter().filter(|import| declared.contains_key(&import.package)) {
        let used = if import.whole {
            UsedExports::All
        } else {
            UsedExports::names(import.names.iter().cloned())
        };
        request
            .specifiers
            .entry(import.specifier.clone())
            .and_modify(|known| known.merge(&used))
            .or_insert(used);
    }
    request
}

/// Imports that lead nowhere within their packages. A package that is not listed is told by the compiler.
fn faults(bundle: &Bundle, imports: &[PackageImport]) -> Vec<Diagnostic> {
    let told = bundle
        .problems
        .iter()
        .filter(|problem| !matches!(problem.kind, ProblemKind::NotDeclared { .. }));
    told.map(|problem| {
        let import = imports.iter().find(|import| import.specifier == problem.specifier);
        let path = import.and_then(|import| import.importers.first()).cloned();
        let similar = match problem.similar.as_slice() {
            [] => String::new(),
            names => format!(" Close to it: {}.", names.join(", ")),
        };
        fault(
            path,
            format!("{}{similar}", problem.message),
            import.map(|import| import.package.clone()),
        )
    })
    .collect()
}

fn fault(path: Option<FilePath>, message: String, package: Option<String>) -> Diagnostic {
    Diagnostic {
        kind: DiagnosticKind::Package,
        severity: Severity::Error,
        path,
        line: 0,
        column: 0,
        message,
        package,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_imported_and_listed_is_asked_for() {
        let import = |specifier: &str, package: &str, names: &[&str]| PackageImport {
            specifier: specifier.into(),
            package: package.into(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..PackageImport::default()
        };
        let declared = BTreeMap::from([("react".into(), "19".into()), ("vite".into(), "8".into())]);
        let imports = [import("react", "react", &["useState"]), import("d3", "d3", &["scale"])];
        let request = request(&declared, &imports);
        assert_eq!(request.dependencies, declared);
        assert_eq!(
            request.specifiers,
            BTreeMap::from([("react".into(), UsedExports::names(["useState"]))])
        );
    }
}
