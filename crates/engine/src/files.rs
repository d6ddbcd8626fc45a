//! A project's files as they are now, and hand edits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;

use qv_domain::{Blob, FileKind, FilePath, Role, Timestamp, VersionId, VersionOrigin};
use qv_store as store;
use qv_wire::{ErrorCode, FileContent, FileList, FileSaved, FileText, SaveFile};

use crate::driver::settled;
use crate::{Access, Engine, EngineError, Result, summary, view};

impl Engine {
    /// Every file, without contents.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn files(&self, access: &Access) -> Result<FileList> {
        let rows = self.db.read().await?.files(access.project_id()).await?;
        let count = access.project.version_count;
        Ok(FileList {
            version: (count > 0).then_some(count),
            items: rows.iter().map(view::file).collect(),
        })
    }

    /// One file with its content.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn file(&self, access: &Access, path: &FilePath) -> Result<FileContent> {
        let file = self.raw_file(access, path).await?;
        Ok(FileContent { file: view::file(&file.meta), text: as_text(&file) })
    }

    /// One file as it is.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn raw_file(&self, access: &Access, path: &FilePath) -> Result<store::File> {
        let file = self.db.read().await?.file(access.project_id(), path).await?;
        file.ok_or_else(|| EngineError::not_found("file"))
    }

    /// Every file with its content.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_files(&self, access: &Access) -> Result<Vec<(FilePath, Blob)>> {
        let files = self.db.read().await?.all_files(access.project_id()).await?;
        Ok(files.into_iter().map(|file| (file.meta.path, file.content)).collect())
    }

    /// Saves a file by hand: a new version, at once in the preview.
    ///
    /// # Errors
    /// `Conflict` when somebody changed it since `base_hash`; `TooLarge`.
    pub async fn save_file(
        self: &Arc<Self>,
        access: &Access,
        path: &FilePath,
        save: SaveFile,
    ) -> Result<FileSaved> {
        access.require(Role::Editor)?;
        let content: Blob = match save.text {
            FileText::Utf8 { content } => content.into_bytes().into(),
            FileText::Base64 { content } => STANDARD
                .decode(content.as_bytes())
                .map_err(|_| {
                    EngineError::invalid("text.content", "It is not base64 with padding.")
                })?
                .into(),
        };
        let change = store::FileChange::Write { path: path.clone(), content };
        self.edit_by_hand(
            access,
            path,
            save.base_hash.as_deref(),
            change,
            &format!("Edit {}", path.name()),
        )
        .await
    }

    /// Removes a file by hand: a new version.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_file(
        self: &Arc<Self>,
        access: &Access,
        path: &FilePath,
    ) -> Result<FileSaved> {
        access.require(Role::Editor)?;
        self.raw_file(access, path).await?;
        let change = store::FileChange::Delete { path: path.clone() };
        self.edit_by_hand(access, path, None, change, &format!("Remove {}", path.name())).await
    }

    pub(crate) async fn edit_by_hand(
        self: &Arc<Self>,
        access: &Access,
        path: &FilePath,
        base_hash: Option<&str>,
        change: store::FileChange,
        title: &str,
    ) -> Result<FileSaved> {
        let now = self.env.now();
        let project = access.project_id();
        let mut tx = self.db.begin().await?;
        // Two saves from the same text must not both find it unchanged.
        tx.hold_project(project, now).await?;
        if let Some(base) = base_hash {
            let present = tx.file_meta(project, path).await?.map(|meta| meta.hash.to_string());
            if present.unwrap_or_default() != base {
                return Err(EngineError::refused(
                    ErrorCode::Conflict,
                    format!(
                        "{path} has changed since you opened it. Look at the newer text, then save again."
                    ),
                ));
            }
        }
        let version = self.make_by_hand(&mut tx, access, change, title, now).await?;
        let meta = tx.file_meta(project, path).await?;
        tx.commit().await?;
        if version.is_some() {
            self.files_changed(project, std::slice::from_ref(path)).await?;
        }
        Ok(FileSaved {
            file: meta.as_ref().map(view::file),
            version: version.as_ref().map(view::version),
        })
    }

    /// Makes one change by hand and a version of it, in the caller's transaction, in which the project is held. `None`
    /// where it changes nothing.
    pub(crate) async fn make_by_hand(
        &self,
        tx: &mut store::Tx,
        access: &Access,
        change: store::FileChange,
        title: &str,
        now: Timestamp,
    ) -> Result<Option<store::Version>> {
        let project = access.project_id();
        let applied = tx.apply_changes(project, &[change], &self.config.limits, now).await?;
        let written = applied.added.iter().chain(&applied.changed).map(|meta| &meta.path);
        let paths: Vec<&str> = written.chain(&applied.removed).map(FilePath::as_str).collect();
        if paths.is_empty() {
            return Ok(None);
        }
        let new = store::NewVersion {
            id: VersionId::generate(&*self.env),
            project_id: project,
            origin: VersionOrigin::Edit,
            generation_id: None,
            title: title.to_owned(),
            summary: summary::of_files(&paths),
            // Nobody has checked it.
            verified: None,
            author_user_id: Some(access.actor.user_id()),
        };
        let version = tx.create_version(new, now).await?;
        // While a turn runs the project stays "building"; its end sets what holds then.
        if tx.open_generations(project).await?.is_empty() {
            let status = settled(tx, project).await?;
            tx.set_build_status(project, status, now).await?;
        }
        Ok(Some(version))
    }
}

pub(crate) fn as_text(file: &store::File) -> FileText {
    match (file.meta.kind, std::str::from_utf8(&file.content)) {
        (FileKind::Text, Ok(text)) => FileText::Utf8 { content: text.to_owned() },
        _ => FileText::Base64 { content: STANDARD.encode(&file.content) },
    }
}
