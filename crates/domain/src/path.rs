use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A file's place in a project: relative, `/`-separated, safe on every file system that an export
/// may land on. `src/App.tsx`, never `/src/App.tsx`, `../x`, `C:\x` or `con.txt`.
///
/// Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String))]
pub struct FilePath(Arc<str>);

/// Why a path is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing was given.
    #[error("a file path is empty: name a file, such as `src/App.tsx`")]
    Empty,
    /// Longer than [`FilePath::MAX_BYTES`] bytes.
    #[error("a file path is longer than {} bytes: shorten it", FilePath::MAX_BYTES)]
    TooLong,
    /// More folders than [`FilePath::MAX_DEPTH`].
    #[error("a file path is deeper than {} folders: flatten it", FilePath::MAX_DEPTH)]
    TooDeep,
    /// Starts at the root or a drive.
    #[error("the file path `{0}` is absolute: give it relative to the project")]
    Absolute(String),
    /// Has an empty, `.` or `..` part.
    #[error("the file path `{0}` has an empty, `.` or `..` part: name folders plainly")]
    Dots(String),
    /// Has a character that some file system forbids.
    #[error("the file path `{0}` has the character {1:?}, which is not allowed in file names")]
    Character(String, char),
    /// A name that some system keeps for itself.
    #[error("the file path `{0}` uses the reserved name `{1}`: choose another")]
    Reserved(String, String),
}

impl FilePath {
    /// The longest path, in bytes.
    pub const MAX_BYTES: usize = 512;
    /// The longest single name, in bytes (the limit of ext4, APFS and NTFS).
    pub const MAX_NAME_BYTES: usize = 255;
    /// The most parts that a path may have.
    pub const MAX_DEPTH: usize = 20;

    /// Checks and takes a path.
    ///
    /// # Errors
    /// [`PathError`] says which rule it breaks and what to do.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let shown = || path.chars().take(80).collect::<String>();
        if path.is_empty() {
            return Err(PathError::Empty);
        }
        if path.len() > Self::MAX_BYTES {
            return Err(PathError::TooLong);
        }
        if path.starts_with('/') {
            return Err(PathError::Absolute(shown()));
        }
        if let Some(bad) = path.chars().find(|c| is_forbidden(*c)) {
            return Err(PathError::Character(shown(), bad));
        }
        let mut depth = 0;
        for name in path.split('/') {
            depth += 1;
            if depth > Self::MAX_DEPTH {
                return Err(PathError::TooDeep);
            }
            if name.len() > Self::MAX_NAME_BYTES {
                return Err(PathError::TooLong);
            }
            if matches!(name, "" | "." | "..") {
                return Err(PathError::Dots(shown()));
            }
            // Windows drops trailing dots and spaces, so two names would become one.
            if name.ends_with(['.', ' ']) || name.starts_with(' ') {
                return Err(PathError::Dots(shown()));
            }
            if is_reserved(name) {
                return Err(PathError::Reserved(shown(), name.to_owned()));
            }
        }
        Ok(Self(path.into()))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// What follows the last dot of the name, in lower case; empty when there is none.
    #[must_use]
    pub fn extension(&self) -> String {
        match self.name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension.to_ascii_lowercase(),
            _ => String::new(),
        }
    }
}

fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '\u{FEFF}')
        // Characters that turn text around, break it or hide: a name must read as it is.
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
        // Those that look like separators and dots, or become them where a system folds look-alikes.
        || matches!(c, '\u{2024}'..='\u{2026}' | '\u{2044}' | '\u{2215}' | '\u{2216}' | '\u{29F5}' | '\u{29F8}'
            | '\u{29F9}' | '\u{FE52}' | '\u{FE68}' | '\u{FF0E}' | '\u{FF0F}' | '\u{FF1A}' | '\u{FF3C}')
}

/// Names that Windows keeps for devices, and folders that tools trust.
fn is_reserved(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if matches!(lower.as_str(), ".git" | "node_modules" | ".hg" | ".svn") {
        return true;
    }
    let stem = lower.split('.').next().unwrap_or_default().trim_end();
    matches!(stem, "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || ["com", "lpt"].iter().any(|port| {
            let number = stem.strip_prefix(port).map(str::chars);
            number.is_some_and(|mut number| {
                // Windows takes superscripts for digits here.
                matches!(number.next(), Some('0'..='9' | '\u{B9}' | '\u{B2}' | '\u{B3}'))
                    && number.next().is_none()
            })
        })
}

impl Deref for FilePath {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for FilePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for FilePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl std::str::FromStr for FilePath {
    type Err = PathError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::parse(s)
    }
}

impl Serialize for FilePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FilePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // asvs: 25
    #[test]
    fn plain_paths_are_taken() {
        for path in ["index.html", "src/App.tsx", "public/a b.png", "src/ünï.ts", ".env.example"]
        {
            assert_eq!(FilePath::parse(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn unsafe_paths_are_refused() {
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            "C:/x",
            "a\\b",
            "nul",
            "src/CON.tsx",
            "lpt1.txt",
            ".git/config",
            "node_modules/x",
            "a\0b",
            "a\nb",
            "x.",
            "x ",
            "\u{202E}gpj.exe",
            "a\r\nSet-Cookie: x",
            "a\u{2028}b",
            "com\u{B9}.log",
            "Aux.h",
            "x/NUL .txt",
            "..\u{2215}etc",
            "\u{FF0E}\u{FF0E}/x",
            "a\u{FF0F}b",
            "\u{2024}\u{2024}/x",
            "a\u{E0041}b",
            "a/..",
            "..\\x",
            "dir./x",
        ] {
            assert!(FilePath::parse(path).is_err(), "{path:?} was taken");
        }
        assert_eq!(FilePath::parse(&"a/".repeat(300)), Err(PathError::TooLong));
        assert_eq!(FilePath::parse(&format!("{}b", "a/".repeat(25))), Err(PathError::TooDeep));
    }

    /// Paths of pieces that have fooled somebody, in any order.
    fn hostile() -> impl Strategy<Value = String> {
        let pieces = [
            "..",
            ".",
            "/",
            "\\",
            "//",
            "con",
            "NUL",
            "com1",
            "lpt\u{B2}",
            "aux.txt",
            ":",
            "\0",
            "\r\n",
            "\t",
            " ",
            "\u{202E}",
            "\u{2066}",
            "\u{200D}",
            "\u{2215}",
            "\u{FF0F}",
            "\u{2024}",
            "~",
            "%2e%2e",
            "%00",
            "\u{7F}",
            "\u{85}",
            "src",
            "a",
            "App.tsx",
            ".git",
            "node_modules",
            "C:",
            "\\\\?\\",
            "é",
            "日本",
            "\"",
            "$(x)",
            "-rf",
        ];
        proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 1..8)
            .prop_map(|parts| parts.concat())
    }

    proptest! {
        // asvs: 25
        #[test]
        fn what_is_taken_is_one_plain_name_after_another(path in prop_oneof![hostile(), any::<String>()]) {
            let Ok(taken) = FilePath::parse(&path) else { return Ok(()) };
            prop_assert_eq!(taken.as_str(), &path, "nothing is changed silently");
            prop_assert_eq!(FilePath::parse(taken.as_str()), Ok(taken.clone()));
            prop_assert!(!path.contains(['\\', ':', '"', '\0', '\r', '\n']) && !path.chars().any(char::is_control));
            prop_assert!(!path.chars().any(|c| matches!(c as u32, 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x2069)));
            for name in path.split('/') {
                prop_assert!(!name.is_empty() && !name.ends_with(['.', ' ']) && !name.starts_with(' '));
                let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
                prop_assert!(!["con", "nul", "com1", "lpt\u{B2}", "aux"].contains(&stem.as_str()), "{}", name);
                prop_assert!(!matches!(name.to_lowercase().as_str(), ".git" | "node_modules"));
            }
            let joined = std::path::Path::new("/project").join(taken.as_str());
            prop_assert_eq!(joined.components().count(), 2 + path.split('/').count());
        }

        #[test]
        fn what_is_taken_never_leaves_the_project(path in "\\PC{0,60}") {
            if let Ok(path) = FilePath::parse(&path) {
                let joined = std::path::Path::new("/project").join(path.as_str());
                prop_assert!(joined.starts_with("/project"));
                prop_assert!(joined.components().all(|c| !matches!(c, std::path::Component::ParentDir)));
            }
        }
    }
}
