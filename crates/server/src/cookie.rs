//! The session cookie.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::place::Origin;

/// 30 days, as the session itself.
const MAX_AGE: u32 = 30 * 24 * 3600;

/// `__Host-` needs TLS; without it the plain name.
fn name(origin: &Origin) -> &'static str {
    if origin.is_secure() { "__Host-qv" } else { "qv" }
}

/// The token that a request presents.
pub(crate) fn read(headers: &HeaderMap, origin: &Origin) -> Option<String> {
    let wanted = name(origin);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, token)| token.to_owned())
}

/// Sets the cookie to a fresh token.
pub(crate) fn set(token: &str, origin: &Origin) -> HeaderValue {
    cookie(token, MAX_AGE, origin)
}

/// Removes the cookie.
pub(crate) fn clear(origin: &Origin) -> HeaderValue {
    cookie("", 0, origin)
}

fn cookie(token: &str, max_age: u32, origin: &Origin) -> HeaderValue {
    let secure = if origin.is_secure() { "; Secure" } else { "" };
    let text = format!(
        "{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}",
        name(origin)
    );
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
