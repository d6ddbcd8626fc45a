use std::fmt;
use std::sync::Arc;

/// A blob's name: the SHA-256 of its bytes, 64 lower-case hex digits in text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobHash([u8; 32]);

impl BlobHash {
    /// Takes a digest.
    #[must_use]
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobHash({self})")
    }
}

/// A file's content in memory. Cheap to clone.
pub type Blob = Arc<[u8]>;

crate::text_enum! {
    /// What a person sees a file as.
    FileKind {
        /// UTF-8 text: shown in the editor.
        Text = "text",
        /// Anything else: shown as a picture or by its size.
        Binary = "binary",
    }
}

impl FileKind {
    /// Text is valid UTF-8 without NUL.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        if !content.contains(&0) && std::str::from_utf8(content).is_ok() {
            Self::Text
        } else {
            Self::Binary
        }
    }
}
