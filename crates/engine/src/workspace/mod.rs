//! Projects kept compiled in memory: what previews show and checks look at.
//!
//! A workspace always follows the store: [`Workspace::sync_files`] loads what differs from the project's head,
//! so it does not matter who changed it. Packages come after the files and may take seconds; the app is served
//! meanwhile and patched when they are there.

mod check;
mod checked;
mod packages;
mod preview;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use qv_domain::{Blob, BlobHash, Env, FilePath, ProjectId};
use qv_packages::{Config, Packages, RegistryConfig};
use qv_webcore as webcore;
use qv_wire::Diagnostic;
use tokio::sync::watch;
use tokio::time::Instant;

pub(crate) use checked::{Checked, Seen};
pub use preview::{COMPONENT_BYTES, PreviewFile, PreviewOptions, PreviewUpdate, PreviewUpdates};

use crate::{Engine, EngineConfig, EngineError, Result};

/// The projects that are open, and the packages that they share.
#[derive(Debug)]
pub(crate) struct Workspaces {
    packages: Packages,
    env: Arc<dyn Env>,
    open: Mutex<HashMap<(ProjectId, PreviewOptions), Slot>>,
    most: usize,
}

#[derive(Debug)]
struct Slot {
    workspace: Arc<Workspace>,
    used: Instant,
}

/// One project as one kind of preview sees it.
#[derive(Debug)]
pub(crate) struct Workspace {
    project: ProjectId,
    options: PreviewOptions,
    state: tokio::sync::Mutex<State>,
    /// The revision that was last announced.
    revision: watch::Sender<u64>,
    reports: Mutex<check::Reports>,
    /// Packages are made ready one request at a time.
    packages: tokio::sync::Mutex<packages::Ready>,
}

#[derive(Debug)]
struct State {
    app: webcore::Project,
    loaded: BTreeMap<FilePath, BlobHash>,
    /// The app's `package.json`.
    manifest: Option<Blob>,
    /// What stands in the way of the app's packages.
    package_faults: Vec<Diagnostic>,
}

/// Where an app lists its packages.
const MANIFEST: &str = "package.json";

impl Workspaces {
    pub(crate) fn open(config: &EngineConfig, env: Arc<dyn Env>) -> Result<Self> {
        let mut settings = Config::new(config.data_dir.join("packages"));
        settings.offline = config.offline;
        settings.minimum_age = config.minimum_package_age;
        settings.registry =
            RegistryConfig::from_system(None::<&Path>).map_err(|error| package_error(&error))?;
        Ok(Self {
            packages: Packages::open(settings, env.clone())
                .map_err(|error| package_error(&error))?,
            env,
            open: Mutex::default(),
            most: config.open_projects.max(1),
        })
    }

    /// Where npm packages come from.
    pub(crate) fn registry(&self) -> url::Url {
        self.packages.registry().clone()
    }

    pub(crate) const fn packages(&self) -> &Packages {
        &self.packages
    }

    /// Forgets a project that is gone.
    pub(crate) fn close(&self, project: ProjectId) {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|(id, _), _| *id != project);
    }

    /// The workspaces of a project that are open now.
    fn of_project(&self, project: ProjectId) -> Vec<Arc<Workspace>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter()
            .filter(|((id, _), _)| *id == project)
            .map(|(_, slot)| slot.workspace.clone())
            .collect()
    }

    /// The workspace for these options, made when it is not open; the one that was used longest ago makes room.
    fn get(&self, project: ProjectId, options: &PreviewOptions) -> Arc<Workspace> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (project, options.clone());
        let used = Instant::now();
        if let Some(slot) = open.get_mut(&key) {
            slot.used = used;
            return slot.workspace.clone();
        }
        while open.len() >= self.most {
            let idle = |slot: &Slot| Arc::strong_count(&slot.workspace) == 1;
            let oldest =
                open.iter().filter(|(_, slot)| idle(slot)).min_by_key(|(_, slot)| slot.used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            open.remove(&oldest);
        }
        let workspace = Arc::new(Workspace::new(project, options, &*self.env));
        open.insert(key, Slot { workspace: workspace.clone(), used });
        workspace
    }
}

impl Workspace {
    fn new(project: ProjectId, options: &PreviewOptions, env: &dyn Env) -> Self {
        Self {
            project,
            state: tokio::sync::Mutex::new(State {
                app: webcore::Project::new(options.settings(env.now().as_millis())),
                loaded: BTreeMap::new(),
                manifest: None,
                package_faults: Vec::new(),
            }),
            options: options.clone(),
            revision: watch::channel(0).0,
            reports: Mutex::default(),
            packages: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) const fn project(&self) -> ProjectId {
        self.project
    }

    /// Asks the compiled app.
    pub(crate) async fn with_app<T>(&self, ask: impl FnOnce(&webcore::Project) -> T) -> T {
        ask(&self.state.lock().await.app)
    }

    /// Loads what differs from the project's head. True when anything did.
    async fn sync_files(&self, engine: &Engine) -> Result<bool> {
        let mut state = self.state.lock().await;
        let mut conn = engine.db.read().await?;
        let head: BTreeMap<FilePath, BlobHash> = conn
            .files(self.project)
            .await?
            .into_iter()
            .map(|meta| (meta.path, meta.hash))
            .collect();
        let differing: Vec<(FilePath, BlobHash)> = head
            .iter()
            .filter(|(path, hash)| state.loaded.get(*path) != Some(hash))
            .map(|(path, hash)| (path.clone(), *hash))
            .collect();
        let gone: Vec<FilePath> =
            state.loaded.keys().filter(|path| !head.contains_key(*path)).cloned().collect();
        if differing.is_empty() && gone.is_empty() {
            return Ok(false);
        }
        let hashes: Vec<BlobHash> = differing.iter().map(|(_, hash)| *hash).collect();
        let blobs = conn.blobs(&hashes).await?;
        drop(conn);
        let mut changes = Vec::with_capacity(differing.len() + gone.len());
        for (path, hash) in differing {
            let blob = blobs.get(&hash).cloned();
            let blob = blob.ok_or_else(|| {
                EngineError::Internal(format!("the content of {path} is missing"))
            })?;
            changes.push((path, Some(blob)));
        }
        changes.extend(gone.into_iter().map(|path| (path, None)));
        if let Some((_, manifest)) = changes.iter().find(|(path, _)| path.as_str() == MANIFEST) {
            state.manifest = manifest.clone();
        }
        if state.loaded.is_empty() {
            let files = changes.into_iter().filter_map(|(path, blob)| Some((path, blob?)));
            state.app.load(files);
        } else {
            state.app.update(changes);
        }
        state.loaded = head;
        self.announce(&state);
        Ok(true)
    }

    /// Tells open pages that there is something new; what was reported before no longer counts.
    fn announce(&self, state: &State) {
        let revision = state.app.revision();
        let news = self.revision.send_if_modified(|last| {
            let news = *last != revision;
            *last = revision;
            news
        });
        if news {
            self.reports.lock().unwrap_or_else(PoisonError::into_inner).restart(revision);
        }
    }
}

impl Engine {
    /// The workspace of a project, with its newest files; packages follow in the background.
    pub(crate) async fn workspace(
        self: &Arc<Self>,
        project: ProjectId,
        options: &PreviewOptions,
    ) -> Result<Arc<Workspace>> {
        let workspace = self.workspaces.get(project, options);
        if workspace.sync_files(self).await? {
            self.ready_packages_later(&workspace);
        }
        Ok(workspace)
    }

    /// A project's files have changed: previews follow at once, and a turn at work is told when it was a person.
    pub(crate) async fn files_changed(
        self: &Arc<Self>,
        project: ProjectId,
        paths_by_hand: &[FilePath],
    ) -> Result<()> {
        if !paths_by_hand.is_empty() {
            self.tell_running(project, paths_by_hand);
        }
        self.machine_follows(project);
        for workspace in self.workspaces.of_project(project) {
            if workspace.sync_files(self).await? {
                self.ready_packages_later(&workspace);
            }
        }
        Ok(())
    }
}

fn package_error(error: &qv_packages::PackagesError) -> EngineError {
    EngineError::Internal(format!("npm packages: {error}"))
}
