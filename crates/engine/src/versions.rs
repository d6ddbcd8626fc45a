//! What a project was: list, diff, restore.

use std::collections::BTreeSet;

use std::sync::Arc;

use qv_domain::{FileKind, FilePath, Role, VersionId, VersionOrigin};
use qv_store as store;
use qv_wire::{
    ErrorCode, FileDiff, FileEntry, Page, RestoreVersion, Version, VersionDiff, VersionFiles,
};

use crate::diff::{self, Side};
use crate::driver::settled;
use crate::{Access, Engine, EngineError, Result, summary, view};

const TITLE_CHARS: usize = 120;

impl Engine {
    /// A page of versions, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that no list gave.
    pub async fn versions(
        &self,
        access: &Access,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Version>> {
        let after = cursor.map(str::parse).transpose()?;
        let page = self.db.read().await?.versions(access.project_id(), after, limit).await?;
        Ok(view::page(page, view::version))
    }

    /// One version with the list of its files.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn version(&self, access: &Access, number: u32) -> Result<VersionFiles> {
        let (version, manifest) = self.manifest(access, number).await?;
        let entry = |(path, entry): (&FilePath, &store::ManifestEntry)| FileEntry {
            path: path.clone(),
            kind: entry.kind,
            size: entry.size,
            hash: entry.hash.to_string(),
            updated_at: version.created_at,
        };
        let files = manifest.0.iter().map(entry).collect();
        Ok(VersionFiles { version: view::version(&version), files })
    }

    /// Names a version.
    ///
    /// # Errors
    /// `Invalid` names the field.
    pub async fn rename_version(
        &self,
        access: &Access,
        number: u32,
        title: &str,
    ) -> Result<Version> {
        access.require(Role::Editor)?;
        let title = title.trim();
        if title.is_empty()
            || title.chars().count() > TITLE_CHARS
            || title.chars().any(char::is_control)
        {
            return Err(EngineError::invalid(
                "title",
                "A title has 1 to 120 characters on one line.",
            ));
        }
        let mut tx = self.db.begin().await?;
        let found = tx.version_by_number(access.project_id(), number).await?;
        let mut version = found.ok_or_else(|| EngineError::not_found("version"))?;
        tx.rename_version(access.project_id(), version.id, title).await?;
        tx.commit().await?;
        title.clone_into(&mut version.title);
        Ok(view::version(&version))
    }

    /// Gives the project an older version's files, as a new version; with `restore.chat` the chat becomes what it was
    /// then, too: what was said since is set aside, what was set aside since counts again.
    ///
    /// # Errors
    /// `NotFound`; `Busy` while the agent is at work.
    pub async fn restore_version(
        self: &Arc<Self>,
        access: &Access,
        number: u32,
        restore: RestoreVersion,
    ) -> Result<Version> {
        access.require(Role::Editor)?;
        let project = access.project_id();
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        tx.hold_project(project, now).await?;
        if !tx.open_generations(project).await?.is_empty() {
            return Err(EngineError::refused(
                ErrorCode::Busy,
                "The agent is still at work. Stop it first, then restore.",
            ));
        }
        let found = tx.version_by_number(project, number).await?;
        let old = found.ok_or_else(|| EngineError::not_found("version"))?;
        let new = store::NewVersion {
            id: VersionId::generate(&*self.env),
            project_id: project,
            origin: VersionOrigin::Restore,
            generation_id: None,
            title: format!("Restore version {number}"),
            summary: Some(summary::of_restored(number)),
            verified: old.verified,
            author_user_id: Some(access.actor.user_id()),
        };
        if restore.chat {
            tx.bring_chat_to(&old).await?;
        }
        let made = tx.restore_version(old.id, new, now).await?;
        let version = made.ok_or_else(|| EngineError::not_found("version"))?;
        let status = settled(&mut tx, project).await?;
        tx.set_build_status(project, status, now).await?;
        tx.commit().await?;
        self.files_changed(project, &[]).await?;
        Ok(view::version(&version))
    }

    /// What changed from one version to another; `from` may be 0, the empty project.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn diff(&self, access: &Access, from: u32, to: u32) -> Result<VersionDiff> {
        let old = match from {
            0 => store::Manifest::default(),
            number => self.manifest(access, number).await?.1,
        };
        let (_, new) = self.manifest(access, to).await?;
        let paths: BTreeSet<&FilePath> = old.0.keys().chain(new.0.keys()).collect();
        let differing: Vec<&FilePath> = paths
            .into_iter()
            .filter(|path| old.0.get(*path).map(|e| e.hash) != new.0.get(*path).map(|e| e.hash))
            .collect();
        let entries =
            differing.iter().flat_map(|path| [old.0.get(*path), new.0.get(*path)]).flatten();
        let hashes: Vec<_> = entries.map(|entry| entry.hash).collect();
        let blobs = self.db.read().await?.blobs(&hashes).await?;
        let side = |entry: Option<&store::ManifestEntry>| match entry {
            None => Side::Absent,
            Some(entry) => {
                match blobs.get(&entry.hash).and_then(|blob| std::str::from_utf8(blob).ok()) {
                    Some(text) if entry.kind == FileKind::Text => Side::Text(text.to_owned()),
                    _ => Side::Binary,
                }
            }
        };
        let pairs: Vec<(FilePath, Side, Side)> = differing
            .into_iter()
            .map(|path| (path.clone(), side(old.0.get(path)), side(new.0.get(path))))
            .collect();
        // Diffing large files takes CPU, not time on the network.
        let files: Vec<FileDiff> = tokio::task::spawn_blocking(move || {
            pairs.iter().map(|(path, a, b)| diff::file(path, a, b)).collect()
        })
        .await
        .map_err(|error| EngineError::Internal(format!("diffing stopped: {error}")))?;
        Ok(VersionDiff { from, to, files })
    }

    async fn manifest(
        &self,
        access: &Access,
        number: u32,
    ) -> Result<(store::Version, store::Manifest)> {
        let mut conn = self.db.read().await?;
        let found = conn.version_by_number(access.project_id(), number).await?;
        let version = found.ok_or_else(|| EngineError::not_found("version"))?;
        let manifest = conn.manifest(version.id).await?;
        let manifest =
            manifest.ok_or_else(|| EngineError::Internal("a version lost its files".into()))?;
        Ok((version, manifest))
    }
}
