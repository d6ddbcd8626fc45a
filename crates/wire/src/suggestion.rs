use qv_domain::{FilePath, GenerationId, SuggestionId, Timestamp};
use serde::Serialize;
use ts_rs::TS;
use utoipa::ToSchema;

use crate::DiffHunk;

/// A change of the agent's that met what a person had just written: it was not made, and can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Suggestion {
    /// Its id.
    pub id: SuggestionId,
    /// The turn that wanted it.
    pub generation_id: GenerationId,
    /// The file.
    pub path: FilePath,
    /// What it would change in the file as it is now; empty when the place is gone.
    pub hunks: Vec<DiffHunk>,
    /// Whether it can still be made.
    pub fits: bool,
    /// When it was wanted.
    pub created_at: Timestamp,
}

/// `GET /api/projects/{id}/suggestions`: what waits to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Suggestions {
    /// The oldest first.
    pub items: Vec<Suggestion>,
}
