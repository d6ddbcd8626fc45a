//! Which files "send everything" would send: the rule of the corpus (`common.py`), unchanged.

const CODE: [&str; 21] = [
    "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "astro", "css", "scss",
    "sass", "less", "html", "json", "sql", "njk", "graphql", "prisma",
];
const TEXT: [&str; 6] = ["toml", "md", "mdx", "yml", "yaml", "txt"];
const SKIPPED: [&str; 12] = [
    "node_modules",
    ".git",
    "dist",
    "build",
    ".next",
    "coverage",
    ".cache",
    ".vscode",
    ".idea",
    ".output",
    ".nuxt",
    "vendor",
];
const LOCKS: [&str; 9] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "pnpm-lock.yml",
    "deno.lock",
    "composer.lock",
    "Gemfile.lock",
    "bun.lock",
];
const MOST_BYTES: u64 = 100_000;

pub(crate) fn in_universe(path: &str, bytes: u64) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if bytes > MOST_BYTES || folders.split('/').any(|folder| SKIPPED.contains(&folder)) {
        return false;
    }
    let locked = LOCKS.contains(&name)
        || ["lock.json", "lock.yaml", "lock.yml"].iter().any(|end| path.ends_with(end));
    if locked || is_generated(path, name) {
        return false;
    }
    let ending = match name.trim_start_matches('.').rsplit_once('.') {
        Some((_, ending)) => ending.to_ascii_lowercase(),
        None => return false,
    };
    CODE.contains(&ending.as_str()) || TEXT.contains(&ending.as_str())
}

fn is_generated(path: &str, name: &str) -> bool {
    [".min.js", ".min.css", ".map", "routeTree.gen.ts", "auto-imports.d.ts"]
        .iter()
        .any(|end| name.ends_with(end))
        || name == "components.d.ts"
        || path == "integrations/supabase/types.ts"
        || path.ends_with("/integrations/supabase/types.ts")
}
