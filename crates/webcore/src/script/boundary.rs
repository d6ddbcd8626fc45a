//! Whether React Refresh can replace a module in place.

use std::collections::BTreeSet;

use oxc_ast::ast::{
    Declaration, ExportDefaultDeclarationKind, Expression, ModuleExportName, Program, Statement,
    VariableDeclaration,
};

/// Whether a module exports something, and nothing but components (types aside). A module that
/// also exports a hook, a constant or a context is replaced through its importers instead, which
/// would otherwise keep the old value. The client checks the same again on the real values.
pub(super) fn only_components(program: &Program<'_>) -> bool {
    let local = components(program);
    let mut any = false;
    for statement in &program.body {
        let verdict = match statement {
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::FunctionDeclaration(function) => {
                    function.id.as_ref().map(|id| is_component_name(id.name.as_str()))
                }
                Declaration::ClassDeclaration(class) => {
                    class.id.as_ref().map(|id| is_component_name(id.name.as_str()))
                }
                Declaration::VariableDeclaration(variables) => Some(are_components(variables)),
                Declaration::TSEnumDeclaration(_) | Declaration::TSNamespaceDeclaration(_) => {
                    Some(false)
                }
                _ => None,
            },
            Statement::ExportNamedDeclaration(export) if export.export_kind.is_type() => None,
            Statement::ExportNamedDeclaration(export) => Some(
                export
                    .specifiers
                    .iter()
                    .filter(|one| !one.export_kind.is_type())
                    .all(|one| is_local(&one.local, &local)),
            ),
            Statement::ExportFromDeclaration(export) if export.export_kind.is_type() => None,
            Statement::ExportAllDeclaration(export) if export.export_kind.is_type() => None,
            Statement::ExportFromDeclaration(_) | Statement::ExportAllDeclaration(_) => Some(false),
            Statement::ExportDefaultDeclaration(export) => match &export.declaration {
                ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => None,
                // Refresh tells components apart by name: one without a name it cannot replace.
                ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                    Some(function.id.as_ref().is_some_and(|id| is_component_name(id.name.as_str())))
                }
                ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                    Some(class.id.as_ref().is_some_and(|id| is_component_name(id.name.as_str())))
                }
                other => Some(other.as_expression().is_some_and(|value| match value {
                    Expression::Identifier(name) => local.contains(name.name.as_str()),
                    value => is_wrapper(value),
                })),
            },
            _ => None,
        };
        match verdict {
            Some(true) => any = true,
            Some(false) => return false,
            None => {}
        }
    }
    any
}

/// Top-level names that hold components.
fn components<'p>(program: &'p Program<'_>) -> BTreeSet<&'p str> {
    let mut names = BTreeSet::new();
    for statement in &program.body {
        let declaration = match statement {
            Statement::ExportDeclaration(export) => Some(&export.declaration),
            other => other.as_declaration(),
        };
        match declaration {
            Some(Declaration::FunctionDeclaration(function)) => {
                names.extend(function.id.as_ref().map(|id| id.name.as_str()));
            }
            Some(Declaration::ClassDeclaration(class)) => {
                names.extend(class.id.as_ref().map(|id| id.name.as_str()));
            }
            Some(Declaration::VariableDeclaration(variables)) => {
                for variable in &variables.declarations {
                    if variable.init.as_ref().is_some_and(is_component_value) {
                        names.extend(variable.id.get_identifier_name().map(|name| name.as_str()));
                    }
                }
            }
            _ => {}
        }
    }
    names.retain(|name| is_component_name(name));
    names
}

fn is_local(name: &ModuleExportName<'_>, local: &BTreeSet<&str>) -> bool {
    local.contains(name.name().as_str())
}

fn are_components(variables: &VariableDeclaration<'_>) -> bool {
    variables.declarations.iter().all(|variable| {
        variable.id.get_identifier_name().is_some_and(|name| is_component_name(name.as_str()))
            && variable.init.as_ref().is_some_and(is_component_value)
    })
}

fn is_component_name(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

fn is_component_value(value: &Expression<'_>) -> bool {
    matches!(
        value.get_inner_expression(),
        Expression::ArrowFunctionExpression(_)
            | Expression::FunctionExpression(_)
            | Expression::ClassExpression(_)
    ) || is_wrapper(value)
}

/// `memo(X)`, `React.forwardRef(…)`, `styled.div`…``, `withRouter(X)`.
fn is_wrapper(value: &Expression<'_>) -> bool {
    match value.get_inner_expression() {
        Expression::CallExpression(call) => is_wrapper_name(&call.callee),
        Expression::TaggedTemplateExpression(tagged) => is_wrapper_name(&tagged.tag),
        _ => false,
    }
}

fn is_wrapper_name(callee: &Expression<'_>) -> bool {
    let name = match callee.get_inner_expression() {
        Expression::Identifier(name) => name.name.as_str(),
        Expression::StaticMemberExpression(member) => match member.object.get_inner_expression() {
            Expression::Identifier(object) if object.name == "styled" => return true,
            _ => member.property.name.as_str(),
        },
        Expression::CallExpression(call) => return is_wrapper_name(&call.callee),
        _ => return false,
    };
    matches!(name, "memo" | "forwardRef" | "lazy" | "observer" | "styled")
        || name.strip_prefix("with").is_some_and(is_component_name)
}
