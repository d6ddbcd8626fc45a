//! Which names a module exports.

use std::collections::BTreeSet;

use oxc_ast::ast::{
    Declaration, ExportDefaultDeclarationKind, Expression, ModuleExportName, Program, Statement,
};

/// Names as the program stands: before the transform with types, after it without.
pub(super) fn names(program: &Program<'_>) -> BTreeSet<Box<str>> {
    let mut names = BTreeSet::new();
    for statement in &program.body {
        match statement {
            Statement::ExportDeclaration(export) => {
                declared(&export.declaration, &mut |name| _ = names.insert(name.into()));
            }
            Statement::ExportNamedDeclaration(export) => {
                names.extend(export.specifiers.iter().map(|one| text(&one.exported)));
            }
            Statement::ExportFromDeclaration(export) => {
                names.extend(export.specifiers.iter().map(|one| text(&one.exported)));
            }
            Statement::ExportAllDeclaration(export) => {
                names.extend(export.exported.as_ref().map(text));
            }
            Statement::ExportDefaultDeclaration(_) => _ = names.insert("default".into()),
            _ => {}
        }
    }
    names
}

fn text(name: &ModuleExportName<'_>) -> Box<str> {
    name.name().as_str().into()
}

/// Every name that a declaration binds.
pub(super) fn declared(declaration: &Declaration<'_>, found: &mut dyn FnMut(&str)) {
    if let Declaration::VariableDeclaration(variables) = declaration {
        for variable in &variables.declarations {
            for name in variable.id.get_binding_identifiers() {
                found(name.name.as_str());
            }
        }
    } else if let Some(name) = declaration.id() {
        found(name.name.as_str());
    }
}

/// The object that a configuration module exports: `export default {…}`, `defineConfig({…})`,
/// `module.exports = {…}` or a variable that holds it.
pub(super) fn configuration<'p, 'a>(program: &'p Program<'a>) -> Option<&'p Expression<'a>> {
    let exported = program.body.iter().find_map(|statement| match statement {
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(_)
            | ExportDefaultDeclarationKind::ClassDeclaration(_)
            | ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => None,
            other => other.as_expression(),
        },
        Statement::ExpressionStatement(statement) => match &statement.expression {
            Expression::AssignmentExpression(assignment) => {
                let target = assignment.left.as_member_expression()?;
                (target.static_property_name() == Some("exports")).then_some(&assignment.right)
            }
            _ => None,
        },
        _ => None,
    })?;
    match exported.get_inner_expression() {
        Expression::CallExpression(call) => call.arguments.first()?.as_expression(),
        Expression::Identifier(name) => initialiser(program, name.name.as_str()),
        other => Some(other),
    }
}

fn initialiser<'p, 'a>(program: &'p Program<'a>, name: &str) -> Option<&'p Expression<'a>> {
    program.body.iter().find_map(|statement| match statement {
        Statement::VariableDeclaration(variables) => variables
            .declarations
            .iter()
            .find(|variable| variable.id.get_identifier_name().is_some_and(|id| id == name))
            .and_then(|variable| variable.init.as_ref()),
        _ => None,
    })
}
