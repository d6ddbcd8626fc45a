//! How a project's set of files changes: decided in memory, then written as the difference.

use std::collections::{BTreeMap, HashMap};

use qv_domain::{FileKind, FilePath, Limits, Timestamp};

use crate::blobs::{Contents, blob_hash};
use crate::db::Tx;
use crate::sql::{args, places};
use crate::{Applied, FileChange, FileMeta, Project, Result, StoreError};

/// Rows per statement.
const PER_STATEMENT: usize = 100;

/// The set of files of a project at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) files: BTreeMap<FilePath, FileMeta>,
}

impl Head {
    pub(crate) fn of(metas: Vec<FileMeta>) -> Self {
        Self { files: metas.into_iter().map(|meta| (meta.path.clone(), meta)).collect() }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.files.values().map(|meta| meta.size).sum()
    }

    /// Makes one change; contents that are new go to `contents`.
    pub(crate) fn apply(
        &mut self,
        change: &FileChange,
        contents: &mut Contents,
        now: Timestamp,
    ) -> Result<()> {
        match change {
            FileChange::Write { path, content } => {
                let hash = blob_hash(content);
                contents.insert(hash, content.clone());
                if self.files.get(path).is_none_or(|meta| meta.hash != hash) {
                    let meta = FileMeta {
                        path: path.clone(),
                        hash,
                        size: content.len() as u64,
                        kind: FileKind::of(content),
                        updated_at: now,
                    };
                    self.files.insert(path.clone(), meta);
                }
            }
            FileChange::Delete { path } => {
                self.files.remove(path);
            }
            FileChange::Rename { from, to } => {
                if self.files.contains_key(to) {
                    return Err(conflict(format!("`{to}` is there already: delete it first")));
                }
                let meta = self
                    .files
                    .remove(from)
                    .ok_or_else(|| conflict(format!("`{from}` is not there, so cannot move")))?;
                let meta = FileMeta { path: to.clone(), updated_at: now, ..meta };
                self.files.insert(to.clone(), meta);
            }
        }
        Ok(())
    }

    /// Whether this may follow `before`. What is over a limit already may still shrink.
    pub(crate) fn check(&self, before: &Self, limits: &Limits) -> Result<()> {
        let over = |now: u64, then: u64, limit: u64| now > limit && now > then;
        let (count, count_before) = (self.files.len() as u64, before.files.len() as u64);
        if over(count, count_before, limits.project_files.into()) {
            return Err(StoreError::Limit {
                what: "the project (in files)".to_owned(),
                limit: limits.project_files.into(),
            });
        }
        if over(self.bytes(), before.bytes(), limits.project_bytes) {
            return Err(StoreError::Limit {
                what: "the project (in bytes)".to_owned(),
                limit: limits.project_bytes,
            });
        }
        self.check_names()
    }

    /// An export must fit any file system: no two paths that differ in case only, and no name that
    /// is both a file and a folder.
    fn check_names(&self) -> Result<()> {
        let mut taken: HashMap<String, &FilePath> = HashMap::with_capacity(self.files.len());
        for path in self.files.keys() {
            if let Some(other) = taken.insert(path.as_str().to_lowercase(), path) {
                return Err(conflict(format!("`{path}` and `{other}` differ in case only")));
            }
        }
        for path in self.files.keys() {
            let folded = path.as_str().to_lowercase();
            for (end, _) in folded.match_indices('/') {
                if let Some(file) = folded.get(..end).and_then(|folder| taken.get(folder)) {
                    return Err(conflict(format!(
                        "`{file}` is a file, so `{path}` cannot be in it"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// Writes the difference between two heads, and the project's counters.
pub(crate) async fn write_head(
    tx: &mut Tx,
    project: Project,
    before: &Head,
    after: &Head,
) -> Result<Applied> {
    let removed: Vec<FilePath> =
        before.files.keys().filter(|path| !after.files.contains_key(*path)).cloned().collect();
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for (path, meta) in &after.files {
        match before.files.get(path) {
            None => added.push(meta.clone()),
            Some(old) if old.hash != meta.hash => changed.push(meta.clone()),
            Some(_) => {}
        }
    }
    for chunk in removed.chunks(PER_STATEMENT) {
        for path in chunk {
            let sql = "DELETE FROM files WHERE project_id = $1 AND path = $2";
            tx.execute(sql, args![project.id, *path]).await?;
        }
    }
    let written: Vec<&FileMeta> = added.iter().chain(&changed).collect();
    for chunk in written.chunks(PER_STATEMENT) {
        let sql = format!(
            "INSERT INTO files (project_id, path, hash, size, kind, updated_at) VALUES {} \
             ON CONFLICT (project_id, path) DO UPDATE SET hash = excluded.hash, \
             size = excluded.size, kind = excluded.kind, updated_at = excluded.updated_at",
            places(chunk.len(), 6)
        );
        let row = |meta: &&FileMeta| {
            args![project.id, meta.path, meta.hash, meta.size, meta.kind, meta.updated_at]
        };
        tx.execute(sql, chunk.iter().flat_map(row).collect()).await?;
    }
    let file_count = u32::try_from(after.files.len()).unwrap_or(u32::MAX);
    let project = Project { file_count, size_bytes: after.bytes(), ..project };
    let sql = "UPDATE projects SET file_count = $2, size_bytes = $3 WHERE id = $1";
    tx.execute(sql, args![project.id, project.file_count, project.size_bytes]).await?;
    Ok(Applied { added, changed, removed, project })
}

fn conflict(what: String) -> StoreError {
    StoreError::Conflict(what.into())
}
