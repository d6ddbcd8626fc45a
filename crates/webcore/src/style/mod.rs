//! Style sheets: what they import, which URLs they name, their local class names, and Tailwind.
//!
//! A style sheet is scanned, not parsed: nesting, new at-rules and Tailwind's own rules pass
//! through untouched. What has to change is noted as [`Edit`]s on the text; [`render`] puts
//! imported sheets in place and URLs in.

pub(crate) mod render;
mod scan;
mod tokens;

use std::collections::BTreeMap;
use std::ops::Range;

pub(crate) use scan::scan;

use crate::diagnostic::Diagnostic;

/// A scanned style sheet.
#[derive(Debug, Default)]
pub(crate) struct Style {
    /// In the order of the text, not overlapping.
    pub edits: Vec<(Range<usize>, Edit)>,
    /// Written class name to the name that it is served with, for `*.module.css`.
    pub classes: BTreeMap<String, String>,
    /// It has rules that only Tailwind understands.
    pub tailwind: bool,
}

/// What becomes of a piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    /// `@import`: its specifier and the conditions after it.
    Import { specifier: String, conditions: String },
    /// The inside of `url(…)`.
    Url(String),
    /// Text to write instead.
    Text(String),
}

/// A style sheet's text, scanned as far as it went.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    /// `None` when the text has errors.
    pub style: Option<Style>,
    pub diagnostics: Vec<Diagnostic>,
}
