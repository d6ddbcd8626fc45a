use qv_domain::{FileKind, FilePath, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::Version;

/// A file, in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct FileEntry {
    /// Its path.
    pub path: FilePath,
    /// Text or not.
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// The content's SHA-256 in hex.
    pub hash: String,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// `GET /api/projects/{id}/files`: every file, by path; contents come one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct FileList {
    /// The newest version's number.
    pub version: Option<u32>,
    /// By path.
    pub items: Vec<FileEntry>,
}

/// How a file's content is carried in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "encoding", rename_all = "snake_case")]
pub enum FileText {
    /// UTF-8 text.
    Utf8 {
        /// The text.
        content: String,
    },
    /// Anything else.
    Base64 {
        /// Standard base64 with padding.
        content: String,
    },
}

/// `GET /api/projects/{id}/files/{path}`. With `?raw=true` the bytes themselves, as a download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct FileContent {
    /// The file.
    pub file: FileEntry,
    /// Its content.
    pub text: FileText,
}

/// `PUT /api/projects/{id}/files/{path}`: saves a file and makes a version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveFile {
    /// The new content.
    pub text: FileText,
    /// The hash that the edit began from. When the file has another by now nothing is written and the
    /// answer is `conflict`. An empty string means "the file must not exist yet".
    #[serde(default)]
    #[ts(optional)]
    pub base_hash: Option<String>,
}

/// `POST /api/projects/{id}/packages`: adds an npm package in its newest version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPackage {
    /// Its name, such as `canvas-confetti`.
    pub name: String,
}

/// The answer to a save or a removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct FileSaved {
    /// The file as it is now; `null` when it was removed.
    pub file: Option<FileEntry>,
    /// The version that this made; `null` when nothing changed.
    pub version: Option<Version>,
}
