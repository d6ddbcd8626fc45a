//! What a file holds: its symbols, what it imports, and where it can be cut. Read by tree-sitter, which gives a
//! tree for broken files too; what it has no grammar for, or is too long for it, is read line by line.

mod chunks;
mod component;
mod markup;
mod plain;
mod script;
mod style;
mod syntax;

#[cfg(test)]
mod tests;

use syntax::Grammar;

/// Symbols of a file that are kept.
const MOST_SYMBOLS: usize = 400;
const MOST_IMPORTS: usize = 200;
/// Characters of a name and of a signature.
const NAME_CHARS: usize = 60;
const SIGNATURE_CHARS: usize = 120;

/// Lines of a file, from 1; both ends are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lines {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
}

impl Lines {
    /// How many they are.
    #[must_use]
    pub const fn count(self) -> u32 {
        (self.last + 1).saturating_sub(self.first)
    }

    /// Whether all of `other` lies in it.
    #[must_use]
    pub const fn holds(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

/// What kind of thing a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SymbolKind {
    /// A function, also one kept in a constant.
    Function,
    /// A function with a name such as components have.
    Component,
    /// A class.
    Class,
    /// A method of a class or of a prototype.
    Method,
    /// A constant or variable.
    Value,
    /// A type, interface or enum.
    Type,
    /// The address of a page.
    Route,
    /// A CSS selector or at-rule.
    Selector,
    /// An HTML element with an id, or a block of a component file.
    Element,
    /// A key of a JSON object.
    Key,
}

/// Something in a file that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// Where it stands, with the comment before it.
    pub lines: Lines,
    /// Whether other files can use it.
    pub exported: bool,
    /// Its head on one line: parameters, props, types.
    pub signature: String,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// Its symbols, by line.
    pub symbols: Vec<Symbol>,
    /// What it imports, as written there.
    pub imports: Vec<String>,
    /// Its lines in pieces that make sense by themselves: together all of them, in order.
    pub chunks: Vec<Lines>,
}

/// Reads a file. Takes any text, however broken or long, in time that grows with its length.
#[must_use]
pub fn outline(path: &str, text: &str) -> Outline {
    let mut found = Found::default();
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let read = match ending.as_str() {
        "ts" | "mts" | "cts" => script::read(text, Grammar::Ts, 0, &mut found),
        "tsx" | "js" | "jsx" | "mjs" | "cjs" => script::read(text, Grammar::Tsx, 0, &mut found),
        "css" | "scss" | "less" => style::read(text, 0, &mut found),
        "html" | "htm" => markup::read(text, 0, &mut found),
        "json" => markup::read_json(text, &mut found),
        "vue" | "svelte" | "astro" => component::read(text, &mut found),
        _ => false,
    };
    if !read {
        plain::read(text, &mut found);
    }
    found.symbols.sort_by(|a, b| (a.lines, &a.name).cmp(&(b.lines, &b.name)));
    found.symbols.truncate(MOST_SYMBOLS);
    let mut seen = std::collections::HashSet::new();
    found.imports.retain(|import| seen.insert(import.clone()));
    found.imports.truncate(MOST_IMPORTS);
    let chunks = chunks::grouped(found.cuts, line_count(text));
    Outline { symbols: found.symbols, imports: found.imports, chunks }
}

/// Lines of a text; what follows the last line break counts where there is something.
pub(crate) fn line_count(text: &str) -> u32 {
    u32::try_from(text.lines().count()).unwrap_or(u32::MAX)
}

/// What the readers gather.
#[derive(Debug, Default)]
struct Found {
    symbols: Vec<Symbol>,
    imports: Vec<String>,
    /// Rows, from 0, at which something begins.
    cuts: Vec<u32>,
}

impl Found {
    fn symbol(&mut self, name: &str, kind: SymbolKind, lines: Lines, exported: bool, head: &str) {
        let name: String = name.trim().chars().take(NAME_CHARS).collect();
        // Twice the number that is kept, since they are sorted before they are cut.
        if name.is_empty() || self.symbols.len() >= MOST_SYMBOLS * 2 {
            return;
        }
        let signature = one_line(head);
        self.symbols.push(Symbol { name, kind, lines, exported, signature });
    }

    fn import(&mut self, from: &str) {
        let from = from.trim_matches(|c| matches!(c, '"' | '\'' | '`'));
        if !from.is_empty() && from.len() <= 300 && self.imports.len() < MOST_IMPORTS * 2 {
            self.imports.push(from.to_owned());
        }
    }
}

/// A text with its white space drawn together, cut to a signature's length.
fn one_line(text: &str) -> String {
    let mut out = String::new();
    // What is looked at is bounded, since a head may be a whole minified program.
    for word in text.split_whitespace().take(SIGNATURE_CHARS) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word.chars().take(SIGNATURE_CHARS).collect::<String>());
        if out.len() > SIGNATURE_CHARS * 4 {
            break;
        }
    }
    if out.chars().count() > SIGNATURE_CHARS {
        out = out.chars().take(SIGNATURE_CHARS).chain(['\u{2026}']).collect();
    }
    out
}
