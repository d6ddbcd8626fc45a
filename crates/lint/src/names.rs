//! Names: imported or declared and never used, used and declared nowhere, constant and assigned to.
//!
//! Sure, because the scopes of a module are known as a whole. What could declare a name from elsewhere (declaration
//! files, `define` of a configuration, scripts of other hosts, `window.x =`) is searched as text first.

use std::collections::BTreeSet;

use oxc_ast::AstKind;
use oxc_ast::ast::{BindingPattern, UnaryOperator};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::GetSpan;

use crate::App;
use crate::found::{Level, Rule, Sink, Topic, shown};
use crate::lists::is_global;
use crate::reach::tag_at;
use crate::script::{Block, Unit};

const UNDECLARED: Rule = Rule("undeclared", Topic::Semantic, Level::Error);
const UNUSED_IMPORT: Rule = Rule("unused-import", Topic::Unused, Level::Warning);
const UNUSED: Rule = Rule("unused", Topic::Unused, Level::Warning);
const CONSTANT: Rule = Rule("constant-assigned", Topic::Semantic, Level::Error);

/// Names that something other than modules may declare. Holds `*` when that cannot be known.
pub(crate) fn declared_elsewhere(app: &App<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut take = |text: &str| {
        let part = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'));
        names.extend(text.split(part).filter(|word| !word.is_empty()).map(str::to_owned));
    };
    let mut open = !app.is_whole();
    for (path, text) in app.texts() {
        let name = path.name();
        if name.contains(".config.") || name.ends_with(".d.ts") || name.starts_with(".eslintrc") {
            take(text);
            // Plugins that put in names which no file says.
            open |= text.contains("AutoImport") || text.contains("auto-import");
        }
        if matches!(path.extension().as_str(), "html" | "htm") {
            // Scripts of other hosts, and scripts that are no modules, declare what they like.
            open |= text.match_indices("<script").any(|(at, _)| {
                let tag = tag_at(text, at);
                !tag.contains("module") && !tag.contains("json")
            });
        }
        for holder in ["window.", "globalThis.", "self.", "declare "] {
            for (at, _) in text.match_indices(holder) {
                let rest: String = text[at + holder.len()..].chars().take(80).collect();
                take(&rest);
            }
        }
    }
    if open {
        names.insert("*".to_owned());
    }
    names
}

pub(crate) fn judge(unit: &Unit<'_, '_>, elsewhere: &BTreeSet<String>, sink: &mut Sink) {
    if unit.block == Block::Module {
        unused(unit, sink);
        // A worker's scripts share their names.
        if !elsewhere.contains("*") && !unit.text.contains("importScripts(") {
            undeclared(unit, elsewhere, sink);
        }
    }
    assigned(unit, sink);
}

fn undeclared(unit: &Unit<'_, '_>, elsewhere: &BTreeSet<String>, sink: &mut Sink) {
    let (scoping, nodes) = (unit.semantic.scoping(), unit.semantic.nodes());
    for (name, references) in scoping.root_unresolved_references() {
        let name = name.as_str();
        let is_rune = name.starts_with('$') && unit.path.name().contains(".svelte.");
        if is_rune || is_global(name) || elsewhere.contains(name) || !sink.takes(UNDECLARED) {
            continue;
        }
        let references: Vec<_> = references.iter().map(|id| scoping.get_reference(*id)).collect();
        // `typeof x` asks whether it is there.
        let asks = |node: NodeId| matches!(nodes.parent_kind(node), AstKind::UnaryExpression(unary) if unary.operator == UnaryOperator::Typeof);
        if references.iter().any(|reference| asks(reference.node_id())) {
            continue;
        }
        let reads = |reference: &&&oxc_semantic::Reference| {
            reference.is_read() && reference.is_value() && !in_type(unit, reference.node_id())
        };
        let Some(first) = references.iter().find(reads) else { continue };
        let at = nodes.kind(first.node_id()).span().start;
        let remedy = sink.advice(name, scoping.symbol_names(), "Import it, or declare it.");
        let message = format!("`{}` is declared nowhere: reaching this line throws.", shown(name));
        sink.at(UNDECLARED, unit.place(at), message, remedy);
    }
}

/// Whether a node stands in a type, where nothing runs.
fn in_type(unit: &Unit<'_, '_>, node: NodeId) -> bool {
    unit.semantic.nodes().ancestor_kinds(node).take(6).any(|kind| {
        matches!(
            kind,
            AstKind::TSTypeQuery(_)
                | AstKind::TSTypeReference(_)
                | AstKind::TSTypeAnnotation(_)
                | AstKind::TSInterfaceHeritage(_)
                | AstKind::TSClassImplements(_)
        )
    })
}

fn unused(unit: &Unit<'_, '_>, sink: &mut Sink) {
    let (scoping, nodes) = (unit.semantic.scoping(), unit.semantic.nodes());
    for symbol in scoping.symbol_ids() {
        let name = scoping.symbol_name(symbol);
        if name.starts_with('_')
            || scoping.get_resolved_reference_ids(symbol).iter().next().is_some()
        {
            continue;
        }
        let declaration = scoping.symbol_declaration(symbol);
        let at = unit.place(scoping.symbol_span(symbol).start);
        match nodes.kind(declaration) {
            AstKind::ImportSpecifier(_) | AstKind::ImportDefaultSpecifier(_) | AstKind::ImportNamespaceSpecifier(_)
                // The classic way of JSX needs them in scope.
                if !matches!(name, "React" | "h") =>
            {
                let message = format!("`{}` is imported and never used.", shown(name));
                sink.at(UNUSED_IMPORT, at, message, "Remove the import.");
            }
            AstKind::Function(function) if function.is_declaration() && !is_exported(unit, declaration) => {
                let message = format!("The function `{}` is never used.", shown(name));
                sink.at(UNUSED, at, message, "Remove it, or use it.");
            }
            AstKind::VariableDeclarator(declarator)
                if matches!(declarator.id, BindingPattern::BindingIdentifier(_)) && is_plain(unit, declaration) =>
            {
                let message = format!("`{}` is never used.", shown(name));
                sink.at(UNUSED, at, message, "Remove it, or use it.");
            }
            _ => {}
        }
    }
}

fn is_exported(unit: &Unit<'_, '_>, node: NodeId) -> bool {
    unit.semantic.nodes().ancestor_kinds(node).take(3).any(|kind| {
        matches!(
            kind,
            AstKind::ExportDeclaration(_)
                | AstKind::ExportDefaultDeclaration(_)
                | AstKind::TSModuleBlock(_)
                | AstKind::TSGlobalDeclaration(_)
        )
    })
}

/// A variable of a statement of its own: not exported, not of a loop, not ambient.
fn is_plain(unit: &Unit<'_, '_>, node: NodeId) -> bool {
    let nodes = unit.semantic.nodes();
    let mut above = nodes.ancestor_kinds(node);
    let ambient = matches!(above.next(), Some(AstKind::VariableDeclaration(list)) if list.declare);
    let looped = matches!(
        above.next(),
        Some(AstKind::ForInStatement(_) | AstKind::ForOfStatement(_) | AstKind::ForStatement(_))
    );
    !ambient && !looped && !is_exported(unit, node)
}

fn assigned(unit: &Unit<'_, '_>, sink: &mut Sink) {
    let scoping = unit.semantic.scoping();
    for symbol in scoping.symbol_ids().filter(|symbol| is_constant(unit, *symbol)) {
        for reference in scoping.get_resolved_references(symbol).filter(|one| one.is_write()) {
            let at = unit.semantic.nodes().kind(reference.node_id()).span().start;
            let name = shown(scoping.symbol_name(symbol));
            let message = format!("`{name}` is constant: assigning to it throws.");
            sink.at(
                CONSTANT,
                unit.place(at),
                message,
                "Declare it with `let`, or use another name.",
            );
        }
    }
}

fn is_constant(unit: &Unit<'_, '_>, symbol: SymbolId) -> bool {
    let flags = unit.semantic.scoping().symbol_flags(symbol);
    flags.is_const_variable() || flags.is_import()
}
