//! The preview of an app with a machine of its own: who may see it, and what is shown while the machine does not answer.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qv_domain::{PreviewId, ProjectId};
use qv_engine::PreviewPlace;
use qv_wire::PreviewMode;
use serde::Deserialize;

use super::{failed, page, parsed, proxy};
use crate::App;
use crate::place::Origin;

/// Where a ticket is taken.
const ENTER: &str = "/@qv/enter";

#[derive(Debug, Deserialize)]
struct Enter {
    ticket: String,
}

/// Where the web app opens a preview: with a ticket for whoever asked.
pub(crate) fn entrance(origin: &Origin, id: &PreviewId, ticket: &str) -> String {
    format!("{}{ENTER}?ticket={ticket}", origin.preview_origin(id))
}

/// Answers a request to the preview of an app that may have a machine; gives it back when the app runs in the browser.
pub(super) async fn serve(
    app: &App,
    id: &PreviewId,
    project: ProjectId,
    origin: &Origin,
    request: Request,
) -> Result<Response, Request> {
    if origin.preview_mode() == PreviewMode::Opaque {
        return Ok(page::told(
            &request,
            StatusCode::CONFLICT,
            "This app needs an address of its own",
            "It has a server, and its preview is kept apart by an address such as name.preview.localhost. Open \
             QuickVibe as http://localhost on this machine, or ask the operator to set QUICKVIBE_PREVIEW_DOMAIN.",
        ));
    }
    if request.uri().path() == ENTER && request.method() == Method::GET {
        return Ok(enter(app, id, origin, &request));
    }
    // Another app's preview may make this browser ask, with this one's cookie: it is nobody's word.
    let passes = if is_from_elsewhere(&request, &origin.preview_origin(id)) {
        Vec::new()
    } else {
        passes(request.headers(), origin)
    };
    let pass = match admitted(app, id, project, passes).await {
        Ok(Some(pass)) => pass,
        Ok(None) => return Ok(unknown(&request)),
        Err(error) => return Ok(failed(error)),
    };
    let starts = pass.is_some() && is_navigation(&request);
    match app.engine.preview_place(project, starts).await {
        Ok(PreviewPlace::Browser) => Err(request),
        Ok(PreviewPlace::Machine { target, port }) => {
            let watch = proxy::Watch { app: app.clone(), id: id.clone(), project, pass };
            Ok(proxy::pass_on(&target, port, watch, origin, request).await)
        }
        Ok(PreviewPlace::Starting(step)) => Ok(page::starting(&request, &step)),
        Ok(PreviewPlace::Asleep) => Ok(page::told(
            &request,
            StatusCode::SERVICE_UNAVAILABLE,
            "This app is asleep",
            "Nobody has used it for a while. It starts when a member of its project opens the preview.",
        )),
        Ok(PreviewPlace::Failed { why, output }) => Ok(page::failed(&request, &why, &output)),
        Err(error) => Ok(failed(error)),
    }
}

fn enter(app: &App, id: &PreviewId, origin: &Origin, request: &Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let Some(Enter { ticket }) = parsed(query) else { return unknown(request) };
    match app.engine.take_ticket(id, &ticket) {
        Ok(Some(pass)) => {
            let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response();
            // Shown in a frame of another site, it is sent only when it says `None` and is kept for that site alone.
            // Browsers take `Secure` from localhost without TLS, too.
            let secure = origin.is_secure() || origin.is_loopback();
            let kind = if secure { "SameSite=None; Secure; Partitioned" } else { "SameSite=Lax" };
            let cookie = format!(
                "{}={}; Path=/; HttpOnly; {kind}; Max-Age={}",
                cookie_name(origin),
                pass.value,
                pass.life.as_secs()
            );
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Ok(None) => unknown(request),
        Err(error) => failed(error),
    }
}

fn unknown(request: &Request) -> Response {
    page::told(
        request,
        StatusCode::UNAUTHORIZED,
        "Open this preview from QuickVibe",
        "It is for the project's members, and this browser has not come from there, or not lately. Go back to the project \
         and open the preview again.",
    )
}

/// The pass by which the app is shown to whoever asks: `None` within for a public project, `None` where it is not.
async fn admitted(
    app: &App,
    id: &PreviewId,
    project: ProjectId,
    passes: Vec<String>,
) -> qv_engine::Result<Option<Option<String>>> {
    for pass in passes {
        if app.engine.may_preview(id, project, Some(&pass)).await? {
            return Ok(Some(Some(pass)));
        }
    }
    Ok(app.engine.may_preview(id, project, None).await?.then_some(None))
}

/// Whether a page of another origin makes this browser ask. Whoever follows a link, or frames the preview, only looks.
fn is_from_elsewhere(request: &Request, own: &str) -> bool {
    let headers = request.headers();
    let from = headers.get(header::ORIGIN);
    if from.is_some_and(|from| from.as_bytes() != own.as_bytes()) {
        return true;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let looks = request.method().is_safe() && text("sec-fetch-mode") == Some("navigate");
    text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) && !looks
}

/// Whether somebody opens the preview, or a page of ours that waits for the app does.
fn is_navigation(request: &Request) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    request.method() == Method::GET
        && match text("sec-fetch-mode") {
            Some(mode) => mode == "navigate",
            None => text("accept").is_some_and(|kinds| kinds.contains("text/html")),
        }
}

/// The name of the pass's cookie. No other origin can set one of the first kind.
fn cookie_name(origin: &Origin) -> &'static str {
    if origin.is_secure() { "__Host-qv-preview" } else { "qv-preview" }
}

/// Cookies one by one, as bytes: an app's own may hold anything.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';')).map(<[u8]>::trim_ascii)
}

/// Every pass that is presented: another app's preview may have set a cookie of that name, too.
fn passes(headers: &HeaderMap, origin: &Origin) -> Vec<String> {
    let name = cookie_name(origin).as_bytes();
    cookies(headers)
        .filter_map(|cookie| cookie.strip_prefix(name)?.strip_prefix(b"="))
        .filter_map(|value| Some(std::str::from_utf8(value).ok()?.to_owned()))
        .take(4)
        .collect()
}

/// The cookies that are the app's own.
pub(super) fn own_cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let ours = |cookie: &[u8]| {
        let name = cookie.split(|byte| *byte == b'=').next().unwrap_or_default();
        matches!(name, b"qv-preview" | b"__Host-qv-preview")
    };
    let kept: Vec<&[u8]> =
        cookies(headers).filter(|cookie| !cookie.is_empty() && !ours(cookie)).collect();
    if kept.is_empty() {
        return None;
    }
    HeaderValue::from_bytes(&kept.join(&b"; "[..])).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(line: &[u8]) -> Option<Vec<u8>> {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        own_cookies(&headers).map(|value| value.as_bytes().to_vec())
    }

    #[test]
    fn the_app_does_not_see_the_pass() {
        assert_eq!(own(b"a=1; qv-preview=x; b=2"), Some(b"a=1; b=2".to_vec()));
        assert_eq!(own(b"qv-preview=x"), None);
        assert_eq!(own("flag; a=M\u{fc}ller".as_bytes()), Some("flag; a=M\u{fc}ller".into()));
    }

    #[test]
    fn other_apps_cannot_ask_with_the_pass() {
        let asked = |method: &str, headers: &[(&str, &str)]| {
            let mut request = Request::builder().method(method);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let request = request.body(axum::body::Body::empty()).unwrap();
            is_from_elsewhere(&request, "http://own.preview.localhost")
        };
        let navigates = ("sec-fetch-mode", "navigate");
        assert!(!asked("GET", &[("sec-fetch-site", "cross-site"), navigates]));
        assert!(!asked("GET", &[("origin", "http://own.preview.localhost")]));
        assert!(!asked("GET", &[]), "a program");
        assert!(asked("POST", &[("sec-fetch-site", "same-site"), navigates]));
        assert!(asked("GET", &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "no-cors")]));
        assert!(asked("GET", &[("origin", "http://other.preview.localhost")]));
    }
}
