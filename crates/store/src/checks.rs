//! What checks of apps found: what became of smoke checks, and pictures.

use qv_domain::{Blob, BlobHash, FilePath, ProjectId, Timestamp};

use crate::Result;
use crate::db::{Conn, Tx};
use crate::sql::{Insert as _, args, places, row};

/// How many pictures of a project are kept once they are no longer young.
const KEPT_PICTURES: u64 = 20;
/// How many are kept at most, however young.
const MOST_PICTURES: u64 = 100;
/// Younger ones stay: the collector takes no blob that was put a moment ago, so their row must lead to it for so long.
const YOUNG_MICROS: i64 = 2 * 3_600 * 1_000_000;

row! {
    /// What became of a smoke check when it was last carried out.
    pub struct SmokeRow {
        /// Whose app.
        pub project_id: ProjectId,
        /// The check's file.
        pub path: FilePath,
        /// The file's content then.
        pub hash: BlobHash,
        /// Whether every step went well.
        pub ok: bool,
        /// Whether it had gone well before the turn that this is of, where that is known.
        pub ok_before: Option<bool>,
        /// The step that did not go well, and why.
        pub message: String,
        /// How long it took, in milliseconds.
        pub duration_ms: u64,
        /// When.
        pub at: Timestamp,
    }
}

impl Conn {
    /// What became of a project's smoke checks, by path.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn smoke_results(&mut self, project: ProjectId) -> Result<Vec<SmokeRow>> {
        let sql = format!(
            "SELECT {} FROM smoke_results WHERE project_id = $1 ORDER BY path",
            SmokeRow::COLUMNS
        );
        self.fetch(sql, args![project]).await
    }

    /// A picture of a project, and its media type.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn screenshot(
        &mut self,
        project: ProjectId,
        hash: BlobHash,
    ) -> Result<Option<(String, Blob)>> {
        let sql = "SELECT media_type FROM screenshots WHERE project_id = $1 AND hash = $2";
        let kind: Option<(String,)> = self.fetch_optional(sql, args![project, hash]).await?;
        let Some((kind,)) = kind else { return Ok(None) };
        Ok(self.blob(&hash).await?.map(|blob| (kind, blob)))
    }
}

impl Tx {
    /// The files of a project are as before a turn that broke checks: they hold again, as they did then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_back_smoke_results(&mut self, project: ProjectId) -> Result<()> {
        let sql = "UPDATE smoke_results SET ok = TRUE, message = '' WHERE project_id = $1 AND ok = FALSE AND ok_before = TRUE";
        self.execute(sql, args![project]).await?;
        Ok(())
    }

    /// Keeps what became of a smoke check in place of what was kept of it before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_smoke_result(&mut self, result: &SmokeRow) -> Result<()> {
        // In one statement: two checks of a project may end at once.
        let values = result.values();
        let sql = format!(
            "INSERT INTO smoke_results ({}) VALUES {} ON CONFLICT (project_id, path) DO UPDATE SET \
             hash = excluded.hash, ok = excluded.ok, ok_before = excluded.ok_before, message = excluded.message, \
             duration_ms = excluded.duration_ms, at = excluded.at",
            SmokeRow::COLUMNS,
            places(1, values.len()),
        );
        self.execute(sql, values).await?;
        Ok(())
    }

    /// Keeps a picture of a project, and lets go of its oldest ones. `None` when too many are young: then it is not kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_screenshot(
        &mut self,
        project: ProjectId,
        media_type: &str,
        picture: Blob,
        now: Timestamp,
    ) -> Result<Option<BlobHash>> {
        self.drop_old_pictures(project, now).await?;
        let sql = "SELECT COUNT(*) FROM screenshots WHERE project_id = $1";
        let (count,): (u64,) = self.fetch_one(sql, args![project]).await?;
        if count >= MOST_PICTURES {
            return Ok(None);
        }
        let hashes = self.put_blobs(&[picture], now).await?;
        let Some(hash) = hashes.first().copied() else { return Ok(None) };
        let sql = "INSERT INTO screenshots (project_id, hash, media_type, taken_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (project_id, hash) DO UPDATE SET taken_at = excluded.taken_at";
        self.execute(sql, args![project, hash, media_type.to_owned(), now]).await?;
        Ok(Some(hash))
    }

    async fn drop_old_pictures(&mut self, project: ProjectId, now: Timestamp) -> Result<()> {
        let old = now.as_micros().saturating_sub(YOUNG_MICROS);
        let sql = "SELECT hash FROM screenshots WHERE project_id = $1 AND taken_at < $2 AND hash NOT IN (\
                   SELECT hash FROM screenshots WHERE project_id = $1 ORDER BY taken_at DESC, hash LIMIT $3)";
        let dropped: Vec<(BlobHash,)> = self.fetch(sql, args![project, old, KEPT_PICTURES]).await?;
        for (hash,) in dropped {
            let sql = "DELETE FROM screenshots WHERE project_id = $1 AND hash = $2";
            self.execute(sql, args![project, hash]).await?;
            let sql = "DELETE FROM blobs WHERE hash = $1 AND touched_at < $2 \
                       AND NOT EXISTS (SELECT 1 FROM files f WHERE f.hash = $1) \
                       AND NOT EXISTS (SELECT 1 FROM project_blobs r WHERE r.hash = $1) \
                       AND NOT EXISTS (SELECT 1 FROM screenshots s WHERE s.hash = $1)";
            self.execute(sql, args![hash, old]).await?;
        }
        Ok(())
    }
}
