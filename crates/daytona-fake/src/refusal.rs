use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

/// Why a call is not carried out.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) StatusCode, pub(crate) String);

pub(crate) type Answer<T> = Result<T, Refusal>;

impl Refusal {
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, message.into())
    }

    pub(crate) fn missing(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("{what} not found"))
    }

    pub(crate) fn conflict(message: &str) -> Self {
        Self(StatusCode::CONFLICT, message.to_owned())
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        let status = match error.kind() {
            std::io::ErrorKind::NotFound => StatusCode::NOT_FOUND,
            std::io::ErrorKind::PermissionDenied => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        Self(status, error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, message) = self;
        let body = json!({
            "path": "/", "timestamp": "2026-11-24T11:00:00.000Z", "statusCode": status.as_u16(),
            "error": status.canonical_reason(), "message": message,
        });
        (status, Json(body)).into_response()
    }
}
