//! What the API is: its document, and the page that a problem's `type` points to.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Extension;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use qv_wire::ErrorCode;
use utoipa_axum::routes;

use crate::rule::{Routes, Rule};

pub(crate) fn routes() -> Routes {
    Routes::new().route(Rule::Anyone, routes!(errors)).route(Rule::Anyone, routes!(openapi))
}

/// The API's document as text.
#[derive(Debug, Clone)]
pub(crate) struct OpenApiText(pub(crate) Arc<str>);

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "docs", responses((status = 200, content_type = "application/json")))]
async fn openapi(Extension(OpenApiText(text)): Extension<OpenApiText>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text.to_string())
}

/// Every error code with its status and what it means.
#[utoipa::path(get, path = "/docs/errors", tag = "docs", responses((status = 200, content_type = "text/html")))]
async fn errors() -> Html<String> {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Errors · QuickVibe</title><h1>Errors</h1><dl>",
    );
    for code in ErrorCode::ALL {
        let again = if code.retryable() { " Trying again can help." } else { "" };
        let _ = write!(
            page,
            "<dt id=\"{code}\"><code>{code}</code> ({})</dt><dd>{}. {}{again}</dd>",
            code.status(),
            code.title(),
            code.remedy()
        );
    }
    page.push_str("</dl></html>");
    Html(page)
}
