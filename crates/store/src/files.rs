//! A project's files as they are now.

use std::collections::HashSet;

use qv_domain::{Blob, BlobHash, FileKind, FilePath, Limits, ProjectId, Timestamp};

use crate::blobs::Contents;
use crate::db::{Conn, Tx};
use crate::head::{Head, write_head};
use crate::sql::{args, row};
use crate::{Project, Result, StoreError};

row! {
    /// A file without its content.
    pub struct FileMeta {
        /// Where it is.
        pub path: FilePath,
        /// Its content's name.
        pub hash: BlobHash,
        /// Its bytes.
        pub size: u64,
        /// What a person sees it as.
        pub kind: FileKind,
        /// When its content or place last changed.
        pub updated_at: Timestamp,
    }
}

/// A file with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Everything about it.
    pub meta: FileMeta,
    /// Its content, verified against its hash.
    pub content: Blob,
}

/// One change to a project's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChange {
    /// Makes the file or replaces its content.
    Write {
        /// Where.
        path: FilePath,
        /// The whole new content.
        content: Blob,
    },
    /// Removes the file; one that is not there stays so.
    Delete {
        /// Where.
        path: FilePath,
    },
    /// Moves the file to a place that is free.
    Rename {
        /// Where it is.
        from: FilePath,
        /// Where it goes.
        to: FilePath,
    },
}

/// What a batch of changes came to. A file written with the content it had is in none of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Files that were not there before.
    pub added: Vec<FileMeta>,
    /// Files whose content changed.
    pub changed: Vec<FileMeta>,
    /// Files that are gone.
    pub removed: Vec<FilePath>,
    /// The project afterwards, counters included.
    pub project: Project,
}

impl Conn {
    /// All files of a project by path, without contents.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn files(&mut self, project: ProjectId) -> Result<Vec<FileMeta>> {
        let sql =
            format!("SELECT {} FROM files WHERE project_id = $1 ORDER BY path", FileMeta::COLUMNS);
        self.fetch(sql, args![project]).await
    }

    /// One file of a project, without its content.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn file_meta(
        &mut self,
        project: ProjectId,
        path: &FilePath,
    ) -> Result<Option<FileMeta>> {
        let columns = FileMeta::COLUMNS;
        let sql = format!("SELECT {columns} FROM files WHERE project_id = $1 AND path = $2");
        self.fetch_optional(sql, args![project, *path]).await
    }

    /// One file of a project with its content.
    ///
    /// # Errors
    /// `Corrupt` when its content is missing or damaged.
    pub async fn file(&mut self, project: ProjectId, path: &FilePath) -> Result<Option<File>> {
        let Some(meta) = self.file_meta(project, path).await? else { return Ok(None) };
        let content = self.blob(&meta.hash).await?.ok_or_else(|| missing(&meta.hash))?;
        Ok(Some(File { meta, content }))
    }

    /// All files of a project by path, with their contents: what a preview loads once.
    ///
    /// # Errors
    /// `Corrupt` when a content is missing or damaged.
    pub async fn all_files(&mut self, project: ProjectId) -> Result<Vec<File>> {
        let metas = self.files(project).await?;
        let hashes: Vec<BlobHash> = metas.iter().map(|meta| meta.hash).collect();
        let contents = self.blobs(&hashes).await?;
        metas
            .into_iter()
            .map(|meta| match contents.get(&meta.hash) {
                Some(content) => Ok(File { content: content.clone(), meta }),
                None => Err(missing(&meta.hash)),
            })
            .collect()
    }
}

impl Tx {
    /// Applies changes in their order, all or none, and keeps the project's counters exact. A
    /// worker first [holds](Tx::hold) its fence in the same transaction.
    ///
    /// # Errors
    /// `Limit` when a file, the project or the number of files would be larger than allowed and
    /// larger than before; `Conflict` when the project is gone, a renamed file is missing, its new
    /// place is taken, or two paths would differ in case only or be both file and folder.
    pub async fn apply_changes(
        &mut self,
        project: ProjectId,
        changes: &[FileChange],
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Applied> {
        let held = self.hold_project(project, now).await?;
        let before = Head::of(self.files(project).await?);
        let mut after = before.clone();
        let mut contents = Contents::new();
        for change in changes {
            if let FileChange::Write { path, content } = change {
                check_file(path, content, limits)?;
            }
            after.apply(change, &mut contents, now)?;
        }
        after.check(&before, limits)?;
        // What a later change of the same batch replaced is nobody's.
        let kept: HashSet<BlobHash> = after.files.values().map(|meta| meta.hash).collect();
        contents.retain(|hash, _| kept.contains(hash));
        self.put_contents(&contents, now).await?;
        write_head(self, held, &before, &after).await
    }
}

fn check_file(path: &FilePath, content: &Blob, limits: &Limits) -> Result<()> {
    if content.len() as u64 > limits.file_bytes {
        return Err(StoreError::Limit {
            what: format!("the file `{path}` (in bytes)"),
            limit: limits.file_bytes,
        });
    }
    Ok(())
}

fn missing(hash: &BlobHash) -> StoreError {
    StoreError::corrupt(format!("blob {hash} is missing"))
}
