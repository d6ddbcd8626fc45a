//! Checksums: `sha512-<base64>` and, for packages that have nothing better, `sha1`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha1::Digest as _;
use sha2::Digest as _;

/// A checksum that an archive must have. JSON: as in a lock file, `sha512-<base64>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Integrity {
    algorithm: Algorithm,
    digest: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Algorithm {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    const ALL: [(&'static str, Self); 4] = [
        ("sha1", Self::Sha1),
        ("sha256", Self::Sha256),
        ("sha384", Self::Sha384),
        ("sha512", Self::Sha512),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, a)| *a == self).map_or("", |(name, _)| name)
    }

    fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl Integrity {
    /// The strongest checksum in a list such as `sha1-... sha512-...`.
    pub(crate) fn parse(list: &str) -> Option<Self> {
        list.split_ascii_whitespace().filter_map(Self::one).max_by_key(|found| found.algorithm)
    }

    fn one(entry: &str) -> Option<Self> {
        let (name, rest) = entry.split_once('-')?;
        let (_, algorithm) = *Algorithm::ALL.iter().find(|(known, _)| *known == name)?;
        let digest = STANDARD.decode(rest.split('?').next()?).ok()?;
        (digest.len() == algorithm.bytes()).then_some(Self { algorithm, digest })
    }

    pub(crate) fn from_sha1_hex(hex: &str) -> Option<Self> {
        let digest = hex::decode(hex).ok()?;
        (digest.len() == 20).then_some(Self { algorithm: Algorithm::Sha1, digest })
    }

    /// A name for a folder: algorithm and digest, lower-case hex.
    pub(crate) fn folder_name(&self) -> String {
        format!("{}-{}", self.algorithm.name(), hex::encode(&self.digest))
    }

    pub(crate) fn hasher(&self) -> Hasher {
        match self.algorithm {
            Algorithm::Sha1 => Hasher::Sha1(sha1::Sha1::new()),
            Algorithm::Sha256 => Hasher::Sha256(sha2::Sha256::new()),
            Algorithm::Sha384 => Hasher::Sha384(sha2::Sha384::new()),
            Algorithm::Sha512 => Hasher::Sha512(sha2::Sha512::new()),
        }
    }
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.algorithm.name(), STANDARD.encode(&self.digest))
    }
}

impl From<Integrity> for String {
    fn from(integrity: Integrity) -> Self {
        integrity.to_string()
    }
}

impl TryFrom<String> for Integrity {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a checksum: write `sha512-<base64>`")
    }
}

/// Takes an archive's bytes as they come.
pub(crate) enum Hasher {
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(h) => h.update(bytes),
            Self::Sha256(h) => h.update(bytes),
            Self::Sha384(h) => h.update(bytes),
            Self::Sha512(h) => h.update(bytes),
        }
    }

    pub(crate) fn matches(self, wanted: &Integrity) -> bool {
        let found = match self {
            Self::Sha1(h) => h.finalize().to_vec(),
            Self::Sha256(h) => h.finalize().to_vec(),
            Self::Sha384(h) => h.finalize().to_vec(),
            Self::Sha512(h) => h.finalize().to_vec(),
        };
        found == wanted.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-1 of nothing, from FIPS 180.
    const EMPTY_SHA1: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

    #[test]
    fn the_strongest_checksum_is_taken() {
        let sha512 = format!("sha512-{}", STANDARD.encode([7; 64]));
        let sha1 = format!("sha1-{}", STANDARD.encode([7; 20]));
        let list = format!("{sha1} md5-xx {sha512} sha512-short");
        assert_eq!(Integrity::parse(&list).unwrap().to_string(), sha512);
        assert_eq!(Integrity::parse(&sha1).unwrap().to_string(), sha1);
        assert_eq!(Integrity::parse("sha512-AAAA"), None);
        assert_eq!(Integrity::parse(""), None);
    }

    #[test]
    fn archives_are_compared() {
        let empty = Integrity::from_sha1_hex(EMPTY_SHA1).unwrap();
        assert!(empty.hasher().matches(&empty));
        let mut hasher = empty.hasher();
        hasher.update(b"x");
        assert!(!hasher.matches(&empty));
    }
}
