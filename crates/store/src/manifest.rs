//! What a version's files are: each path with its content's hash.

use std::collections::BTreeMap;

use qv_domain::{BlobHash, FileKind, FilePath};

use crate::columns::parse_hash;
use crate::{FileMeta, Result, StoreError};

/// What a version knows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManifestEntry {
    /// Its content's name.
    pub hash: BlobHash,
    /// Its bytes.
    pub size: u64,
    /// What a person sees it as.
    pub kind: FileKind,
}

impl From<&FileMeta> for ManifestEntry {
    fn from(meta: &FileMeta) -> Self {
        Self { hash: meta.hash, size: meta.size, kind: meta.kind }
    }
}

/// All files of a version by path.
///
/// Kept as one zstd-compressed JSON text per version and not as rows: a manifest is always read
/// whole, never changes, and a version of 200 files takes 8 KB, mostly hashes, instead of
/// 200 rows with their index entries. What rows would give besides, knowing which blobs a history
/// refers to, the table `project_blobs` gives, and that grows by changed files only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest(pub BTreeMap<FilePath, ManifestEntry>);

/// How one manifest differs from an older one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ManifestDiff {
    /// Only in the newer one.
    pub added: Vec<FilePath>,
    /// In both, with other contents.
    pub changed: Vec<FilePath>,
    /// Only in the older one.
    pub removed: Vec<FilePath>,
}

type Row = (FilePath, String, u64, FileKind);

impl Manifest {
    /// The bytes of all files together.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.0.values().map(|entry| entry.size).sum()
    }

    /// What changed since `older`.
    #[must_use]
    pub fn since(&self, older: &Self) -> ManifestDiff {
        let mut diff = ManifestDiff::default();
        for (path, entry) in &self.0 {
            match older.0.get(path) {
                None => diff.added.push(path.clone()),
                Some(old) if old.hash != entry.hash => diff.changed.push(path.clone()),
                Some(_) => {}
            }
        }
        diff.removed = older.0.keys().filter(|path| !self.0.contains_key(*path)).cloned().collect();
        diff
    }

    /// The packed form and the length that it unpacks to.
    pub(crate) fn pack(&self) -> Result<(Vec<u8>, u64)> {
        let rows: Vec<Row> = self
            .0
            .iter()
            .map(|(path, entry)| (path.clone(), entry.hash.to_string(), entry.size, entry.kind))
            .collect();
        let text = serde_json::to_vec(&rows)
            .map_err(|error| StoreError::corrupt(format!("a manifest: {error}")))?;
        let packed = zstd::bulk::compress(&text, 3)
            .map_err(|error| StoreError::corrupt(format!("a manifest does not pack: {error}")))?;
        Ok((packed, text.len() as u64))
    }

    pub(crate) fn unpack(packed: &[u8], length: u64) -> Result<Self> {
        let damaged = |why: String| StoreError::corrupt(format!("a version's manifest: {why}"));
        let length = usize::try_from(length).map_err(|error| damaged(error.to_string()))?;
        let text =
            zstd::bulk::decompress(packed, length).map_err(|error| damaged(error.to_string()))?;
        let rows: Vec<Row> =
            serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        let entry = |(path, hash, size, kind): Row| match parse_hash(&hash) {
            Some(hash) => Ok((path, ManifestEntry { hash, size, kind })),
            None => Err(damaged(format!("`{hash}` is not a hash"))),
        };
        rows.into_iter().map(entry).collect::<Result<_>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob_hash;

    fn manifest(files: &[(&str, &str)]) -> Manifest {
        let entry = |(path, text): &(&str, &str)| {
            let entry = ManifestEntry {
                hash: blob_hash(text.as_bytes()),
                size: text.len() as u64,
                kind: FileKind::Text,
            };
            (FilePath::parse(path).unwrap(), entry)
        };
        Manifest(files.iter().map(entry).collect())
    }

    #[test]
    fn packing_returns_the_same() {
        let manifest = manifest(&[("a.txt", "1"), ("b/c.txt", "2")]);
        let (packed, length) = manifest.pack().unwrap();
        assert_eq!(Manifest::unpack(&packed, length).unwrap(), manifest);
        assert_eq!(manifest.size_bytes(), 2);
    }

    #[test]
    fn damage_is_told() {
        let (packed, length) = manifest(&[("a.txt", "1")]).pack().unwrap();
        assert!(Manifest::unpack(&packed[1..], length).is_err());
        assert!(Manifest::unpack(&packed, 3).is_err());
        let bad = zstd::bulk::compress(br#"[["a.txt","zz",1,"text"]]"#, 3).unwrap();
        assert!(matches!(Manifest::unpack(&bad, 100), Err(StoreError::Corrupt(_))));
    }

    #[test]
    fn differences_are_sorted_into_three() {
        let old = manifest(&[("gone", "1"), ("kept", "2"), ("new-text", "3")]);
        let new = manifest(&[("added", "1"), ("kept", "2"), ("new-text", "4")]);
        let path = |text| vec![FilePath::parse(text).unwrap()];
        let expected =
            ManifestDiff { added: path("added"), changed: path("new-text"), removed: path("gone") };
        assert_eq!(new.since(&old), expected);
    }
}
