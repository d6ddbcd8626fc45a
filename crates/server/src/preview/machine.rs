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
/// The cookie that a ticket brings. It is the preview's own: no other origin sees it.
const PASS: &str = "qv-preview";

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
    let pass = pass(request.headers());
    match app.engine.may_preview(id, project, pass.as_deref()).await {
        Ok(true) => {}
        Ok(false) => return Ok(unknown(&request)),
        Err(error) => return Ok(failed(error)),
    }
    match app.engine.preview_place(project).await {
        Ok(PreviewPlace::Browser) => Err(request),
        Ok(PreviewPlace::Machine { target, port }) => {
            let watch = proxy::Watch { app: app.clone(), id: id.clone(), project, pass };
            Ok(proxy::pass_on(&target, port, watch, origin, request).await)
        }
        Ok(PreviewPlace::Starting(step)) => Ok(page::starting(&request, &step)),
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
                "{PASS}={}; Path=/; HttpOnly; {kind}; Max-Age={}",
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

fn pass(headers: &HeaderMap) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == PASS)
        .map(|(_, value)| value.to_owned())
}

/// The cookies that are the app's own.
pub(super) fn without_pass(cookies: &str) -> Option<String> {
    let kept: Vec<&str> = cookies
        .split(';')
        .map(str::trim)
        .filter(|pair| {
            !pair.is_empty() && pair.split_once('=').is_none_or(|(name, _)| name != PASS)
        })
        .collect();
    (!kept.is_empty()).then(|| kept.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_does_not_see_the_pass() {
        assert_eq!(without_pass("a=1; qv-preview=x; b=2").as_deref(), Some("a=1; b=2"));
        assert_eq!(without_pass("qv-preview=x"), None);
        assert_eq!(without_pass("flag; a=1").as_deref(), Some("flag; a=1"));
    }
}
