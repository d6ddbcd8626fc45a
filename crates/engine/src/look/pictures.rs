//! Pictures of apps.

use qv_browser::Sighting;
use qv_domain::{Blob, BlobHash, ProjectId, Role};

use crate::workspace::Seen;
use crate::{Access, Engine, EngineError, Result};

const JPEG: &str = "image/jpeg";

impl Engine {
    /// A picture of the app: its media type and content.
    ///
    /// # Errors
    /// `NotFound` for what is none of this project's pictures, or no longer kept.
    pub async fn screenshot(&self, access: &Access, hash: BlobHash) -> Result<(String, Blob)> {
        access.require(Role::Viewer)?;
        let found = self.db.read().await?.screenshot(access.project_id(), hash).await?;
        found.ok_or_else(|| EngineError::not_found("picture"))
    }

    pub(super) async fn keep_picture(
        &self,
        project: ProjectId,
        sighting: &Sighting,
        takes_checks: bool,
    ) -> Result<Option<Seen>> {
        let Some(picture) = sighting.screenshot.as_deref().filter(|_| sighting.painted) else {
            return Ok(None);
        };
        let mut tx = self.db.begin().await?;
        let kept = tx.keep_screenshot(project, JPEG, picture.into(), self.env.now()).await?;
        tx.commit().await?;
        Ok(kept.map(|hash| Seen {
            hash,
            media_type: JPEG.to_owned(),
            takes_checks,
            image: format!("/api/projects/{project}/screenshots/{hash}"),
            duration_ms: millis(sighting.duration),
        }))
    }
}

pub(super) fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
