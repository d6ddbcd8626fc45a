//! Looks after machines: stops those that nobody uses, writes down how long they ran, removes those that nobody knows.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use qv_domain::{EngineKind, Month, SandboxId, SandboxState};
use qv_sandbox::SandboxError;
use qv_store as store;
use tokio::time::Instant;

use super::machine::Machine;
use super::refusal;
use crate::{Engine, EngineError, Result};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(30);
/// How often it is looked for machines that nobody knows: each time asks every engine.
const ORPHANS_EVERY: Duration = Duration::from_secs(15 * 60);

/// Starts to look after machines, and opens the engines, so that the first app need not wait for that.
pub(crate) fn start(engine: &Arc<Engine>) {
    let engine = engine.clone();
    tokio::spawn(async move {
        let mut looked = None;
        while !engine.stopping.is_cancelled() {
            if looked.is_none_or(|at: Instant| at.elapsed() >= ORPHANS_EVERY) {
                looked = Some(Instant::now());
                engine.remove_orphans().await;
            }
            for machine in engine.sandboxes.all() {
                if let Err(error) = engine.look_after(&machine).await {
                    tracing::warn!(%error, sandbox = %machine.id, "a sandbox was not looked after");
                }
            }
            tokio::select! {
                () = engine.stopping.cancelled() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    });
}

impl Engine {
    async fn look_after(self: &Arc<Self>, machine: &Arc<Machine>) -> Result<()> {
        if !machine.runs() {
            return Ok(());
        }
        self.pay(machine).await?;
        let used_at = machine.live().used_at;
        let mut tx = self.db.begin().await?;
        tx.touch_sandbox(machine.id, used_at).await?;
        tx.commit().await?;
        // Who works on it is using it.
        if self.is_idle(machine) && machine.work.try_lock().is_ok() {
            machine.tell(self, "Stopped: nobody has used it for a while.");
            self.stop_where(machine, Self::is_idle).await?;
        }
        Ok(())
    }

    fn is_idle(&self, machine: &Machine) -> bool {
        let live = machine.live();
        live.holders == 0 && self.env.now().since(live.used_at) >= self.config.sandboxes.idle
    }

    /// Ends everything that runs in a machine, and keeps its files.
    pub(super) async fn stop_sandbox(self: &Arc<Self>, machine: &Arc<Machine>) -> Result<()> {
        self.sandboxes.terminals.end_of(machine.project);
        // What is done to it ends with it, so that nobody who stops it waits for an install.
        if let Err(error) = machine.engine.stop(machine.id).await {
            tracing::debug!(%error, "a sandbox is stopped once more");
        }
        self.stop_where(machine, |_, _| true).await
    }

    /// The same where it still holds once nothing else is done to it. Begun is finished, whoever leaves meanwhile.
    async fn stop_where(
        self: &Arc<Self>,
        machine: &Arc<Machine>,
        holds: impl FnOnce(&Self, &Machine) -> bool + Send + 'static,
    ) -> Result<()> {
        let (engine, machine) = (self.clone(), machine.clone());
        let stopped = self.tasks.spawn(async move {
            let mut work = machine.work.lock().await;
            if work.gone || !holds(&engine, &machine) {
                return Ok(());
            }
            work.service = None;
            work.server_failed = None;
            machine.live().unserved();
            engine.pay(&machine).await?;
            match machine.engine.stop(machine.id).await {
                Ok(()) | Err(SandboxError::NotFound { .. }) => {}
                Err(error) => return Err(refusal(&error)),
            }
            machine.live().unpaid_since = None;
            machine.ended(SandboxState::Stopped, None);
            Ok(())
        });
        stopped.await.unwrap_or_else(|error| {
            Err(EngineError::Internal(format!("a sandbox was not stopped: {error}")))
        })
    }

    /// Writes down how long a machine ran since that was last done. Whole seconds: the rest stays for the next time.
    pub(super) async fn pay(&self, machine: &Machine) -> Result<()> {
        let (since, seconds) = {
            let Some(since) = machine.live().unpaid_since else { return Ok(()) };
            (since, since.elapsed().as_secs())
        };
        if seconds == 0 {
            return Ok(());
        }
        let price = self.sandboxes.engines.slot(machine.kind);
        let price = price.map_or(0, super::engines::Slot::nanousd_per_second);
        let ran = store::SandboxRan {
            project_id: machine.project,
            user_id: machine.owner,
            engine: machine.kind,
            month: Month::of(self.env.now()),
            time: store::SandboxTime { seconds, cost_nanousd: seconds.saturating_mul(price) },
        };
        let mut tx = self.db.begin().await?;
        tx.add_sandbox_time(&ran).await?;
        tx.commit().await?;
        let mut live = machine.live();
        if live.unpaid_since == Some(since) {
            live.unpaid_since = Some(since + Duration::from_secs(seconds));
        }
        Ok(())
    }

    /// Removes machines that engines have and the database does not: of deleted projects, and of a server that was lost
    /// between making one and saying so.
    async fn remove_orphans(&self) {
        for slot in self.sandboxes.engines.slots() {
            let Ok(engine) = slot.get().await else { continue };
            // What the engine has first, then the rows: a row is there before its machine is.
            let there = match engine.sandboxes().await {
                Ok(there) => there,
                Err(error) => {
                    tracing::warn!(engine = %slot.kind(), %error, "the engine's sandboxes cannot be listed");
                    continue;
                }
            };
            let mut known = match self.known_ids(slot.kind()).await {
                Ok(known) => known,
                Err(error) => {
                    tracing::warn!(%error, "sandboxes that nobody knows were not looked for");
                    continue;
                }
            };
            known.extend(self.sandboxes.templates.builders());
            for id in there.into_iter().filter(|id| !known.contains(id)) {
                match engine.delete(id).await {
                    Ok(()) => {
                        tracing::info!(sandbox = %id, "a sandbox that nobody knew was removed");
                    }
                    Err(error) => {
                        tracing::warn!(sandbox = %id, %error, "a sandbox was not removed");
                    }
                }
            }
        }
    }

    async fn known_ids(&self, kind: EngineKind) -> Result<BTreeSet<SandboxId>> {
        let node = (kind == EngineKind::Local).then_some(self.node_id);
        let rows = self.db.read().await?.sandboxes_of(kind, node).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Ends every machine, as the server stops; files are kept.
    pub(crate) async fn stop_machines(&self) {
        for machine in self.sandboxes.all() {
            if let Err(error) = self.pay(&machine).await {
                tracing::warn!(%error, "a sandbox's last seconds were not written down");
            }
        }
        for slot in self.sandboxes.engines.slots() {
            if let Some(engine) = slot.opened() {
                engine.shut_down().await;
            }
        }
    }
}
