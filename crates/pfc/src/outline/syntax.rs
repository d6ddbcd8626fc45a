//! Trees of tree-sitter, with bounds.

use std::ops::ControlFlow;

use tree_sitter::{Language, Node, ParseOptions, ParseState, Parser};

use super::Lines;

/// Longer texts are read line by line: a program of this size is generated or data.
const MOST_BYTES: usize = 400_000;
/// How often the parser may report before it is stopped; it reports every hundred steps or so, and an
/// honest file takes a few steps a token.
const MOST_REPORTS: usize = 60_000;
/// Children of one node that are looked at.
const MOST_CHILDREN: usize = 20_000;

/// The grammars. JavaScript is read as TSX, which has all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grammar {
    Ts,
    Tsx,
    Css,
    Html,
    Json,
}

impl Grammar {
    fn language(self) -> Language {
        match self {
            Self::Ts => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Self::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
            Self::Css => tree_sitter_css::LANGUAGE.into(),
            Self::Html => tree_sitter_html::LANGUAGE.into(),
            Self::Json => tree_sitter_json::LANGUAGE.into(),
        }
    }
}

/// Parses, and hands the root to `look`; `None` where the text is too long or too twisted.
pub(super) fn with_tree<T>(
    grammar: Grammar,
    text: &str,
    look: impl FnOnce(Node<'_>) -> T,
) -> Option<T> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let mut parser = Parser::new();
    parser.set_language(&grammar.language()).ok()?;
    let mut reports = 0_usize;
    let mut watch = |_: &ParseState| {
        reports += 1;
        if reports > MOST_REPORTS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut watch);
    let bytes = text.as_bytes();
    let mut rest = |at: usize, _| bytes.get(at..).unwrap_or_default();
    let tree = parser.parse_with_options(&mut rest, None, Some(options))?;
    Some(look(tree.root_node()))
}

/// The named children, at most so many.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).take(MOST_CHILDREN).collect()
}

/// The node's text.
pub(super) fn text_of<'a>(node: Node<'_>, text: &'a str) -> &'a str {
    text.get(node.byte_range()).unwrap_or_default()
}

/// The node's text up to its body.
pub(super) fn head_of<'a>(node: Node<'_>, text: &'a str) -> &'a str {
    let end = node.child_by_field_name("body").map_or(node.end_byte(), |body| body.start_byte());
    text.get(node.start_byte()..end).unwrap_or_default()
}

/// The rows of a node, from 0. A node that ends at a row's beginning ends on the row before.
pub(super) fn rows(node: Node<'_>) -> (u32, u32) {
    let (start, end) = (node.start_position(), node.end_position());
    let last = if end.column == 0 && end.row > start.row { end.row - 1 } else { end.row };
    let row = |row: usize| u32::try_from(row).unwrap_or(u32::MAX - 1);
    (row(start.row), row(last))
}

/// The lines of a node in a text that begins at row `offset` of its file.
pub(super) fn lines_of(node: Node<'_>, offset: u32) -> Lines {
    let (first, last) = rows(node);
    Lines { first: first.saturating_add(offset + 1), last: last.saturating_add(offset + 1) }
}
