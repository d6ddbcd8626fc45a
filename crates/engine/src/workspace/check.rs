//! Looks for what is wrong with an app: what the compiler finds, and what an open preview saw.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use qv_domain::{Blob, FilePath, ProjectId, Role};
use qv_webcore as webcore;
use qv_wire::{
    CheckKind, Diagnostic, DiagnosticKind, PreviewReport, PreviewReports, RuntimeIssue, Severity,
};
use tokio::sync::watch;

use super::{Checked, PreviewOptions, State, Workspace};
use crate::findings::lint_diagnostics;
use crate::look::Looks;
use crate::{Access, Engine, EngineError, Result};

/// How long an open preview may take to paint the newest files.
const PAINT_LIMIT: Duration = Duration::from_millis(2_500);
/// Errors often come just after the first paint.
const AFTER_PAINT: Duration = Duration::from_millis(300);
const PACKAGES_LIMIT: Duration = Duration::from_secs(60);
const MOST_REPORTS: usize = 50;
/// Errors that a turn is told the places of.
const MOST_FAULTS: usize = 20;
const MESSAGE_CHARS: usize = 2_000;

/// What open previews saw of the newest revision.
#[derive(Debug)]
pub(super) struct Reports {
    revision: u64,
    found: Vec<Diagnostic>,
    painted: watch::Sender<u64>,
}

impl Default for Reports {
    fn default() -> Self {
        Self { revision: 0, found: Vec::new(), painted: watch::channel(0).0 }
    }
}

impl Reports {
    /// A newer revision is shown from now on.
    pub(super) fn restart(&mut self, revision: u64) {
        self.revision = revision;
        self.found.clear();
    }

    fn add(&mut self, diagnostic: Diagnostic) {
        if self.found.len() < MOST_REPORTS && !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }
}

impl Engine {
    /// Everything that is wrong with a project's app now: compiled afresh, packages included, or started in its machine;
    /// then, where there is a browser, opened in it, with its smoke checks; where there is none and a preview is open,
    /// what that saw while it ran the newest files.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn check(self: &Arc<Self>, project: ProjectId) -> Result<Checked> {
        let fault = self.looks.fault();
        let open = self.workspaces.of_project(project);
        let watched = most_watched(&open).cloned();
        let workspace = match &watched {
            Some(workspace) if fault.is_some() => Arc::clone(workspace),
            None if fault.is_some() => self.workspaces.get(project, &PreviewOptions::default()),
            // The browser's own: what it is served must be what was compiled.
            _ => self.workspaces.get(project, &Looks::options()),
        };
        let found = self.compile(&workspace).await?;
        if let Some(server) = self.check_machine(project).await? {
            // It is not compiled for the browser: whether it starts, its types, and what a browser sees say what there is
            // to say.
            let starts = server.is_empty();
            let mut checked =
                Checked { found: vec![(CheckKind::Compile, server)], ..Checked::default() };
            if starts
                && workspace.has_types().await
                && let Some(types) = self.check_types(project).await?
            {
                checked.found.push((CheckKind::Types, types));
            }
            if starts && fault.is_none() {
                self.look_at_machine(&workspace, &mut checked).await?;
            }
            return Ok(checked);
        }
        let broken = found.iter().any(|found| found.severity == Severity::Error);
        let mut checked =
            Checked { found: vec![(CheckKind::Compile, found)], ..Checked::default() };
        // What follows from files that do not compile would only mislead.
        if broken {
            return Ok(checked);
        }
        let read = workspace.lint().await;
        let broken = read.iter().any(|found| found.severity == Severity::Error);
        checked.found.push((CheckKind::Lint, read));
        if broken {
            return Ok(checked);
        }
        if fault.is_none() && self.look(&workspace, &mut checked).await? {
            let mut seen = workspace.reports.lock().unwrap_or_else(PoisonError::into_inner);
            checked.found.iter().flat_map(|(_, found)| found).for_each(|one| seen.add(one.clone()));
        } else if let Some(watched) = watched
            // Not the browser's, which nobody watches: it may be installed and not start.
            && watched.revision.receiver_count() > 0
        {
            watched.sync_files(self).await?;
            checked.found.push((CheckKind::Runtime, watched.seen_by_previews().await));
        }
        Ok(checked)
    }

    /// What the compiler finds wrong with the newest files, once their packages are there.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn compile(
        self: &Arc<Self>,
        workspace: &Arc<Workspace>,
    ) -> Result<Vec<Diagnostic>> {
        workspace.sync_files(self).await?;
        let packages = workspace.ready_packages(&self.workspaces.packages);
        if tokio::time::timeout(PACKAGES_LIMIT, packages).await.is_err() {
            tracing::warn!(project = %workspace.project, "packages took too long for the check");
        }
        Ok(workspace.diagnostics().await)
    }

    /// Where the last check, or an open preview since, found errors in a project that is compiled at the moment; of
    /// another nothing is known. Waits for nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn known_faults(
        self: &Arc<Self>,
        project: ProjectId,
    ) -> Result<Vec<(FilePath, Option<u32>)>> {
        let open = self.workspaces.of_project(project);
        let Some(watched) = most_watched(&open) else { return Ok(Vec::new()) };
        watched.sync_files(self).await?;
        let mut found = watched.diagnostics().await;
        // What a check saw is told to the workspace that it looked at, which no preview watches.
        for workspace in &open {
            workspace.sync_files(self).await?;
            let reports = workspace.reports.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = reports.found.iter().filter(|one| !found.contains(one));
            let fresh: Vec<Diagnostic> = fresh.cloned().collect();
            found.extend(fresh);
        }
        let errors = found.into_iter().filter(|found| found.severity == Severity::Error);
        let places = errors
            .filter_map(|found| Some((found.path?, Some(found.line).filter(|line| *line > 0))));
        Ok(places.take(MOST_FAULTS).collect())
    }

    /// Takes what an open preview saw. It is the generated app's own word: bounded, and data only.
    ///
    /// # Errors
    /// `Invalid` for more than 50 at once.
    pub async fn report(&self, access: &Access, reports: PreviewReports) -> Result<()> {
        access.require(Role::Viewer)?;
        if reports.items.len() > MOST_REPORTS {
            return Err(EngineError::invalid(
                "items",
                format!("At most {MOST_REPORTS} reports at once."),
            ));
        }
        for workspace in self.workspaces.of_project(access.project_id()) {
            let state = workspace.state.lock().await;
            let mut seen = workspace.reports.lock().unwrap_or_else(PoisonError::into_inner);
            for report in &reports.items {
                match report.issue {
                    RuntimeIssue::Painted => {
                        let revision = seen.revision;
                        seen.painted.send_replace(revision);
                    }
                    _ => seen.add(runtime(&state, report)),
                }
            }
        }
        Ok(())
    }
}

/// The workspace that most previews show.
fn most_watched(open: &[Arc<Workspace>]) -> Option<&Arc<Workspace>> {
    open.iter().max_by_key(|workspace| workspace.revision.receiver_count())
}

impl Workspace {
    /// What the compiler finds, and what stands in the way of packages.
    pub(super) async fn diagnostics(&self) -> Vec<Diagnostic> {
        let state = self.state.lock().await;
        let mut found: Vec<Diagnostic> = state
            .app
            .diagnostics()
            .iter()
            // A package that is on its way is no fault.
            .filter(|found| found.kind != webcore::DiagnosticKind::PackagePending)
            .map(compiled)
            .collect();
        found.extend(state.package_faults.iter().cloned());
        found
    }

    /// Whether the app brings TypeScript and says how it is to look.
    async fn has_types(&self) -> bool {
        let state = self.state.lock().await;
        state.loaded.contains_key("tsconfig.json")
            && super::packages::declared(&state).contains_key("typescript")
    }

    /// What the files show beside the compiler.
    pub(super) async fn lint(&self) -> Vec<Diagnostic> {
        let files: Vec<(FilePath, Blob)> = {
            let state = self.state.lock().await;
            state.app.files().map(|(path, content)| (path.clone(), content.clone())).collect()
        };
        let look = tokio::task::spawn_blocking(move || lint_diagnostics(&files)).await;
        look.unwrap_or_else(|error| {
            tracing::error!(project = %self.project, %error, "the lint stopped");
            Vec::new()
        })
    }

    /// Waits until an open preview has painted the newest files, and a moment longer for its errors.
    async fn seen_by_previews(&self) -> Vec<Diagnostic> {
        let (revision, mut painted) = {
            let reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
            (reports.revision, reports.painted.subscribe())
        };
        let painted = async { painted.wait_for(|at| *at >= revision).await.is_ok() };
        if tokio::time::timeout(PAINT_LIMIT, painted).await.unwrap_or(false) {
            tokio::time::sleep(AFTER_PAINT).await;
        }
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).found.clone()
    }
}

fn compiled(found: &webcore::Diagnostic) -> Diagnostic {
    use webcore::DiagnosticKind as Kind;
    let message = match &found.help {
        Some(help) => {
            format!("{}. {help}", found.message.trim_end_matches(['.', ' ']))
        }
        None => found.message.clone(),
    };
    Diagnostic {
        kind: match found.kind {
            Kind::Syntax => DiagnosticKind::Syntax,
            Kind::Unresolved | Kind::MissingExport => DiagnosticKind::Resolve,
            Kind::PackageMissing | Kind::PackagePending | Kind::NodeBuiltin => {
                DiagnosticKind::Package
            }
            Kind::Semantic | Kind::Unsupported | Kind::Limit => DiagnosticKind::Semantic,
        },
        severity: if found.is_error() { Severity::Error } else { Severity::Warning },
        path: Some(found.file.clone()),
        line: found.line,
        column: found.column,
        message,
        package: found.package.clone(),
    }
}

fn runtime(state: &State, report: &PreviewReport) -> Diagnostic {
    let (line, column) = (report.line.unwrap_or(0), report.column.unwrap_or(0));
    let place = report.url.as_deref().and_then(|url| state.app.map_position(url, line, column));
    let (path, line, column): (Option<FilePath>, u32, u32) = match place {
        Some(place) => (Some(place.file), place.line, place.column),
        None => (None, 0, 0),
    };
    let what = match report.issue {
        RuntimeIssue::Error | RuntimeIssue::Painted => "",
        RuntimeIssue::UnhandledRejection => "Unhandled rejection: ",
        RuntimeIssue::ConsoleError => "console.error: ",
        RuntimeIssue::ResourceError => "Did not load: ",
    };
    let message: String = report.message.chars().take(MESSAGE_CHARS).collect();
    // What an app prints as an error need not be one; what it throws is.
    let severity = if report.issue == RuntimeIssue::ConsoleError {
        Severity::Warning
    } else {
        Severity::Error
    };
    Diagnostic {
        kind: DiagnosticKind::Runtime,
        severity,
        path,
        line,
        column,
        message: format!("{what}{message}"),
        package: None,
    }
}
