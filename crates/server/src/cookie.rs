//! The session cookie, and the one that tells a known device from strangers'.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::place::Origin;

/// 30 days, as the session itself.
const MAX_AGE: u32 = 30 * 24 * 3600;
/// A year: how long a device is known.
const DEVICE_AGE: u32 = 365 * 24 * 3600;

/// As long as the server waits for a code.
const PENDING_AGE: u32 = 5 * 60;

/// `__Host-` needs TLS; without it the plain name.
fn name(origin: &Origin) -> &'static str {
    if origin.is_secure() { "__Host-qv" } else { "qv" }
}

fn device_name(origin: &Origin) -> &'static str {
    if origin.is_secure() { "__Host-qv-device" } else { "qv-device" }
}

fn pending_name(origin: &Origin) -> &'static str {
    if origin.is_secure() { "__Host-qv-pending" } else { "qv-pending" }
}

/// The token that a request presents.
pub(crate) fn read(headers: &HeaderMap, origin: &Origin) -> Option<String> {
    named(headers, name(origin))
}

/// What a request shows as a device that has signed in before.
pub(crate) fn read_device(headers: &HeaderMap, origin: &Origin) -> Option<String> {
    named(headers, device_name(origin))
}

/// What a request shows as a sign-in that waits for its code.
pub(crate) fn read_pending(headers: &HeaderMap, origin: &Origin) -> Option<String> {
    named(headers, pending_name(origin))
}

fn named(headers: &HeaderMap, wanted: &str) -> Option<String> {
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
    cookie(name(origin), token, MAX_AGE, origin)
}

/// Makes this device a known one.
pub(crate) fn set_device(value: &str, origin: &Origin) -> HeaderValue {
    cookie(device_name(origin), value, DEVICE_AGE, origin)
}

/// Lets this browser, and no other, bring the code of a sign-in.
pub(crate) fn set_pending(token: &str, origin: &Origin) -> HeaderValue {
    cookie(pending_name(origin), token, PENDING_AGE, origin)
}

/// The sign-in is finished.
pub(crate) fn clear_pending(origin: &Origin) -> HeaderValue {
    cookie(pending_name(origin), "", 0, origin)
}

/// Removes the cookie.
pub(crate) fn clear(origin: &Origin) -> HeaderValue {
    cookie(name(origin), "", 0, origin)
}

fn cookie(name: &str, value: &str, max_age: u32, origin: &Origin) -> HeaderValue {
    let secure = if origin.is_secure() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
