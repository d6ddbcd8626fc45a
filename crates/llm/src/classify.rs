//! What a provider's error means. Codes and types are believed first, then the status, then well-known words.

use crate::fault::Fault;
use crate::redact::Secrets;
use crate::{AuthProblem, LlmError};

const QUOTA: [&str; 5] = [
    "insufficient_quota",
    "billing_error",
    "billing_hard_limit",
    "billing_not_active",
    "quota_exhausted",
];
const QUOTA_WORDS: [&str; 3] = ["credit balance", "insufficient balance", "requires more credits"];
const CONTEXT: [&str; 4] = [
    "context_length_exceeded",
    "exceed_context_size_error",
    "model_context_window_exceeded",
    "request_too_large",
];
const CONTEXT_WORDS: [&str; 8] = [
    "maximum context length",
    "prompt is too long",
    "exceed context limit",
    "exceeds the context",
    "context size",
    "contextwindowexceeded",
    "context the overflows",
    "input token count",
];
const REFUSAL: [&str; 4] =
    ["content_filter", "content_policy_violation", "moderation", "invalid_prompt"];
const REFUSAL_WORDS: [&str; 3] = ["content policy", "was flagged", "content management policy"];
const AUTH: [&str; 4] =
    ["authentication_error", "permission_error", "invalid_api_key", "unauthenticated"];
const AUTH_WORDS: [&str; 4] =
    ["api key not valid", "invalid api key", "incorrect api key", "no connected db"];
const MODEL_WORDS: [&str; 6] = [
    "invalid model name",
    "not a valid model",
    "model not exist",
    "model not found",
    "no endpoints found for",
    "does not exist or you do not have access",
];

/// Turns a provider's error into ours.
pub(crate) fn classify(fault: &Fault, model: &str, secrets: &Secrets) -> LlmError {
    let message = secrets.for_person(&fault.message);
    let words = message.to_lowercase();
    let is = |codes: &[&str]| {
        codes.iter().any(|code| {
            fault.code.eq_ignore_ascii_case(code) || fault.kind.eq_ignore_ascii_case(code)
        })
    };
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    let status = fault.status.unwrap_or(0);
    let rejected = LlmError::Auth { problem: AuthProblem::Rejected };

    if is(&QUOTA) || status == 402 || says(&QUOTA_WORDS) {
        return LlmError::Quota { message };
    }
    if is(&CONTEXT) || status == 413 || (status < 500 && says(&CONTEXT_WORDS)) {
        let (tokens, limit) = sizes(&words);
        return LlmError::ContextTooLong {
            tokens: fault.tokens.or(tokens),
            limit: fault.limit.or(limit),
        };
    }
    if is(&REFUSAL) || (status < 500 && says(&REFUSAL_WORDS)) {
        return LlmError::Refusal { message };
    }
    if is(&["rate_limit_error", "rate_limit_exceeded", "resource_exhausted"]) || status == 429 {
        return LlmError::RateLimited { retry_after: fault.retry_after };
    }
    if is(&AUTH) || status == 401 || (status < 500 && says(&AUTH_WORDS)) {
        return rejected;
    }
    if is(&["model_not_found"])
        || (is(&["not_found_error"]) && words.contains("model"))
        || (status == 404 && words.contains("model"))
        || (status < 500 && says(&MODEL_WORDS))
    {
        return LlmError::ModelNotFound { model: model.to_owned() };
    }
    match status {
        403 if !message.is_empty() => rejected,
        408 | 425 | 500.. => {
            LlmError::Overloaded { status: fault.status, retry_after: fault.retry_after }
        }
        300..400 => LlmError::Protocol {
            message: format!("it redirects (status {status}); enter the address it redirects to"),
        },
        403..=405 => LlmError::Protocol {
            message: format!("status {status}, and no model API at this path"),
        },
        0 if is(&["invalid_request_error"]) => LlmError::InvalidRequest { message },
        0 => LlmError::Overloaded { status: None, retry_after: fault.retry_after },
        _ if message.is_empty() => {
            LlmError::InvalidRequest { message: format!("status {status}, without a reason") }
        }
        _ => LlmError::InvalidRequest { message },
    }
}

/// The tokens sent and the limit, out of a sentence such as `215022 tokens > 200000 maximum`,
/// `199000 + 8192 > 200000`, or `maximum context length is 8192 tokens. However, you requested 9000 tokens`.
fn sizes(words: &str) -> (Option<u64>, Option<u64>) {
    if let Some((left, right)) = words.split_once('>') {
        let summands = numbers(left).into_iter().rev().take(1 + left.matches('+').count());
        return (Some(summands.sum()).filter(|sum| *sum > 0), numbers(right).first().copied());
    }
    let all = numbers(words);
    let tokens = all.iter().max().copied();
    let named =
        words.split_once("context length").and_then(|(_, after)| numbers(after).first().copied());
    let limit = named.or_else(|| all.iter().filter(|n| Some(**n) < tokens).max().copied());
    (tokens.filter(|tokens| limit.is_some_and(|limit| *tokens > limit)), limit)
}

/// Numbers large enough to be token counts, thousands separated or not.
fn numbers(text: &str) -> Vec<u64> {
    text.split(|c: char| !(c.is_ascii_digit() || c == ',' || c == '_'))
        .filter_map(|run| run.replace([',', '_'], "").parse().ok())
        .filter(|number| *number >= 256)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn read(status: u16, body: &str) -> LlmError {
        let mut fault = Fault::from_body(body);
        fault.status = Some(status);
        classify(&fault, "the-model", &Secrets::default())
    }

    #[test]
    fn errors_of_many_providers_are_understood() {
        let rejected = LlmError::Auth { problem: AuthProblem::Rejected };
        let not_found = LlmError::ModelNotFound { model: "the-model".to_owned() };
        let too_long =
            |tokens, limit| LlmError::ContextTooLong { tokens: Some(tokens), limit: Some(limit) };
        let overloaded = |status| LlmError::Overloaded { status: Some(status), retry_after: None };
        let cases = [
            (
                529,
                r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                overloaded(529),
            ),
            (
                400,
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 215022 tokens > 200000 maximum"}}"#,
                too_long(215_022, 200_000),
            ),
            (
                400,
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000, decrease input length"}}"#,
                too_long(207_192, 200_000),
            ),
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8500 in the messages, 500 in the completion).","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
                too_long(9_000, 8_192),
            ),
            (
                400,
                r#"{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":3012,"n_ctx":2048}}"#,
                too_long(3_012, 2_048),
            ),
            (
                400,
                r#"[{"error":{"code":400,"message":"The input token count (1,100,000) exceeds the maximum number of tokens allowed (1,048,576).","status":"INVALID_ARGUMENT"}}]"#,
                too_long(1_100_000, 1_048_576),
            ),
            (
                413,
                r#"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
                LlmError::ContextTooLong { tokens: None, limit: None },
            ),
            (
                429,
                r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
                LlmError::Quota { message: "You exceeded your current quota".to_owned() },
            ),
            (
                400,
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}"#,
                LlmError::Quota {
                    message: "Your credit balance is too low to access the API.".to_owned(),
                },
            ),
            (
                402,
                r#"{"error":{"message":"Insufficient Balance","type":"unknown_error"}}"#,
                LlmError::Quota { message: "Insufficient Balance".to_owned() },
            ),
            (
                429,
                r#"[{"error":{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"retryDelay":"34s"}]}}]"#,
                LlmError::RateLimited { retry_after: Some(Duration::from_secs(34)) },
            ),
            (
                401,
                r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
                rejected.clone(),
            ),
            (
                400,
                r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
                rejected.clone(),
            ),
            (
                400,
                r#"{"error":{"message":"No connected db.","type":"no_db_connection","code":"400"}}"#,
                rejected.clone(),
            ),
            (
                403,
                r#"{"type":"error","error":{"type":"permission_error","message":"not allowed"}}"#,
                rejected,
            ),
            (
                404,
                r#"{"type":"error","error":{"type":"not_found_error","message":"model: claude-nope"}}"#,
                not_found.clone(),
            ),
            (404, r#"{"error":"model 'nope' not found"}"#, not_found.clone()),
            (
                400,
                r#"{"error":{"message":"nope/nope is not a valid model ID","code":400}}"#,
                not_found,
            ),
            (
                400,
                r#"{"error":{"message":"rejected by our safety system","code":"content_policy_violation"}}"#,
                LlmError::Refusal { message: "rejected by our safety system".to_owned() },
            ),
            (
                422,
                r#"{"detail":[{"loc":["body","stream_options"],"msg":"extra"}]}"#,
                LlmError::InvalidRequest {
                    message: r#"[{"loc":["body","stream_options"],"msg":"extra"}]"#.to_owned(),
                },
            ),
            (502, "<html>Bad gateway</html>", overloaded(502)),
            (503, "", overloaded(503)),
            (
                404,
                "<html>Not found</html>",
                LlmError::Protocol {
                    message: "status 404, and no model API at this path".to_owned(),
                },
            ),
            (
                302,
                "",
                LlmError::Protocol {
                    message: "it redirects (status 302); enter the address it redirects to"
                        .to_owned(),
                },
            ),
            (
                400,
                "",
                LlmError::InvalidRequest { message: "status 400, without a reason".to_owned() },
            ),
        ];
        for (status, body, expected) in cases {
            assert_eq!(read(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn an_answer_is_no_error() {
        for body in [r#"{"choices":[],"error":null}"#, r#"{"type":"ping"}"#, "[]", "1"] {
            assert_eq!(Fault::from_json(&serde_json::from_str(body).unwrap()), None, "{body}");
        }
    }
}
