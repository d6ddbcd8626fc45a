//! What TypeScript says about a project that has a machine.

use std::sync::Arc;
use std::time::Duration;

use qv_domain::{FilePath, ProjectId};
use qv_lint::types::{self, TypeFault};
use qv_sandbox::{Command, ExecEvent};
use qv_wire::{Diagnostic, DiagnosticKind, Severity};

use super::ready::Want;
use crate::{Engine, Result};

/// How long the compiler may take, with all waiting; a check goes on without it after that.
const LONGEST: Duration = Duration::from_secs(20);
const OUTPUT_BYTES: u64 = 200_000;

impl Engine {
    /// Runs the project's own TypeScript over its files in its machine. Nothing where that cannot be had in time: what
    /// is not known is no fault.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn check_types(
        self: &Arc<Self>,
        project: ProjectId,
    ) -> Result<Option<Vec<Diagnostic>>> {
        let Some(found) = self.db.read().await?.project(project).await? else { return Ok(None) };
        let output = async {
            let machine = self.machine(&found, Want::Packages).await.ok()?;
            let _hold = machine.hold();
            let _turn = self.sandboxes.heavy.acquire().await.ok()?;
            let mut command =
                Command::new(["node_modules/.bin/tsc", "--noEmit", "--pretty", "false"]);
            command.time_limit = Some(LONGEST);
            command.output_limit = Some(OUTPUT_BYTES);
            let mut execution = machine.engine.exec(machine.id, command).await.ok()?;
            let mut output = Vec::new();
            loop {
                match execution.events.recv().await? {
                    ExecEvent::Output(_, bytes) => output.extend_from_slice(&bytes),
                    ExecEvent::Ended(_) => return Some(output),
                }
            }
        };
        let Ok(Some(output)) = tokio::time::timeout(LONGEST, output).await else {
            tracing::debug!(%project, "types could not be checked in time");
            return Ok(None);
        };
        let faults = types::read(&String::from_utf8_lossy(&output));
        Ok(Some(faults.into_iter().map(diagnostic).collect()))
    }
}

/// An error of types need not break the app while it runs: it is worth mending, and no proof.
fn diagnostic(fault: TypeFault) -> Diagnostic {
    Diagnostic {
        kind: DiagnosticKind::Types,
        severity: Severity::Warning,
        path: FilePath::parse(&fault.path).ok(),
        line: fault.line,
        column: fault.column,
        message: format!("{} ({})", fault.message, fault.code),
        package: None,
    }
}
