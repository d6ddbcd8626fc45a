//! What a preview's address shows: the app in the browser, or its machine.

use std::sync::Arc;
use std::time::Duration;

use qv_domain::{ProjectId, SandboxState};
use qv_sandbox::{PreviewTarget, Purpose};
use qv_store as store;
use qv_wire::{Diagnostic, DiagnosticKind, ErrorCode, Severity};
use tokio::time::Instant;

use super::machine::Machine;
use super::{TRIES_AGAIN, Want, refusal};
use crate::{Engine, Result};

/// How much of the server's last words is shown where the app does not run.
const LAST_WORDS: usize = 2_000;
/// For so long it is believed how a machine is reached.
const TARGET_LASTS: Duration = Duration::from_secs(30);

/// Where a preview's requests go.
#[derive(Debug)]
pub enum PreviewPlace {
    /// The app runs in the browser: we serve its files.
    Browser,
    /// The app's machine answers.
    Machine {
        /// How it is reached.
        target: PreviewTarget,
        /// The port that the app listens on there.
        port: u16,
    },
    /// The app's machine gets ready; this is what is done now.
    Starting(String),
    /// It is stopped, and this request does not start it.
    Asleep,
    /// The app does not run: why, and what its server last wrote.
    Failed {
        /// Why, as a sentence.
        why: String,
        /// The last of its output.
        output: String,
    },
}

impl Engine {
    /// Whether the app behind a preview's address needs no machine.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shows_in_browser(&self, project: ProjectId) -> Result<bool> {
        Ok(self.wants(project).await?.is_for_the_browser())
    }

    /// Where a preview's requests go now. Where `starts` says so, a machine that is not ready is made so, in the
    /// background: not by what a page that was left open asks for by itself, nor by strangers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preview_place(
        self: &Arc<Self>,
        project: ProjectId,
        starts: bool,
    ) -> Result<PreviewPlace> {
        let machine = self.sandboxes.of(project);
        if let Some(machine) = machine.as_ref().filter(|machine| machine.runs())
            && let Some(port) = machine.port()
            && !self.wants(project).await?.is_for_the_browser()
        {
            machine.touch(self);
            let target = self.target_of(machine, port).await?;
            return Ok(PreviewPlace::Machine { target, port });
        }
        let found = self.db.read().await?.project(project).await?;
        let found = found.ok_or_else(|| crate::EngineError::not_found("preview"))?;
        let wants = self.wants(project).await?;
        match self.decide(&found, &wants, Purpose::Preview).await? {
            Ok(decision) if self.sandboxes.engines.slot(decision.engine).is_none() => {
                return Ok(PreviewPlace::Browser);
            }
            Ok(_) => {}
            Err(none) => {
                return Ok(PreviewPlace::Failed { why: none.to_string(), output: String::new() });
            }
        }
        if let Some(why) = self.sandboxes.refusal_of(project) {
            return Ok(PreviewPlace::Failed { why, output: String::new() });
        }
        let Some(machine) = machine else {
            return Ok(self.start_if(starts, &found, "Making a sandbox"));
        };
        Ok(self.place_of(&machine, starts, &found))
    }

    /// What is shown of a machine whose server does not answer.
    fn place_of(
        self: &Arc<Self>,
        machine: &Machine,
        starts: bool,
        project: &store::Project,
    ) -> PreviewPlace {
        let (state, step, failed_at, held_down) = {
            let live = machine.live();
            (live.state, live.step.clone(), live.failed_at, live.held_down)
        };
        if held_down {
            let why = "An administrator has stopped this app's sandbox. Restart it in QuickVibe.";
            return PreviewPlace::Failed { why: why.to_owned(), output: String::new() };
        }
        if self.sandboxes.is_coming(machine.project) || machine.work.try_lock().is_err() {
            let sent = self.sandboxes.uploads.words(machine.id);
            let step = sent.or(step).unwrap_or_else(|| "Getting ready".to_owned());
            return PreviewPlace::Starting(step);
        }
        let again = failed_at.is_none_or(|at| at.elapsed() >= TRIES_AGAIN);
        match (state, step) {
            // Its own server has ended, or does not start: until something of it changes, or somebody restarts it.
            (SandboxState::Running, Some(why)) => {
                PreviewPlace::Failed { why, output: machine.output.tail(LAST_WORDS) }
            }
            // Nor is what could not be had a moment ago, such as room, asked for again by each reload.
            (_, Some(why)) if !again => {
                PreviewPlace::Failed { why, output: machine.output.tail(LAST_WORDS) }
            }
            _ => self.start_if(starts, project, "Starting the sandbox"),
        }
    }

    fn start_if(
        self: &Arc<Self>,
        starts: bool,
        project: &store::Project,
        words: &str,
    ) -> PreviewPlace {
        if !starts && !self.sandboxes.is_coming(project.id) {
            return PreviewPlace::Asleep;
        }
        self.ready_later(project);
        PreviewPlace::Starting(words.to_owned())
    }

    /// How a machine's server is reached; asked of the engine now and then.
    async fn target_of(&self, machine: &Machine, port: u16) -> Result<PreviewTarget> {
        if let Some((target, at)) = &machine.live().target
            && at.elapsed() < TARGET_LASTS
        {
            return Ok(target.clone());
        }
        let target = machine.engine.preview(machine.id, port).await;
        let target = target.map_err(|error| refusal(&error))?;
        machine.live().target = Some((target.clone(), Instant::now()));
        Ok(target)
    }

    /// Somebody uses a project's app by a connection that lasts.
    pub fn touch_machine(&self, project: ProjectId) {
        if let Some(machine) = self.sandboxes.of(project) {
            machine.touch(self);
        }
    }

    /// What is wrong with an app whose own server answers: whether it starts. `None` for apps in the browser, and where
    /// it is not the app's fault that nobody knows.
    pub(crate) async fn check_machine(
        self: &Arc<Self>,
        project: ProjectId,
    ) -> Result<Option<Vec<Diagnostic>>> {
        let wants = self.wants(project).await?;
        if wants.is_for_the_browser() {
            return Ok(None);
        }
        let Some(found) = self.db.read().await?.project(project).await? else { return Ok(None) };
        let decided = self.decide(&found, &wants, Purpose::Preview).await?;
        let slot = decided.ok().and_then(|one| self.sandboxes.engines.slot(one.engine));
        if slot.is_none() {
            return Ok(None);
        }
        let Err(error) = self.machine(&found, Want::Server).await else {
            return Ok(Some(Vec::new()));
        };
        if !matches!(error.code(), ErrorCode::Conflict | ErrorCode::Invalid) {
            tracing::warn!(%project, %error, "whether the app's server starts could not be told");
            return Ok(None);
        }
        let output = self.sandboxes.of(project).map(|machine| machine.output.tail(LAST_WORDS));
        let message = format!("{}\n{}", error.detail(), output.unwrap_or_default());
        Ok(Some(vec![Diagnostic {
            kind: DiagnosticKind::Runtime,
            severity: Severity::Error,
            path: None,
            line: 0,
            column: 0,
            message: message.trim().to_owned(),
            package: None,
        }]))
    }
}
