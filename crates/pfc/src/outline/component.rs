//! Component files (Vue, Svelte, Astro): blocks of other languages in one file.

use super::syntax::Grammar;
use super::{Found, Lines, SymbolKind, markup, script, style};

/// Blocks of a file that are read.
const MOST_BLOCKS: usize = 12;

/// A block between its tags.
struct Block<'a> {
    name: &'static str,
    /// The text between the tags, and the row on which it begins, from 0.
    text: &'a str,
    row: u32,
    /// The rows of its tags.
    rows: (u32, u32),
}

pub(super) fn read(text: &str, found: &mut Found) -> bool {
    let (blocks, rest) = split(text);
    for block in &blocks {
        found.cuts.extend([block.rows.0, block.rows.1.saturating_add(1)]);
        let lines = Lines { first: block.rows.0 + 1, last: block.rows.1 + 1 };
        let tag = format!("<{}>", block.name);
        found.symbol(&tag, SymbolKind::Element, lines, false, "");
        match block.name {
            "script" => script::read(block.text, Grammar::Ts, block.row, found),
            "style" => style::read(block.text, block.row, found),
            _ => markup::read(block.text, block.row, found),
        };
    }
    // Svelte's markup stands outside of all blocks.
    if !blocks.iter().any(|block| block.name == "template") {
        markup::read(&rest, 0, found);
    }
    !blocks.is_empty()
}

/// The blocks whose tags stand at a line's beginning, and the text with them blanked out.
fn split(text: &str) -> (Vec<Block<'_>>, String) {
    let mut blocks = Vec::new();
    let mut rest = String::with_capacity(text.len());
    let (mut at, mut row) = (0, 0_u32);
    while at < text.len() && blocks.len() < MOST_BLOCKS {
        let line = text[at..].lines().next().unwrap_or_default();
        let begun = ["script", "style", "template"].into_iter().find(|name| opens(line, name));
        if let Some(block) = begun.and_then(|name| block(text, at, row, name)) {
            let end = block.text.as_ptr() as usize - text.as_ptr() as usize + block.text.len();
            let after = text[end..].find('\n').map_or(text.len(), |found| end + found + 1);
            rest.extend(text[at..after].matches('\n'));
            row = block.rows.1 + 1;
            at = after;
            blocks.push(block);
            continue;
        }
        let next = text[at..].find('\n').map_or(text.len(), |found| at + found + 1);
        rest.push_str(&text[at..next]);
        at = next;
        row += 1;
    }
    rest.push_str(&text[at..]);
    (blocks, rest)
}

fn opens(line: &str, name: &str) -> bool {
    line.strip_prefix('<')
        .and_then(|line| line.strip_prefix(name))
        .is_some_and(|rest| rest.starts_with(['>', ' ']) || rest.trim().is_empty())
}

/// The block whose tag begins at `at`: to the last line that begins with its closing tag before the next block.
fn block<'a>(text: &'a str, at: usize, row: u32, name: &'static str) -> Option<Block<'a>> {
    let open = at + text[at..].find('>')? + 1;
    let closing = format!("\n</{name}>");
    let close = open + text[open..].find(&closing)? + 1;
    let count = |part: &str| u32::try_from(part.matches('\n').count()).unwrap_or(u32::MAX / 2);
    let first = row + count(&text[at..open]);
    let last = first + count(&text[open..close]);
    Some(Block { name, text: &text[open..close], row: first, rows: (row, last) })
}
