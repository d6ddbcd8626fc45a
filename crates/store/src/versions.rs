//! Immutable snapshots of a project's files.

use qv_domain::{BlobHash, GenerationId, ProjectId, Timestamp, UserId, VersionId, VersionOrigin};

use crate::db::{Conn, Tx};
use crate::head::{Head, write_head};
use crate::page::one_more;
use crate::sql::{args, row};
use crate::{Cursor, FileMeta, Manifest, ManifestEntry, Page, Result, Seqs, StoreError};

row! {
    /// A version without its files.
    pub struct Version {
        /// Its id.
        pub id: VersionId,
        /// Whose version it is.
        pub project_id: ProjectId,
        /// 1 for a project's first, without gaps.
        pub number: u32,
        /// What made it.
        pub origin: VersionOrigin,
        /// The version before it.
        pub parent_id: Option<VersionId>,
        /// The generation that made it.
        pub generation_id: Option<GenerationId>,
        /// What people call it.
        pub title: String,
        /// What changed, in a few words more.
        pub summary: Option<String>,
        /// Whether it was checked and holds; `None` when nobody checked.
        pub verified: Option<bool>,
        /// How many files it has.
        pub file_count: u32,
        /// Their bytes together.
        pub size_bytes: u64,
        /// Files that its parent does not have.
        pub added: u32,
        /// Files with another content than in its parent.
        pub changed: u32,
        /// Files of its parent that it does not have.
        pub removed: u32,
        /// Who asked for it.
        pub author_user_id: Option<UserId>,
        /// How many messages the chat had; `None` for versions of before that was noted.
        pub message_count: Option<u32>,
        /// Which of them were set aside; `None`: none.
        pub set_aside: Option<Seqs>,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

/// A version as its maker gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion {
    /// Its id.
    pub id: VersionId,
    /// Whose version it is.
    pub project_id: ProjectId,
    /// What makes it.
    pub origin: VersionOrigin,
    /// The generation that makes it.
    pub generation_id: Option<GenerationId>,
    /// What people call it.
    pub title: String,
    /// What changed, in a few words more.
    pub summary: Option<String>,
    /// Whether it was checked and holds; `None` when nobody checked.
    pub verified: Option<bool>,
    /// Who asked for it.
    pub author_user_id: Option<UserId>,
}

impl Conn {
    /// A project's version, without its files.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn version(&mut self, project: ProjectId, id: VersionId) -> Result<Option<Version>> {
        let columns = Version::COLUMNS;
        let sql = format!("SELECT {columns} FROM versions WHERE project_id = $1 AND id = $2");
        self.fetch_optional(sql, args![project, id]).await
    }

    /// A project's version by its number, without its files.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn version_by_number(
        &mut self,
        project: ProjectId,
        number: u32,
    ) -> Result<Option<Version>> {
        let columns = Version::COLUMNS;
        let sql = format!("SELECT {columns} FROM versions WHERE project_id = $1 AND number = $2");
        self.fetch_optional(sql, args![project, number]).await
    }

    /// A project's versions, newest first. Loads no manifest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn versions(
        &mut self,
        project: ProjectId,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<Version>> {
        let sql = format!(
            "SELECT {} FROM versions WHERE project_id = $1 AND number < $2 \
             ORDER BY number DESC LIMIT $3",
            Version::COLUMNS
        );
        let before = after.map_or(i64::MAX, Cursor::key);
        let rows = self.fetch(sql, args![project, before, one_more(limit)]).await?;
        Ok(Page::cut(rows, limit, |row: &Version| Cursor::number(row.number.into())))
    }

    /// A version's files, without contents: load those with [`Conn::blobs`].
    ///
    /// # Errors
    /// `Corrupt` when it is damaged.
    pub async fn manifest(&mut self, version: VersionId) -> Result<Option<Manifest>> {
        let sql = "SELECT data, length FROM version_manifests WHERE version_id = $1";
        let row: Option<(Vec<u8>, u64)> = self.fetch_optional(sql, args![version]).await?;
        row.map(|(data, length)| Manifest::unpack(&data, length)).transpose()
    }
}

impl Tx {
    /// Makes a version of the files as they are now, and the project's newest. A worker first
    /// [holds](Tx::hold) its fence in the same transaction.
    ///
    /// # Errors
    /// `Conflict` when the project is gone.
    pub async fn create_version(&mut self, new: NewVersion, now: Timestamp) -> Result<Version> {
        let project = self.hold_project(new.project_id, now).await?;
        let files = self.files(project.id).await?;
        let manifest =
            Manifest(files.iter().map(|meta| (meta.path.clone(), meta.into())).collect());
        let parent = match project.head_version {
            Some(parent) => self.existing_manifest(parent).await?,
            None => Manifest::default(),
        };
        let diff = manifest.since(&parent);
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let version = Version {
            id: new.id,
            project_id: project.id,
            number: project.version_count + 1,
            origin: new.origin,
            parent_id: project.head_version,
            generation_id: new.generation_id,
            title: new.title,
            summary: new.summary,
            verified: new.verified,
            file_count: count(manifest.0.len()),
            size_bytes: manifest.size_bytes(),
            added: count(diff.added.len()),
            changed: count(diff.changed.len()),
            removed: count(diff.removed.len()),
            author_user_id: new.author_user_id,
            message_count: Some(project.message_count),
            set_aside: self.seqs_set_aside(project.id).await?,
            created_at: now,
        };
        self.insert("versions", &version).await?;
        let (data, length) = manifest.pack()?;
        let sql = "INSERT INTO version_manifests (version_id, data, length) VALUES ($1, $2, $3)";
        self.execute(sql, args![version.id, data, length]).await?;
        let fresh = diff.added.iter().chain(&diff.changed).filter_map(|path| manifest.0.get(path));
        let fresh: Vec<BlobHash> = fresh.map(|entry| entry.hash).collect();
        self.refer_to_blobs(project.id, fresh).await?;
        let sql = "UPDATE projects SET head_version = $2, version_count = $3 WHERE id = $1";
        self.execute(sql, args![project.id, version.id, version.number]).await?;
        Ok(version)
    }

    /// Gives the project the files of an older version, as a new version. `None` when it has no
    /// such version.
    ///
    /// # Errors
    /// `Conflict` when the project is gone.
    pub async fn restore_version(
        &mut self,
        old: VersionId,
        new: NewVersion,
        now: Timestamp,
    ) -> Result<Option<Version>> {
        if self.version(new.project_id, old).await?.is_none() {
            return Ok(None);
        }
        let project = self.hold_project(new.project_id, now).await?;
        let manifest = self.existing_manifest(old).await?;
        let before = Head::of(self.files(project.id).await?);
        let meta = |(path, entry): (_, ManifestEntry)| FileMeta {
            path,
            hash: entry.hash,
            size: entry.size,
            kind: entry.kind,
            updated_at: now,
        };
        let after = Head::of(manifest.0.into_iter().map(meta).collect());
        write_head(self, project, &before, &after).await?;
        self.create_version(new, now).await.map(Some)
    }

    /// Names a version. False when the project has no such version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rename_version(
        &mut self,
        project: ProjectId,
        id: VersionId,
        title: &str,
    ) -> Result<bool> {
        let sql = "UPDATE versions SET title = $3 WHERE project_id = $1 AND id = $2";
        Ok(self.execute(sql, args![project, id, title.to_owned()]).await? > 0)
    }

    /// Says whether a version was checked and holds. False when the project has no such version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_version_verified(
        &mut self,
        project: ProjectId,
        id: VersionId,
        verified: bool,
    ) -> Result<bool> {
        let sql = "UPDATE versions SET verified = $3 WHERE project_id = $1 AND id = $2";
        Ok(self.execute(sql, args![project, id, verified]).await? > 0)
    }

    async fn existing_manifest(&mut self, version: VersionId) -> Result<Manifest> {
        self.manifest(version)
            .await?
            .ok_or_else(|| StoreError::corrupt(format!("version {version} has no manifest")))
    }
}
