//! JSON files as modules: the value as default, an object's entries by name too.

use std::fmt::Write as _;

use qv_domain::FilePath;
use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::text::{is_identifier, quoted};

/// A JSON file that is valid.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct JsonModule {
    /// JavaScript.
    pub code: String,
}

/// Words that no variable can be called.
const RESERVED: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

pub(crate) fn compile(path: &FilePath, text: &str) -> Result<JsonModule, Box<Diagnostic>> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let line = text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1))
            .map(str::len)
            .sum::<usize>();
        let offset = line + error.column().saturating_sub(1);
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
        Box::new(Diagnostic::error(
            path,
            text,
            offset,
            DiagnosticKind::Syntax,
            format!("Not JSON: {message}"),
        ))
    })?;
    // Parsed again in the browser: `__proto__` stays a plain key, and JSON parses faster than code.
    let mut code = format!("const json=JSON.parse({});export default json;", quoted(text));
    for name in value.as_object().into_iter().flat_map(Map::keys) {
        if is_identifier(name) && name.is_ascii() && name != "json" && !is_reserved(name) {
            let _ = write!(code, "export const {name}=json.{name};");
        }
    }
    code.push('\n');
    Ok(JsonModule { code })
}

pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_exported_by_name_where_they_can_be() {
        let path = FilePath::parse("a.json").unwrap();
        let module = compile(&path, "{\"a\": 1, \"default\": 2, \"b c\": 3}").unwrap();
        assert_eq!(
            module.code,
            "const json=JSON.parse(\"{\\\"a\\\": 1, \\\"default\\\": 2, \\\"b c\\\": 3}\");\
             export default json;export const a=json.a;\n"
        );
        let error = compile(&path, "{\n  \"a\": ,\n}").unwrap_err();
        assert_eq!((error.line, error.message.as_str()), (2, "Not JSON: expected value"));
        assert!(compile(&path, &"[".repeat(500_000)).is_err());
    }

    #[test]
    fn the_reserved_words_are_sorted_for_the_search() {
        assert!(RESERVED.is_sorted());
    }
}
