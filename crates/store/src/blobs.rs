//! Contents, stored once by hash.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use qv_domain::{Blob, BlobHash, ProjectId, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::db::{Conn, Tx};
use crate::dialect::Locked;
use crate::sql::{At, Cells, Column, FromRow, args, places};
use crate::{Result, StoreError};

/// zstd's own default: most of the gain for little time.
const ZSTD_LEVEL: i32 = 3;
/// Contents per statement: keeps its arguments well under both databases' limits, and its size in
/// the megabytes.
const PER_STATEMENT: usize = 64;
/// A blob that is put again counts as new when it was last put longer ago than this, so that the
/// collector, whose grace must be longer, leaves it until the reference to it is committed.
const REFRESH_AFTER_MICROS: i64 = 10 * 60 * 1_000_000;

/// Contents by their hash, and in its order: two transactions that put the same ones never wait for
/// each other in a circle.
pub(crate) type Contents = BTreeMap<BlobHash, Blob>;

/// A content's name.
#[must_use]
pub fn blob_hash(content: &[u8]) -> BlobHash {
    BlobHash::from_bytes(Sha256::digest(content).into())
}

struct StoredBlob {
    hash: BlobHash,
    size: u64,
    zstd: bool,
    data: Vec<u8>,
}

impl FromRow for StoredBlob {
    fn from_row(row: &dyn Cells) -> Result<Self> {
        Ok(Self {
            hash: BlobHash::read(row, At::Index(0))?,
            size: u64::read(row, At::Index(1))?,
            zstd: bool::read(row, At::Index(2))?,
            data: row.bytes(At::Index(3))?,
        })
    }
}

impl StoredBlob {
    fn open(self) -> Result<Blob> {
        let damaged = |why| StoreError::corrupt(format!("blob {}: {why}", self.hash));
        let size = usize::try_from(self.size).map_err(|_| damaged("its size is out of range"))?;
        let content = if self.zstd {
            zstd::bulk::decompress(&self.data, size).map_err(|_| damaged("it does not unpack"))?
        } else {
            self.data
        };
        if blob_hash(&content) == self.hash {
            Ok(content.into())
        } else {
            Err(StoreError::corrupt(format!("blob {}: its bytes have another hash", self.hash)))
        }
    }
}

impl Conn {
    /// A content by its hash, verified.
    ///
    /// # Errors
    /// `Corrupt` when the stored bytes do not have that hash.
    pub async fn blob(&mut self, hash: &BlobHash) -> Result<Option<Blob>> {
        let sql = "SELECT hash, size, zstd, data FROM blobs WHERE hash = $1";
        self.fetch_optional(sql, args![*hash]).await?.map(StoredBlob::open).transpose()
    }

    /// Many contents by their hashes, verified; those that are not there are not in the map.
    ///
    /// # Errors
    /// `Corrupt` when stored bytes do not have their hash.
    pub async fn blobs(&mut self, hashes: &[BlobHash]) -> Result<HashMap<BlobHash, Blob>> {
        let mut found = HashMap::with_capacity(hashes.len());
        for chunk in hashes.chunks(PER_STATEMENT) {
            let sql = format!(
                "SELECT hash, size, zstd, data FROM blobs WHERE hash IN {}",
                places(1, chunk.len())
            );
            let rows: Vec<StoredBlob> =
                self.fetch(sql, chunk.iter().map(Column::to_value).collect()).await?;
            for row in rows {
                found.insert(row.hash, row.open()?);
            }
        }
        Ok(found)
    }
}

impl Tx {
    /// Keeps contents and returns their hashes, in order. What is there already is not written
    /// again. Refer to them in the same transaction, or the collector may take them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_blobs(&mut self, contents: &[Blob], now: Timestamp) -> Result<Vec<BlobHash>> {
        let hashes: Vec<BlobHash> = contents.iter().map(|content| blob_hash(content)).collect();
        let unique = hashes.iter().copied().zip(contents.iter().cloned()).collect();
        self.put_contents(&unique, now).await?;
        Ok(hashes)
    }

    /// Keeps contents under hashes that are known already.
    pub(crate) async fn put_contents(&mut self, contents: &Contents, now: Timestamp) -> Result<()> {
        let contents: Vec<(BlobHash, &Blob)> =
            contents.iter().map(|(hash, content)| (*hash, content)).collect();
        for chunk in contents.chunks(PER_STATEMENT) {
            let young = self.young(chunk, now).await?;
            let mut args = Vec::with_capacity(chunk.len() * 5);
            let mut count = 0;
            for (hash, content) in chunk.iter().filter(|(hash, _)| !young.contains(hash)) {
                let (zstd, data) = pack(content);
                args.extend(args![*hash, content.len() as u64, zstd, data, now]);
                count += 1;
            }
            if count > 0 {
                // New ones and old ones in one statement: first one kind and then the other would
                // lock them out of order.
                let sql = format!(
                    "INSERT INTO blobs (hash, size, zstd, data, touched_at) VALUES {} \
                     ON CONFLICT (hash) DO UPDATE SET touched_at = excluded.touched_at",
                    places(count, 5)
                );
                self.execute(sql, args).await?;
            }
        }
        Ok(())
    }

    /// Which of these are there, and were put too lately for the collector to take them.
    async fn young(
        &mut self,
        chunk: &[(BlobHash, &Blob)],
        now: Timestamp,
    ) -> Result<HashSet<BlobHash>> {
        let sql =
            format!("SELECT hash, touched_at FROM blobs WHERE hash IN {}", places(1, chunk.len()));
        let hashes = chunk.iter().map(|(hash, _)| hash.to_value()).collect();
        let known: Vec<(BlobHash, i64)> = self.fetch(sql, hashes).await?;
        let is_young = |at: i64| now.as_micros().saturating_sub(at) < REFRESH_AFTER_MICROS;
        Ok(known.into_iter().filter(|(_, at)| is_young(*at)).map(|(hash, _)| hash).collect())
    }

    /// Notes that a project's history refers to blobs, so that they stay as long as it does.
    pub(crate) async fn refer_to_blobs(
        &mut self,
        project: ProjectId,
        hashes: impl IntoIterator<Item = BlobHash>,
    ) -> Result<()> {
        let hashes: BTreeSet<BlobHash> = hashes.into_iter().collect();
        let hashes: Vec<BlobHash> = hashes.into_iter().collect();
        for chunk in hashes.chunks(500) {
            let sql = format!(
                "INSERT INTO project_blobs (project_id, hash) VALUES {} ON CONFLICT DO NOTHING",
                places(chunk.len(), 2)
            );
            let args = chunk.iter().flat_map(|hash| args![project, *hash]).collect();
            self.execute(sql, args).await?;
        }
        Ok(())
    }

    /// Removes up to `limit` blobs that nothing refers to and that were last put before
    /// `older_than`, and returns how many. That must be at least an hour ago: a blob is put a
    /// moment before the reference to it is committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn collect_blobs(&mut self, older_than: Timestamp, limit: u32) -> Result<u64> {
        let sql = format!(
            "DELETE FROM blobs WHERE hash IN (\
             SELECT b.hash FROM blobs b WHERE b.touched_at < $1 \
             AND NOT EXISTS (SELECT 1 FROM files f WHERE f.hash = b.hash) \
             AND NOT EXISTS (SELECT 1 FROM project_blobs r WHERE r.hash = b.hash) \
             AND NOT EXISTS (SELECT 1 FROM screenshots s WHERE s.hash = b.hash) \
             ORDER BY b.touched_at LIMIT $2 {})",
            self.backend().skip_locked(Locked::Blob)
        );
        self.execute(sql, args![older_than, limit]).await
    }
}

/// Compressed when that is smaller, as it is for nearly all text.
fn pack(content: &[u8]) -> (bool, Vec<u8>) {
    match zstd::bulk::compress(content, ZSTD_LEVEL) {
        Ok(packed) if packed.len() < content.len() => (true, packed),
        _ => (false, content.to_vec()),
    }
}
