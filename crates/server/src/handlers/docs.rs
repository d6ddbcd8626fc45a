//! The page that a problem's `type` points to. Anyone.

use std::fmt::Write as _;

use axum::response::Html;
use qv_wire::ErrorCode;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(errors))
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
