//! What a component's compiler made, as a module that a browser can import.

use qv_domain::FilePath;

use crate::diagnostic::Diagnostic;
use crate::file_kind::Language;
use crate::script::{self, Options, Script};

/// Strips types and reads imports of generated code for the component `path`.
///
/// # Errors
/// What is wrong with the code, placed in the code rather than in the component.
pub(crate) fn transform(path: &FilePath, code: &str) -> Result<Script, Vec<Diagnostic>> {
    let compiled = script::compile(path, code, Language::Ts, &Options::default());
    compiled.script.ok_or(compiled.diagnostics)
}
