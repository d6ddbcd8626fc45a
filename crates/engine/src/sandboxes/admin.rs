//! All machines, for administrators.

use std::sync::Arc;

use qv_domain::{AuditAction, AuditTarget, Month, SandboxId};
use qv_wire::{EngineOverview, SandboxEntry, SandboxOverview};

use super::engines::Slot;
use crate::audit::Act;
use crate::{Actor, Engine, EngineError, Result};

/// Machines that are listed.
const MOST_LISTED: u32 = 200;

impl Engine {
    /// What runs, and how much may. Administrators.
    ///
    /// # Errors
    /// `Forbidden`; when the database fails.
    pub async fn sandbox_overview(self: &Arc<Self>, actor: &Actor) -> Result<SandboxOverview> {
        actor.require_admin()?;
        let mut engines = Vec::new();
        for slot in self.sandboxes.engines.slots() {
            engines.push(self.engine_overview(slot).await?);
        }
        let listed = self.db.read().await?.listed_sandboxes(MOST_LISTED).await?;
        let mut sandboxes = Vec::new();
        for row in listed {
            let project = self.db.read().await?.project(row.sandbox.project_id).await?;
            let Some(project) = project else { continue };
            // One that another server has is that server's to tell of.
            let Ok(Some(machine)) = self.known_machine(&project).await else { continue };
            sandboxes.push(SandboxEntry {
                project_id: project.id,
                project_name: row.project_name,
                owner: row.owner,
                machine: self.machine_view(&machine).await?,
            });
        }
        Ok(SandboxOverview { engines, sandboxes })
    }

    async fn engine_overview(&self, slot: &Slot) -> Result<EngineOverview> {
        let month = Month::of(self.env.now());
        let time = self.db.read().await?.engine_time(slot.kind(), month).await?;
        let machines = self.sandboxes.all();
        let running = machines.iter().filter(|one| one.kind == slot.kind() && one.runs()).count();
        let running = u32::try_from(running).unwrap_or(u32::MAX);
        let (most_running, memory_limit_bytes) = slot.most();
        Ok(EngineOverview {
            engine: slot.kind(),
            ready: slot.get().await.is_ok(),
            note: slot.note().await,
            running,
            most_running,
            memory_bytes: self.config.sandboxes.limits.memory_bytes * u64::from(running),
            memory_limit_bytes,
            seconds_this_month: time.seconds,
            cost_nanousd: time.cost_nanousd,
        })
    }

    /// Stops anybody's machine; its files are kept. Administrators.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`.
    pub async fn stop_sandbox_of(self: &Arc<Self>, actor: &Actor, id: SandboxId) -> Result<()> {
        actor.require_admin()?;
        let mut conn = self.db.read().await?;
        let row = conn.sandbox(id).await?.ok_or_else(|| EngineError::not_found("sandbox"))?;
        let project = conn.project(row.project_id).await?;
        drop(conn);
        let project = project.ok_or_else(|| EngineError::not_found("sandbox"))?;
        let machine = self.own_machine(&project).await?;
        machine.tell(self, "Stopped by an administrator.");
        machine.live().held_down = true;
        self.stop_sandbox(&machine).await?;
        let mut tx = self.db.begin().await?;
        Act::by(actor, AuditAction::SandboxStopped)
            .on(AuditTarget::Project, project.id)
            .tell(&mut tx, &*self.env, self.env.now())
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
