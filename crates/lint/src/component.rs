//! Which components a file has, and under which names others get them.

use std::collections::BTreeMap;

use oxc_ast::ast::{
    BindingPattern, Declaration, ExportDefaultDeclarationKind, Expression, Statement,
};
use qv_domain::FilePath;

use crate::props::{Component, component, types_of};
use crate::script::{Facts, Unit};

/// Keeps the components of a file: under `name@` as they are called in it, and under the names that others import.
pub(crate) fn read<'a>(unit: &Unit<'_, '_>, path: &'a FilePath, facts: &mut Facts<'a>) {
    let types = types_of(unit);
    let mut here = BTreeMap::new();
    let mut exports: Vec<(String, String)> = Vec::new();
    for statement in &unit.semantic.nodes().program().body {
        match statement {
            Statement::ExportDeclaration(export) => {
                let names = declare(&export.declaration, &types, &mut here);
                exports.extend(names.into_iter().map(|name| (name.clone(), name)));
            }
            Statement::ExportNamedDeclaration(export) => {
                for one in &export.specifiers {
                    exports.push((one.exported.name().to_string(), one.local.name().to_string()));
                }
            }
            Statement::ExportDefaultDeclaration(export) => match &export.declaration {
                ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                    let name = function.id.as_ref().map_or("default", |id| id.name.as_str());
                    if let Some(component) = component(&function.params, &types) {
                        here.insert(name.to_owned(), component);
                    }
                    exports.push(("default".to_owned(), name.to_owned()));
                }
                ExportDefaultDeclarationKind::Identifier(id) => {
                    exports.push(("default".to_owned(), id.name.to_string()));
                }
                _ => {}
            },
            other => {
                if let Some(declaration) = other.as_declaration() {
                    declare(declaration, &types, &mut here);
                }
            }
        }
    }
    for (exported, local) in exports {
        if let Some(component) = here.get(&local) {
            facts.components.insert((path, exported), component.clone());
        }
    }
    facts
        .components
        .extend(here.into_iter().map(|(name, component)| ((path, format!("{name}@")), component)));
}

/// Takes the components of a declaration, and gives all names that it declares.
fn declare(
    declaration: &Declaration<'_>,
    types: &BTreeMap<String, Component>,
    here: &mut BTreeMap<String, Component>,
) -> Vec<String> {
    let mut names = Vec::new();
    match declaration {
        Declaration::FunctionDeclaration(function) => {
            if let Some(id) = &function.id {
                names.push(id.name.to_string());
                if let Some(component) = component(&function.params, types) {
                    here.insert(id.name.to_string(), component);
                }
            }
        }
        Declaration::VariableDeclaration(list) => {
            for one in &list.declarations {
                let BindingPattern::BindingIdentifier(id) = &one.id else { continue };
                names.push(id.name.to_string());
                if let (Some(Expression::ArrowFunctionExpression(arrow)), None) =
                    (&one.init, &one.type_annotation)
                    && let Some(component) = component(&arrow.params, types)
                {
                    here.insert(id.name.to_string(), component);
                }
            }
        }
        _ => {}
    }
    names
}
