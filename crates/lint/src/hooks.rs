//! React's hooks where React cannot keep them apart, and effects that never end.
//!
//! Sure, because only calls in functions that are components or hooks by their names are judged, in files that import
//! from React, and only effects without a list whose every run sets a state to something new: nothing before it in the
//! effect may leave it, and what is new is a list or an object, or the state itself and a number more or less.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BinaryOperator, BindingPattern, CallExpression, Expression, FunctionBody,
    IdentifierReference, ImportDeclarationSpecifier, Statement,
};
use oxc_semantic::NodeId;
use oxc_span::GetSpan;

use crate::flow::is_plain;
use crate::found::{Level, Rule, Sink, Topic, shown};
use crate::limits::MAX_ANCESTORS;
use crate::nothing::is_call_of;
use crate::script::Unit;

const CONDITIONAL: Rule = Rule("conditional-hook", Topic::Semantic, Level::Error);
const ENDLESS: Rule = Rule("endless-effect", Topic::Semantic, Level::Error);
/// The same where it is not certain.
const PERHAPS_ENDLESS: Rule = Rule("endless-effect", Topic::Semantic, Level::Warning);

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

pub(crate) fn body_of<'s>(kind: AstKind<'s>) -> Option<&'s FunctionBody<'s>> {
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

/// `useEffect(() => { setX(x + 1) })` without a list: each run brings about the next.
fn endless(unit: &Unit<'_, '_>, call: &CallExpression<'_>, sink: &mut Sink) {
    let [Argument::ArrowFunctionExpression(effect)] = call.arguments.as_slice() else { return };
    let set = match effect.body.as_function_body() {
        Some(body) => {
            let before = body.statements.iter().take_while(|statement| is_plain(statement));
            before.into_iter().find_map(|statement| match statement {
                Statement::ExpressionStatement(one) => sets_anew(unit, &one.expression),
                _ => None,
            })
        }
        None => effect.body.as_expression().and_then(|one| sets_anew(unit, one)),
    };
    if let Some((name, sure)) = set {
        // What is waited for may never come.
        let rule = if sure && !effect.r#async { ENDLESS } else { PERHAPS_ENDLESS };
        let message = format!(
            "This effect runs after every render and calls `{}`: it never ends.",
            shown(name)
        );
        let remedy = "Give `useEffect` the list of what it depends on, such as `[]`.";
        sink.at(rule, unit.place(call.span.start), message, remedy);
    }
}

/// The setter that an expression calls with something that is new each time, and whether that is certain.
fn sets_anew<'e>(unit: &Unit<'_, '_>, expression: &'e Expression<'_>) -> Option<(&'e str, bool)> {
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
    let [state_of, Some(BindingPattern::BindingIdentifier(setter))] = pattern.elements.as_slice()
    else {
        return None;
    };
    if setter.name != callee.name {
        return None;
    }
    // What is not a number at first may be none ever: `NaN + 1` is not new.
    let counts = state
        .arguments
        .first()
        .and_then(Argument::as_expression)
        .is_some_and(|first| matches!(first, Expression::NumericLiteral(_)));
    let sure = match call.arguments.first()?.as_expression()?.get_inner_expression() {
        Expression::ArrayExpression(_) | Expression::ObjectExpression(_) => true,
        sum @ Expression::BinaryExpression(_) => {
            let Some(BindingPattern::BindingIdentifier(value)) = state_of else { return None };
            let left = moved(sum)?;
            let symbol = scoping.get_reference(left.reference_id.get()?).symbol_id();
            if symbol.is_none() || symbol != value.symbol_id.get() {
                return None;
            }
            counts
        }
        Expression::ArrowFunctionExpression(next) => {
            let left = moved(next.body.as_expression()?)?;
            let first = next.params.items.first()?;
            if !matches!(&first.pattern, BindingPattern::BindingIdentifier(id) if id.name == left.name)
            {
                return None;
            }
            counts
        }
        _ => return None,
    };
    Some((callee.name.as_str(), sure))
}

/// The name in `name + 1` or `name - 1`, of any number but nought.
fn moved<'e, 's>(sum: &'e Expression<'s>) -> Option<&'e IdentifierReference<'s>> {
    let Expression::BinaryExpression(sum) = sum.get_inner_expression() else { return None };
    let moves = matches!(sum.operator, BinaryOperator::Addition | BinaryOperator::Subtraction)
        && matches!(&sum.right, Expression::NumericLiteral(number) if number.value != 0.0);
    match sum.left.get_inner_expression() {
        Expression::Identifier(name) if moves => Some(name),
        _ => None,
    }
}
