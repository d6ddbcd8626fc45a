use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::ErrorCode;

/// An error as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Problem {
    /// The anchor of the code in the documentation, relative to the server.
    #[serde(rename = "type")]
    pub kind: String,
    /// [`ErrorCode::title`].
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, safe to show.
    pub detail: String,
    /// The code.
    pub code: ErrorCode,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// Seconds to wait before that, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after: Option<u64>,
    /// Finds the details in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request_id: Option<String>,
    /// One entry for each wrong field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<FieldProblem>>")]
    pub fields: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct FieldProblem {
    /// The field's name in the request, such as `email`.
    pub field: String,
    /// What is wrong and the remedy.
    pub message: String,
}

impl Problem {
    /// A problem of `code`, saying `detail`.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            kind: code.anchor().to_owned(),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
            code,
            retryable: code.retryable(),
            retry_after: None,
            request_id: None,
            fields: Vec::new(),
        }
    }
}
