//! The smoke checks of a project: its files, what became of them, and the person's word about them.

use std::collections::HashMap;
use std::sync::Arc;

use qv_browser::SmokeOutcome;
use qv_domain::{BlobHash, FilePath, MOST_SMOKE_CHECKS, ProjectId, Role, SmokeCheck, SmokeError};
use qv_store::{FileChange, SmokeRow, blob_hash};
use qv_webcore as webcore;
use qv_wire::{
    CheckRun, Diagnostic, DiagnosticKind, FileSaved, Severity, SmokeCheckState, SmokeChecks,
    SmokeResult,
};

use super::{Looks, diagnose, pictures, serve};
use crate::{Access, Engine, EngineError, Result};

/// Why an app with a server of its own is opened and not used.
const KEEPS_WHAT_CHECKS_DO: &str = "This app has a server of its own, which would keep what checks do in it. It is started \
    and opened; checks are not carried out.";

/// The check files of a project, by path.
#[derive(Debug, Default)]
pub(super) struct SmokeFiles(Vec<SmokeFile>);

#[derive(Debug)]
struct SmokeFile {
    path: FilePath,
    hash: BlobHash,
    check: Result<SmokeCheck, SmokeError>,
}

impl SmokeFiles {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that are carried out.
    pub(super) fn readable(&self) -> Vec<(FilePath, SmokeCheck)> {
        let readable = self
            .0
            .iter()
            .filter_map(|file| Some((file.path.clone(), file.check.as_ref().ok()?.clone())));
        readable.take(MOST_SMOKE_CHECKS).collect()
    }

    /// Files that cannot be read, and those that are too many.
    pub(super) fn faults(&self) -> Vec<Diagnostic> {
        let broken = self.0.iter().filter_map(|file| {
            let error = file.check.as_ref().err()?;
            let line = u32::try_from(error.line).unwrap_or(0);
            Some(warning(&file.path, line, format!("This check cannot be read: {}", error.message)))
        });
        let readable = self.0.iter().filter(|file| file.check.is_ok());
        let surplus = readable.skip(MOST_SMOKE_CHECKS).map(|file| {
            let message = format!("Only {MOST_SMOKE_CHECKS} checks are carried out; this is not.");
            warning(&file.path, 0, message)
        });
        broken.chain(surplus).collect()
    }
}

fn warning(path: &FilePath, line: u32, message: String) -> Diagnostic {
    Diagnostic {
        kind: DiagnosticKind::Syntax,
        severity: Severity::Warning,
        path: Some(path.clone()),
        line,
        column: 0,
        message,
        package: None,
    }
}

/// What became of checks, with the lines of the app's source where it threw something.
pub(super) fn results(app: &webcore::Project, outcomes: &[SmokeOutcome]) -> Vec<SmokeResult> {
    let result = |outcome: &SmokeOutcome| {
        let mut message = outcome.failure.clone().unwrap_or_default();
        // What is rejected for want of a network is no fault.
        let thrown =
            outcome.exceptions.iter().find(|thrown| !(thrown.is_rejection && outcome.offline));
        if let Some(thrown) = thrown {
            let place = match diagnose::written(app, &thrown.places) {
                (Some(path), line, _) => format!(" ({path}:{line})"),
                _ => String::new(),
            };
            let words = format!("the app threw: {}{place}", diagnose::words(thrown));
            message = if message.is_empty() { words } else { format!("{message}; {words}") };
        }
        SmokeResult {
            path: outcome.path.clone(),
            name: outcome.name.clone(),
            ok: message.is_empty(),
            ok_before: None,
            message,
            duration_ms: pictures::millis(outcome.duration),
        }
    };
    outcomes.iter().map(result).collect()
}

/// A check that does not go well, as a finding: an error unless it did not before.
pub(super) fn diagnostic(result: &SmokeResult) -> Option<Diagnostic> {
    let severity =
        if result.ok_before == Some(false) { Severity::Warning } else { Severity::Error };
    (!result.ok).then(|| Diagnostic {
        kind: DiagnosticKind::Runtime,
        severity,
        ..warning(
            &result.path,
            0,
            format!("The check \"{}\" fails: {}", result.name, result.message),
        )
    })
}

impl Engine {
    /// A project's smoke checks and what became of them last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn smoke_checks(&self, access: &Access) -> Result<SmokeChecks> {
        let project = access.project_id();
        let files = self.smoke_files(project).await?;
        let rows = self.db.read().await?.smoke_results(project).await?;
        let mut rows: HashMap<FilePath, SmokeRow> =
            rows.into_iter().map(|row| (row.path.clone(), row)).collect();
        let items = files.0.into_iter().map(|file| {
            let row = rows.remove(&file.path).filter(|row| row.hash == file.hash);
            let (name, steps, fault) = match file.check {
                Ok(check) => {
                    (check.name, check.steps.iter().map(ToString::to_string).collect(), None)
                }
                Err(error) => (file.path.name().to_owned(), Vec::new(), Some(error.to_string())),
            };
            SmokeCheckState {
                last_at: row.as_ref().map(|row| row.at),
                last: row.map(|row| SmokeResult {
                    path: row.path,
                    name: name.clone(),
                    ok: row.ok,
                    ok_before: row.ok_before,
                    message: row.message,
                    duration_ms: row.duration_ms,
                }),
                path: file.path,
                name,
                steps,
                fault,
            }
        });
        let items = items.collect();
        let left_out = !self.shows_in_browser(access.project_id()).await?;
        Ok(SmokeChecks {
            items,
            browser: self.looks.fault(),
            left_out: left_out.then(|| KEEPS_WHAT_CHECKS_DO.to_owned()),
        })
    }

    /// Looks at the app now, as after a turn.
    ///
    /// # Errors
    /// `Busy` while that is being done already.
    pub async fn run_checks(self: &Arc<Self>, access: &Access) -> Result<CheckRun> {
        access.require(Role::Editor)?;
        let _asked = self.looks.ask(access.project_id()).await?;
        let checked = self.check(access.project_id()).await?;
        Ok(CheckRun {
            diagnostics: checked.found.into_iter().flat_map(|(_, found)| found).collect(),
            smoke: checked.smoke,
            screenshot: checked.seen.map(|seen| seen.image),
        })
    }

    /// Removes a check because the change that it fails by was meant: a new version, which says so.
    ///
    /// # Errors
    /// `Invalid` for a file that is no check; `NotFound`.
    pub async fn meant_change(
        self: &Arc<Self>,
        access: &Access,
        path: &FilePath,
    ) -> Result<FileSaved> {
        access.require(Role::Editor)?;
        if !SmokeCheck::is_at(path) {
            return Err(EngineError::invalid("path", "That file is no smoke check."));
        }
        let file = self.raw_file(access, path).await?;
        let check = SmokeCheck::parse(&String::from_utf8_lossy(&file.content));
        let name = check.map_or_else(|_| path.name().to_owned(), |check| check.name);
        let change = FileChange::Delete { path: path.clone() };
        let title = format!("Remove the check \"{name}\": the change was meant");
        self.edit_by_hand(access, path, None, change, &title).await
    }

    /// Carries out checks that are not files yet, in order. Empty where the app has errors or nothing can be looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn try_smoke(
        self: &Arc<Self>,
        project: ProjectId,
        checks: Vec<(FilePath, SmokeCheck)>,
    ) -> Result<Vec<SmokeResult>> {
        if self.looks.fault().is_some() || !self.shows_in_browser(project).await? {
            return Ok(Vec::new());
        }
        let workspace = self.workspace(project, &Looks::options()).await?;
        if self.compile(&workspace).await?.iter().any(|found| found.severity == Severity::Error) {
            return Ok(Vec::new());
        }
        let files = Arc::new(serve::AppFiles { engine: Arc::clone(self), project });
        match self.visit(files, checks.clone(), false).await {
            Ok(sighting) => {
                let tried = workspace.with_app(|app| results(app, &sighting.smoke)).await;
                self.keep_tried(project, &checks, &tried).await?;
                Ok(tried)
            }
            Err(error) => {
                tracing::warn!(%project, %error, "smoke checks were not tried");
                Ok(Vec::new())
            }
        }
    }

    /// Keeps that checks went well which are about to become files: whoever breaks them later breaks what worked.
    async fn keep_tried(
        &self,
        project: ProjectId,
        checks: &[(FilePath, SmokeCheck)],
        tried: &[SmokeResult],
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for result in tried.iter().filter(|result| result.ok) {
            let Some((path, check)) = checks.iter().find(|(path, _)| *path == result.path) else {
                continue;
            };
            let row = SmokeRow {
                project_id: project,
                path: path.clone(),
                hash: blob_hash(check.to_text().as_bytes()),
                ok: true,
                ok_before: None,
                message: String::new(),
                duration_ms: result.duration_ms,
                at: self.env.now(),
            };
            tx.keep_smoke_result(&row).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn smoke_files(&self, project: ProjectId) -> Result<SmokeFiles> {
        let mut conn = self.db.read().await?;
        let metas = conn.files(project).await?;
        let mut metas: Vec<(FilePath, BlobHash)> = metas
            .into_iter()
            .filter(|meta| SmokeCheck::is_at(&meta.path))
            .map(|meta| (meta.path, meta.hash))
            .collect();
        metas.sort();
        let hashes: Vec<BlobHash> = metas.iter().map(|(_, hash)| *hash).collect();
        let blobs = conn.blobs(&hashes).await?;
        let files = metas.into_iter().filter_map(|(path, hash)| {
            let text = String::from_utf8_lossy(blobs.get(&hash)?);
            Some(SmokeFile { check: SmokeCheck::parse(&text), path, hash })
        });
        Ok(SmokeFiles(files.collect()))
    }

    /// Keeps what became of the checks, and says of each whether it went well before this turn.
    pub(super) async fn keep_smoke(
        &self,
        project: ProjectId,
        files: &SmokeFiles,
        mut results: Vec<SmokeResult>,
    ) -> Result<Vec<SmokeResult>> {
        if results.is_empty() {
            return Ok(results);
        }
        let mut tx = self.db.begin().await?;
        let rows = tx.smoke_results(project).await?;
        let open = tx.open_generations(project).await?;
        let began = open.iter().filter_map(|generation| generation.started_at).min();
        for result in &mut results {
            let Some(file) = files.0.iter().find(|file| file.path == result.path) else { continue };
            let row = rows.iter().find(|row| row.path == file.path && row.hash == file.hash);
            result.ok_before = row.and_then(|row| match began {
                // Of an earlier round of this turn.
                Some(began) if row.at >= began => row.ok_before,
                _ => Some(row.ok),
            });
            let row = SmokeRow {
                project_id: project,
                path: file.path.clone(),
                hash: file.hash,
                ok: result.ok,
                ok_before: result.ok_before,
                message: result.message.clone(),
                duration_ms: result.duration_ms,
                at: self.env.now(),
            };
            tx.keep_smoke_result(&row).await?;
        }
        tx.commit().await?;
        Ok(results)
    }
}
