//! Where an app runs, as its members see it, and what they may do about it.

use std::sync::{Arc, PoisonError};

use qv_domain::{AuditAction, AuditTarget, EngineKind, Month, Role, SandboxState};
use qv_sandbox::{Decision, NoEngine, Passed, Purpose, SandboxUsage};
use qv_store as store;
use qv_wire::{ChooseEngine, PassedEngine, Sandbox};

use super::Want;
use super::machine::Machine;
use super::output::OutputFeed;
use crate::audit::Act;
use crate::{Access, Engine, EngineError, Result};

impl Engine {
    /// Where a project's app runs, why there, and how its machine is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sandbox(self: &Arc<Self>, access: &Access) -> Result<Sandbox> {
        let project = &access.project;
        let wants = self.wants(project.id).await?;
        // The whole choice is shown, so every engine is asked.
        let (engine, reason, passed) = match self.decide(project, &wants, Purpose::Preview).await? {
            Ok(Decision { engine, reason, passed, .. }) => (Some(engine), reason, passed),
            Err(none) => (None, none.to_string(), none.passed),
        };
        let machine = match self.known_machine(project).await {
            Ok(Some(machine)) => Some(self.machine_view(&machine).await?),
            Ok(None) => None,
            Err(error) => {
                tracing::debug!(%error, "a project's machine cannot be told of");
                None
            }
        };
        let passed =
            passed.into_iter().map(|Passed { engine, why }| PassedEngine { engine, why }).collect();
        Ok(Sandbox { engine, reason, chosen: wants.chosen, passed, machine })
    }

    /// The engine that a project's app runs on, and why, as a sentence; no engine when nothing here can run it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sandbox_reason(
        self: &Arc<Self>,
        access: &Access,
    ) -> Result<(Option<EngineKind>, String)> {
        let wants = self.wants(access.project_id()).await?;
        Ok(match self.decide(&access.project, &wants, Purpose::Preview).await? {
            Ok(decision) => (Some(decision.engine), decision.reason),
            Err(none) => (None, none.to_string()),
        })
    }

    /// Where commands for a project run, and why.
    pub(crate) async fn work_decision(
        &self,
        project: &store::Project,
    ) -> Result<Option<(EngineKind, String)>> {
        let wants = self.wants(project.id).await?;
        let decided = self.decide(project, &wants, Purpose::Work).await?;
        Ok(decided.ok().map(|decision| (decision.engine, decision.reason)))
    }

    /// A machine as people see it.
    pub(super) async fn machine_view(&self, machine: &Arc<Machine>) -> Result<qv_wire::Machine> {
        let month = Month::of(self.env.now());
        let mut conn = self.db.read().await?;
        let time = conn.sandbox_time(machine.project, month).await?;
        drop(conn);
        let usage = if machine.runs() {
            machine.engine.usage(machine.id).await.unwrap_or_default()
        } else {
            SandboxUsage::default()
        };
        let limits = self.config.sandboxes.limits;
        let live = machine.live();
        Ok(qv_wire::Machine {
            id: machine.id,
            engine: machine.kind,
            state: if self.sandboxes.is_coming(machine.project)
                && live.state == SandboxState::Stopped
            {
                SandboxState::Starting
            } else {
                live.state
            },
            step: self.sandboxes.uploads.words(machine.id).or_else(|| live.step.clone()),
            server: live.server.map(str::to_owned),
            serving: live.port.is_some(),
            memory_bytes: usage.memory_bytes,
            memory_limit_bytes: limits.memory_bytes,
            disk_bytes: usage.disk_bytes,
            disk_limit_bytes: limits.disk_bytes,
            seconds_this_month: time.seconds,
            cost_nanousd: time.cost_nanousd,
            used_at: live.used_at,
        })
    }

    /// Chooses where a project's app runs; the machine that it does not need any more is removed.
    ///
    /// # Errors
    /// `Invalid` when the app cannot run there, or the plan does not include it: the words say why.
    pub async fn choose_engine(
        self: &Arc<Self>,
        access: &Access,
        choose: ChooseEngine,
    ) -> Result<Sandbox> {
        access.require(Role::Editor)?;
        let project = access.project_id();
        if let Some(engine) = choose.engine {
            let mut wants = self.wants(project).await?;
            wants.chosen = Some(engine);
            let decided = self.decide(&access.project, &wants, Purpose::Preview).await?;
            let passed = match decided {
                Ok(decision) => decision.passed,
                Err(NoEngine { passed }) => passed,
            };
            if let Some(not) = passed.into_iter().find(|passed| passed.engine == engine) {
                return Err(EngineError::invalid("engine", not.why));
            }
        }
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        tx.choose_engine(project, choose.engine, now).await?;
        tx.commit().await?;
        self.sandboxes.known.forget(project);
        if let Some(machine) = self.sandboxes.of(project).filter(|machine| machine.runs()) {
            let engine = self.sandbox_reason(access).await?.0;
            if engine != Some(machine.kind) {
                self.stop_sandbox(&machine).await?;
            }
        }
        self.sandbox(access).await
    }

    /// Stops a project's machine; its files are kept.
    ///
    /// # Errors
    /// `NotFound` when it has none.
    pub async fn stop_machine(self: &Arc<Self>, access: &Access) -> Result<Sandbox> {
        access.require(Role::Editor)?;
        let machine = self.own_machine(&access.project).await?;
        if machine.live().state != SandboxState::Stopped {
            machine.tell(self, "Stopped.");
            self.stop_sandbox(&machine).await?;
        }
        self.sandbox(access).await
    }

    /// Stops what a machine runs and starts it again, in the background.
    ///
    /// # Errors
    /// `NotFound` when the project has no machine.
    pub async fn restart_machine(self: &Arc<Self>, access: &Access) -> Result<Sandbox> {
        access.require(Role::Editor)?;
        let machine = self.own_machine(&access.project).await?;
        machine.live().held_down = false;
        self.stop_sandbox(&machine).await?;
        self.ready_later(&access.project);
        self.sandbox(access).await
    }

    /// Removes a project's machine with what the app has kept there; the project's files are in the database.
    ///
    /// # Errors
    /// `NotFound` when it has none.
    pub async fn delete_machine(self: &Arc<Self>, access: &Access) -> Result<()> {
        access.require(Role::Owner)?;
        let machine = self.own_machine(&access.project).await?;
        self.remove_machine(&machine).await?;
        let mut tx = self.db.begin().await?;
        Act::by(access.actor(), AuditAction::SandboxDeleted)
            .on(AuditTarget::Project, access.project_id())
            .tell(&mut tx, &*self.env, self.env.now())
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Follows what a project's machine writes, from after `after`.
    ///
    /// # Errors
    /// `NotFound` when it has none.
    pub async fn machine_output(&self, access: &Access, after: u64) -> Result<OutputFeed> {
        let machine = self.own_machine(&access.project).await?;
        Ok(OutputFeed::new(machine.output.clone(), after))
    }

    pub(super) async fn own_machine(&self, project: &store::Project) -> Result<Arc<Machine>> {
        let known = self.known_machine(project).await?;
        known.ok_or_else(|| EngineError::not_found("machine"))
    }

    /// Brings a project's machine to where its preview works, without anybody waiting.
    pub(super) fn ready_later(self: &Arc<Self>, project: &store::Project) {
        let mut coming = self.sandboxes.coming.lock().unwrap_or_else(PoisonError::into_inner);
        if !coming.insert(project.id) {
            return;
        }
        drop(coming);
        let (engine, project) = (self.clone(), project.clone());
        self.tasks.spawn(async move {
            let done = engine.stopping.run_until_cancelled(engine.machine(&project, Want::Server));
            if let Some(Err(error)) = done.await {
                tracing::debug!(project = %project.id, %error, "an app's machine is not ready");
            }
            engine
                .sandboxes
                .coming
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&project.id);
        });
    }
}
