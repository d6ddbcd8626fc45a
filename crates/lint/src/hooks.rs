//! React's hooks where React cannot keep them apart, and effects that never end.
//!
//! Sure, because only calls in functions that are components or hooks by their names are judged, in files that import
//! from React, and only effects without a list whose every run sets a state to something new.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, FunctionBody, ImportDeclarationSpecifier,
    Statement,
};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use crate::found::{Level, Rule, Sink, Topic, shown};
use crate::limits::MAX_ANCESTORS;
use crate::nothing::is_call_of;
use crate::script::Unit;

const CONDITIONAL: Rule = Rule("conditional-hook", Topic::Semantic, Level::Error);
const ENDLESS: Rule = Rule("endless-effect", Topic::Semantic, Level::Error);

pub(crate) fn judge(unit: &Unit<'_, '_>, sink: &mut Sink) {
    if !imports_react(unit) {
        return;
    }
    for node in unit.semantic.nodes().iter() {
        let AstKind::CallExpression(call) = node.kind() else { continue };
        if let Some(name) = hook_name(call)
            && let Some(why) = misplaced(unit, node.id())
        {
            let message = format!(
                "The hook `{}` is called {why}: React stops the app when that changes.",
                shown(name)
            );
            let remedy = "Call it at the top of the component, before any condition and return.";
            sink.at(CONDITIONAL, unit.place(call.span.start), message, remedy);
        }
        if is_call_of(call, "useEffect") || is_call_of(call, "useLayoutEffect") {
            endless(unit, call, sink);
        }
    }
}

fn imports_react(unit: &Unit<'_, '_>) -> bool {
    unit.semantic.nodes().iter().any(|node| {
        matches!(node.kind(), AstKind::ImportDeclaration(import) if import.source.value == "react"
            && import.specifiers.as_ref().is_some_and(|all| all.iter().any(|one| !is_type(one))))
    })
}

fn is_type(specifier: &ImportDeclarationSpecifier<'_>) -> bool {
    matches!(specifier, ImportDeclarationSpecifier::ImportSpecifier(one) if one.import_kind.is_type())
}

/// `useThing` of a call; not `use`, which may be called anywhere.
fn hook_name<'c>(call: &'c CallExpression<'_>) -> Option<&'c str> {
    let name = match call.callee.get_inner_expression() {
        Expression::Identifier(id) => id.name.as_str(),
        Expression::StaticMemberExpression(member) if member.object.is_specific_id("React") => {
            member.property.name.as_str()
        }
        _ => return None,
    };
    name.strip_prefix("use").is_some_and(begins_large).then_some(name)
}

fn begins_large(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// The name of a function: its own, or of the variable that holds it.
fn function_name<'s>(unit: &Unit<'_, 's>, node: NodeId) -> Option<&'s str> {
    let nodes = unit.semantic.nodes();
    if let AstKind::Function(function) = nodes.kind(node)
        && let Some(id) = &function.id
    {
        return Some(id.name.as_str());
    }
    match nodes.parent_kind(node) {
        AstKind::VariableDeclarator(declarator) => match &declarator.id {
            BindingPattern::BindingIdentifier(id) => Some(id.name.as_str()),
            _ => None,
        },
        _ => None,
    }
}

/// Why a hook must not be called where it is; `None` where it may, or where that is not sure.
fn misplaced(unit: &Unit<'_, '_>, call: NodeId) -> Option<&'static str> {
    let nodes = unit.semantic.nodes();
    let mut why = None;
    let mut below = nodes.kind(call).span();
    for ancestor in nodes.ancestors(call).take(MAX_ANCESTORS) {
        match ancestor.kind() {
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => {
                let name = function_name(unit, ancestor.id())?;
                let hosts =
                    begins_large(name) || name.strip_prefix("use").is_some_and(begins_large);
                if !hosts {
                    return None;
                }
                let early = body_of(ancestor.kind())
                    .is_some_and(|body| returns_before(body, nodes.kind(call).span().start));
                return why.or(early.then_some("after a return"));
            }
            AstKind::IfStatement(one) if one.test.span() != below => why = Some("in a condition"),
            AstKind::ConditionalExpression(one) if one.test.span() != below => {
                why = Some("in a condition");
            }
            AstKind::LogicalExpression(one) if one.left.span() != below => {
                why = Some("in a condition");
            }
            AstKind::SwitchCase(_) => why = Some("in a condition"),
            AstKind::ForStatement(_)
            | AstKind::ForInStatement(_)
            | AstKind::ForOfStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::DoWhileStatement(_) => why = Some("in a loop"),
            _ => {}
        }
        below = ancestor.kind().span();
    }
    None
}

fn body_of<'s>(kind: AstKind<'s>) -> Option<&'s FunctionBody<'s>> {
    match kind {
        AstKind::Function(function) => function.body.as_deref(),
        AstKind::ArrowFunctionExpression(arrow) => arrow.body.as_function_body(),
        _ => None,
    }
}

/// Whether a statement of the body itself may return before this place.
fn returns_before(body: &FunctionBody<'_>, place: u32) -> bool {
    body.statements.iter().take_while(|statement| statement.span().end <= place).any(returns)
}

fn returns(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::ReturnStatement(_) => true,
        Statement::BlockStatement(block) => block.body.iter().any(returns),
        Statement::IfStatement(one) => {
            returns(&one.consequent) || one.alternate.as_ref().is_some_and(returns)
        }
        _ => false,
    }
}

/// Whether a node is reached whenever the function is called in which `declared` stands: no condition, callback or
/// return comes before it.
pub(crate) fn runs_always(unit: &Unit<'_, '_>, node: NodeId, declared: NodeId) -> bool {
    let nodes = unit.semantic.nodes();
    let host = |from: NodeId| {
        nodes.ancestors(from).take(MAX_ANCESTORS).find(|one| {
            matches!(
                one.kind(),
                AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) | AstKind::Program(_)
            )
        })
    };
    let (Some(reads), Some(declares)) = (host(node), host(declared)) else { return false };
    if reads.id() != declares.id() {
        return false;
    }
    for ancestor in nodes.ancestors(node).take(MAX_ANCESTORS) {
        match ancestor.kind() {
            AstKind::IfStatement(_)
            | AstKind::ConditionalExpression(_)
            | AstKind::LogicalExpression(_)
            | AstKind::SwitchStatement(_)
            | AstKind::TryStatement(_)
            | AstKind::ChainExpression(_)
            | AstKind::ForStatement(_)
            | AstKind::ForOfStatement(_)
            | AstKind::WhileStatement(_) => return false,
            kind if ancestor.id() == declares.id() => {
                return body_of(kind)
                    .is_some_and(|body| !returns_before(body, nodes.kind(node).span().start));
            }
            _ => {}
        }
    }
    false
}

/// `useEffect(() => { setX(x + 1) })` without a list: each run brings about the next.
fn endless(unit: &Unit<'_, '_>, call: &CallExpression<'_>, sink: &mut Sink) {
    let [Argument::ArrowFunctionExpression(effect)] = call.arguments.as_slice() else { return };
    let set = match effect.body.as_function_body() {
        Some(body) => body.statements.iter().find_map(|statement| match statement {
            Statement::ExpressionStatement(one) => sets_anew(unit, &one.expression),
            _ => None,
        }),
        None => effect.body.as_expression().and_then(|one| sets_anew(unit, one)),
    };
    if let Some(name) = set {
        let message = format!(
            "This effect runs after every render and calls `{}`: it never ends.",
            shown(name)
        );
        let remedy = "Give `useEffect` the list of what it depends on, such as `[]`.";
        sink.at(ENDLESS, unit.place(call.span.start), message, remedy);
    }
}

/// The setter that an expression calls with something that is new each time.
fn sets_anew<'e>(unit: &Unit<'_, '_>, expression: &'e Expression<'_>) -> Option<&'e str> {
    let Expression::CallExpression(call) = expression.get_inner_expression() else { return None };
    let Expression::Identifier(callee) = call.callee.get_inner_expression() else { return None };
    let scoping = unit.semantic.scoping();
    let symbol = scoping.get_reference(callee.reference_id.get()?).symbol_id()?;
    let AstKind::VariableDeclarator(declarator) =
        unit.semantic.nodes().kind(scoping.symbol_declaration(symbol))
    else {
        return None;
    };
    let Some(Expression::CallExpression(state)) = &declarator.init else { return None };
    if !is_call_of(state, "useState") {
        return None;
    }
    let BindingPattern::ArrayPattern(pattern) = &declarator.id else { return None };
    let Some(Some(BindingPattern::BindingIdentifier(setter))) = pattern.elements.get(1) else {
        return None;
    };
    if setter.name != callee.name {
        return None;
    }
    let fresh = match call.arguments.first()?.as_expression()?.get_inner_expression() {
        Expression::ArrayExpression(_) | Expression::ObjectExpression(_) => true,
        Expression::BinaryExpression(sum) => {
            sum.operator.is_arithmetic() && sum.right.is_number_literal()
        }
        Expression::ArrowFunctionExpression(next) => {
            next.body.as_expression().is_some_and(|body| {
                matches!(body, Expression::BinaryExpression(sum)
                if sum.operator.is_arithmetic() && sum.right.is_number_literal())
            })
        }
        _ => false,
    };
    fresh.then_some(callee.name.as_str())
}
