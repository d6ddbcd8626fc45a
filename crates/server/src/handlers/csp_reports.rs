//! What a browser kept a page from doing. Anyone may say so.

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use qv_wire::Problem;
use serde::Deserialize;
use utoipa_axum::router::UtoipaMethodRouterExt as _;
use utoipa_axum::routes;

use crate::limits::Rate;
use crate::problem::{ApiError, Result};
use crate::rule::{Routes, Rule};

/// Where browsers report, as the policy tells them.
pub(crate) const CSP_REPORTS: &str = "/api/csp-reports";
const MOST_BYTES: usize = 16_000;
const SHOWN_CHARS: usize = 200;

pub(crate) fn routes() -> Routes {
    let small = DefaultBodyLimit::max(MOST_BYTES);
    Routes::new().counted(Rate::Reports, Rule::Anyone, routes!(report).layer(small))
}

/// As browsers send it: https://www.w3.org/TR/CSP3/#deprecated-serialize-violation.
#[derive(Debug, Deserialize)]
struct Report {
    #[serde(rename = "csp-report")]
    report: Violation,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Violation {
    #[serde(default)]
    document_uri: String,
    #[serde(default)]
    effective_directive: String,
    #[serde(default)]
    blocked_uri: String,
}

/// A browser reports a violation of the content security policy. It goes into the log.
#[utoipa::path(post, path = "/api/csp-reports", tag = "docs",
    request_body(content = String, content_type = "application/csp-report"),
    responses((status = 204), (status = 400, body = Problem), (status = 413, body = Problem)))]
async fn report(body: std::result::Result<Bytes, BytesRejection>) -> Result<StatusCode> {
    let body = body.map_err(|_| ApiError::of(qv_wire::ErrorCode::TooLarge))?;
    let Report { report } = serde_json::from_slice(&body)
        .map_err(|_| ApiError::invalid("body", "It is no report of a browser (`csp-report`)."))?;
    let shown = |text: &str| -> String {
        text.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS).collect()
    };
    // Addresses without their queries, which may hold what is nobody's business.
    let address = |uri: &str| shown(uri.split(['?', '#']).next().unwrap_or_default());
    tracing::warn!(
        page = address(&report.document_uri),
        directive = shown(&report.effective_directive),
        blocked = address(&report.blocked_uri),
        "the content security policy stopped something"
    );
    Ok(StatusCode::NO_CONTENT)
}
