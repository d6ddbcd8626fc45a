//! Errors as `application/problem+json`, made in one place.

use std::error::Error as _;

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
    cause: Option<EngineError>,
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
        Self { problem: Box::new(problem), cause: Some(error) }
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
        response
            .extensions_mut()
            .insert(Logged { problem: self.problem, cause: self.cause.map(std::sync::Arc::new) });
        response
    }
}

/// A problem on its way out: the request layer adds the request's id, and logs what is ours.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    pub(crate) problem: Box<Problem>,
    pub(crate) cause: Option<std::sync::Arc<EngineError>>,
}
