use qv_domain::{FilePath, GenerationId, Timestamp, VersionId, VersionOrigin};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::FileEntry;

/// An immutable snapshot of all files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// From 1 within the project, without gaps.
    pub number: u32,
    /// What made it.
    pub origin: VersionOrigin,
    /// The generation that made it.
    pub generation_id: Option<GenerationId>,
    /// A name that a person gave, or what it changed in words.
    pub title: String,
    /// What changed, in a few words; `null` where nobody said.
    pub summary: Option<String>,
    /// Whether its checks held; `null` when none ran.
    pub verified: Option<bool>,
    /// Files in it.
    pub file_count: u32,
    /// Bytes in it.
    pub size_bytes: u64,
    /// Files added since the one before.
    pub files_added: u32,
    /// Files changed since the one before.
    pub files_changed: u32,
    /// Files removed since the one before.
    pub files_removed: u32,
    /// When it was made.
    pub created_at: Timestamp,
}

/// `GET /api/projects/{id}/versions/{v}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct VersionFiles {
    /// The version.
    pub version: Version,
    /// Its files, by path.
    pub files: Vec<FileEntry>,
}

/// `PATCH /api/projects/{id}/versions/{v}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameVersion {
    /// The new name: 1 to 120 characters.
    pub title: String,
}

/// `POST /api/projects/{id}/versions/{v}/restore`; an empty body restores the files alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, TS, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RestoreVersion {
    /// Whether the chat goes back with the files: what was said after is set aside, and told to no model.
    #[ts(optional, as = "Option<bool>")]
    pub chat: bool,
}

/// `GET /api/projects/{id}/versions/{a}/diff/{b}`: what changed from `a` to `b`; `a` may be 0, the empty project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct VersionDiff {
    /// From.
    pub from: u32,
    /// To.
    pub to: u32,
    /// Files that differ, by path.
    pub files: Vec<FileDiff>,
}

/// How one file differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct FileDiff {
    /// Its path.
    pub path: FilePath,
    /// `added`, `changed` or `removed`.
    pub change: String,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
    /// Whether it is not text (then there are no hunks).
    pub binary: bool,
    /// Whether hunks were left out because the file is too large to show.
    pub truncated: bool,
    /// The changes with three lines around each.
    pub hunks: Vec<DiffHunk>,
}

/// A run of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct DiffHunk {
    /// First line in the old file, from 1.
    pub old_start: u32,
    /// First line in the new file, from 1.
    pub new_start: u32,
    /// The lines.
    pub lines: Vec<DiffLine>,
}

/// One line of a hunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct DiffLine {
    /// Same, added or removed.
    pub kind: DiffLineKind,
    /// The line without its ending.
    pub text: String,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiffLineKind {
    /// In both.
    Same,
    /// In the new file only.
    Added,
    /// In the old file only.
    Removed,
}
