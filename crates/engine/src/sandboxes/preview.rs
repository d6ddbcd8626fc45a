//! What a preview's address shows: the app in the browser, or its machine.

use std::sync::Arc;

use qv_domain::{ProjectId, SandboxState};
use qv_sandbox::{PreviewTarget, Purpose};

use qv_wire::{Diagnostic, DiagnosticKind, Severity};

use super::{Want, refusal};
use crate::{Engine, Result};

/// How much of the server's last words is shown where the app does not run.
const LAST_WORDS: usize = 2_000;

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
        let wants = self.wants(project).await?;
        Ok(wants.is_for_the_browser())
    }

    /// Where a preview's requests go now. A machine that is not ready is made so, in the background.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preview_place(self: &Arc<Self>, project: ProjectId) -> Result<PreviewPlace> {
        if let Some(machine) = self.sandboxes.of(project).filter(|machine| machine.runs())
            && let Some(port) = machine.port()
            && !self.wants(project).await?.is_for_the_browser()
        {
            machine.touch(self);
            let target = machine.engine.preview(machine.id, port).await;
            let target = target.map_err(|error| refusal(&error))?;
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
        let Some(machine) = self.sandboxes.of(project) else {
            self.ready_later(&found);
            return Ok(PreviewPlace::Starting("Making a sandbox".to_owned()));
        };
        let busy = machine.work.try_lock().is_err();
        let (state, step) = {
            let live = machine.live();
            (live.state, live.step.clone())
        };
        if busy {
            let sent = self.sandboxes.uploads.words(machine.id);
            let step = sent.or(step).unwrap_or_else(|| "Getting ready".to_owned());
            return Ok(PreviewPlace::Starting(step));
        }
        let failed = match step {
            Some(why) if state != SandboxState::Stopped => Some(why),
            _ => None,
        };
        if let Some(why) = failed {
            return Ok(PreviewPlace::Failed { why, output: machine.output.tail(LAST_WORDS) });
        }
        self.ready_later(&found);
        Ok(PreviewPlace::Starting("Starting the sandbox".to_owned()))
    }
}

impl Engine {
    /// What is wrong with an app whose own server answers: whether it starts. `None` for apps in the browser.
    pub(crate) async fn check_machine(
        self: &Arc<Self>,
        project: ProjectId,
    ) -> Result<Option<Vec<Diagnostic>>> {
        if self.wants(project).await?.is_for_the_browser() {
            return Ok(None);
        }
        let Some(found) = self.db.read().await?.project(project).await? else { return Ok(None) };
        let wants = self.wants(project).await?;
        let decided = self.decide(&found, &wants, Purpose::Preview).await?;
        let slot = decided.ok().and_then(|one| self.sandboxes.engines.slot(one.engine));
        if slot.is_none() {
            // Nothing here can run it: that is no fault of the app.
            return Ok(None);
        }
        let Err(error) = self.machine(&found, Want::Server).await else {
            return Ok(Some(Vec::new()));
        };
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
