//! Errors as `application/problem+json`, made in one place.

use std::error::Error;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qv_engine::EngineError;
use qv_wire::{ErrorCode, FieldProblem, Problem};

/// What a handler fails with.
#[derive(Debug)]
pub(crate) struct ApiError {
    problem: Box<Problem>,
    /// For the log, never for the answer.
    cause: Option<Cause>,
}

/// What is behind a failure.
#[derive(Debug, Clone)]
pub(crate) enum Cause {
    /// The engine's error.
    Engine(Arc<EngineError>),
    /// A panic's words.
    Panic(String),
}

impl Cause {
    /// The whole chain in one line, from what failed to why.
    pub(crate) fn chain(&self) -> String {
        match self {
            Self::Engine(error) => chain(error),
            Self::Panic(words) => format!("a handler panicked: {words}"),
        }
    }
}

/// An error's words, and those of each that is behind it.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        // Some errors repeat what is behind them.
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}

/// What a handler gives.
pub(crate) type Result<T, E = ApiError> = std::result::Result<T, E>;

impl ApiError {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { problem: Box::new(Problem::new(code, detail)), cause: None }
    }

    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut error = Self::new(ErrorCode::Invalid, format!("{field}: {message}"));
        error.problem.fields.push(FieldProblem { field: field.to_owned(), message });
        error
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(ErrorCode::Unauthenticated, "You are not signed in, or your session has ended.")
    }

    /// Refused for so many seconds.
    pub(crate) fn wait(code: ErrorCode, detail: impl Into<String>, seconds: u64) -> Self {
        let mut error = Self::new(code, detail);
        error.problem.retry_after = Some(seconds);
        error
    }

    /// A handler panicked.
    pub(crate) fn panicked(words: &str) -> Self {
        let cause = Some(Cause::Panic(words.to_owned()));
        Self { cause, ..Self::of(ErrorCode::Internal) }
    }

    /// A handler asks for what its route's rule has not checked.
    pub(crate) fn unruled() -> Self {
        Self::panicked("its rule has not checked what it takes")
    }

    /// What a code says by itself.
    pub(crate) fn of(code: ErrorCode) -> Self {
        Self::new(code, code.remedy())
    }

    pub(crate) fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "There is nothing at this address.")
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let mut problem = Problem::new(error.code(), error.detail());
        if let Some(field) = error.field() {
            problem.fields.push(FieldProblem { field: field.to_owned(), message: error.detail() });
        }
        problem.retry_after = error
            .retry_after()
            .map(|wait| u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX).max(1));
        Self { problem: Box::new(problem), cause: Some(Cause::Engine(Arc::new(error))) }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        let text = rejection.body_text();
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(ErrorCode::TooLarge, "The request is larger than this server takes.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(
                ErrorCode::UnsupportedMediaType,
                "Send JSON, with `content-type: application/json`.",
            ),
            _ => match faulty_field(&rejection) {
                Some((field, message)) => Self::invalid(&field, message),
                None => Self::invalid("body", text),
            },
        }
    }
}

/// Which field of a JSON body is wrong, and how.
fn faulty_field(rejection: &JsonRejection) -> Option<(String, String)> {
    let mut cause = rejection.source();
    let found = loop {
        let error = cause?;
        match error.downcast_ref::<serde_path_to_error::Error<serde_json::Error>>() {
            Some(found) => break found,
            None => cause = error.source(),
        }
    };
    let message = found.inner().to_string();
    // Where in the text it is helps nobody who does not see the text.
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let path = found.path().to_string();
    let path = if path == "." { String::new() } else { path };
    // A field that is missing has no place of its own: it is named in the words.
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    let field = match (path.as_str(), missing) {
        ("", None) => return None,
        ("", Some(missing)) => missing.to_owned(),
        (path, None) => path.to_owned(),
        (path, Some(missing)) => format!("{path}.{missing}"),
    };
    Some((field, message))
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        // An id that cannot be one is a thing that is not there.
        Self::not_found()
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::invalid("query", rejection.body_text())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&*self.problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.problem.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let failure = Failure { code: self.problem.code, cause: self.cause };
        response.extensions_mut().insert(failure);
        response.extensions_mut().insert(Unsigned(self.problem));
        response
    }
}

/// A problem on its way out: the request layer writes the request's id into it.
#[derive(Debug, Clone)]
pub(crate) struct Unsigned(pub(crate) Box<Problem>);

/// Why an answer is a failure: the request layer logs what is ours, once.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) code: ErrorCode,
    pub(crate) cause: Option<Cause>,
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self { code: error.code(), cause: Some(Cause::Engine(Arc::new(error))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qv_store::StoreError;

    #[derive(Debug, thiserror::Error)]
    #[error("the disk is gone")]
    struct Deep;

    #[test]
    fn the_whole_chain_is_told_once() {
        let io = std::io::Error::other(Deep);
        let error = EngineError::Io { what: "cannot read the key".into(), source: io };
        assert_eq!(chain(&error), "cannot read the key: the disk is gone");
        let error = EngineError::Store(StoreError::Setup("no such folder".into()));
        assert_eq!(chain(&error), "no such folder");
    }

    #[test]
    fn how_long_to_wait_is_said_twice() {
        use qv_llm::LlmError;
        let wait = Some(std::time::Duration::from_millis(7_200));
        let error = EngineError::Model(LlmError::RateLimited { retry_after: wait });
        let response = ApiError::from(error).into_response();
        assert_eq!(response.status(), 502);
        assert_eq!(response.headers()["retry-after"], "8");
        let Unsigned(problem) = response.extensions().get::<Unsigned>().unwrap();
        assert_eq!(problem.retry_after, Some(8));
    }
}
