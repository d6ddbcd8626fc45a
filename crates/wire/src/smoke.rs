use qv_domain::{FilePath, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::SmokeResult;

/// A smoke check of a project and what became of it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct SmokeCheckState {
    /// Its file, which is edited like any other.
    pub path: FilePath,
    /// Its name; the file's where it cannot be read.
    pub name: String,
    /// Its steps, each as its file has it.
    pub steps: Vec<String>,
    /// What is wrong with the file, with the line.
    pub fault: Option<String>,
    /// What became of it when it was last carried out.
    pub last: Option<SmokeResult>,
    /// When that was.
    pub last_at: Option<Timestamp>,
}

/// `GET /api/projects/{id}/checks`: the project's smoke checks, by path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct SmokeChecks {
    /// The checks; at most 8 are carried out.
    pub items: Vec<SmokeCheckState>,
    /// Whether this server can open the app in a browser; a sentence with the remedy where it cannot.
    pub browser: Option<String>,
    /// Why they are not carried out on this app, as a sentence; `null` where they are.
    pub left_out: Option<String>,
}

/// `POST /api/projects/{id}/checks/run`: what the app looked like and did just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct CheckRun {
    /// What is wrong with the app.
    pub diagnostics: Vec<crate::Diagnostic>,
    /// What became of its smoke checks.
    pub smoke: Vec<SmokeResult>,
    /// The address of a picture of it.
    pub screenshot: Option<String>,
}

/// `POST /api/projects/{id}/checks/meant`: a check that fails was meant to: it is removed, with the reason in the log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeantChange {
    /// The check's file.
    pub path: FilePath,
}
