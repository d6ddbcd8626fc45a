//! What a preview shows in the app's place: it gets ready, it failed, or it is not for whoever asks.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How soon a page looks again while the app gets ready, in seconds.
const LOOKS_AGAIN: u32 = 1;
/// And where it failed: somebody may have mended it.
const LOOKS_AGAIN_FAILED: u32 = 4;

const STYLE: &str = "\
:root{color-scheme:light dark;--back:oklch(98.5% .003 80);--text:oklch(25% .01 80);--quiet:oklch(50% .01 80);--line:oklch(90% .005 80)}\
@media(prefers-color-scheme:dark){:root{--back:oklch(19% .006 80);--text:oklch(93% .005 80);--quiet:oklch(68% .008 80);--line:oklch(30% .006 80)}}\
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--back);color:var(--text);\
font:14px/1.55 'Inter Variable',Inter,system-ui,sans-serif}main{width:100%;max-width:34rem}h1{font-size:16px;font-weight:600;margin:0 0 8px}\
p{margin:0;color:var(--quiet)}pre{margin:16px 0 0;padding:12px;border:1px solid var(--line);border-radius:6px;overflow:auto;max-height:50vh;\
font:12px/1.5 'JetBrains Mono Variable','JetBrains Mono',ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;color:var(--text)}\
.bar{height:2px;margin-top:16px;border-radius:1px;background:linear-gradient(90deg,var(--line) 0 40%,var(--quiet) 50%,var(--line) 60% 100%);\
background-size:200% 100%;animation:m 1.4s linear infinite}@keyframes m{from{background-position:200% 0}to{background-position:0 0}}\
@media(prefers-reduced-motion:reduce){.bar{animation:none}}";

/// The machine gets ready.
pub(super) fn starting(request: &Request, step: &str) -> Response {
    let body = "<p role=\"status\">The preview opens by itself when the app answers.</p><div class=\"bar\"></div>";
    answer(request, StatusCode::SERVICE_UNAVAILABLE, step, body, Some(LOOKS_AGAIN))
}

/// The app does not run.
pub(super) fn failed(request: &Request, why: &str, output: &str) -> Response {
    let mut body = format!(
        "<p>{} This page looks again by itself; the server log in QuickVibe has more.</p>",
        escaped(why)
    );
    let words = without_colours(output);
    if !words.trim().is_empty() {
        body.push_str(&format!("<pre tabindex=\"0\">{}</pre>", escaped(words.trim())));
    }
    let title = "The app does not run";
    answer(request, StatusCode::BAD_GATEWAY, title, &body, Some(LOOKS_AGAIN_FAILED))
}

/// Something else, in a title and a sentence.
pub(super) fn told(request: &Request, status: StatusCode, title: &str, text: &str) -> Response {
    answer(request, status, title, &format!("<p>{}</p>", escaped(text)), None)
}

/// A page for whoever wants one; for scripts and pictures the title is enough.
fn answer(
    request: &Request,
    status: StatusCode,
    title: &str,
    body: &str,
    again: Option<u32>,
) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let title = escaped(title);
    let mut response = if accepts.is_some_and(|kinds| kinds.contains("text/html")) {
        let refresh = again
            .map(|seconds| format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">"))
            .unwrap_or_default();
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width,initial-scale=1\">{refresh}<title>{title}</title><style>{STYLE}</style></head>\
             <body><main><h1>{title}</h1>{body}</main></body></html>"
        );
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        let policy = "default-src 'none'; style-src 'unsafe-inline'";
        (status, kind, [(header::CONTENT_SECURITY_POLICY, policy)], html).into_response()
    } else {
        (status, title).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = again {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Without the colour codes of terminals (`ESC [ … letter`) and other control characters.
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            if chars.next_if_eq(&'[').is_some() {
                while chars.next().is_some_and(|c| !c.is_ascii_alphabetic()) {}
            }
        } else if c == '\n' || c == '\t' || !c.is_control() {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_shown_as_text() {
        assert_eq!(without_colours("\u{1b}[31mred\u{1b}[0m\r\n\u{7}x"), "red\nx");
        assert_eq!(without_colours("\u{1b}[31"), "");
        assert_eq!(escaped("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }
}
