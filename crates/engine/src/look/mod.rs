//! Looks at apps in a headless browser: runs them, carries their smoke checks out, keeps pictures of them.
//!
//! The browser asks nobody but us (`serve`): it gets the same files as a preview, compiled by a workspace of its own; of an
//! app that has a server of its own, what that answers (`machine`).
//! What it saw becomes findings (`diagnose`), in the lines of the app's source.

mod diagnose;
mod machine;
mod pictures;
mod serve;
mod smoke;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use qv_browser::{Browser, BrowserConfig, BrowserError, Serve, Sighting, Visit};
use qv_domain::{Env, FilePath, ProjectId, SmokeCheck};
use qv_packages::Packages;
use qv_wire::{CheckKind, Diagnostic, ErrorCode, Severity};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::workspace::{Checked, PreviewOptions, Workspace};
use crate::{Engine, EngineError, PreviewPlace, Result};

/// Where pages of the browser find packages; the same for all.
const PACKAGES_HOST: &str = "packages.test";
/// How long whoever asks for checks may wait for those of others.
const TURN: Duration = Duration::from_secs(60);
/// How long opening an app and looking at it may take.
const LIMIT: Duration = Duration::from_secs(12);
const VIEWPORT: (u32, u32) = (1280, 800);

/// The browser, and who uses it.
#[derive(Debug)]
pub(crate) struct Looks {
    browser: Browser,
    /// The script that looks for what hinders people; absent from a build without embedded files.
    axe: OnceLock<Option<Arc<str>>>,
    /// Projects whose checks somebody has asked for and that run now.
    asked: Mutex<HashSet<ProjectId>>,
    /// How many of those may run at once: fewer than there are pages, so that turns need not wait for them.
    asked_at_once: Semaphore,
}

/// Checks of a project that run because somebody asked.
pub(crate) struct Asked<'a> {
    _mark: Mark<'a>,
    _turn: SemaphorePermit<'a>,
}

/// A project whose checks somebody has asked for.
struct Mark<'a>(&'a Looks, ProjectId);

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl Looks {
    pub(crate) fn new(config: BrowserConfig, packages: &Packages, env: Arc<dyn Env>) -> Self {
        let asked_at_once = Semaphore::new(config.pages_at_once.saturating_sub(1).max(1));
        let browser = Browser::new(config, env);
        browser.share(PACKAGES_HOST, Arc::new(serve::PackageFiles(packages.clone())));
        Self { browser, axe: OnceLock::new(), asked: Mutex::default(), asked_at_once }
    }

    /// How workspaces compile for the browser.
    pub(crate) fn options() -> PreviewOptions {
        PreviewOptions {
            // Nobody is there: the page is in no frame.
            app_origin: "https://app.test".to_owned(),
            packages_base: format!("https://{PACKAGES_HOST}"),
            ..PreviewOptions::default()
        }
    }

    /// Why apps are not looked at, with the remedy; `None` when they are.
    pub(crate) fn fault(&self) -> Option<String> {
        self.browser.standing().err()
    }

    pub(crate) async fn close(&self) {
        self.browser.close().await;
    }

    fn axe(&self, packages: &Packages) -> Option<Arc<str>> {
        let read = || {
            let file = packages.runtime_file("axe.js", false)?;
            std::str::from_utf8(&file.bytes).ok().map(Arc::from)
        };
        self.axe.get_or_init(read).clone()
    }

    /// Only one at a time of a project, since the others would find the same, and few of all. Waits for those of other
    /// projects.
    async fn ask(&self, project: ProjectId) -> Result<Asked<'_>> {
        let busy = |why: &str| EngineError::refused(ErrorCode::Busy, why);
        if !self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(project) {
            return Err(busy("This app is being checked already."));
        }
        let mark = Mark(self, project);
        match timeout(TURN, self.asked_at_once.acquire()).await {
            Ok(Ok(turn)) => Ok(Asked { _mark: mark, _turn: turn }),
            Ok(Err(_)) | Err(_) => Err(busy("Too many apps are being checked now. Try again.")),
        }
    }
}

impl Engine {
    /// Starts the browser that apps are looked at with, and says which it is; a sentence with the remedy where there is
    /// none.
    ///
    /// # Errors
    /// The sentence.
    pub async fn try_browser(&self) -> Result<String, String> {
        self.looks.browser.version().await.map_err(|error| error.to_string())
    }

    /// Opens an app and carries out the smoke checks of its files. False where there is no browser.
    pub(crate) async fn look(
        self: &Arc<Self>,
        workspace: &Arc<Workspace>,
        checked: &mut Checked,
    ) -> Result<bool> {
        let project = workspace.project();
        let known = self.smoke_files(project).await?;
        // Where its machine cannot be had, an app with a server of its own is looked at as far as files go.
        let takes_checks = self.shows_in_browser(project).await?;
        let smoke = if takes_checks { known.readable() } else { Vec::new() };
        let files = Arc::new(serve::AppFiles { engine: Arc::clone(self), project });
        let sighting = match self.seen(checked, project, files, smoke).await {
            Ok(sighting) => sighting,
            Err(looked) => return Ok(looked),
        };
        let found = workspace.with_app(|app| diagnose::found(app, &sighting)).await;
        let broken = found.iter().any(|found| found.severity == Severity::Error);
        let smoke = workspace.with_app(|app| smoke::results(app, &sighting.smoke)).await;
        checked.smoke = self.keep_smoke(project, &known, smoke).await?;
        let mut failed: Vec<Diagnostic> = known.faults();
        // What is broken from the start fails checks, too: that is told once.
        if !broken {
            failed.extend(checked.smoke.iter().filter_map(smoke::diagnostic));
        }
        checked.found.push((CheckKind::Runtime, found));
        if takes_checks && !known.is_empty() {
            checked.found.push((CheckKind::Smoke, failed));
        }
        checked.seen = self.keep_picture(project, &sighting, takes_checks).await?;
        if let Some(seen) = &checked.seen {
            let (picture, kind, took) = (seen.hash, &*seen.media_type, seen.duration_ms);
            tracing::debug!(%project, %picture, kind, took, "looked at the app");
        }
        Ok(true)
    }

    /// Opens an app whose own server answers. Its smoke checks are not carried out: what they leave in its data would stay.
    pub(crate) async fn look_at_machine(
        self: &Arc<Self>,
        workspace: &Arc<Workspace>,
        checked: &mut Checked,
    ) -> Result<()> {
        let project = workspace.project();
        let PreviewPlace::Machine { target, port } = self.preview_place(project, false).await?
        else {
            return Ok(());
        };
        let pages = Arc::new(machine::MachinePages::new(target, port));
        pages.warm_up().await;
        let Ok(sighting) = self.seen(checked, project, pages.clone(), Vec::new()).await else {
            return Ok(());
        };
        if let Some(silent) = pages.silent(&sighting) {
            checked.found.push((CheckKind::Runtime, vec![silent]));
            return Ok(());
        }
        let files: HashSet<FilePath> =
            workspace.with_app(|app| app.files().map(|(path, _)| path.clone()).collect()).await;
        let (sighting, found) = machine::found(sighting, |path| files.contains(path));
        checked.found.push((CheckKind::Runtime, found));
        checked.seen = self.keep_picture(project, &sighting, false).await?;
        Ok(())
    }

    /// Looks at what `files` answers. Otherwise whether there is a browser; what went wrong with it is noted.
    async fn seen(
        self: &Arc<Self>,
        checked: &mut Checked,
        project: ProjectId,
        files: Arc<dyn Serve>,
        smoke: Vec<(FilePath, SmokeCheck)>,
    ) -> Result<Sighting, bool> {
        match self.visit(files, smoke, true).await {
            Ok(sighting) => Ok(sighting),
            Err(BrowserError::Unavailable(_)) => Err(false),
            Err(error) => {
                tracing::warn!(%project, %error, "the app was not looked at");
                checked.found.push((CheckKind::Runtime, vec![diagnose::not_looked_at(&error)]));
                Err(true)
            }
        }
    }

    async fn visit(
        self: &Arc<Self>,
        files: Arc<dyn Serve>,
        smoke: Vec<(FilePath, SmokeCheck)>,
        audits: bool,
    ) -> Result<Sighting, BrowserError> {
        let visit = Visit {
            files,
            path: "/".to_owned(),
            viewport: VIEWPORT,
            smoke,
            // Checks that are about to be written must hold at once.
            tries_again: audits,
            axe: if audits { self.looks.axe(self.workspaces.packages()) } else { None },
            limit: LIMIT,
        };
        // On the heap: a visit is a large future.
        Box::pin(self.looks.browser.visit(visit)).await
    }
}
