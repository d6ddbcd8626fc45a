//! What an app's own configuration files say about how it is compiled.

mod dotenv;
mod tailwind;
mod tsconfig;

use std::collections::{BTreeMap, BTreeSet};

use qv_domain::FilePath;
use serde_json::Value;

use crate::files::Files;
use crate::script::static_value;

pub(crate) use tsconfig::Alias;

/// Read from `package.json`, `tsconfig*.json`, `jsconfig.json`, `vite.config.*`,
/// `tailwind.config.*` and `.env*`. What cannot be read is as if it were not there: the app may
/// well run without it, and a half-written file is mended by the next edit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Config {
    /// Packages that `package.json` lists.
    pub dependencies: BTreeSet<String>,
    /// Where JSX is imported from.
    pub jsx_source: String,
    /// React Refresh applies.
    pub react: bool,
    /// Import prefixes, longest first.
    pub aliases: Vec<Alias>,
    /// The folder that bare imports may start from.
    pub base_url: Option<String>,
    /// `import.meta.env`'s own names, `VITE_` ones.
    pub env: BTreeMap<String, String>,
    /// CSS that says what `tailwind.config.*` of Tailwind 3 says.
    pub tailwind: String,
}

impl Config {
    pub(crate) fn read(files: &Files) -> Self {
        let dependencies = dependencies(files);
        let tsconfig = tsconfig::read(files);
        let jsx_source = tsconfig.jsx_source.filter(|source| !source.is_empty());
        let jsx_source = jsx_source.unwrap_or_else(|| {
            let names = ["react", "preact", "solid-js"];
            let listed = names.into_iter().find(|name| dependencies.contains(*name));
            listed.unwrap_or("react").to_owned()
        });
        let mut aliases = tsconfig.aliases;
        aliases.extend(vite_aliases(files));
        for prefix in ["@/", "~/"] {
            if !aliases.iter().any(|alias| alias.prefix == prefix) {
                let target = if files.any_under("src/") { "src/" } else { "" };
                aliases.push(Alias { prefix: prefix.into(), exact: false, target: target.into() });
            }
        }
        aliases.sort_by(|a, b| b.prefix.len().cmp(&a.prefix.len()).then_with(|| a.cmp(b)));
        Self {
            react: dependencies.contains("react") && jsx_source == "react",
            jsx_source,
            aliases,
            base_url: tsconfig.base_url,
            env: dotenv::read(files),
            tailwind: tailwind::theme(files),
            dependencies,
        }
    }

    /// Whether a change of this file can change the configuration.
    pub(crate) fn reads(path: &FilePath) -> bool {
        let name = path.as_str();
        matches!(name, "package.json" | "jsconfig.json")
            || name.starts_with("tsconfig")
            || name.starts_with(".env")
            || name.starts_with("vite.config.")
            || name.starts_with("tailwind.config.")
    }
}

fn dependencies(files: &Files) -> BTreeSet<String> {
    let manifest = files.text("package.json").and_then(|text| serde_json::from_str(&text).ok());
    let manifest: Value = manifest.unwrap_or_default();
    ["dependencies", "devDependencies", "peerDependencies"]
        .iter()
        .filter_map(|field| manifest.get(field)?.as_object())
        .flat_map(|listed| listed.keys().cloned())
        .collect()
}

/// `resolve.alias` as far as it is written out: `{"@lib": "/src/lib"}` or
/// `path.resolve(__dirname, "./src/lib")`, of which only the strings are read.
fn vite_aliases(files: &Files) -> Vec<Alias> {
    let config = ["ts", "js", "mjs", "mts"].iter().find_map(|extension| {
        let text = files.text(&format!("vite.config.{extension}"))?;
        static_value(&text, true)
    });
    let config = config.unwrap_or_default();
    let Some(aliases) = config.pointer("/resolve/alias").and_then(Value::as_object) else {
        return Vec::new();
    };
    let alias = |(name, target): (&String, &Value)| {
        let target = target.as_str()?.trim_start_matches("./").trim_matches('/');
        let prefix = format!("{}/", name.trim_end_matches('/'));
        Some(Alias { prefix, exact: false, target: format!("{target}/") })
    };
    aliases.iter().filter_map(alias).collect()
}
