//! `compilerOptions` that decide what an import means.

use serde_json::Value;

use crate::files::{Files, join};
use crate::script::static_value;

/// `paths` as prefixes: `"@/*": ["./src/*"]` is `@/` -> `src/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Alias {
    pub prefix: String,
    /// The specifier must be `prefix` itself.
    pub exact: bool,
    pub target: String,
}

#[derive(Debug, Default)]
pub(super) struct TsConfig {
    pub aliases: Vec<Alias>,
    pub base_url: Option<String>,
    pub jsx_source: Option<String>,
}

/// Vite's template keeps the options of the app in `tsconfig.app.json`; older ones keep them in
/// `tsconfig.json`. The first that says something wins.
pub(super) fn read(files: &Files) -> TsConfig {
    let mut config = TsConfig::default();
    for name in ["tsconfig.app.json", "tsconfig.json", "jsconfig.json"] {
        let value = files.text(name).and_then(|text| static_value(&text, false));
        let Some(options) = value.as_ref().and_then(|value| value.get("compilerOptions")) else {
            continue;
        };
        let base = options.get("baseUrl").and_then(Value::as_str);
        let base = base.and_then(|base| join("", base)).filter(|_| config.base_url.is_none());
        let folder = base.clone().or_else(|| config.base_url.clone()).unwrap_or_default();
        if config.aliases.is_empty() {
            let paths = options.get("paths").and_then(Value::as_object);
            config.aliases = paths
                .into_iter()
                .flatten()
                .filter_map(|(from, to)| {
                    let to = to.get(0)?.as_str()?;
                    alias(&folder, from, to)
                })
                .collect();
        }
        config.base_url = config.base_url.or(base);
        let source = options.get("jsxImportSource").and_then(Value::as_str);
        config.jsx_source = config.jsx_source.or_else(|| source.map(str::to_owned));
    }
    config
}

fn alias(folder: &str, from: &str, to: &str) -> Option<Alias> {
    let Some(prefix) = from.strip_suffix('*') else {
        let target = join(folder, to)?;
        return Some(Alias { prefix: from.to_owned(), exact: true, target });
    };
    let mut target = join(folder, to.strip_suffix('*')?)?;
    if !target.is_empty() {
        target.push('/');
    }
    // `"*": ["./*"]` says no more than `baseUrl` does.
    (!prefix.is_empty()).then(|| Alias { prefix: prefix.to_owned(), exact: false, target })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_comments_and_trailing_commas() {
        let text = r#"{ // the app
            "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["./src/*"], "lib": ["src/lib/index.ts"], }, }
        }"#;
        let config = read(&Files::from_texts([("tsconfig.json", text)]));
        assert_eq!(config.base_url.as_deref(), Some(""));
        assert_eq!(
            config.aliases,
            [
                Alias { prefix: "@/".into(), exact: false, target: "src/".into() },
                Alias { prefix: "lib".into(), exact: true, target: "src/lib/index.ts".into() },
            ]
        );
    }
}
