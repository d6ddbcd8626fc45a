//! What belongs together: a framework and what runs on it share one bundle.

use std::collections::BTreeMap;

use super::installed::Installed;
use crate::bundle::UsedExports;
use crate::spec::split_specifier;

/// A script that previews, or checks of them, need besides packages.
pub(super) struct Script {
    pub(super) file: &'static str,
    pub(super) package: &'static str,
    pub(super) source: Source,
}

pub(super) enum Source {
    /// A file of the package, as it is.
    Raw(&'static str),
    /// A module, bundled with all that it imports.
    Bundled(&'static str),
}

pub(super) const RUNTIME: &[Script] = &[
    Script {
        file: "tailwind.js",
        package: "@tailwindcss/browser",
        source: Source::Raw("dist/index.global.js"),
    },
    // Not for previews: checks look by it for what hinders people (MPL-2.0; see docs/checks.md).
    Script { file: "axe.js", package: "axe-core", source: Source::Raw("axe.min.js") },
    Script {
        file: "vue-compiler.js",
        package: "@vue/compiler-sfc",
        source: Source::Bundled("@vue/compiler-sfc"),
    },
    Script {
        file: "svelte-compiler.js",
        package: "svelte",
        source: Source::Bundled("svelte/compiler"),
    },
];

const REACT: &[&str] = &[
    "react",
    "react/jsx-runtime",
    "react/jsx-dev-runtime",
    "react-dom",
    "react-dom/client",
    "react-refresh/runtime",
];
const VUE: &[&str] = &["vue"];
const SVELTE: &[&str] = &[
    "svelte",
    "svelte/animate",
    "svelte/attachments",
    "svelte/easing",
    "svelte/events",
    "svelte/internal/client",
    "svelte/internal/disclose-version",
    "svelte/internal/flags/async",
    "svelte/internal/flags/legacy",
    "svelte/internal/flags/tracing",
    "svelte/legacy",
    "svelte/motion",
    "svelte/reactivity",
    "svelte/reactivity/window",
    "svelte/store",
    "svelte/transition",
];
const PREACT: &[&str] = &["preact", "preact/hooks", "preact/jsx-runtime", "preact/compat"];

/// The bundles to make: what is installed of each framework, and with React whatever else the
/// sources import.
pub(super) fn all(
    installed: &Installed,
    scanned: BTreeMap<String, UsedExports>,
    left_out: &mut Vec<String>,
) -> Vec<BTreeMap<String, UsedExports>> {
    let frameworks = [REACT, VUE, SVELTE, PREACT];
    let mut sets: Vec<BTreeMap<String, UsedExports>> = frameworks
        .map(|modules| {
            let there = modules.iter().filter(|module| is_installed(installed, module));
            there.map(|module| ((*module).to_owned(), UsedExports::All)).collect()
        })
        .into();
    for module in frameworks.into_iter().flatten().filter(|module| !is_installed(installed, module))
    {
        left_out.push(format!("{module}: its package is not installed"));
    }
    for (specifier, used) in scanned {
        if frameworks.iter().any(|modules| modules.contains(&specifier.as_str())) {
            continue;
        }
        if is_installed(installed, &specifier) {
            let package = split_specifier(&specifier).map_or("", |(name, _)| name);
            let set = match package {
                "vue" | "vue-router" | "pinia" => 1,
                "svelte" => 2,
                "preact" | "@preact/signals" => 3,
                _ => 0,
            };
            sets[set].insert(specifier, used.normalised());
        } else {
            left_out.push(format!(
                "{specifier}: the sources import it, but its package is not installed"
            ));
        }
    }
    sets.retain(|set| !set.is_empty());
    sets
}

fn is_installed(installed: &Installed, specifier: &str) -> bool {
    split_specifier(specifier).is_some_and(|(name, _)| installed.version(name).is_some())
}
