use qv_domain::EngineKind;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::Diagnostic;

/// How previews are kept apart from the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PreviewMode {
    /// On an origin of its own.
    Origin,
    /// In a sandboxed document without an origin, where the host has no sub-domains (an IP address).
    Opaque,
}

/// `POST /api/projects/{id}/sandbox`: where the app runs, made ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct PreviewAddress {
    /// The engine.
    pub engine: EngineKind,
    /// Why that one, in words.
    pub reason: String,
    /// How it is kept apart.
    pub mode: PreviewMode,
    /// Where the frame points; in `origin` mode it may also be opened in a tab. For an app with a machine of its own it
    /// bears a ticket that is good for a minute, and the frame shows by itself how far the machine is.
    pub url: String,
    /// The origin that its messages come from; `"null"` in `opaque` mode.
    pub origin: String,
    /// What the server found when it compiled the app.
    pub diagnostics: Vec<Diagnostic>,
}

/// `POST /api/projects/{id}/sandbox/reports`: what an open preview saw, relayed by the page around it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewReports {
    /// At most 50.
    pub items: Vec<PreviewReport>,
}

/// One thing that a preview saw.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewReport {
    /// What.
    pub issue: RuntimeIssue,
    /// The message, at most 4,000 characters.
    pub message: String,
    /// The address of the script, when known.
    #[serde(default)]
    #[ts(optional)]
    pub url: Option<String>,
    /// From 1.
    #[serde(default)]
    #[ts(optional)]
    pub line: Option<u32>,
    /// From 1.
    #[serde(default)]
    #[ts(optional)]
    pub column: Option<u32>,
}

/// What kind of thing a preview saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuntimeIssue {
    /// An uncaught error.
    Error,
    /// A promise that nobody caught.
    UnhandledRejection,
    /// `console.error`.
    ConsoleError,
    /// A script, style, picture or font that did not load.
    ResourceError,
    /// The page painted: what was reported before no longer counts.
    Painted,
}
