//! What a path alone tells.

use qv_domain::FilePath;

/// Text that no one writes: never sent.
pub(crate) fn is_generated(path: &FilePath) -> bool {
    let name = path.name();
    matches!(
        name,
        "package-lock.json"
            | "npm-shrinkwrap.json"
            | "yarn.lock"
            | "pnpm-lock.yaml"
            | "bun.lock"
            | "deno.lock"
    ) || [".min.js", ".min.css", ".map"].iter().any(|ending| name.ends_with(ending))
}

/// Whether it is part of the program, rather than text about it.
pub(super) fn is_code(path: &FilePath) -> bool {
    !matches!(path.extension().as_str(), "md" | "mdx" | "txt" | "yml" | "yaml" | "svg")
}

/// Whether it is of a kit of components that was copied in and is rarely changed.
pub(super) fn is_kit(path: &FilePath) -> bool {
    path.contains("components/ui/")
}
