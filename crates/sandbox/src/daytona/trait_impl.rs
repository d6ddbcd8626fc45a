use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use qv_domain::{EngineKind, FilePath, SandboxId, SandboxState};

use super::http::{Call, under};
use super::remote::{State, failure};
use super::wire::Metrics;
use super::{Core, DaytonaEngine};
use crate::{
    Command, Entry, Execution, FileWrite, PreviewTarget, Result, SandboxEngine, SandboxSpec,
    SandboxStatus, SandboxUsage,
};

/// Sandboxes that are stopped at once, at the end.
const STOPS: usize = 8;

impl Core {
    /// Starts a command, with or without a terminal.
    pub(super) async fn run(
        self: &Arc<Self>,
        id: SandboxId,
        command: Command,
    ) -> Result<Execution> {
        let remote = self.remote(id).await?;
        if let Err(error) = self.project(&remote).await {
            return Err(self.explain(id, error).await);
        }
        match command.terminal {
            None => self.exec_session(remote, &command).await,
            Some(size) => self.exec_terminal(remote, &command, size).await,
        }
    }
}

#[async_trait]
impl SandboxEngine for DaytonaEngine {
    fn kind(&self) -> EngineKind {
        EngineKind::Daytona
    }

    async fn create(&self, spec: SandboxSpec) -> Result<()> {
        self.core.make(spec).await
    }

    async fn write_files(&self, id: SandboxId, files: Vec<FileWrite>) -> Result<()> {
        self.core.awake(id, || Box::pin(self.core.write(id, &files))).await
    }

    async fn read_file(&self, id: SandboxId, path: &FilePath, most: u64) -> Result<Bytes> {
        self.core.awake(id, || Box::pin(self.core.read(id, path, most))).await
    }

    async fn list(&self, id: SandboxId, folder: Option<&FilePath>) -> Result<Vec<Entry>> {
        self.core.awake(id, || Box::pin(self.core.list(id, folder))).await
    }

    async fn exec(&self, id: SandboxId, command: Command) -> Result<Execution> {
        self.core.run(id, command).await
    }

    async fn start_service(&self, id: SandboxId, command: Command, port: u16) -> Result<Execution> {
        self.core.serve(id, command, port).await
    }

    async fn preview(&self, id: SandboxId, port: u16) -> Result<PreviewTarget> {
        self.core.preview(id, port).await
    }

    async fn stop(&self, id: SandboxId) -> Result<()> {
        self.core.stop(id).await
    }

    async fn resume(&self, id: SandboxId) -> Result<()> {
        self.core.start(id).await
    }

    async fn delete(&self, id: SandboxId) -> Result<()> {
        self.core.remove(id).await
    }

    async fn status(&self, id: SandboxId) -> Result<SandboxStatus> {
        let sandbox = self.core.look(id).await?;
        let state = match sandbox.state() {
            State::Starting => SandboxState::Starting,
            State::Running => SandboxState::Running,
            State::Stopping | State::Stopped => SandboxState::Stopped,
            State::Failed | State::Gone => SandboxState::Failed,
        };
        let fault = (state == SandboxState::Failed).then(|| failure(&sandbox).to_string());
        Ok(SandboxStatus { state, fault })
    }

    async fn usage(&self, id: SandboxId) -> Result<SandboxUsage> {
        let remote = self.core.remote(id).await?;
        if self.core.look(id).await?.state() != State::Running {
            return Ok(SandboxUsage::default());
        }
        let url = under(&remote.toolbox, &["system", "metrics"]);
        let metrics: Metrics = match self.core.api.call(Call::get(url)).await {
            Ok(answer) => answer.json()?,
            Err(error) => return Err(self.core.explain(id, error).await),
        };
        let amount = |told: Option<i64>| told.and_then(|told| u64::try_from(told).ok());
        // Daytona tells shares of processors, not their time.
        Ok(SandboxUsage {
            memory_bytes: amount(metrics.mem_used),
            disk_bytes: amount(metrics.disk_used),
            ..SandboxUsage::default()
        })
    }

    async fn sandboxes(&self) -> Result<Vec<SandboxId>> {
        Ok(self.core.all().await?.into_keys().collect())
    }

    async fn shut_down(&self) {
        let listed = self.core.all().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the sandboxes at Daytona could not be listed: those that are known are stopped");
            BTreeMap::new()
        });
        let running = listed.iter().filter(|(_, state)| **state != State::Stopped);
        let mut ids: Vec<SandboxId> = running.map(|(id, _)| *id).collect();
        let unlisted = self.core.known.ids().into_iter();
        ids.extend(unlisted.filter(|id| !listed.contains_key(id)));
        stream::iter(ids)
            .for_each_concurrent(STOPS, |id| async move {
                if let Err(error) = self.core.stop(id).await {
                    tracing::warn!(sandbox = %id, %error, "a sandbox at Daytona was not stopped");
                }
            })
            .await;
    }
}
