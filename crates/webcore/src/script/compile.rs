//! Text to [`Script`]: parse, check, transform, take imports out, print.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, Program, Statement};
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_diagnostics::{Diagnostics, Severity};
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;
use oxc_transformer::{
    HelperLoaderMode, JsxOptions, ReactRefreshOptions, TransformOptions, Transformer,
};
use qv_domain::FilePath;
use qv_domain::nesting::{levels, with_stack};
use serde_json::Value;

use super::{Compiled, Options, Script, boundary, exports, rewrite};
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::file_kind::Language;
use crate::limits::{MAX_DIAGNOSTICS, MAX_IMPORTS, MAX_NESTING};

/// Compiles one module. Never panics, whatever the text is.
pub(crate) fn compile(
    path: &FilePath,
    text: &str,
    language: Language,
    options: &Options,
) -> Compiled {
    let levels = levels(text);
    if levels > MAX_NESTING {
        let message = "This module is too large to compile for the preview";
        let help = "Split it, or move its data to a .json file";
        let found = Diagnostic::whole(path, DiagnosticKind::Limit, message).with_help(help);
        return Compiled { script: None, diagnostics: vec![found] };
    }
    // The compiler is a library at its first versions, and the text comes from strangers: one
    // module that it chokes on must not end the server.
    let caught = catch_unwind(AssertUnwindSafe(|| {
        with_stack(levels, || Stages { path, text, language, options, found: Vec::new() }.run())
    }));
    caught.unwrap_or_else(|_| {
        let message = "The compiler could not read this module";
        let found = Diagnostic::whole(path, DiagnosticKind::Syntax, message);
        Compiled { script: None, diagnostics: vec![found] }
    })
}

struct Stages<'s> {
    path: &'s FilePath,
    text: &'s str,
    language: Language,
    options: &'s Options,
    found: Vec<Diagnostic>,
}

impl Stages<'_> {
    fn run(mut self) -> Compiled {
        let script = self.script();
        let script = if self.found.iter().any(Diagnostic::is_error) { None } else { script };
        Compiled { script, diagnostics: self.found }
    }

    fn script(&mut self) -> Option<Script> {
        let allocator = Allocator::default();
        let source_type = match self.language {
            Language::Classic => SourceType::script(),
            Language::Js => SourceType::mjs().with_jsx(true),
            Language::Ts => SourceType::ts(),
            Language::Tsx => SourceType::tsx(),
        };
        let parse = ParseOptions {
            parse_regular_expression: true,
            preserve_parens: false,
            ..ParseOptions::default()
        };
        let parsed = Parser::new(&allocator, self.text, source_type).with_options(parse).parse();
        self.take(&parsed.diagnostics, DiagnosticKind::Syntax);
        if parsed.panicked || self.found.iter().any(Diagnostic::is_error) {
            return None;
        }
        let mut program = parsed.program;
        let semantic = SemanticBuilder::new()
            .with_check_syntax_error(true)
            .with_excess_capacity(2.0)
            .with_enum_eval(true)
            .build(&program);
        self.take(&semantic.diagnostics, DiagnosticKind::Semantic);
        if self.found.iter().any(Diagnostic::is_error) {
            return None;
        }
        if self.language == Language::Classic {
            return None;
        }
        let scoping = semantic.semantic.into_scoping();
        let mut script = Script {
            boundary: self.options.refresh && boundary::only_components(&program),
            uses_env: self.text.contains("import.meta.env"),
            uses_hot: self.text.contains("import.meta.hot"),
            ..Script::default()
        };
        let written = exports::names(&program);
        let transform = self.transform_options();
        let transformed = Transformer::new(&allocator, Path::new(self.path.as_str()), &transform)
            .build_with_scoping(scoping, &mut program);
        self.take(&transformed.diagnostics, DiagnosticKind::Semantic);
        script.exports = exports::names(&program);
        script.types = written.difference(&script.exports).cloned().collect();
        rewrite::take_imports(&allocator, &mut program, &mut script);
        if script.imports.len() > MAX_IMPORTS {
            let message = format!("This module has more than {MAX_IMPORTS} imports");
            self.found.push(Diagnostic::whole(self.path, DiagnosticKind::Limit, message));
            return None;
        }
        self.print(&mut program, &mut script);
        Some(script)
    }

    fn transform_options(&self) -> TransformOptions {
        // In modules without JSX too: hooks have signatures.
        let refresh = self.options.refresh.then(ReactRefreshOptions::default);
        let mut options = TransformOptions {
            jsx: JsxOptions {
                import_source: Some(self.options.jsx_source.clone()),
                refresh,
                ..JsxOptions::enable()
            },
            ..TransformOptions::default()
        };
        options.typescript.only_remove_type_imports = self.options.keep_imports;
        // No browser runs decorators yet; the legacy kind is what TypeScript code is written for.
        options.decorator.legacy = true;
        // Their helpers are the client's `babelHelpers`.
        options.helper_loader.mode = HelperLoaderMode::External;
        options
    }

    fn print<'a>(&self, program: &mut Program<'a>, script: &mut Script) {
        // The linked module has a line before it, where `#!` is no comment.
        program.hashbang = None;
        let options = CodegenOptions {
            source_map_path: Some(PathBuf::from(self.path.as_str())),
            // Indentation would make nested code grow with the square of its depth.
            indent_width: 0,
            comments: CommentOptions { normal: false, jsdoc: false, ..CommentOptions::default() },
            ..CodegenOptions::default()
        };
        let printed = Codegen::new().with_options(options).build(program);
        script.uses_refresh = printed.code.contains("$Refresh");
        // A class may be called like a component; what refresh can replace it has registered.
        script.boundary &= printed.code.contains("$RefreshReg$(");
        script.body = printed.code;
        script.map = printed.map.map(oxc_sourcemap::SourceMap::into_owned);
    }

    fn take(&mut self, diagnostics: &Diagnostics, kind: DiagnosticKind) {
        let room = MAX_DIAGNOSTICS.saturating_sub(self.found.len());
        for diagnostic in diagnostics.iter().take(room) {
            let offset = diagnostic.labels.iter().next().map_or(0, |label| label.offset() as usize);
            let message = diagnostic.message.to_string();
            let mut found = Diagnostic::error(self.path, self.text, offset, kind, message);
            if let Some(help) = &diagnostic.help {
                found = found.with_help(help.to_string());
            }
            if diagnostic.severity != Severity::Error {
                found = found.warning();
            }
            self.found.push(found);
        }
    }
}

/// The value of a text that is one JavaScript literal (JSON with comments, for example), or of the
/// default export of a configuration module, as far as it is written out.
pub(crate) fn static_value(text: &str, module: bool) -> Option<Value> {
    let levels = levels(text);
    if levels > MAX_NESTING {
        return None;
    }
    let wrapped;
    let text = if module {
        text
    } else {
        wrapped = format!("({text}\n)");
        &wrapped
    };
    let read = || {
        let allocator = Allocator::default();
        let parse = ParseOptions { preserve_parens: false, ..ParseOptions::default() };
        let parsed = Parser::new(&allocator, text, SourceType::ts()).with_options(parse).parse();
        if parsed.panicked || parsed.diagnostics.has_errors() {
            return None;
        }
        let expression = if module {
            exports::configuration(&parsed.program)?
        } else {
            match parsed.program.body.first()? {
                Statement::ExpressionStatement(statement) => &statement.expression,
                _ => return None,
            }
        };
        literal(expression, 0)
    };
    catch_unwind(AssertUnwindSafe(|| with_stack(levels, read))).ok().flatten()
}

fn literal(expression: &Expression<'_>, depth: usize) -> Option<Value> {
    /// Deeper configuration does not occur, and JSON values are dropped recursively.
    const DEEPEST: usize = 64;
    if depth > DEEPEST {
        return None;
    }
    Some(match expression.get_inner_expression() {
        Expression::StringLiteral(text) => text.value.as_str().into(),
        Expression::NumericLiteral(number) => number_value(number.value),
        Expression::BooleanLiteral(boolean) => boolean.value.into(),
        Expression::TemplateLiteral(text) if text.expressions.is_empty() => {
            text.quasis.first()?.value.cooked?.as_str().into()
        }
        Expression::ArrayExpression(array) => array
            .elements
            .iter()
            .filter_map(|element| literal(element.as_expression()?, depth + 1))
            .collect(),
        Expression::ObjectExpression(object) => {
            let entry = |property: &oxc_ast::ast::ObjectPropertyKind<'_>| {
                let property = property.as_property()?;
                Some((
                    property.key.static_name()?.into_owned(),
                    literal(&property.value, depth + 1)?,
                ))
            };
            Value::Object(object.properties.iter().filter_map(entry).collect())
        }
        _ => Value::Null,
    })
}

/// Whole numbers are written without `.0`, as JavaScript does.
#[expect(clippy::cast_possible_truncation, reason = "only whole numbers in range are cast")]
fn number_value(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        (number as i64).into()
    } else {
        number.into()
    }
}
