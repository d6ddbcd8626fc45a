//! One file, compiled on its own, whatever its kind.

use std::collections::BTreeSet;
use std::sync::Arc;

use qv_domain::FilePath;

use crate::component::{self, Component};
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::file_kind::{FileKind, Language};
use crate::html::{self, Page};
use crate::json_module;
use crate::limits::MAX_SOURCE_BYTES;
use crate::script::{self, Options, Script};
use crate::style::{self, Edit, Style};

/// What a file was compiled to.
#[derive(Debug)]
pub(crate) enum Unit {
    Script(Box<Script>),
    /// With the text that its edits belong to.
    Style(Style, Arc<str>),
    Json(json_module::JsonModule),
    Page(Page, Arc<str>),
    /// Vue or Svelte: compiled further in the browser.
    Component(Component, Arc<str>),
    /// Used by its URL or its text.
    Asset,
}

/// A unit, or why there is none.
#[derive(Debug)]
pub(crate) struct Built {
    /// `None` when the file has errors.
    pub unit: Option<Arc<Unit>>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Built {
    /// A file that is not looked into.
    pub(crate) fn asset() -> Self {
        Self { unit: Some(Arc::new(Unit::Asset)), diagnostics: Vec::new() }
    }
}

/// Finds mistakes in a script that is served as it is written.
pub(crate) fn check_classic(path: &FilePath, content: &[u8]) -> Built {
    let mut built = Built::asset();
    if content.len() <= MAX_SOURCE_BYTES {
        let text = String::from_utf8_lossy(content);
        let options = Options::default();
        let found = script::compile(path, &text, Language::Classic, &options).diagnostics;
        // What is only too large to look into runs all the same.
        built.diagnostics =
            found.into_iter().filter(|one| one.kind != DiagnosticKind::Limit).collect();
    }
    built
}

/// Compiles a file; `part` is 0 for the file itself, n for its n-th inline script.
pub(crate) fn build(path: &FilePath, part: u32, content: &[u8], options: &Options) -> Built {
    let kind = FileKind::of(path);
    if matches!(kind, FileKind::Asset | FileKind::Declarations) {
        return Built::asset();
    }
    if content.len() > MAX_SOURCE_BYTES {
        let message =
            format!("This file is larger than {MAX_SOURCE_BYTES} bytes and is not compiled");
        let found = Diagnostic::whole(path, DiagnosticKind::Limit, message);
        return Built { unit: None, diagnostics: vec![found.with_help("Split it")] };
    }
    let text = String::from_utf8_lossy(content);
    let (unit, diagnostics) = match kind {
        FileKind::Script(language) => {
            let compiled = script::compile(path, &text, language, options);
            if language == Language::Js && compiled.too_large() {
                // Somebody's bundle, most likely: a browser runs it as it is.
                return Built::asset();
            }
            from_script(compiled)
        }
        FileKind::Html if part > 0 => {
            let page = html::scan(&text);
            let range = page.inline().find(|(number, _)| *number == part).map(|(_, range)| range);
            let alone = only(&text, range.unwrap_or_default());
            from_script(script::compile(path, &alone, Language::Js, options))
        }
        FileKind::Style | FileKind::StyleModule | FileKind::StyleDialect => {
            let mut scanned = style::scan(path, &text, path.name().contains(".module."));
            if kind == FileKind::StyleDialect {
                scanned.diagnostics.push(dialect(path));
            }
            let text = text.as_ref().into();
            (scanned.style.map(|style| Unit::Style(style, text)), scanned.diagnostics)
        }
        FileKind::Html => (Some(Unit::Page(html::scan(&text), text.as_ref().into())), Vec::new()),
        FileKind::Json => match json_module::compile(path, &text) {
            Ok(module) => (Some(Unit::Json(module)), Vec::new()),
            Err(found) => (None, vec![*found]),
        },
        FileKind::Vue | FileKind::Svelte => {
            let (component, diagnostics) = component::scan(path, &text, kind, options);
            (
                component.map(|component| Unit::Component(component, text.as_ref().into())),
                diagnostics,
            )
        }
        FileKind::Asset | FileKind::Declarations => (Some(Unit::Asset), Vec::new()),
    };
    Built { unit: unit.map(Arc::new), diagnostics }
}

fn dialect(path: &FilePath) -> Diagnostic {
    let message = format!("The preview reads .{} files as plain CSS", path.extension());
    Diagnostic::whole(path, DiagnosticKind::Unsupported, message)
        .warning()
        .with_help("Write it as .css: browsers understand nesting and variables")
}

fn from_script(compiled: script::Compiled) -> (Option<Unit>, Vec<Diagnostic>) {
    (compiled.script.map(|script| Unit::Script(Box::new(script))), compiled.diagnostics)
}

/// The text with everything outside `range` blanked, so that positions stay those of the file.
pub(crate) fn only(text: &str, range: std::ops::Range<usize>) -> String {
    let blank = |part: &str| {
        part.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>()
    };
    let before = text.get(..range.start).map(blank).unwrap_or_default();
    let inside = text.get(range).unwrap_or_default();
    before + inside
}

impl Unit {
    /// What it asks of others: specifiers and where they are written.
    pub(crate) fn requests(&self) -> Vec<(&str, usize)> {
        match self {
            Self::Script(script) => from_imports(&script.imports),
            Self::Component(component, _) => from_imports(&component.imports),
            Self::Style(style, _) => style
                .edits
                .iter()
                .filter_map(|(range, edit)| match edit {
                    Edit::Import { specifier, .. } | Edit::Url(specifier) => {
                        Some((specifier.as_str(), range.start))
                    }
                    Edit::Text(_) => None,
                })
                .collect(),
            Self::Page(page, _) => {
                page.requests().map(|(_, specifier, at)| (specifier, at)).collect()
            }
            Self::Json(_) | Self::Asset => Vec::new(),
        }
    }

    /// How much work following its requests is, in the measure of [`crate::limits::MAX_LINKS`].
    pub(crate) fn links(&self) -> usize {
        let imports = match self {
            Self::Script(script) => &script.imports,
            Self::Component(component, _) => &component.imports,
            _ => return self.requests().len(),
        };
        let cost = |import: &script::Import| match &import.kind {
            script::ImportKind::Static(bindings) => 1 + bindings.len(),
            script::ImportKind::ReExport(names) => 1 + names.len(),
            script::ImportKind::Glob { .. } => 200,
            _ => 1,
        };
        imports.iter().map(cost).sum()
    }

    /// Whether a browser that has one need not fetch the other.
    pub(crate) fn runs_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Script(a), Self::Script(b)) => a.runs_as(b),
            (Self::Style(_, a), Self::Style(_, b))
            | (Self::Component(_, a), Self::Component(_, b))
            | (Self::Page(_, a), Self::Page(_, b)) => a == b,
            (Self::Json(a), Self::Json(b)) => a == b,
            _ => false,
        }
    }

    /// Names that a script itself exports.
    pub(crate) fn exports(&self) -> Option<&BTreeSet<Box<str>>> {
        match self {
            Self::Script(script) => Some(&script.exports),
            _ => None,
        }
    }
}

fn from_imports(imports: &[script::Import]) -> Vec<(&str, usize)> {
    imports.iter().map(|import| (import.specifier.as_str(), import.offset)).collect()
}
