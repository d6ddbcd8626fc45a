//! Whether a place in a script is surely reached.

use oxc_ast::AstKind;
use oxc_ast::ast::Statement;
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use crate::hooks::body_of;
use crate::limits::MAX_ANCESTORS;
use crate::script::Unit;

/// The function around a node, or the whole script.
pub(crate) fn host(unit: &Unit<'_, '_>, node: NodeId) -> Option<NodeId> {
    let mut above = unit.semantic.nodes().ancestors(node).take(MAX_ANCESTORS);
    above
        .find(|one| {
            matches!(
                one.kind(),
                AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) | AstKind::Program(_)
            )
        })
        .map(oxc_semantic::AstNode::id)
}

/// The statements of a node's host that end before the node begins.
fn before<'s>(unit: &Unit<'_, 's>, node: NodeId) -> impl Iterator<Item = &'s Statement<'s>> {
    let nodes = unit.semantic.nodes();
    let place = nodes.kind(node).span().start;
    let statements = match host(unit, node).map(|host| nodes.kind(host)) {
        Some(AstKind::Program(program)) => program.body.as_slice(),
        Some(kind) => body_of(kind).map_or(&[][..], |body| body.statements.as_slice()),
        None => &[],
    };
    statements.iter().take_while(move |statement| statement.span().end <= place)
}

/// Whether a statement of the function around a node may leave it before the node is reached.
pub(crate) fn left_before(unit: &Unit<'_, '_>, node: NodeId) -> bool {
    before(unit, node).any(leaves)
}

/// Whether nothing decides in the function around a node whether the node is reached: all that comes before it are
/// plain statements, and it is itself part of one.
pub(crate) fn is_plain_way(unit: &Unit<'_, '_>, node: NodeId) -> bool {
    is_unconditional(unit, node) && before(unit, node).all(is_plain)
}

/// Whether a node is reached whenever the function is called in which `declared` stands: no condition, callback or
/// way out comes before it.
pub(crate) fn runs_always(unit: &Unit<'_, '_>, node: NodeId, declared: NodeId) -> bool {
    let of = host(unit, node);
    let in_function = of.is_some_and(|host| body_of(unit.semantic.nodes().kind(host)).is_some());
    in_function
        && of == host(unit, declared)
        && is_unconditional(unit, node)
        && !left_before(unit, node)
}

/// Whether no condition, loop or late initialiser stands between a node and its host.
fn is_unconditional(unit: &Unit<'_, '_>, node: NodeId) -> bool {
    for kind in unit.semantic.nodes().ancestor_kinds(node).take(MAX_ANCESTORS) {
        match kind {
            AstKind::IfStatement(_)
            | AstKind::ConditionalExpression(_)
            | AstKind::LogicalExpression(_)
            | AstKind::SwitchStatement(_)
            | AstKind::TryStatement(_)
            | AstKind::ChainExpression(_)
            | AstKind::ForStatement(_)
            | AstKind::ForInStatement(_)
            | AstKind::ForOfStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::DoWhileStatement(_)
            | AstKind::LabeledStatement(_)
            | AstKind::AssignmentPattern(_)
            | AstKind::PropertyDefinition(_)
            | AstKind::AccessorProperty(_) => return false,
            AstKind::AssignmentExpression(one) if one.operator.is_logical() => return false,
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) | AstKind::Program(_) => {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// Whether a statement goes on to the next one and decides nothing.
pub(crate) fn is_plain(statement: &Statement<'_>) -> bool {
    !matches!(
        statement,
        Statement::BlockStatement(_)
            | Statement::BreakStatement(_)
            | Statement::ContinueStatement(_)
            | Statement::DoWhileStatement(_)
            | Statement::ForInStatement(_)
            | Statement::ForOfStatement(_)
            | Statement::ForStatement(_)
            | Statement::IfStatement(_)
            | Statement::LabeledStatement(_)
            | Statement::ReturnStatement(_)
            | Statement::SwitchStatement(_)
            | Statement::ThrowStatement(_)
            | Statement::TryStatement(_)
            | Statement::WhileStatement(_)
            | Statement::WithStatement(_)
    )
}

/// Whether a statement may leave the function that it stands in.
fn leaves(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::ReturnStatement(_) | Statement::ThrowStatement(_) => true,
        Statement::BlockStatement(block) => block.body.iter().any(leaves),
        Statement::IfStatement(one) => {
            leaves(&one.consequent) || one.alternate.as_ref().is_some_and(leaves)
        }
        Statement::ForStatement(one) => leaves(&one.body),
        Statement::ForInStatement(one) => leaves(&one.body),
        Statement::ForOfStatement(one) => leaves(&one.body),
        Statement::WhileStatement(one) => leaves(&one.body),
        Statement::DoWhileStatement(one) => leaves(&one.body),
        Statement::LabeledStatement(one) => leaves(&one.body),
        Statement::SwitchStatement(one) => {
            one.cases.iter().any(|case| case.consequent.iter().any(leaves))
        }
        Statement::TryStatement(one) => {
            let handler = one.handler.as_ref().is_some_and(|one| one.body.body.iter().any(leaves));
            let last = one.finalizer.as_ref().is_some_and(|one| one.body.iter().any(leaves));
            one.block.body.iter().any(leaves) || handler || last
        }
        _ => false,
    }
}
