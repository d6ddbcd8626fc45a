//! JavaScript and TypeScript, with and without JSX.

use tree_sitter::Node;

use super::syntax::{Grammar, children, head_of, lines_of, rows, text_of, with_tree};
use super::{Found, Lines, SymbolKind, chunks};

/// How deep functions are looked for in functions.
const DEEPEST: usize = 3;
/// Of what is inside a function only what has so many lines is a symbol.
const INNER_LINES: u32 = 3;

pub(super) fn read(text: &str, grammar: Grammar, offset: u32, found: &mut Found) -> bool {
    with_tree(grammar, text, |root| {
        chunks::cuts(root, offset, &mut found.cuts);
        let mut reader = Reader { text, offset, found };
        let mut before = None;
        for node in children(root) {
            if node.kind() == "comment" {
                before.get_or_insert(node);
                continue;
            }
            reader.statement(node, before.take(), 0);
        }
        scan(text, offset, found);
    })
    .is_some()
}

struct Reader<'a> {
    text: &'a str,
    offset: u32,
    found: &'a mut Found,
}

impl Reader<'_> {
    fn statement(&mut self, node: Node<'_>, comment: Option<Node<'_>>, depth: usize) {
        let mut lines = lines_of(node, self.offset);
        if let Some(comment) = comment {
            lines.first = lines_of(comment, self.offset).first;
        }
        match node.kind() {
            "import_statement" => self.import(node),
            "export_statement" => {
                self.import(node);
                if let Some(declared) = node.child_by_field_name("declaration") {
                    self.declaration(declared, lines, true, depth);
                } else if let Some(value) = node.child_by_field_name("value") {
                    self.value("default", value, lines, true, depth);
                } else {
                    for clause in children(node).into_iter().filter(|c| c.kind() == "export_clause")
                    {
                        for name in children(clause) {
                            let name = text_of(name, self.text);
                            let name = name.rsplit(' ').next().unwrap_or(name);
                            self.found.symbol(name, SymbolKind::Value, lines, true, "");
                        }
                    }
                }
            }
            "expression_statement" => {
                for inner in children(node) {
                    self.expression(inner, lines, depth);
                }
            }
            _ => self.declaration(node, lines, false, depth),
        }
    }

    fn import(&mut self, node: Node<'_>) {
        if let Some(source) = node.child_by_field_name("source") {
            self.found.import(text_of(source, self.text));
        }
    }

    fn declaration(&mut self, node: Node<'_>, lines: Lines, exported: bool, depth: usize) {
        let name = node.child_by_field_name("name").map_or("", |name| text_of(name, self.text));
        match node.kind() {
            "function_declaration" | "generator_function_declaration" => {
                self.function(name, node, lines, exported, depth);
            }
            "class_declaration" | "abstract_class_declaration" | "class" => {
                let head = head_of(node, self.text);
                self.found.symbol(name, SymbolKind::Class, lines, exported, head);
                self.methods(node);
            }
            "interface_declaration" | "type_alias_declaration" | "enum_declaration" => {
                let head = text_of(node, self.text);
                self.found.symbol(name, SymbolKind::Type, lines, exported, head);
            }
            "lexical_declaration" | "variable_declaration" => {
                for one in children(node).into_iter().filter(|c| c.kind() == "variable_declarator")
                {
                    let name =
                        one.child_by_field_name("name").map_or("", |name| text_of(name, self.text));
                    match one.child_by_field_name("value") {
                        Some(value) => self.value(name, value, lines, exported, depth),
                        None => self.found.symbol(name, SymbolKind::Value, lines, exported, ""),
                    }
                }
            }
            _ => {}
        }
    }

    /// A value with a name: a function, one wrapped in a call such as `memo(...)`, or something else.
    fn value(&mut self, name: &str, value: Node<'_>, lines: Lines, exported: bool, depth: usize) {
        match value.kind() {
            "arrow_function" | "function_expression" | "function" | "function_declaration" => {
                let own = value.child_by_field_name("name").map(|own| text_of(own, self.text));
                self.function(own.unwrap_or(name), value, lines, exported, depth);
            }
            "class" | "class_declaration" => self.declaration(value, lines, exported, depth),
            "call_expression" => {
                let arguments = value.child_by_field_name("arguments").map(children);
                let function = arguments.unwrap_or_default().into_iter().find(|argument| {
                    matches!(argument.kind(), "arrow_function" | "function_expression")
                });
                match function {
                    Some(function) => self.function(name, function, lines, exported, depth),
                    None => self.plain(name, value, lines, exported, depth),
                }
            }
            "object" => {
                self.plain(name, value, lines, exported, depth);
                self.members(value, depth);
            }
            _ => self.plain(name, value, lines, exported, depth),
        }
    }

    fn plain(&mut self, name: &str, value: Node<'_>, lines: Lines, exported: bool, depth: usize) {
        if depth == 0 || lines.count() >= INNER_LINES {
            let head = text_of(value, self.text);
            let head = if lines.count() > 1 { "" } else { head };
            self.found.symbol(name, SymbolKind::Value, lines, exported, head);
        }
    }

    fn function(&mut self, name: &str, node: Node<'_>, lines: Lines, exported: bool, depth: usize) {
        let kind = if depth == 0 && name.starts_with(char::is_uppercase) {
            SymbolKind::Component
        } else {
            SymbolKind::Function
        };
        if depth == 0 || lines.count() >= INNER_LINES {
            self.found.symbol(name, kind, lines, exported, head_of(node, self.text));
        }
        let Some(body) = node.child_by_field_name("body") else { return };
        if depth < DEEPEST && rows(body).1 > rows(body).0 {
            for inner in children(body) {
                if !matches!(inner.kind(), "comment" | "import_statement" | "export_statement") {
                    self.statement(inner, None, depth + 1);
                }
            }
        }
    }

    fn methods(&mut self, class: Node<'_>) {
        let Some(body) = class.child_by_field_name("body") else { return };
        for member in children(body) {
            let Some(name) = member.child_by_field_name("name") else { continue };
            let (lines, head) = (lines_of(member, self.offset), head_of(member, self.text));
            let name = text_of(name, self.text);
            self.found.symbol(name, SymbolKind::Method, lines, false, head);
        }
    }

    /// Functions kept in an object.
    fn members(&mut self, object: Node<'_>, depth: usize) {
        for member in children(object) {
            let lines = lines_of(member, self.offset);
            if lines.count() < INNER_LINES {
                continue;
            }
            let key = member
                .child_by_field_name("key")
                .or_else(|| member.child_by_field_name("name"))
                .map_or("", |key| text_of(key, self.text));
            let value = member.child_by_field_name("value");
            if member.kind() == "method_definition" {
                let head = head_of(member, self.text);
                self.found.symbol(key, SymbolKind::Method, lines, false, head);
            } else if let Some(value) = value
                && depth < DEEPEST
            {
                self.value(key, value, lines, false, depth + 1);
            }
        }
    }

    /// `Board.prototype.draw = function () {...}`, `module.exports = ...`, `useEffect(() => {...})`.
    fn expression(&mut self, node: Node<'_>, lines: Lines, depth: usize) {
        if node.kind() == "assignment_expression" {
            let name = node.child_by_field_name("left").map_or("", |left| text_of(left, self.text));
            let name = name.strip_prefix("module.").unwrap_or(name);
            let exported = name.starts_with("exports");
            if let Some(value) = node.child_by_field_name("right")
                && !name.contains(['\n', '('])
            {
                self.value(&name.replace(".prototype.", "."), value, lines, exported, depth);
            }
        } else if node.kind() == "call_expression" && lines.count() >= INNER_LINES {
            let called = node
                .child_by_field_name("function")
                .map_or("", |called| text_of(called, self.text));
            if !called.contains('\n') && called.len() <= 40 {
                self.found.symbol(called, SymbolKind::Function, lines, false, "");
            }
        }
    }
}

/// What is easier seen by line: `require`, `import()`, and the addresses of pages.
fn scan(text: &str, offset: u32, found: &mut Found) {
    for (row, line) in (0_u32..).zip(text.lines()).filter(|(_, line)| line.len() < 2_000) {
        for call in ["require(", "import("] {
            if let Some((_, rest)) = line.split_once(call)
                && let Some(from) = quoted(rest)
            {
                found.import(from);
            }
        }
        for key in ["path=", "path:"] {
            let Some((_, rest)) = line.split_once(key) else { continue };
            let Some(route) = quoted(rest.trim_start().trim_start_matches('{')) else { continue };
            if route.starts_with('/') || route == "*" {
                let at = row.saturating_add(offset + 1);
                let lines = Lines { first: at, last: at };
                found.symbol(route, SymbolKind::Route, lines, false, line);
            }
        }
    }
}

/// The string that a text begins with.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    text[1..].split_once(quote).map(|(inner, _)| inner)
}
