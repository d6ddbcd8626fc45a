//! Files without a grammar, and those too long for one.

use super::{Found, Lines, SymbolKind};

/// Lines that are read for names.
const MOST_LINES: usize = 20_000;

/// What a line that begins with `export` declares, Markdown's headings, and cuts at blank lines.
pub(super) fn read(text: &str, found: &mut Found) {
    let mut after_blank = false;
    for (row, line) in (0_u32..).zip(text.lines()) {
        if line.trim().is_empty() {
            after_blank = true;
            continue;
        }
        if after_blank || line.starts_with('#') {
            found.cuts.push(row);
        }
        after_blank = false;
        if row as usize >= MOST_LINES {
            continue;
        }
        let lines = Lines { first: row + 1, last: row + 1 };
        if let Some(title) = line.strip_prefix('#') {
            found.symbol(title.trim_start_matches('#'), SymbolKind::Key, lines, false, "");
        } else if let Some(name) = exported(line) {
            found.symbol(name, SymbolKind::Value, lines, true, line);
        }
    }
}

/// The name that a line exports.
fn exported(line: &str) -> Option<&str> {
    const KEYWORDS: [&str; 14] = [
        "",
        "default",
        "async",
        "function",
        "const",
        "let",
        "var",
        "class",
        "abstract",
        "interface",
        "type",
        "enum",
        "declare",
        "from",
    ];
    line.strip_prefix("export ")?
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .take(12)
        .find(|word| !KEYWORDS.contains(word))
}
