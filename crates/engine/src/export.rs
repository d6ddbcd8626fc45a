//! A project as a zip archive.

use std::io::{Cursor, Write as _};

use qv_domain::AuditAction;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::audit::{self, Act};
use crate::{Access, Engine, EngineError, Result};

/// A zip archive and what to call it.
#[derive(Debug)]
pub struct Archive {
    /// A plain ASCII file name.
    pub name: String,
    /// The archive.
    pub bytes: Vec<u8>,
}

impl Engine {
    /// All files of a project as they are now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn export(&self, access: &Access) -> Result<Archive> {
        let now = self.env.now();
        // Before the files are read: what leaves is told, even when nobody waits for all of it.
        let act = Act::by(access.actor(), AuditAction::ProjectExported)
            .on_project(access.project_id())
            .once(audit::hourly(access.actor(), access.project_id(), now));
        self.tell_once(act, now).await?;
        let files = self.db.read().await?.all_files(access.project_id()).await?;
        let bytes = tokio::task::spawn_blocking(move || -> zip::result::ZipResult<Vec<u8>> {
            let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
            let options = SimpleFileOptions::default();
            for file in &files {
                archive.start_file(file.meta.path.as_str(), options)?;
                archive.write_all(&file.content)?;
            }
            Ok(archive.finish()?.into_inner())
        })
        .await
        .map_err(|error| EngineError::Internal(format!("zipping stopped: {error}")))?
        .map_err(|error| EngineError::Internal(format!("zipping failed: {error}")))?;
        Ok(Archive { name: format!("{}.zip", slug(access.project.name.as_str())), bytes })
    }
}

/// A name as an ASCII file name.
fn slug(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let slug: String = words.join("-").chars().take(60).collect();
    if slug.is_empty() { "project".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    #[test]
    fn any_name_becomes_a_plain_file_name() {
        assert_eq!(super::slug("Focus \"timer\" / 2!"), "focus-timer-2");
        assert_eq!(super::slug("時間"), "project");
    }
}
