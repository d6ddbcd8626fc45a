//! What packages ship besides scripts.

use std::path::Path;

/// How a file in a package is treated.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Script,
    Style,
    /// Copied beside the scripts; importing it gives its address.
    File,
    /// Needs a compiler that is not here.
    NeedsCompiler(&'static str),
}

/// Endings of files that are copied.
pub(super) const FILES: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "woff", "woff2", "ttf", "otf",
    "eot", "mp3", "mp4", "m4a", "ogg", "wav", "webm", "wasm", "glb", "gltf", "hdr", "ktx2", "pdf",
    "bin",
];

pub(super) fn kind(path: &Path) -> Kind {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "css" => Kind::Style,
        "scss" | "sass" => Kind::NeedsCompiler("Sass"),
        "less" => Kind::NeedsCompiler("Less"),
        "styl" => Kind::NeedsCompiler("Stylus"),
        "vue" => Kind::NeedsCompiler("Vue"),
        "svelte" => Kind::NeedsCompiler("Svelte"),
        "astro" => Kind::NeedsCompiler("Astro"),
        ending if FILES.contains(&ending) => Kind::File,
        _ => Kind::Script,
    }
}
