//! Sets of packages that are kept unpacked for machines that are made later.
//!
//! They are shared by all projects, so none comes from a project's own machine: what runs there could have changed it. A set
//! is installed once more in a machine of its own, which gets nothing of the project but the names and versions of its
//! packages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qv_domain::{FilePath, SandboxId};
use qv_sandbox::{Command, Egress, FileWrite, SandboxError, SandboxSpec};

use super::decide::Wants;
use super::engines::Slot;
use super::machine::Machine;
use crate::Engine;

/// How long packages may take to install.
const INSTALL: Duration = Duration::from_secs(300);

/// The machines in which sets are installed.
#[derive(Debug, Default)]
pub(super) struct Templates(Mutex<BTreeMap<String, SandboxId>>);

impl Templates {
    /// The machines that are at work: nobody's, and not lost.
    pub(super) fn builders(&self) -> Vec<SandboxId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().copied().collect()
    }

    fn begin(&self, set: &str, id: SandboxId) -> bool {
        let mut at_work = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if at_work.contains_key(set) {
            return false;
        }
        at_work.insert(set.to_owned(), id);
        true
    }

    fn end(&self, set: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(set);
    }
}

impl Engine {
    /// Keeps a set of packages for machines that are made later, without anybody waiting.
    pub(super) fn template_later(
        self: &Arc<Self>,
        machine: &Arc<Machine>,
        wants: &Wants,
        set: String,
    ) {
        let packages = wants.manifest.packages.clone();
        if !packages.values().all(|version| is_of_registry(version)) {
            return;
        }
        let (engine, machine) = (self.clone(), machine.clone());
        self.tasks.spawn(async move {
            if machine.engine.has_packages(&set).await {
                return;
            }
            let id = SandboxId::generate(&*engine.env);
            if !engine.sandboxes.templates.begin(&set, id) {
                return;
            }
            let made = engine
                .stopping
                .run_until_cancelled(engine.make_template(&machine, id, &set, &packages));
            if let Some(Err(error)) = made.await {
                tracing::debug!(%error, "a set of packages was not kept");
            }
            if let Err(error) = machine.engine.delete(id).await {
                tracing::warn!(%error, "the machine of a set of packages was not removed yet");
            }
            engine.sandboxes.templates.end(&set);
        });
    }

    async fn make_template(
        &self,
        machine: &Machine,
        id: SandboxId,
        set: &str,
        packages: &BTreeMap<String, String>,
    ) -> Result<(), SandboxError> {
        let slot = self.sandboxes.engines.slot(machine.kind);
        let spec = SandboxSpec {
            id,
            limits: self.config.sandboxes.limits,
            egress: if self.config.offline { Egress::None } else { Egress::Registry },
            packages: None,
            env: slot.map(Slot::env).unwrap_or_default(),
        };
        let _turn = self.sandboxes.heavy.acquire().await;
        machine.engine.create(spec).await?;
        let manifest = serde_json::json!({ "private": true, "dependencies": packages });
        let path = FilePath::parse("package.json")
            .map_err(|error| SandboxError::InvalidSpec { message: error.to_string() })?;
        let content = Some(manifest.to_string().into_bytes().into());
        machine.engine.write_files(id, vec![FileWrite { path, content }]).await?;
        let mut command =
            Command::new(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"]);
        command.time_limit = Some(INSTALL);
        let (_, _, exit) = machine.engine.exec(id, command).await?.collect().await;
        if !exit.success() {
            let message = format!("the packages could not be installed: {exit:?}");
            return Err(SandboxError::Transient { message });
        }
        machine.engine.keep_packages(id, set).await
    }

    /// Keeps a machine started for the next project, and one for the next that is like this one.
    pub(super) fn keep_started_later(self: &Arc<Self>, machine: &Arc<Machine>, wants: &Wants) {
        let like_this = self.spec(machine, wants);
        let plain = SandboxSpec { packages: None, ..like_this.clone() };
        let specs = if like_this.packages.is_some() { vec![plain, like_this] } else { vec![plain] };
        let (engine, machine) = (self.clone(), machine.clone());
        self.tasks.spawn(async move {
            let kept = machine.engine.keep_started(specs);
            engine.stopping.run_until_cancelled(kept).await;
        });
    }
}

/// Whether npm takes a version from its registry: a range or a tag, not a folder, an address or a repository.
fn is_of_registry(version: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .*^~<>=|-+".contains(c);
    version.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_of_registry;

    #[test]
    fn only_the_registry_fills_templates() {
        for version in ["^19.0.0", ">=1.2 <2 || 3.x", "latest", "*", "1.0.0-beta.1+5"] {
            assert!(is_of_registry(version), "{version}");
        }
        for version in
            ["file:../x", "github:a/b", "a/b", "https://x.y/z.tgz", "npm:other@1", "git+ssh://x"]
        {
            assert!(!is_of_registry(version), "{version}");
        }
    }
}
