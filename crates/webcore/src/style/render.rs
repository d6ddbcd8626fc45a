//! A style sheet as it is served: imported sheets in their place, URLs absolute, names local.

use qv_domain::FilePath;

use super::scan::is_tailwind as names_tailwind;
use super::{Edit, Style};
use crate::limits::MAX_STYLE_BYTES;

/// Deeper imports are left out; no real app comes near.
const MAX_DEPTH: usize = 32;

/// What rendering needs to know about the app.
pub(crate) trait Sheets {
    /// A sheet that can be put in place of its `@import`.
    fn sheet(&self, path: &FilePath) -> Option<(&Style, &str, &[Reference])>;
}

/// What one import or URL of a sheet leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    Sheet(FilePath),
    /// A package's sheet, by its text.
    Text(std::sync::Arc<str>),
    Url(String),
    /// As written.
    Kept,
}

/// A rendered style sheet.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// `@import`s of other hosts; they have to come first.
    pub remote: String,
    pub text: String,
    pub tailwind: bool,
}

pub(crate) fn is_tailwind(specifier: &str) -> bool {
    names_tailwind(specifier)
}

pub(crate) fn render(sheets: &dyn Sheets, path: &FilePath) -> Rendered {
    let mut rendered = Rendered::default();
    let mut open = Vec::new();
    write(sheets, path, &mut open, &mut rendered);
    if rendered.tailwind {
        // Browsers look for `@import`s to fetch early even in sheets that they do not apply, and
        // stop looking at the first other rule.
        rendered.text.insert_str(0, "@theme{}");
    }
    rendered
}

fn write(sheets: &dyn Sheets, path: &FilePath, open: &mut Vec<FilePath>, out: &mut Rendered) {
    let Some((style, text, references)) = sheets.sheet(path) else { return };
    if open.len() >= MAX_DEPTH || open.contains(path) || out.text.len() > MAX_STYLE_BYTES {
        return;
    }
    open.push(path.clone());
    out.tailwind |= style.tailwind;
    let mut at = 0;
    let mut references = references.iter();
    for (range, edit) in &style.edits {
        out.text.push_str(text.get(at..range.start).unwrap_or_default());
        at = range.end;
        match edit {
            Edit::Text(text) => out.text.push_str(text),
            Edit::Url(written) => match references.next() {
                Some(Reference::Url(url)) => out.text.push_str(url),
                _ => out.text.push_str(written),
            },
            Edit::Import { specifier, conditions } => match references.next() {
                Some(Reference::Sheet(path)) => {
                    wrapped(out, conditions, |out| write(sheets, path, open, out));
                }
                Some(Reference::Text(text)) => {
                    wrapped(out, conditions, |out| out.text.push_str(text));
                }
                Some(Reference::Url(url)) => remote(out, url, conditions),
                _ if names_tailwind(specifier) => {
                    out.text.push_str(&format!("@import \"{specifier}\" {conditions};"));
                }
                _ => remote(out, specifier, conditions),
            },
        }
    }
    out.text.push_str(text.get(at..).unwrap_or_default());
    open.pop();
}

fn remote(out: &mut Rendered, url: &str, conditions: &str) {
    // The URL was written in the app's own style sheet; only its quotes could do harm.
    let url = url.replace(['"', '\\', '\n'], "");
    out.remote.push_str(&format!("@import url(\"{url}\") {conditions};\n"));
}

/// `@import … layer(x) supports(y) screen` says of the sheet what nested at-rules say.
fn wrapped(out: &mut Rendered, conditions: &str, inside: impl FnOnce(&mut Rendered)) {
    let mut rest = conditions.trim();
    let mut depth = 0;
    let mut open = |out: &mut Rendered, rule: String| {
        out.text.push_str(&rule);
        out.text.push('{');
        depth += 1;
    };
    if let Some((layer, after)) = function(rest, "layer") {
        open(out, format!("@layer {layer}"));
        rest = after;
    } else if let Some(after) =
        rest.strip_prefix("layer").filter(|after| !after.starts_with(is_name))
    {
        open(out, "@layer".to_owned());
        rest = after.trim_start();
    }
    if let Some((condition, after)) = function(rest, "supports") {
        open(out, format!("@supports ({condition})"));
        rest = after;
    }
    if !rest.is_empty() && !rest.contains(['{', '}', ';']) {
        open(out, format!("@media {rest}"));
    }
    inside(out);
    out.text.push_str(&"}".repeat(depth));
    out.text.push('\n');
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '(')
}

/// `name(argument) rest`.
fn function<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let inside = text.strip_prefix(name)?.strip_prefix('(')?;
    let mut depth = 1_usize;
    for (at, c) in inside.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '{' | '}' | ';' => return None,
            _ => {}
        }
        if depth == 0 {
            return Some((&inside[..at], inside[at + 1..].trim_start()));
        }
    }
    None
}
