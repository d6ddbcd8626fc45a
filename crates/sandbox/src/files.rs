use qv_domain::{Blob, FilePath};

/// A file to be written or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileWrite {
    /// Which, relative to the project folder.
    pub path: FilePath,
    /// The whole content; `None` removes it.
    pub content: Option<Blob>,
}

/// One thing in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// Its length in bytes; 0 for what is no file.
    pub bytes: u64,
}

/// What is in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link, pipe or socket: never followed.
    Other,
}
