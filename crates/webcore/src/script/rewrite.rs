//! Takes what a module asks of others out of its body.

use oxc_allocator::{Allocator, TakeIn};
use oxc_ast::ast::{
    Argument, CallExpression, Expression, ImportDeclaration, ImportDeclarationSpecifier,
    ModuleExportName, NewExpression, Program, Statement,
};
use oxc_ast::builder::AstBuilder;
use oxc_ast_visit::{VisitMut, walk_mut};
use oxc_span::{GetSpan, SPAN};
use oxc_str::Ident;

use super::{Binding, Import, ImportKind, Script};

/// Moves imports and re-exports into `script`, and gives dynamic ones a name that [`super::link`]
/// defines.
pub(super) fn take_imports<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    script: &mut Script,
) {
    let mut finder = Finder {
        allocator,
        builder: AstBuilder::new(allocator),
        imports: Vec::new(),
        accepts_itself: false,
    };
    program.body.retain(|statement| match static_import(statement) {
        Some(import) => {
            finder.imports.push(import);
            false
        }
        None => true,
    });
    finder.visit_program(program);
    script.imports = finder.imports;
    script.accepts_itself = finder.accepts_itself;
}

fn static_import(statement: &Statement<'_>) -> Option<Import> {
    let (source, kind) = match statement {
        Statement::ImportDeclaration(import) => {
            (&import.source, ImportKind::Static(bindings(import)))
        }
        Statement::ExportFromDeclaration(export) => {
            let pair =
                |one: &oxc_ast::ast::ExportSpecifier<'_>| (text(&one.local), text(&one.exported));
            (&export.source, ImportKind::ReExport(export.specifiers.iter().map(pair).collect()))
        }
        Statement::ExportAllDeclaration(export) => {
            (&export.source, ImportKind::ReExportAll(export.exported.as_ref().map(text)))
        }
        _ => return None,
    };
    let offset = source.span().start as usize;
    Some(Import { specifier: source.value.to_string(), offset, kind })
}

fn text(name: &ModuleExportName<'_>) -> String {
    name.name().to_string()
}

fn bindings(import: &ImportDeclaration<'_>) -> Vec<Binding> {
    let specifiers = import.specifiers.iter().flatten();
    specifiers
        .map(|specifier| match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(one) => {
                Binding { imported: Some(text(&one.imported)), local: one.local.name.to_string() }
            }
            ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => {
                Binding { imported: Some("default".into()), local: one.local.name.to_string() }
            }
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => {
                Binding { imported: None, local: one.local.name.to_string() }
            }
        })
        .collect()
}

struct Finder<'a> {
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    imports: Vec<Import>,
    accepts_itself: bool,
}

impl<'a> Finder<'a> {
    fn name(&self, prefix: &str) -> (usize, Expression<'a>) {
        let number = self.imports.len();
        let name = Ident::from_str_in(&format!("__qv_{prefix}{number}"), &self.allocator);
        (number, Expression::new_identifier(SPAN, name, &self.builder))
    }

    fn dynamic(&mut self, source: &Expression<'a>) -> Option<Expression<'a>> {
        let specifier = constant_text(source)?;
        let offset = source.span().start as usize;
        let (number, callee) = self.name("d");
        self.imports.push(Import { specifier, offset, kind: ImportKind::Dynamic(number) });
        let arguments = oxc_allocator::Vec::new_in(&self.allocator);
        Some(Expression::new_call_expression(SPAN, callee, None, arguments, false, &self.builder))
    }

    /// `new URL("./x.png", import.meta.url)`.
    fn url(&mut self, new: &mut NewExpression<'a>) {
        if !new.callee.is_specific_id("URL") || new.arguments.len() != 2 {
            return;
        }
        let base = new.arguments[1].as_expression().and_then(Expression::as_member_expression);
        let is_meta = base.is_some_and(|base| {
            base.static_property_name() == Some("url")
                && matches!(base.object(), Expression::ImportMeta(_))
        });
        let Some(specifier) = new.arguments[0].as_expression().and_then(constant_text) else {
            return;
        };
        if !is_meta || !specifier.starts_with('.') {
            return;
        }
        let offset = new.arguments[0].span().start as usize;
        let (number, name) = self.name("u");
        self.imports.push(Import { specifier, offset, kind: ImportKind::Url(number) });
        new.arguments[0] = Argument::from(name);
    }

    fn glob(&mut self, call: &CallExpression<'a>) -> Option<Expression<'a>> {
        let patterns = match call.arguments.first()?.as_expression()? {
            Expression::ArrayExpression(array) => {
                let text = |element: &oxc_ast::ast::ArrayExpressionElement<'a>| {
                    element.as_expression().and_then(constant_text)
                };
                array.elements.iter().map(text).collect::<Option<Vec<_>>>()?
            }
            one => vec![constant_text(one)?],
        };
        let options = call.arguments.get(1).and_then(Argument::as_expression);
        let option = |name: &str| {
            let Some(Expression::ObjectExpression(object)) = options else { return None };
            object.properties.iter().find_map(|property| {
                let property = property.as_property()?;
                (property.key.static_name()? == name).then_some(&property.value)
            })
        };
        let eager = matches!(option("eager"), Some(Expression::BooleanLiteral(yes)) if yes.value);
        let export = option("import").and_then(constant_text).filter(|name| name != "*");
        let raw = option("query").or(option("as")).and_then(constant_text);
        let raw = raw.is_some_and(|query| query.trim_start_matches('?') == "raw");
        let (number, name) = self.name("g");
        let specifier = patterns.join(", ");
        let kind = ImportKind::Glob { number, patterns, eager, export, raw };
        self.imports.push(Import { specifier, offset: call.span.start as usize, kind });
        Some(name)
    }
}

impl<'a> VisitMut<'a> for Finder<'a> {
    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        let replacement = match &*expression {
            Expression::ImportExpression(import) => self.dynamic(&import.source),
            Expression::CallExpression(call) if is_meta_call(call, &["glob"]) => self.glob(call),
            _ => None,
        };
        match replacement {
            Some(replacement) => {
                let _ = expression.take_in(&self.allocator);
                *expression = replacement;
            }
            None => walk_mut::walk_expression(self, expression),
        }
    }

    fn visit_new_expression(&mut self, new: &mut NewExpression<'a>) {
        self.url(new);
        walk_mut::walk_new_expression(self, new);
    }

    fn visit_call_expression(&mut self, call: &mut CallExpression<'a>) {
        if is_meta_call(call, &["hot", "accept"]) {
            // With dependencies as its first argument it accepts them, not itself.
            let first = call.arguments.first().and_then(Argument::as_expression);
            self.accepts_itself |= first.is_none_or(Expression::is_function);
        }
        walk_mut::walk_call_expression(self, call);
    }
}

/// `import.meta.a.b(…)` for the path `["a", "b"]`, optional chaining included.
fn is_meta_call(call: &CallExpression<'_>, path: &[&str]) -> bool {
    let mut object = &call.callee;
    for name in path.iter().rev() {
        let Some(member) = object.as_member_expression() else { return false };
        if member.static_property_name() != Some(name) {
            return false;
        }
        object = member.object();
    }
    matches!(object, Expression::ImportMeta(_))
}

fn constant_text(expression: &Expression<'_>) -> Option<String> {
    match expression {
        Expression::StringLiteral(text) => Some(text.value.to_string()),
        Expression::TemplateLiteral(text) if text.expressions.is_empty() => {
            Some(text.quasis.first()?.value.cooked?.to_string())
        }
        _ => None,
    }
}
