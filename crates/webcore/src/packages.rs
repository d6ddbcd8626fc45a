//! npm packages, as this crate sees them: specifiers on one side, URLs on the other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use qv_domain::FilePath;
use serde::{Deserialize, Serialize};

/// Where a bundled package is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Absolute, or a path on the preview's own origin. A URL that ends in `.css` is linked as a
    /// style sheet.
    pub url: String,
    /// The bundle has only a default export, which holds CommonJS `module.exports`: named imports
    /// are read from it.
    #[serde(default)]
    pub interop: bool,
    /// More URLs that the bundle imports, to be fetched early.
    #[serde(default)]
    pub preload: Vec<String>,
    /// A style sheet's text, to be put into the importing style sheet (Tailwind's `@utility` and
    /// `@theme` must be compiled with it). Without it `@import` links to `url`.
    #[serde(default)]
    pub style: Option<String>,
}

impl Package {
    /// A plain ES module at a URL.
    #[must_use]
    pub fn module(url: &str) -> Self {
        Self { url: url.into(), interop: false, preload: Vec::new(), style: None }
    }

    /// A CommonJS module at a URL.
    #[must_use]
    pub fn common_js(url: &str) -> Self {
        Self { interop: true, ..Self::module(url) }
    }

    pub(crate) fn is_style(&self) -> bool {
        self.url.split(['?', '#']).next().is_some_and(|path| path.ends_with(".css"))
    }
}

/// Import specifier (`react`, `react-dom/client`) to bundle.
pub type PackageMap = BTreeMap<String, Package>;

/// The same, cheap to refer to.
pub(crate) type Packages = BTreeMap<Arc<str>, Arc<Package>>;

/// One package specifier that the app imports, and all that it takes from it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PackageImport {
    /// As written: `lucide-react`, `date-fns/format`.
    pub specifier: String,
    /// The package to install: `lucide-react`, `@dnd-kit/core`.
    pub package: String,
    /// Exports used, `default` among them.
    pub names: BTreeSet<String>,
    /// The whole module is used (`import * as x`, `import()`, `export *`): `names` is not all.
    pub whole: bool,
    /// Files that import it; empty when the preview itself needs it.
    pub importers: BTreeSet<FilePath>,
}

/// `@scope/name/deep/path` -> `@scope/name`.
pub(crate) fn package_name(specifier: &str) -> &str {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    match specifier.match_indices('/').nth(parts - 1) {
        Some((end, _)) => &specifier[..end],
        None => specifier,
    }
}

/// Node.js's own modules that a package of the same name does not usually replace.
pub(crate) fn is_node_builtin(specifier: &str) -> bool {
    const NAMES: &[&str] = &[
        "assert",
        "child_process",
        "cluster",
        "crypto",
        "dgram",
        "dns",
        "fs",
        "fs/promises",
        "http",
        "http2",
        "https",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "readline",
        "stream",
        "tls",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "worker_threads",
        "zlib",
    ];
    specifier.starts_with("node:") || NAMES.contains(&specifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages() {
        for (specifier, name) in [
            ("react", "react"),
            ("react-dom/client", "react-dom"),
            ("@dnd-kit/core", "@dnd-kit/core"),
            ("@dnd-kit/core/dist/x", "@dnd-kit/core"),
            ("@broken", "@broken"),
        ] {
            assert_eq!(package_name(specifier), name);
        }
    }
}
