use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use qv_domain::{EngineKind, FilePath, SandboxId, SandboxState};
use tokio::sync::oneshot;

use super::super::EGRESS_PORT;
use super::super::files;
use super::super::link::transient;
use super::boxed::{Boxed, blocking};
use super::dial::LocalDialer;
use super::{Inner, LocalEngine, execution, make, service, start, warm};
use crate::{
    Command, Egress, Entry, Execution, FileWrite, PreviewTarget, QuotaScope, Result, SandboxEngine,
    SandboxError, SandboxSpec, SandboxStatus, SandboxUsage,
};

#[async_trait]
impl SandboxEngine for LocalEngine {
    fn kind(&self) -> EngineKind {
        EngineKind::Local
    }

    async fn has_packages(&self, set: &str) -> bool {
        self.has_template(set)
    }

    async fn keep_packages(&self, id: SandboxId, set: &str) -> Result<()> {
        self.keep_template(id, set).await
    }

    async fn keep_started(&self, specs: Vec<SandboxSpec>) {
        for old in self.0.warm.kinds() {
            if !specs.iter().any(|spec| warm::serves(&old, spec)) {
                self.cool(&old);
            }
        }
        for spec in specs {
            if let Err(error) = self.warm(spec).await {
                tracing::debug!(%error, "no sandbox is kept started");
            }
        }
    }

    async fn create(&self, spec: SandboxSpec) -> Result<()> {
        make::check(&spec)?;
        let inner = Arc::clone(&self.0);
        let id = spec.id;
        // Made to its end also when nobody waits any more; then it is removed again.
        let (done, made) = oneshot::channel();
        tokio::spawn(async move {
            let result = make::make(&inner, spec).await;
            let wanted = result.is_ok();
            if done.send(result).is_err() && wanted {
                let _ = LocalEngine(inner).delete(id).await;
            }
        });
        made.await.map_err(|error| transient("making a sandbox", error))?
    }

    async fn write_files(&self, id: SandboxId, files: Vec<FileWrite>) -> Result<()> {
        let boxed = self.0.sandbox(id)?;
        let disk = boxed.disk(&self.0).await?;
        let owner = self.0.owner();
        let most = boxed.spec.limits.disk_bytes;
        blocking(move || {
            if disk.watched() {
                let more: u64 =
                    files.iter().filter_map(|f| f.content.as_ref()).map(|c| c.len() as u64).sum();
                if more > 0 && disk.used()?.bytes.saturating_add(more) > most {
                    let message = "the sandbox's disk is full".into();
                    return Err(SandboxError::Quota { scope: QuotaScope::Disk, message });
                }
            }
            files::write_all(disk.app(), &files, owner)
        })
        .await
    }

    async fn read_file(&self, id: SandboxId, path: &FilePath, most: u64) -> Result<Bytes> {
        let disk = self.0.sandbox(id)?.disk(&self.0).await?;
        let path = path.clone();
        blocking(move || files::read(disk.app(), &path, most)).await
    }

    async fn list(&self, id: SandboxId, folder: Option<&FilePath>) -> Result<Vec<Entry>> {
        let disk = self.0.sandbox(id)?.disk(&self.0).await?;
        let folder = folder.cloned();
        blocking(move || files::list(disk.app(), folder.as_ref())).await
    }

    async fn exec(&self, id: SandboxId, command: Command) -> Result<Execution> {
        let boxed = self.0.sandbox(id)?;
        let running = boxed.running()?;
        execution::run(&running, command, environment(&self.0, &boxed)).await
    }

    async fn start_service(&self, id: SandboxId, command: Command, port: u16) -> Result<Execution> {
        let boxed = self.0.sandbox(id)?;
        let running = boxed.running()?;
        service::start(&running, command, environment(&self.0, &boxed), port).await
    }

    async fn preview(&self, id: SandboxId, port: u16) -> Result<PreviewTarget> {
        let running = Arc::downgrade(&self.0.sandbox(id)?.running()?);
        Ok(PreviewTarget::Dial(Arc::new(LocalDialer { running, port })))
    }

    async fn stop(&self, id: SandboxId) -> Result<()> {
        let boxed = self.0.sandbox(id)?;
        let _one = boxed.changing.lock().await;
        end(&boxed).await;
        Ok(())
    }

    async fn resume(&self, id: SandboxId) -> Result<()> {
        let boxed = self.0.sandbox(id)?;
        let _one = boxed.changing.lock().await;
        if boxed.status().state == SandboxState::Running {
            return Ok(());
        }
        // Deleted while we waited.
        self.0.sandbox(id)?;
        let room = self.0.rooms.take(boxed.spec.limits.memory_bytes)?;
        boxed.starts();
        // Also when nobody waits any more.
        let _not_started = NotStarted(&boxed);
        start::start(&self.0, &boxed, room).await
    }

    async fn delete(&self, id: SandboxId) -> Result<()> {
        let Ok(boxed) = self.0.sandbox(id) else { return Ok(()) };
        let _one = boxed.changing.lock().await;
        end(&boxed).await;
        boxed.deleted();
        let folder = boxed.folder.clone();
        let removed = blocking(move || {
            make::remove_folder(&folder)
                .map_err(|error| transient("removing a sandbox's files", error))
        })
        .await;
        // What could not be removed is still there to be deleted.
        if removed.is_ok() {
            self.0.forget(id);
        }
        removed
    }

    async fn status(&self, id: SandboxId) -> Result<SandboxStatus> {
        Ok(self.0.sandbox(id)?.status())
    }

    async fn usage(&self, id: SandboxId) -> Result<SandboxUsage> {
        let boxed = self.0.sandbox(id)?;
        let disk = boxed.disk(&self.0).await?;
        let group = boxed.running().ok().and_then(|running| running.group().cloned());
        blocking(move || {
            let processes = group.as_ref().and_then(|group| group.processes());
            Ok(SandboxUsage {
                memory_bytes: group.as_ref().and_then(|group| group.memory()),
                cpu_time: group.as_ref().and_then(|group| group.cpu()),
                processes: processes.and_then(|processes| u32::try_from(processes).ok()),
                disk_bytes: Some(disk.used()?.bytes),
            })
        })
        .await
    }

    async fn sandboxes(&self) -> Result<Vec<SandboxId>> {
        Ok(self.0.all().iter().map(|boxed| boxed.spec.id).collect())
    }

    async fn shut_down(&self) {
        let all = self.0.all();
        for boxed in &all {
            if let Ok(running) = boxed.running() {
                running.let_go();
            }
        }
        for boxed in &all {
            let _one = boxed.changing.lock().await;
            end(boxed).await;
        }
        self.0.warm.close().await;
        self.0.ahead.close().await;
    }
}

/// The environment that commands begin with, and who they are.
fn environment(inner: &Inner, boxed: &Boxed) -> (Vec<(String, String)>, files::Owner) {
    let mut env: Vec<(String, String)> = [
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("HOME", "/home/app"),
        ("USER", "app"),
        ("SHELL", "/bin/sh"),
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
        ("npm_config_update_notifier", "false"),
        ("npm_config_fund", "false"),
        // Node has authorities of its own, and knows nothing of the host's, which a company's network may need.
        ("NODE_EXTRA_CA_CERTS", "/etc/ssl/certs/ca-certificates.crt"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    if boxed.spec.egress == Egress::Registry {
        let proxy = format!("http://127.0.0.1:{EGRESS_PORT}");
        for key in [
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "http_proxy",
            "https_proxy",
            "npm_config_proxy",
            "npm_config_https_proxy",
        ] {
            env.push((key.into(), proxy.clone()));
        }
        for key in ["NO_PROXY", "no_proxy"] {
            env.push((key.into(), "localhost,127.0.0.1,::1".into()));
        }
        env.push(("npm_config_registry".into(), format!("https://{}/", inner.config.registry)));
    }
    env.extend(boxed.spec.env.iter().cloned());
    (env, inner.owner())
}

/// Says that a sandbox does not run, unless it does.
struct NotStarted<'a>(&'a Boxed);

impl Drop for NotStarted<'_> {
    fn drop(&mut self) {
        self.0.not_started();
    }
}

/// Ends what runs, and waits until it is gone.
pub(super) async fn end(boxed: &Boxed) {
    if let Some(running) = boxed.last() {
        running.stop().await;
        boxed.ended(&running);
    }
}
