//! What a refusal of Daytona's means. A full quota is a plain 400 there, told by its text alone.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, StatusCode};
use qv_domain::Timestamp;

use super::wire::Fault;
use crate::{QuotaScope, SandboxError};

/// The text of a refusal is shown: no longer than this.
const LONGEST_TEXT: usize = 300;
/// A day is as good as never.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// What is said when Daytona says nothing.
const NO_TEXT: &str = "Daytona gave no reason";

pub(super) fn of_answer(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    key: &str,
    now: Timestamp,
) -> SandboxError {
    let text = text_of(body, key);
    match status {
        StatusCode::UNAUTHORIZED => SandboxError::Auth,
        StatusCode::TOO_MANY_REQUESTS => {
            SandboxError::RateLimited { retry_after: retry_after(headers, now) }
        }
        StatusCode::FORBIDDEN if text.to_lowercase().contains("suspended") => {
            SandboxError::Suspended
        }
        StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN => refused(status, &text),
        StatusCode::NOT_FOUND => SandboxError::NotFound { what: "sandbox" },
        StatusCode::CONFLICT | StatusCode::GONE => SandboxError::Conflict { message: said(&text) },
        _ if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            let message = format!("Daytona failed ({}): {}", status.as_u16(), said(&text));
            SandboxError::Transient { message }
        }
        _ if status.is_redirection() => SandboxError::InvalidSpec {
            message: "Daytona's address redirects elsewhere: configure the address that it names"
                .to_owned(),
        },
        _ => SandboxError::InvalidSpec {
            message: format!("Daytona refused ({}): {}", status.as_u16(), said(&text)),
        },
    }
}

/// What is recognised by its text, whether it came as an answer or as the reason why a sandbox failed.
pub(super) fn by_text(text: &str) -> Option<SandboxError> {
    let lower = text.to_lowercase();
    if lower.contains("no available runner") {
        let message = "Daytona has no machine free at the moment".to_owned();
        return Some(SandboxError::Transient { message });
    }
    if lower.contains("maximum allowed per sandbox") {
        return Some(SandboxError::InvalidSpec { message: said(text) });
    }
    if lower.contains("no space left") || lower.contains("disk quota exceeded") {
        let message = "the disk of the sandbox is full".to_owned();
        return Some(SandboxError::Quota { scope: QuotaScope::Disk, message });
    }
    let full = lower.contains("limit exceeded") || lower.contains("quota exceeded");
    if full {
        let scope = match () {
            () if lower.contains("memory") => QuotaScope::Memory,
            () if lower.contains("disk") || lower.contains("storage") => QuotaScope::Disk,
            () if lower.contains("cpu") || lower.contains("gpu") => QuotaScope::Cpu,
            () => QuotaScope::Sandboxes,
        };
        return Some(SandboxError::Quota { scope, message: said(text) });
    }
    None
}

fn refused(status: StatusCode, text: &str) -> SandboxError {
    if let Some(known) = by_text(text) {
        return known;
    }
    let lower = text.to_lowercase();
    // The proxy before a sandbox that does not run.
    if lower.contains("is the sandbox started") || lower.contains("sandbox is not started") {
        return SandboxError::Conflict { message: "the sandbox does not run".to_owned() };
    }
    if status == StatusCode::FORBIDDEN {
        return SandboxError::InvalidSpec {
            message: format!("the key may not do this at Daytona: {}", said(text)),
        };
    }
    SandboxError::InvalidSpec { message: format!("Daytona refused: {}", said(text)) }
}

fn said(text: &str) -> String {
    if text.is_empty() { NO_TEXT.to_owned() } else { text.to_owned() }
}

/// The reason in an answer, safe to show: without the key, without control characters, and short.
fn text_of(body: &[u8], key: &str) -> String {
    let read = |fault: Fault| {
        let message = fault.message.and_then(|message| match message {
            serde_json::Value::String(text) => Some(text),
            serde_json::Value::Array(all) => {
                let texts: Vec<&str> = all.iter().filter_map(|one| one.as_str()).collect();
                (!texts.is_empty()).then(|| texts.join("; "))
            }
            _ => None,
        });
        message.or_else(|| fault.errors.map(|all| all.join("; "))).or(fault.error)
    };
    let text = match serde_json::from_slice::<Fault>(body) {
        Ok(fault) => read(fault).unwrap_or_default(),
        // A proxy's page says nothing to a person.
        Err(_) if body.trim_ascii_start().starts_with(b"<") => String::new(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    clean(&text, key)
}

pub(super) fn clean(text: &str, key: &str) -> String {
    let text = if key.is_empty() { text.to_owned() } else { text.replace(key, "[key]") };
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_TEXT)
        .collect()
}

/// Reads `retry-after`, in seconds or as a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        let seconds = (seconds.is_finite() && seconds >= 0.0).then_some(seconds)?;
        return Some(Duration::from_secs_f64(seconds.min(LONGEST_WAIT.as_secs_f64())));
    }
    let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let date = Timestamp::from_micros(i64::try_from(date.as_micros()).ok()?);
    Some(date.since(now).min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dtn_0123456789";

    fn fault(status: u16, body: &str, headers: &[(&'static str, &'static str)]) -> SandboxError {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        // 2026-11-24T11:00:00Z
        let now = Timestamp::from_micros(1_795_518_000_000_000);
        of_answer(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes(), KEY, now)
    }

    #[test]
    fn a_full_quota_is_told_by_its_text() {
        for (what, scope) in
            [("CPU", QuotaScope::Cpu), ("memory", QuotaScope::Memory), ("disk", QuotaScope::Disk)]
        {
            let text = format!("Total {what} limit exceeded. Maximum allowed: 10");
            let body = format!(r#"{{"statusCode":400,"error":"Bad Request","message":"{text}"}}"#);
            assert_eq!(fault(400, &body, &[]), SandboxError::Quota { scope, message: text });
        }
        let upload = r#"{"errors":["/w/a: write: no space left on device"],"files":[]}"#;
        assert!(matches!(
            fault(400, upload, &[]),
            SandboxError::Quota { scope: QuotaScope::Disk, .. }
        ));
    }

    #[test]
    fn what_never_fits_is_no_quota() {
        let text = "Memory request 64GB exceeds maximum allowed per sandbox (8GB)";
        for status in [400, 403] {
            let fault = fault(status, &format!(r#"{{"message":"{text}"}}"#), &[]);
            assert_eq!(fault, SandboxError::InvalidSpec { message: text.to_owned() });
        }
        let runners = fault(400, r#"{"message":"No available runners"}"#, &[]);
        assert!(matches!(runners, SandboxError::Transient { .. }));
    }

    #[test]
    fn each_status_has_its_error() {
        assert_eq!(fault(401, "{}", &[]), SandboxError::Auth);
        let suspended = r#"{"message":"Organization is suspended: unpaid"}"#;
        assert_eq!(fault(403, suspended, &[]), SandboxError::Suspended);
        assert!(matches!(fault(403, "{}", &[]), SandboxError::InvalidSpec { .. }));
        assert_eq!(fault(404, "", &[]), SandboxError::NotFound { what: "sandbox" });
        assert!(matches!(fault(409, "{}", &[]), SandboxError::Conflict { .. }));
        for status in [500, 502, 503, 504, 408] {
            assert!(fault(status, "<html>oops", &[]).retryable(), "{status}");
        }
        assert!(matches!(fault(302, "", &[]), SandboxError::InvalidSpec { .. }));
        let stopped = r#"{"message":"bad request: no IP address found. Is the Sandbox started?"}"#;
        assert!(matches!(fault(400, stopped, &[]), SandboxError::Conflict { .. }));
    }

    #[test]
    fn waiting_is_asked_for_in_seconds_or_by_a_date() {
        let wait = |text| match fault(429, "", &[("retry-after", text)]) {
            SandboxError::RateLimited { retry_after } => retry_after,
            other => panic!("{other}"),
        };
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Tue, 24 Nov 2026 11:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("Tue, 24 Nov 2026 10:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("1e300"), Some(LONGEST_WAIT));
        for nonsense in ["", "soon", "-3", "NaN"] {
            assert_eq!(wait(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn what_is_said_is_safe_to_show() {
        let body = format!(r#"{{"message":["key {KEY} is\u001b[31m bad","and\n more"]}}"#);
        let SandboxError::Conflict { message } = fault(409, &body, &[]) else { panic!() };
        assert_eq!(message, "key [key] is[31m bad; and more");
        let long = fault(500, &"x".repeat(5_000), &[]);
        assert!(long.to_string().len() < 400);
    }
}
