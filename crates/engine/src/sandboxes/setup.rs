//! How each engine is opened.

use std::sync::Arc;

use qv_sandbox::{SandboxEngine, SandboxError};
use url::Url;

use super::config::LocalSandboxes;
use crate::EngineConfig;

/// An engine that was set up.
#[derive(Debug)]
pub(super) enum Setup {
    /// On this host.
    Local(Local),
}

/// This host, and where its sandboxes get npm packages.
#[derive(Debug)]
pub(super) struct Local {
    folder: std::path::PathBuf,
    asked: LocalSandboxes,
    registry: Url,
}

/// What was set up: this host, and Daytona.
pub(super) fn of(config: &EngineConfig, registry: &Url) -> (Option<Setup>, Option<Setup>) {
    let local = config.sandboxes.local.clone().map(|asked| {
        let folder = config.data_dir.join("sandboxes");
        Setup::Local(Local { folder, asked, registry: registry.clone() })
    });
    (local, None)
}

impl Setup {
    pub(super) async fn open(&self) -> Result<Arc<dyn SandboxEngine>, SandboxError> {
        match self {
            Self::Local(local) => local.open().await,
        }
    }

    /// What its sandboxes find in their environment.
    pub(super) fn env(&self) -> Vec<(String, String)> {
        match self {
            Self::Local(local) => {
                vec![("npm_config_registry".to_owned(), local.registry.to_string())]
            }
        }
    }

    /// What a second costs, in billionths of a US dollar.
    pub(super) const fn nanousd_per_second(&self) -> u64 {
        match self {
            Self::Local(_) => 0,
        }
    }

    /// How it isolates, for operators.
    pub(super) fn note(&self) -> String {
        match self {
            Self::Local(_) => {
                "Isolates by namespaces, Landlock, a system call filter and control groups."
                    .to_owned()
            }
        }
    }

    pub(super) fn most(&self) -> (Option<u32>, Option<u64>) {
        match self {
            Self::Local(local) => {
                let running = u32::try_from(local.asked.most_running).unwrap_or(u32::MAX);
                (Some(running), Some(local.asked.most_memory))
            }
        }
    }
}

impl Local {
    #[cfg(target_os = "linux")]
    async fn open(&self) -> Result<Arc<dyn SandboxEngine>, SandboxError> {
        use qv_sandbox::local::{Launcher, LocalConfig, LocalEngine};
        let launcher = Launcher {
            program: self.asked.program.clone(),
            arguments: self.asked.arguments.clone(),
        };
        let mut config = LocalConfig::new(self.folder.clone(), launcher);
        config.most_running = self.asked.most_running;
        config.most_memory = self.asked.most_memory;
        let host = self.registry.host_str().unwrap_or_default();
        let port = self.registry.port_or_known_default().unwrap_or(443);
        config.registry = format!("{host}:{port}");
        Ok(Arc::new(LocalEngine::open(config).await?))
    }

    #[cfg(not(target_os = "linux"))]
    async fn open(&self) -> Result<Arc<dyn SandboxEngine>, SandboxError> {
        let reason = "sandboxes on the server need Linux".to_owned();
        Err(SandboxError::NotIsolated { reason })
    }
}
