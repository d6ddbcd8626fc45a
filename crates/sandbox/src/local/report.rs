//! What this host has for isolation, and what to do about what it has not.

/// Puts what can be done behind why a sandbox did not start.
pub(super) fn explain(reason: &str) -> String {
    reason.to_owned()
}
