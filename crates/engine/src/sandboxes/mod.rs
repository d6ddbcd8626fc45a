//! Machines of apps: where an app runs that needs one, and what people and the agent do there.
//!
//! ```text
//! decide   what the app's files need -> the router of qv-sandbox -> an engine, with a sentence for each passed over
//! machine  one of a project, its row in the database; what this server knows of it is in memory
//! ready    brings it to where it is wanted, one job at a time: made or resumed -> files -> packages -> the app's server
//! upkeep   idle machines are stopped, time is written down, machines that nobody knows are removed
//! ```
//! A machine always follows the store, as previews in the browser do ([`crate::workspace`]).

mod admin;
mod config;
mod decide;
mod engines;
mod machine;
mod output;
mod pass;
mod preview;
mod ready;
mod setup;
mod templates;
mod terminal;
mod types;
mod upkeep;
mod view;
mod work;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qv_domain::{EngineKind, ProjectId, SandboxId, UserId};
use qv_sandbox::{Decision, Purpose};
use qv_store as store;
use qv_wire::ErrorCode;
use tokio::sync::Semaphore;
use tokio::time::Instant;

pub use config::{DaytonaSandboxes, LocalSandboxes, PlanEngines, SandboxConfig};
pub use output::OutputFeed;
pub use pass::PreviewPass;
pub use preview::PreviewPlace;
pub use terminal::{Terminal, TerminalInput, TerminalOutput};
pub(crate) use upkeep::start;

pub(crate) use machine::Machine;
pub(crate) use ready::{Want, refusal};
pub(crate) use setup::Instance;
pub(crate) use work::{ChangedFile, Ran};

pub(crate) use qv_sandbox::asks_for_a_machine;

use crate::{Engine, EngineConfig, EngineError, Result};
use engines::{Engines, Slot};

/// What could not be had is not tried again before this: an open page asks every second.
const TRIES_AGAIN: Duration = Duration::from_secs(15);

/// The machines that this server knows, and the engines that run them.
#[derive(Debug)]
pub(crate) struct Sandboxes {
    engines: Engines,
    known: decide::Known,
    uploads: setup::Uploads,
    templates: templates::Templates,
    machines: Mutex<HashMap<ProjectId, Arc<Machine>>>,
    /// A project's machine is looked up or made by one at a time.
    gates: Mutex<HashMap<ProjectId, Arc<tokio::sync::Mutex<()>>>>,
    /// Projects whose machine is being brought to where its preview works.
    coming: Mutex<HashSet<ProjectId>>,
    /// Why a machine could not be made, and when: it is not tried again at once.
    refused: Mutex<HashMap<ProjectId, (String, Instant)>>,
    /// Installs and builds at once.
    heavy: Semaphore,
    passes: pass::Passes,
    terminals: terminal::Terminals,
}

impl Sandboxes {
    pub(crate) fn new(config: &EngineConfig, instance: Instance<'_>) -> Self {
        let uploads = setup::Uploads::default();
        let (local, daytona) = setup::of(config, instance, &uploads);
        Self {
            engines: Engines {
                local: Slot::new(EngineKind::Local, local),
                daytona: Slot::new(EngineKind::Daytona, daytona),
            },
            uploads,
            templates: templates::Templates::default(),
            known: decide::Known::default(),
            machines: Mutex::default(),
            gates: Mutex::default(),
            coming: Mutex::default(),
            refused: Mutex::default(),
            heavy: Semaphore::new(config.sandboxes.installs_at_once.max(1)),
            passes: pass::Passes::default(),
            terminals: terminal::Terminals::default(),
        }
    }

    /// The project's machine, if this server knows one.
    fn of(&self, project: ProjectId) -> Option<Arc<Machine>> {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner).get(&project).cloned()
    }

    fn all(&self) -> Vec<Arc<Machine>> {
        let machines = self.machines.lock().unwrap_or_else(PoisonError::into_inner);
        machines.values().cloned().collect()
    }

    fn keep(&self, machine: &Arc<Machine>) {
        let mut machines = self.machines.lock().unwrap_or_else(PoisonError::into_inner);
        machines.insert(machine.project, machine.clone());
    }

    /// Held while a project's machine is looked up or made.
    fn gate(&self, project: ProjectId) -> Arc<tokio::sync::Mutex<()>> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.retain(|_, gate| Arc::strong_count(gate) > 1);
        gates.entry(project).or_default().clone()
    }

    fn is_coming(&self, project: ProjectId) -> bool {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner).contains(&project)
    }

    /// Why a machine could not be made a moment ago.
    fn refusal_of(&self, project: ProjectId) -> Option<String> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.retain(|_, (_, at)| at.elapsed() < TRIES_AGAIN);
        refused.get(&project).map(|(why, _)| why.clone())
    }

    fn refuse(&self, project: ProjectId, why: String) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.insert(project, (why, Instant::now()));
    }

    fn forget(&self, project: ProjectId) -> Option<Arc<Machine>> {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner).remove(&project)
    }
}

impl Engine {
    /// A project's machine, ready for `want`. Made where the router says when there is none, or when the one that is
    /// there cannot do this.
    ///
    /// # Errors
    /// When nothing here can run it, or it does not get ready; the words say why.
    pub(crate) async fn machine(
        self: &Arc<Self>,
        project: &store::Project,
        want: Want,
    ) -> Result<Arc<Machine>> {
        let purpose = if want == Want::Server { Purpose::Preview } else { Purpose::Work };
        let wants = self.wants(project.id).await?;
        let decided = self.decide(project, &wants, purpose).await?;
        let decision = decided
            .map_err(|none| EngineError::refused(ErrorCode::Unavailable, none.to_string()))?;
        self.machine_at(project, &decision, wants.chosen, want).await
    }

    /// The same where it is decided already. What has no room is passed over for the next that can.
    async fn machine_at(
        self: &Arc<Self>,
        project: &store::Project,
        decision: &Decision,
        chosen: Option<EngineKind>,
        want: Want,
    ) -> Result<Arc<Machine>> {
        let able = std::iter::once(&decision.engine).chain(&decision.fallbacks).copied();
        let mut able: Vec<EngineKind> =
            able.filter(|kind| self.sandboxes.engines.slot(*kind).is_some()).collect();
        // Where it is already it stays, with what it keeps there, unless a person wants it elsewhere.
        if chosen != Some(decision.engine)
            && let Some(there) = self.known_machine(project).await?
            && able.contains(&there.kind)
        {
            able.retain(|kind| *kind != there.kind);
            able.insert(0, there.kind);
        }
        let mut refused = None;
        for kind in able {
            let machine = self.machine_of(project, kind).await?;
            match self.bring(&machine, want).await {
                Ok(()) => {
                    self.sandboxes
                        .refused
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .remove(&project.id);
                    return Ok(machine);
                }
                Err(error) if machine.work.lock().await.made => return Err(error),
                Err(error) => {
                    // It was never made there: the next engine may have room.
                    self.give_up(&machine).await?;
                    refused = Some(error);
                }
            }
        }
        if let Some(refused) = &refused {
            self.sandboxes.refuse(project.id, refused.detail());
        }
        Err(refused.unwrap_or_else(|| {
            EngineError::refused(
                ErrorCode::Conflict,
                "This app runs in the browser: it has no machine on a server.",
            )
        }))
    }

    /// A project's machine at an engine; one at another engine is given up for it.
    async fn machine_of(
        self: &Arc<Self>,
        project: &store::Project,
        kind: EngineKind,
    ) -> Result<Arc<Machine>> {
        let gate = self.sandboxes.gate(project.id);
        let _one = gate.lock().await;
        if let Some(machine) = self.look_up(project).await? {
            if machine.kind == kind {
                return Ok(machine);
            }
            self.remove_machine(&machine).await?;
        }
        let engine = self.open_engine(kind).await?;
        let now = self.env.now();
        let row = store::Sandbox {
            id: SandboxId::generate(&*self.env),
            project_id: project.id,
            engine: kind,
            node_id: self.node_id,
            created_at: now,
            used_at: now,
        };
        // In the database before it is anywhere else: what is lost half-way is found by its row.
        let mut tx = self.db.begin().await?;
        tx.insert_sandbox(&row).await?;
        tx.commit().await?;
        let machine = Machine::new(&row, project.owner_id, engine, false);
        self.sandboxes.keep(&machine);
        Ok(machine)
    }

    /// One person's machines that run, and those that are made, are bounded: others want some, too.
    fn require_room(&self, owner: UserId, project: ProjectId) -> Result<()> {
        let most = self.config.sandboxes.per_user;
        let machines = self.sandboxes.all();
        let of_owner = machines
            .iter()
            .filter(|one| one.owner == owner && one.project != project && one.uses_room());
        if of_owner.count() < most {
            return Ok(());
        }
        Err(EngineError::refused(
            ErrorCode::Unavailable,
            format!(
                "The owner of this project has {most} sandboxes running already. Stop one first."
            ),
        ))
    }

    /// A project's machine as this server knows it, or as the database does.
    pub(crate) async fn known_machine(
        &self,
        project: &store::Project,
    ) -> Result<Option<Arc<Machine>>> {
        if let Some(machine) = self.sandboxes.of(project.id) {
            return Ok(Some(machine));
        }
        let gate = self.sandboxes.gate(project.id);
        let _one = gate.lock().await;
        self.look_up(project).await
    }

    /// The same for whoever holds the project's gate.
    async fn look_up(&self, project: &store::Project) -> Result<Option<Arc<Machine>>> {
        if let Some(machine) = self.sandboxes.of(project.id) {
            return Ok(Some(machine));
        }
        let Some(row) = self.db.read().await?.sandbox_of(project.id).await? else {
            return Ok(None);
        };
        if row.engine == EngineKind::Local && row.node_id != self.node_id {
            return Err(EngineError::refused(
                ErrorCode::Unavailable,
                "This app's sandbox is on another server of this instance. Open the project there, or delete its \
                 machine first.",
            ));
        }
        let engine = self.open_engine(row.engine).await?;
        let machine = Machine::new(&row, project.owner_id, engine, true);
        self.sandboxes.keep(&machine);
        Ok(Some(machine))
    }

    async fn open_engine(&self, kind: EngineKind) -> Result<Arc<dyn qv_sandbox::SandboxEngine>> {
        let slot = self.sandboxes.engines.slot(kind).ok_or_else(|| {
            EngineError::refused(ErrorCode::Conflict, "Apps in a browser have no machine.")
        })?;
        slot.get().await.cloned().map_err(|error| refusal(&error))
    }

    /// Ends a machine and removes it with its files.
    pub(crate) async fn remove_machine(&self, machine: &Arc<Machine>) -> Result<()> {
        self.sandboxes.terminals.end_of(machine.project);
        let mut work = machine.work.lock().await;
        self.pay(machine).await?;
        machine.engine.delete(machine.id).await.map_err(|error| refusal(&error))?;
        *work = machine::Work { gone: true, ..machine::Work::default() };
        machine.ended(qv_domain::SandboxState::Stopped, None);
        // Before anybody who waits for it finds it.
        self.forget_machine(machine).await
    }

    /// Forgets a machine that could not be made, unless somebody else has made it meanwhile.
    async fn give_up(&self, machine: &Arc<Machine>) -> Result<()> {
        let mut work = machine.work.lock().await;
        if work.made {
            return Ok(());
        }
        work.gone = true;
        self.forget_machine(machine).await
    }

    async fn forget_machine(&self, machine: &Arc<Machine>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        tx.delete_sandbox(machine.id).await?;
        tx.commit().await?;
        if self.sandboxes.of(machine.project).is_some_and(|known| known.id == machine.id) {
            self.sandboxes.forget(machine.project);
        }
        Ok(())
    }

    /// A project is gone, and its row with it: its machine goes, too.
    pub(crate) fn project_deleted(self: &Arc<Self>, project: ProjectId) {
        self.sandboxes.known.forget(project);
        self.sandboxes.terminals.end_of(project);
        if let Some(machine) = self.sandboxes.forget(project) {
            let engine = self.clone();
            self.tasks.spawn(async move {
                if let Err(error) = engine.remove_machine(&machine).await {
                    // Found again, and removed, by the next look for machines that nobody knows.
                    tracing::warn!(%error, "a deleted project's sandbox was not removed yet");
                }
            });
        }
    }

    /// A project's files have changed: a machine that runs follows.
    pub(crate) fn machine_follows(self: &Arc<Self>, project: ProjectId) {
        self.sandboxes.known.forget(project);
        let Some(machine) = self.sandboxes.of(project).filter(|machine| machine.runs()) else {
            return;
        };
        let engine = self.clone();
        self.tasks.spawn(async move {
            let want = if machine.live().server.is_some() || machine.live().step.is_some() {
                Want::Server
            } else {
                Want::Files
            };
            if let Err(error) = engine.bring(&machine, want).await {
                tracing::debug!(%error, "a sandbox did not follow its project's files");
            }
        });
    }
}
