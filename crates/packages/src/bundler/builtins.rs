//! Node's own modules, which browsers do not have.

const BUILTINS: &[&str] = &[
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "sqlite",
    "stream",
    "string_decoder",
    "sys",
    "test",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// The builtin that a specifier names (`node:fs/promises` -> `fs/promises`), if it does.
pub(crate) fn name(specifier: &str) -> Option<&str> {
    let (bare, prefixed) = match specifier.strip_prefix("node:") {
        Some(bare) => (bare, true),
        None => (specifier, false),
    };
    let first = bare.split('/').next().unwrap_or(bare);
    (prefixed || BUILTINS.contains(&first)).then_some(bare)
}

/// What stands in for a builtin. Many packages only look whether they run on Node, so reading gives
/// `undefined` and a note in the console rather than an error.
pub(super) fn stand_in(builtin: &str, package: &str) -> String {
    let (builtin, message) = (
        serde_json::json!(builtin),
        serde_json::json!(format!(
            "{package} uses Node's module \"{builtin}\", which browsers do not have: "
        )),
    );
    format!(
        "const told = new Set();
module.exports = new Proxy({{}}, {{
  get(_, key) {{
    if (typeof key === 'string' && !told.has(key) && key !== '__esModule' && key !== 'then' && key !== 'default') {{
      told.add(key);
      console.warn({message} + {builtin} + '.' + key + ' is undefined');
    }}
    return undefined;
  }},
}});
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builtins_are_recognised() {
        assert_eq!(name("node:fs/promises"), Some("fs/promises"));
        assert_eq!(name("fs/promises"), Some("fs/promises"));
        assert_eq!(name("node:anything"), Some("anything"));
        assert_eq!(name("react"), None);
        assert_eq!(name("fs-extra"), None);
    }
}
