//! What is wrong with an app, said so that a person, a model and a program can act on it.

use qv_domain::FilePath;
use serde::Serialize;

use crate::text::{code_frame, position};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The module cannot run as it is.
    Error,
    /// It runs, but not as written.
    Warning,
}

/// What kind of mistake it is; programs decide by this, people read the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticKind {
    /// The text is not in the file's language.
    Syntax,
    /// It parses, but no browser would run it: a name declared twice, for example.
    Semantic,
    /// An import names a file that does not exist.
    Unresolved,
    /// An import names an export that the file does not have.
    MissingExport,
    /// An import names a package that `package.json` does not list: offer to add it.
    PackageMissing,
    /// The package is listed in `package.json` but not bundled yet: wait.
    PackagePending,
    /// An import names a module that only Node.js has.
    NodeBuiltin,
    /// A language or feature that the preview does not run.
    Unsupported,
    /// A file or project larger than [`crate::limits`] allow.
    Limit,
}

/// One finding about one place in one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Diagnostic {
    /// Where.
    pub file: FilePath,
    /// From 1; 0 when it is about the whole file.
    pub line: u32,
    /// From 1, in UTF-16 code units as editors and browsers count; 0 with line 0.
    pub column: u32,
    /// How bad.
    pub severity: Severity,
    /// What, for programs.
    pub kind: DiagnosticKind,
    /// What, for people: one sentence.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The npm package concerned, such as `@dnd-kit/core`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The lines around it with a mark below the column; empty with line 0.
    pub frame: String,
}

impl Diagnostic {
    /// An error at a byte offset of a file's text.
    pub(crate) fn error(
        file: &FilePath,
        text: &str,
        offset: usize,
        kind: DiagnosticKind,
        message: impl Into<String>,
    ) -> Self {
        let (line, column) = position(text, offset);
        Self {
            file: file.clone(),
            line,
            column,
            severity: Severity::Error,
            kind,
            message: shortened(message.into()),
            help: None,
            package: None,
            frame: code_frame(text, line, column),
        }
    }

    /// An error about a file as a whole.
    pub(crate) fn whole(file: &FilePath, kind: DiagnosticKind, message: impl Into<String>) -> Self {
        Self {
            file: file.clone(),
            line: 0,
            column: 0,
            severity: Severity::Error,
            kind,
            message: shortened(message.into()),
            help: None,
            package: None,
            frame: String::new(),
        }
    }

    #[must_use]
    pub(crate) fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    #[must_use]
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(shortened(help.into()));
        self
    }

    #[must_use]
    pub(crate) fn with_package(mut self, package: &str) -> Self {
        self.package = Some(package.to_owned());
        self
    }

    /// Whether it keeps the module from running.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Messages quote the app's own text, which may be long.
fn shortened(text: String) -> String {
    const MOST: usize = 400;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
