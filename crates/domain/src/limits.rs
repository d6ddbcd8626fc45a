use serde::{Deserialize, Serialize};

/// How large things may be, in bytes unless said otherwise. Configurable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Limits {
    /// One file.
    pub file_bytes: u64,
    /// All files of one project.
    pub project_bytes: u64,
    /// One request body.
    pub upload_bytes: u64,
    /// Files in one project.
    pub project_files: u32,
    /// One message, in characters.
    pub message_chars: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 1_000_000,
            project_bytes: 50_000_000,
            upload_bytes: 20_000_000,
            project_files: 2_000,
            message_chars: 32_000,
        }
    }
}
