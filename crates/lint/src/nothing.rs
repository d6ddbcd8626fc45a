//! Reading from what is surely `null` or `undefined`.
//!
//! The value is written beside its name and nothing else is ever assigned, or is the first state of a component and is
//! read on the way through its body, before anything could have set it. Only modules are looked at: templates and pages
//! assign to what their scripts declare. It is an error where nothing can come between the `null` and the reading; where
//! something may have asked first, or the reading may never be reached, it is a warning.

use oxc_ast::AstKind;
use oxc_ast::ast::{Argument, BindingPattern, CallExpression, Expression, VariableDeclarator};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::GetSpan;

use crate::App;
use crate::flow::{host, is_plain_way, left_before, runs_always};
use crate::found::{Level, Rule, Sink, Topic, shown};
use crate::limits::MAX_ANCESTORS;
use crate::script::{Block, Unit};
use crate::words::occurrences;

const NULL: Rule = Rule("null-access", Topic::Semantic, Level::Error);
/// The same where it is not certain.
const PERHAPS: Rule = Rule("null-access", Topic::Semantic, Level::Warning);
const MISSING: Rule = Rule("missing-element", Topic::Semantic, Level::Warning);

pub(crate) fn judge(app: &App<'_>, unit: &Unit<'_, '_>, sink: &mut Sink) {
    for node in unit.semantic.nodes().iter() {
        match node.kind() {
            AstKind::VariableDeclarator(declarator) if unit.block == Block::Module => {
                declared(unit, node.id(), declarator, sink);
            }
            AstKind::StaticMemberExpression(member) if !member.optional => {
                let object = member.object.get_inner_expression();
                if is_nothing(object) {
                    let rule = if is_plain_way(unit, node.id()) { NULL } else { PERHAPS };
                    let message = format!(
                        "`{}` is read from nothing: this throws.",
                        shown(&member.property.name)
                    );
                    sink.at(
                        rule,
                        unit.place(member.property.span.start),
                        message,
                        "Read it from a value.",
                    );
                }
            }
            AstKind::CallExpression(call) => missing_element(app, unit, node.id(), call, sink),
            _ => {}
        }
    }
}

fn is_nothing(value: &Expression<'_>) -> bool {
    value.get_inner_expression().is_null_or_undefined()
}

fn declared(
    unit: &Unit<'_, '_>,
    node: NodeId,
    declarator: &VariableDeclarator<'_>,
    sink: &mut Sink,
) {
    let Some(init) = &declarator.init else { return };
    match &declarator.id {
        BindingPattern::BindingIdentifier(id) if is_nothing(init) => {
            let Some(symbol) = id.symbol_id.get() else { return };
            let what = "is always nothing";
            let is_constant = unit.semantic.scoping().symbol_flags(symbol).is_const_variable();
            let judged = |read: NodeId| {
                let sure = is_constant
                    && host(unit, read) == host(unit, node)
                    && is_plain_way(unit, read)
                    && is_first_use(unit, symbol, read);
                Some(if sure { NULL } else { PERHAPS })
            };
            reads(unit, symbol, judged, what, "Give it a value first.", sink);
        }
        // `const [items, setItems] = useState(null)`
        BindingPattern::ArrayPattern(pattern) => {
            let Expression::CallExpression(call) = init.get_inner_expression() else { return };
            if !is_call_of(call, "useState") || !starts_with_nothing(call) {
                return;
            }
            let Some(Some(BindingPattern::BindingIdentifier(id))) = pattern.elements.first() else {
                return;
            };
            let Some(symbol) = id.symbol_id.get() else { return };
            let always = |read: NodeId| runs_always(unit, read, node).then_some(PERHAPS);
            let what = "is nothing when this is shown first";
            reads(
                unit,
                symbol,
                always,
                what,
                "Begin with a value, such as `[]`, or ask first whether it is there.",
                sink,
            );
        }
        _ => {}
    }
}

fn starts_with_nothing(call: &CallExpression<'_>) -> bool {
    call.arguments.first().is_none_or(|first| first.as_expression().is_some_and(is_nothing))
}

/// Whether a call is of this function, or of React's by its name.
pub(crate) fn is_call_of(call: &CallExpression<'_>, name: &str) -> bool {
    match call.callee.get_inner_expression() {
        Expression::Identifier(id) => id.name == name,
        Expression::StaticMemberExpression(member) => {
            member.property.name == name && member.object.is_specific_id("React")
        }
        _ => false,
    }
}

/// Whether nothing was done with a name before this place, such as to ask whether it is there.
fn is_first_use(unit: &Unit<'_, '_>, symbol: SymbolId, read: NodeId) -> bool {
    let (scoping, nodes) = (unit.semantic.scoping(), unit.semantic.nodes());
    let at = nodes.kind(read).span().start;
    scoping.get_resolved_references(symbol).all(|one| nodes.kind(one.node_id()).span().start >= at)
}

/// Reads of members of a name that is never assigned to. `judge` says how sure one is, or that it does not count.
fn reads(
    unit: &Unit<'_, '_>,
    symbol: SymbolId,
    judge: impl Fn(NodeId) -> Option<Rule>,
    what: &str,
    remedy: &str,
    sink: &mut Sink,
) {
    let (scoping, nodes) = (unit.semantic.scoping(), unit.semantic.nodes());
    if scoping.symbol_is_mutated(symbol) {
        return;
    }
    for reference in scoping.get_resolved_references(symbol).filter(|one| one.is_read()) {
        let mut above = reference.node_id();
        // `x!` and `x as T` are the value all the same.
        while matches!(
            nodes.parent_kind(above),
            AstKind::TSNonNullExpression(_)
                | AstKind::TSAsExpression(_)
                | AstKind::TSTypeAssertion(_)
        ) {
            above = nodes.parent_id(above);
        }
        let span = nodes.kind(above).span();
        let is_object = match nodes.parent_kind(above) {
            AstKind::StaticMemberExpression(member) => {
                !member.optional && member.object.span() == span
            }
            AstKind::ComputedMemberExpression(member) => {
                !member.optional && member.object.span() == span
            }
            _ => false,
        };
        let read = reference.node_id();
        // TypeScript knows a constant that is asked for is never reached; so do we.
        if !is_object || !sink.takes(NULL) || is_guarded(unit, read) || left_before(unit, read) {
            continue;
        }
        if let Some(rule) = judge(read) {
            let name = shown(scoping.symbol_name(symbol));
            let message = format!("`{name}` {what}: reading from it throws.");
            sink.at(rule, unit.place(span.start), message, remedy);
        }
    }
}

/// Whether something above asks first: a condition of any kind, or `try`; also around the function that reads.
fn is_guarded(unit: &Unit<'_, '_>, node: NodeId) -> bool {
    for kind in unit.semantic.nodes().ancestor_kinds(node).take(MAX_ANCESTORS) {
        match kind {
            AstKind::IfStatement(_)
            | AstKind::ConditionalExpression(_)
            | AstKind::LogicalExpression(_)
            | AstKind::TryStatement(_)
            | AstKind::SwitchStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::DoWhileStatement(_)
            | AstKind::ForStatement(_) => return true,
            _ => {}
        }
    }
    false
}

/// `document.getElementById("x")`, where nothing else in the app says `x`.
fn missing_element(
    app: &App<'_>,
    unit: &Unit<'_, '_>,
    node: NodeId,
    call: &CallExpression<'_>,
    sink: &mut Sink,
) {
    let Expression::StaticMemberExpression(callee) = call.callee.get_inner_expression() else {
        return;
    };
    let Some(Argument::StringLiteral(id)) = call.arguments.first() else { return };
    if callee.property.name != "getElementById" || !callee.object.is_specific_id("document") {
        return;
    }
    if !sink.takes(MISSING) || !app.is_whole() || id.value.is_empty() {
        return;
    }
    if occurrences(app, &id.value, 2) >= 2 {
        return;
    }
    let mut above = unit.semantic.nodes().ancestor_kinds(node);
    let around = above
        .find(|kind| !matches!(kind, AstKind::TSNonNullExpression(_) | AstKind::TSAsExpression(_)));
    let throws =
        matches!(around, Some(AstKind::StaticMemberExpression(member)) if !member.optional);
    // Ids may be put together, so that no text has them whole: never an error.
    let what = if throws { "this throws" } else { "this is nothing" };
    let message = format!("No element has the id `{}`: {what}.", shown(&id.value));
    let remedy = "Correct the id, or give an element this one.";
    sink.at(MISSING, unit.place(id.span.start), message, remedy);
}
