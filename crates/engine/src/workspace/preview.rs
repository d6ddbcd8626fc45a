//! What a preview's own origin serves.

use std::sync::Arc;
use std::time::Duration;

use qv_domain::{Blob, FilePath, PreviewId, ProjectId};
use qv_webcore as webcore;
use qv_wire::{Diagnostic, ErrorCode};
use tokio::sync::watch;

use super::Workspace;
use crate::{Access, Engine, EngineError, Result};

/// The largest component that a page may send to be compiled, in bytes.
pub const COMPONENT_BYTES: usize = 2_000_000;

/// How long the page waits for packages before it shows the app without them.
const PACKAGES_WAIT: Duration = Duration::from_millis(400);

/// Where a preview lives and what is around it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct PreviewOptions {
    /// The origin of the web app: the only one that the preview reports to.
    pub app_origin: String,
    /// What comes before every path; empty on an origin of its own.
    pub base: String,
    /// The document has no origin.
    pub opaque: bool,
    /// Where bundled packages are, without a slash at the end.
    pub packages_base: String,
}

impl PreviewOptions {
    pub(super) fn settings(&self, first_revision: u64) -> webcore::Settings {
        webcore::Settings {
            app_origin: self.app_origin.clone(),
            base: self.base.clone(),
            opaque: self.opaque,
            first_revision,
        }
    }
}

/// A file to be served.
#[derive(Debug, Clone)]
pub struct PreviewFile {
    /// The media type.
    pub content_type: String,
    /// The content.
    pub body: Blob,
    /// Whether the address names this very content, so that it may be kept.
    pub immutable: bool,
    /// Whether the body is compressed by brotli already.
    pub brotli: bool,
}

/// What changed, for an open page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewUpdate {
    /// The revision that this leads to.
    pub revision: u64,
    /// The patch as JSON.
    pub json: String,
}

/// The changes of one preview, from a revision on.
#[derive(Debug)]
pub struct PreviewUpdates {
    workspace: Arc<Workspace>,
    revisions: watch::Receiver<u64>,
    since: Option<u64>,
}

impl PreviewUpdates {
    /// The next change. A page that says which revision it shows is told at once what it missed.
    ///
    /// # Errors
    /// Never in practice: a patch is plain data.
    pub async fn next(&mut self) -> Result<PreviewUpdate> {
        loop {
            let revision = *self.revisions.borrow_and_update();
            let since = *self.since.get_or_insert(revision);
            if revision != since {
                let patch = self.workspace.state.lock().await.app.patch_since(since);
                self.since = Some(patch.revision);
                let json = serde_json::to_string(&patch).map_err(|error| {
                    EngineError::Internal(format!("a patch cannot be written: {error}"))
                })?;
                return Ok(PreviewUpdate { revision: patch.revision, json });
            }
            if self.revisions.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

impl Engine {
    /// The project behind a preview's address. Whoever knows an unguessable id may see the app, and nothing else.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn preview_project(&self, id: &PreviewId) -> Result<ProjectId> {
        let project = self.db.read().await?.project_by_preview(id).await?;
        project.map(|project| project.id).ok_or_else(|| EngineError::not_found("preview"))
    }

    /// A project's preview id and what the server finds wrong with the app.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_preview(
        self: &Arc<Self>,
        access: &Access,
        options: impl FnOnce(&PreviewId) -> PreviewOptions,
    ) -> Result<(PreviewId, Vec<Diagnostic>)> {
        let id = access.project.preview_id.clone();
        let workspace = self.workspace(access.project_id(), &options(&id)).await?;
        // Packages that are built in or cached are there at once: then the page need not load twice.
        let ready = workspace.ready_packages(&self.workspaces.packages);
        let _ = tokio::time::timeout(PACKAGES_WAIT, ready).await;
        Ok((id, workspace.diagnostics().await))
    }

    /// Answers a path and query of a preview. `None` is a 404.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preview_file(
        self: &Arc<Self>,
        project: ProjectId,
        options: &PreviewOptions,
        target: &str,
    ) -> Result<Option<PreviewFile>> {
        let workspace = self.workspace(project, options).await?;
        let served = workspace.state.lock().await.app.serve(target);
        Ok(served.map(|served| PreviewFile {
            content_type: served.content_type,
            body: served.body,
            immutable: false,
            brotli: false,
        }))
    }

    /// Follows a preview's changes; `since` is the revision that the page shows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preview_updates(
        self: &Arc<Self>,
        project: ProjectId,
        options: &PreviewOptions,
        since: Option<u64>,
    ) -> Result<PreviewUpdates> {
        let workspace = self.workspace(project, options).await?;
        Ok(PreviewUpdates { revisions: workspace.revision.subscribe(), workspace, since })
    }

    /// Compiles what a component compiler of the browser made (Vue, Svelte) for the preview: at most [`COMPONENT_BYTES`],
    /// which callers see to before they read it.
    ///
    /// # Errors
    /// `Invalid` with the compiler's finding.
    pub async fn preview_transform(
        self: &Arc<Self>,
        project: ProjectId,
        options: &PreviewOptions,
        path: &FilePath,
        code: &str,
        origin: &str,
    ) -> Result<String> {
        let workspace = self.workspace(project, options).await?;
        let state = workspace.state.lock().await;
        state.app.transform(path, code, origin).map_err(|found| {
            let message = found.first().map(|one| one.message.clone()).unwrap_or_default();
            EngineError::refused(ErrorCode::Invalid, message)
        })
    }

    /// How many npm packages come with the binary.
    #[must_use]
    pub fn embedded_packages(&self) -> usize {
        qv_packages::embedded().versions().len()
    }

    /// A file of a bundle of npm packages.
    pub async fn package_file(
        &self,
        key: &str,
        file: &str,
        accepts_brotli: bool,
    ) -> Option<PreviewFile> {
        let asset = self.workspaces.packages.asset(key, file, accepts_brotli).await?;
        Some(packaged(asset, true))
    }

    /// A script that previews need besides packages, such as `tailwind.js`.
    #[must_use]
    pub fn runtime_file(&self, name: &str, accepts_brotli: bool) -> Option<PreviewFile> {
        self.workspaces
            .packages
            .runtime_file(name, accepts_brotli)
            .map(|asset| packaged(asset, false))
    }
}

fn packaged(asset: qv_packages::Asset, immutable: bool) -> PreviewFile {
    PreviewFile {
        content_type: asset.content_type,
        body: Blob::from(asset.bytes.to_vec()),
        immutable,
        brotli: asset.br,
    }
}
