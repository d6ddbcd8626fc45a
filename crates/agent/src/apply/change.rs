use std::sync::Arc;

use qv_domain::{EditOp, FilePath};

use crate::protocol::EditBlock;

/// A file, as far as a model can know it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileContent {
    /// UTF-8 text.
    Text(Arc<str>),
    /// Anything else: only its size is known here, in bytes.
    Binary(u64),
}

impl FileContent {
    /// Takes text.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Binary(_) => None,
        }
    }

    /// Its size in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Binary(bytes) => *bytes,
        }
    }
}

/// One edit, as a model asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Make or replace a file.
    Write {
        /// Which.
        path: FilePath,
        /// All of its new text.
        content: String,
    },
    /// Replace parts of a file.
    Replace {
        /// Which.
        path: FilePath,
        /// Which parts, in order.
        blocks: Vec<EditBlock>,
    },
    /// Remove a file.
    Delete {
        /// Which.
        path: FilePath,
    },
    /// Move a file.
    Rename {
        /// From where.
        from: FilePath,
        /// To where.
        to: FilePath,
    },
}

impl Change {
    /// Its edits of parts of a file.
    #[must_use]
    pub fn blocks(&self) -> &[EditBlock] {
        match self {
            Self::Replace { blocks, .. } => blocks,
            Self::Write { .. } | Self::Delete { .. } | Self::Rename { .. } => &[],
        }
    }

    /// The file that it is about; for a rename the new path.
    #[must_use]
    pub fn path(&self) -> &FilePath {
        match self {
            Self::Write { path, .. }
            | Self::Replace { path, .. }
            | Self::Delete { path }
            | Self::Rename { to: path, .. } => path,
        }
    }
}

/// One change of one file, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its number in the step, from 0; with the step it names the change for good.
    pub index: u32,
    /// What to do.
    pub op: FileOp,
}

/// What is done to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOp {
    /// Make or replace it.
    Write {
        /// Which.
        path: FilePath,
        /// All of its new text.
        content: Arc<str>,
    },
    /// Remove it.
    Delete {
        /// Which; exists.
        path: FilePath,
    },
    /// Move it; also binary files.
    Rename {
        /// From where; exists.
        from: FilePath,
        /// To where; does not exist.
        to: FilePath,
    },
    /// Make it what it was when the turn began: for files whose content only the driver knows.
    Restore {
        /// Which; existed then.
        path: FilePath,
    },
}

impl FileOp {
    /// The file that it is about; for a rename the new path.
    #[must_use]
    pub fn path(&self) -> &FilePath {
        match self {
            Self::Write { path, .. }
            | Self::Delete { path }
            | Self::Rename { to: path, .. }
            | Self::Restore { path } => path,
        }
    }

    pub(super) fn touches(&self, other: &FilePath) -> bool {
        match self {
            Self::Write { path, .. } | Self::Delete { path } | Self::Restore { path } => {
                path == other
            }
            Self::Rename { from, to } => from == other || to == other,
        }
    }
}

/// A change that holds, with what it does to the file's lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedChange {
    /// What to do.
    pub op: FileOp,
    /// How the model asked for it.
    pub edit: EditOp,
    /// Lines that are new.
    pub added: u32,
    /// Lines that are gone.
    pub removed: u32,
}
