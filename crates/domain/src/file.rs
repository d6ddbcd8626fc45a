use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

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

impl Serialize for BlobHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BlobHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut digest = [0; 32];
        let mut digits =
            text.chars().map(|digit| digit.to_digit(16).and_then(|d| u8::try_from(d).ok()));
        for byte in &mut digest {
            let (Some(Some(high)), Some(Some(low))) = (digits.next(), digits.next()) else {
                return Err(de::Error::custom("a blob's name has 64 hex digits"));
            };
            *byte = high << 4 | low;
        }
        match digits.next() {
            None => Ok(Self(digest)),
            Some(_) => Err(de::Error::custom("a blob's name has 64 hex digits")),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blobs_name_is_hex_in_json() {
        let hash =
            BlobHash::from_bytes(std::array::from_fn(|at| u8::try_from(at * 7 % 256).unwrap()));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, format!("\"{hash}\""));
        assert_eq!(serde_json::from_str::<BlobHash>(&json).unwrap(), hash);
        for wrong in
            ["\"\"", "\"0g\"", &json.replace("\"00", "\"0"), &json.replace("\"00", "\"0000")]
        {
            assert!(serde_json::from_str::<BlobHash>(wrong).is_err(), "{wrong}");
        }
    }
}
