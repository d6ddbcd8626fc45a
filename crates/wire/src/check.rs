use qv_domain::FilePath;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// One line of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PlanItem {
    /// What.
    pub text: String,
    /// Whether it is done.
    pub done: bool,
}

/// What kind of check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// The app's modules are compiled.
    Compile,
    /// The sources are read: unused imports, assets and routes that lead nowhere, names for screen readers.
    Lint,
    /// The types are checked.
    Types,
    /// The app is opened in a browser of the server's own, or an open preview tells of it.
    Runtime,
    /// The project's smoke checks.
    Smoke,
}

/// What became of a smoke check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SmokeResult {
    /// Its file.
    pub path: FilePath,
    /// Its name.
    pub name: String,
    /// Whether every step went well.
    pub ok: bool,
    /// Where it is known: whether it went well before this turn.
    pub ok_before: Option<bool>,
    /// The step that did not go well, and why; empty when all did.
    pub message: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// Something that the reviewer misses or finds wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReviewFinding {
    /// The file, when it names one.
    pub path: Option<FilePath>,
    /// What is missing or wrong.
    pub message: String,
}

/// What the agent wants to know before it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Question {
    /// The question.
    pub text: String,
    /// Answers to choose from, at most 5; a person may say something else.
    pub choices: Vec<String>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The app is broken by it.
    Error,
    /// Worth knowing.
    Warning,
}

/// Where a finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticKind {
    /// The file is not valid.
    Syntax,
    /// It is valid and cannot work.
    Semantic,
    /// An import leads nowhere.
    Resolve,
    /// An npm package is not in `package.json` or cannot be had; `package` names it.
    Package,
    /// The running app reported it.
    Runtime,
    /// It works, but not for everybody: a name that a screen reader needs, a contrast.
    Accessibility,
    /// An asset, a route or a style that leads nowhere.
    Asset,
    /// The types do not fit.
    Types,
    /// Something is imported or declared and never used.
    Unused,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Diagnostic {
    /// Where it comes from.
    pub kind: DiagnosticKind,
    /// How bad.
    pub severity: Severity,
    /// The file, when known.
    pub path: Option<FilePath>,
    /// From 1; 0 when not known.
    pub line: u32,
    /// From 1; 0 when not known.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// The package that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub package: Option<String>,
}
