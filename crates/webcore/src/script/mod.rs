//! One script module, compiled on its own: nothing here depends on other files or on packages.
//!
//! `import` and `export … from` statements are taken out of the body and kept as [`Import`]s.
//! [`link`] writes them again, with URLs, as one line before the body. So an edit compiles only
//! the files that it touches, and the source map of the body is right whatever the URLs are.

mod boundary;
mod compile;
mod exports;
pub(crate) mod link;
mod rewrite;

use std::collections::BTreeSet;

use oxc_sourcemap::SourceMap;

pub(crate) use compile::{compile, static_value};

use crate::diagnostic::{Diagnostic, DiagnosticKind};

/// What a compiled module is.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// JavaScript without imports.
    pub body: String,
    /// From lines of `body` to the source.
    pub map: Option<SourceMap<'static>>,
    pub imports: Vec<Import>,
    /// Names that it exports itself, `default` among them; `export *` is an import.
    pub exports: BTreeSet<Box<str>>,
    /// Names that exist only as types.
    pub types: BTreeSet<Box<str>>,
    /// Every export is a component: the module can be replaced in place.
    pub boundary: bool,
    /// It says `import.meta.hot.accept()` itself.
    pub accepts_itself: bool,
    pub uses_refresh: bool,
    pub uses_env: bool,
    pub uses_hot: bool,
}

/// What a module asks of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    /// As written; for a glob, its patterns.
    pub specifier: String,
    /// Where it is written, in bytes; 0 when the compiler added it.
    pub offset: usize,
    pub kind: ImportKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ImportKind {
    /// `import a, {b as c}, * as d from`.
    Static(Vec<Binding>),
    /// `export {a as b} from`: imported and exported names.
    ReExport(Vec<(String, String)>),
    /// `export * from`, `export * as name from`.
    ReExportAll(Option<String>),
    /// `import()`: the body calls `__qv_d<number>()`.
    Dynamic(usize),
    /// `new URL("…", import.meta.url)`: the body says `__qv_u<number>`.
    Url(usize),
    /// `import.meta.glob(…)`: the body says `__qv_g<number>`.
    Glob { number: usize, patterns: Vec<String>, eager: bool, export: Option<String>, raw: bool },
}

/// One name that an import brings in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binding {
    /// The export's name, `default` among them; `None` for the whole namespace.
    pub imported: Option<String>,
    pub local: String,
}

/// What a compilation depends on besides the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Options {
    /// `react-refresh/runtime` is there.
    pub refresh: bool,
    /// `react`, `preact`, …
    pub jsx_source: String,
    /// Imports that no code uses may be used by a template.
    pub keep_imports: bool,
}

/// A module's text, compiled as far as it went.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    /// `None` when the text has errors.
    pub script: Option<Script>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Compiled {
    /// Whether it was not even looked into.
    pub(crate) fn too_large(&self) -> bool {
        self.diagnostics.iter().any(|one| one.kind == DiagnosticKind::Limit)
    }
}

impl Script {
    /// Whether a browser would see the same program.
    pub(crate) fn runs_as(&self, other: &Self) -> bool {
        let same_import =
            |(a, b): (&Import, &Import)| a.specifier == b.specifier && a.kind == b.kind;
        self.body == other.body
            && self.imports.len() == other.imports.len()
            && self.imports.iter().zip(&other.imports).all(same_import)
            && self.uses_refresh == other.uses_refresh
    }
}
