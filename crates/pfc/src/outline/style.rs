//! Style sheets: CSS, and what SCSS and Less share with it.

use super::syntax::{Grammar, children, head_of, lines_of, text_of, with_tree};
use super::{Found, SymbolKind, chunks};

/// How deep rules are looked for: in `@media`, `@layer` and nesting.
const DEEPEST: usize = 3;

pub(super) fn read(text: &str, offset: u32, found: &mut Found) -> bool {
    with_tree(Grammar::Css, text, |root| {
        chunks::cuts(root, offset, &mut found.cuts);
        let mut open: Vec<_> = children(root).into_iter().rev().map(|node| (node, 0)).collect();
        while let Some((node, depth)) = open.pop() {
            let lines = lines_of(node, offset);
            match node.kind() {
                "import_statement" => {
                    let parts = children(node);
                    let from = parts.iter().find(|part| part.kind() == "string_value");
                    found.import(from.map_or("", |from| text_of(*from, text)));
                }
                "rule_set" => {
                    let selector = children(node)
                        .into_iter()
                        .find(|child| child.kind() == "selectors")
                        .map_or("", |child| text_of(child, text));
                    found.symbol(selector, SymbolKind::Selector, lines, false, selector);
                }
                kind if kind.ends_with("statement") || kind == "at_rule" => {
                    let name = text_of(node, text).split('{').next().unwrap_or_default();
                    found.symbol(name, SymbolKind::Selector, lines, false, head_of(node, text));
                }
                _ => {}
            }
            if depth < DEEPEST {
                let inner = children(node).into_iter().rev();
                open.extend(
                    inner
                        .filter(|child| child.named_child_count() > 0)
                        .map(|child| (child, depth + 1)),
                );
            }
        }
    })
    .is_some()
}
