use qv_domain::FilePath;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// How much a finding matters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FindingLevel {
    /// The app must not be published with it.
    Critical,
    /// Should be mended.
    Warning,
    /// Worth knowing.
    Note,
}

/// What a finding is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FindingTopic {
    /// A key or password stands in the app's files, which everybody can read.
    Secret,
    /// A package that is too new, or named like another one.
    Package,
    /// Code that lets strangers run theirs.
    Security,
    /// What a part of the people cannot use.
    Accessibility,
}

/// Something in an app that its makers should know before they publish it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Finding {
    /// The rule, such as `inner-html`.
    pub rule: String,
    /// What it is about.
    pub topic: FindingTopic,
    /// How much it matters.
    pub level: FindingLevel,
    /// The file, when known.
    pub path: Option<FilePath>,
    /// From 1; 0 when not known.
    pub line: u32,
    /// What was found. A secret is never in it.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// `GET /api/projects/{id}/findings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Findings {
    /// The worst first.
    pub items: Vec<Finding>,
    /// Whether a critical one stands in the way of publishing.
    pub blocks_publishing: bool,
}
