//! HTML and JSON.

use tree_sitter::Node;

use super::syntax::{Grammar, children, lines_of, text_of, with_tree};
use super::{Found, SymbolKind, chunks};

const MOST_NODES: usize = 20_000;

pub(super) fn read(text: &str, offset: u32, found: &mut Found) -> bool {
    with_tree(Grammar::Html, text, |root| {
        chunks::cuts(root, offset, &mut found.cuts);
        let mut open = vec![root];
        let mut looked = 0;
        while let Some(node) = open.pop() {
            looked += 1;
            if looked > MOST_NODES {
                break;
            }
            if matches!(node.kind(), "start_tag" | "self_closing_tag") {
                tag(node, text, offset, found);
                continue;
            }
            open.extend(children(node).into_iter().rev());
        }
    })
    .is_some()
}

/// An element's id is a symbol; what it loads is an import.
fn tag(node: Node<'_>, text: &str, offset: u32, found: &mut Found) {
    let parts = children(node);
    let name = parts.first().map_or("", |name| text_of(*name, text));
    for attribute in parts.iter().filter(|part| part.kind() == "attribute") {
        let Some((key, value)) = text_of(*attribute, text).split_once('=') else { continue };
        let value = value.trim().trim_matches(|c| c == '"' || c == '\'');
        match (name, key.trim()) {
            ("script" | "img", "src") | ("link", "href") => found.import(value),
            (_, "id") => {
                let element = node.parent().unwrap_or(node);
                let lines = lines_of(element, offset);
                found.symbol(value, SymbolKind::Element, lines, false, text_of(node, text));
            }
            _ => {}
        }
    }
}

/// The keys of the outermost object.
pub(super) fn read_json(text: &str, found: &mut Found) -> bool {
    with_tree(Grammar::Json, text, |root| {
        chunks::cuts(root, 0, &mut found.cuts);
        let Some(object) = children(root).into_iter().find(|node| node.kind() == "object") else {
            return;
        };
        for pair in children(object).into_iter().filter(|node| node.kind() == "pair") {
            let key = pair.child_by_field_name("key").map_or("", |key| text_of(key, text));
            let key = key.trim_matches('"');
            found.symbol(key, SymbolKind::Key, lines_of(pair, 0), false, "");
        }
    })
    .is_some()
}
