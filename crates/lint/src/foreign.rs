//! Whether a value in a script may hold what somebody else wrote.
//!
//! It may when a name in it is given from outside (a parameter, a state, what was waited for, a variable that changes)
//! or is what a person typed. Not when it goes through something that cleans it, only chooses between texts, or comes
//! of a callback over the app's own list.

use oxc_ast::AstKind;
use oxc_ast::ast::{Argument, BinaryOperator, BindingPattern, Expression, VariableDeclarator};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::{GetSpan, Span};

use crate::script::Unit;

/// Words in the names of functions that clean.
const CLEANING: &[&str] = &[
    "sanitize",
    "purify",
    "escape",
    "encode",
    "clean",
    "safe",
    "number",
    "math",
    "highlight",
    "rendertostring",
];

pub(crate) fn is_foreign(unit: &Unit<'_, '_>, value: &Expression<'_>) -> bool {
    let (nodes, span) = (unit.semantic.nodes(), value.span());
    if matches!(
        value.get_inner_expression(),
        Expression::StringLiteral(_) | Expression::NumericLiteral(_)
    ) {
        return false;
    }
    nodes.iter().any(|node| match node.kind() {
        AstKind::IdentifierReference(id) if span.contains_inclusive(id.span) => {
            let symbol = id.reference_id.get().and_then(|id| unit.semantic.scoping().get_reference(id).symbol_id());
            !is_harmless(unit, node.id(), span)
                && symbol.map_or(id.name == "location", |symbol| is_given(unit, symbol, span, 0))
        }
        // What is typed into a field.
        AstKind::StaticMemberExpression(member) if span.contains_inclusive(member.span) => {
            member.property.name == "value"
                && matches!(member.object.get_inner_expression(), Expression::StaticMemberExpression(inner) if inner.property.name == "target")
        }
        _ => false,
    })
}

/// Whether a name stands where it only chooses, is cleaned, or has its items looked at one by one.
fn is_harmless(unit: &Unit<'_, '_>, node: NodeId, within: Span) -> bool {
    let nodes = unit.semantic.nodes();
    let place = nodes.kind(node).span();
    for kind in nodes.ancestor_kinds(node).take_while(|kind| within.contains_inclusive(kind.span()))
    {
        match kind {
            AstKind::ConditionalExpression(one) if one.test.span().contains_inclusive(place) => {
                return true;
            }
            // What is compared or reckoned with is no text.
            AstKind::BinaryExpression(one) if one.operator != BinaryOperator::Addition => {
                return true;
            }
            AstKind::CallExpression(call) => {
                let callee = call.callee.span();
                let source = unit
                    .text
                    .get(unit.offset(callee.start)..unit.offset(callee.end))
                    .unwrap_or_default();
                let lower = source.to_lowercase();
                let is_callee = callee.contains_inclusive(place);
                if !is_callee && CLEANING.iter().any(|word| lower.contains(word)) {
                    return true;
                }
                if is_callee && (lower.ends_with(".map") || !lower.contains('.')) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// Whether what a name holds comes from outside.
fn is_given(unit: &Unit<'_, '_>, symbol: SymbolId, within: Span, depth: usize) -> bool {
    const DEEPEST: usize = 3;
    let (scoping, nodes) = (unit.semantic.scoping(), unit.semantic.nodes());
    // A parameter of a callback within the value is an item of what is looked at elsewhere.
    if within.contains_inclusive(scoping.symbol_span(symbol)) || depth > DEEPEST {
        return false;
    }
    let declaration = scoping.symbol_declaration(symbol);
    let kinds = [nodes.kind(declaration)].into_iter().chain(nodes.ancestor_kinds(declaration));
    for kind in kinds {
        match kind {
            AstKind::FormalParameter(_) | AstKind::FormalParameterRest(_) => return true,
            AstKind::VariableDeclarator(one) => {
                return scoping.symbol_is_mutated(symbol)
                    || comes_from_outside(unit, one, within, depth);
            }
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) | AstKind::Program(_) => {
                return false;
            }
            _ => {}
        }
    }
    false
}

fn comes_from_outside(
    unit: &Unit<'_, '_>,
    one: &VariableDeclarator<'_>,
    within: Span,
    depth: usize,
) -> bool {
    let Some(init) = &one.init else { return false };
    // `const [text, setText] = useState(…)`
    if matches!(one.id, BindingPattern::ArrayPattern(_)) {
        return true;
    }
    let named = |value: &Expression<'_>| match value.get_inner_expression() {
        Expression::Identifier(id) => {
            let symbol = id
                .reference_id
                .get()
                .and_then(|id| unit.semantic.scoping().get_reference(id).symbol_id());
            symbol.is_some_and(|symbol| is_given(unit, symbol, within, depth + 1))
        }
        Expression::AwaitExpression(_) => true,
        _ => false,
    };
    match init.get_inner_expression() {
        Expression::CallExpression(call) => {
            let callee = call.callee.span();
            let source = unit
                .text
                .get(unit.offset(callee.start)..unit.offset(callee.end))
                .unwrap_or_default();
            let lower = source.to_lowercase();
            !CLEANING.iter().any(|word| lower.contains(word))
                && call.arguments.iter().filter_map(Argument::as_expression).any(named)
        }
        other => named(other),
    }
}
