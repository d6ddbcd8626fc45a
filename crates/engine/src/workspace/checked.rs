//! What became of looking at an app.

use qv_domain::BlobHash;
use qv_wire::{CheckKind, Diagnostic, SmokeResult};

/// What became of looking at an app.
#[derive(Debug, Clone, Default)]
pub(crate) struct Checked {
    /// Each check that was made, in order, with what it found.
    pub(crate) found: Vec<(CheckKind, Vec<Diagnostic>)>,
    /// What became of the project's smoke checks; `ok_before` is filled in.
    pub(crate) smoke: Vec<SmokeResult>,
    /// What the app looked like.
    pub(crate) seen: Option<Seen>,
}

/// A picture of an app, kept as a blob.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) hash: BlobHash,
    pub(crate) media_type: String,
    /// Its address: `/api/projects/{id}/screenshots/{hash}`.
    pub(crate) image: String,
    /// Whether smoke checks can be carried out on the app: whether it keeps nothing of what they do.
    pub(crate) takes_checks: bool,
    pub(crate) duration_ms: u64,
}
