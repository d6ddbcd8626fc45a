//! How each engine is opened.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qv_domain::{Env, SandboxId};
use qv_sandbox::daytona::{DaytonaConfig, DaytonaEngine, Source, UploadProgress};
use qv_sandbox::{ResourceLimits, SandboxEngine, SandboxError};
use url::Url;

use super::config::LocalSandboxes;
use crate::EngineConfig;

/// An engine that was set up.
#[derive(Debug)]
pub(super) enum Setup {
    /// On this host.
    Local(Local),
    /// At Daytona.
    Daytona(Box<Daytona>),
}

/// This host, and where its sandboxes get npm packages.
#[derive(Debug)]
pub(super) struct Local {
    folder: std::path::PathBuf,
    asked: LocalSandboxes,
    registry: Url,
}

/// Daytona, and what our sandboxes there are told apart by.
#[derive(Debug)]
pub(super) struct Daytona {
    config: DaytonaConfig,
    limits: ResourceLimits,
    env: Arc<dyn Env>,
    uploads: Uploads,
}

/// What is known of an instance when its engines are set up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instance<'a> {
    /// Where npm packages come from.
    pub(crate) registry: &'a Url,
    /// Tells this instance's sandboxes from those of others that share an account.
    pub(crate) name: &'a str,
    /// Time and randomness.
    pub(crate) env: &'a Arc<dyn Env>,
}

/// How far uploads are.
#[derive(Debug, Clone, Default)]
pub(super) struct Uploads(Arc<Mutex<HashMap<SandboxId, UploadProgress>>>);

impl Uploads {
    fn tell(&self, progress: UploadProgress) {
        let mut uploads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if progress.files == progress.files_in_all {
            uploads.remove(&progress.sandbox);
        } else {
            uploads.insert(progress.sandbox, progress);
        }
    }

    /// How far an upload into a sandbox is, in words; `None` when there is none.
    pub(super) fn words(&self, id: SandboxId) -> Option<String> {
        let uploads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let UploadProgress { files, files_in_all, failed_tries, .. } = uploads.get(&id)?;
        let again = if *failed_tries > 0 { ", trying again" } else { "" };
        Some(format!("Sending files: {files} of {files_in_all}{again}"))
    }
}

/// What was set up: this host, and Daytona.
pub(super) fn of(
    config: &EngineConfig,
    instance: Instance<'_>,
    uploads: &Uploads,
) -> (Option<Setup>, Option<Setup>) {
    let registry = instance.registry;
    let daytona = config.sandboxes.daytona.clone().map(|asked| {
        let mut daytona = DaytonaConfig::new(asked.base, asked.key);
        daytona.source = asked.snapshot.map_or(Source::Default, Source::Snapshot);
        daytona.target = asked.target;
        daytona.labels.insert("quickvibe".to_owned(), instance.name.to_owned());
        Setup::Daytona(Box::new(Daytona {
            config: daytona,
            limits: config.sandboxes.limits,
            env: instance.env.clone(),
            uploads: uploads.clone(),
        }))
    });
    let local = config.sandboxes.local.clone().map(|asked| {
        let folder = config.data_dir.join("sandboxes");
        Setup::Local(Local { folder, asked, registry: registry.clone() })
    });
    (local, daytona)
}

impl Setup {
    pub(super) async fn open(&self) -> Result<Arc<dyn SandboxEngine>, SandboxError> {
        match self {
            Self::Local(local) => local.open().await,
            Self::Daytona(daytona) => daytona.open(),
        }
    }

    /// What its sandboxes find in their environment.
    pub(super) fn env(&self) -> Vec<(String, String)> {
        match self {
            Self::Local(local) => {
                vec![("npm_config_registry".to_owned(), local.registry.to_string())]
            }
            Self::Daytona(_) => Vec::new(),
        }
    }

    /// What a second costs, in billionths of a US dollar.
    pub(super) fn nanousd_per_second(&self) -> u64 {
        match self {
            Self::Local(_) => 0,
            Self::Daytona(daytona) => daytona.config.rates.per_second(&daytona.limits).0,
        }
    }

    /// How it isolates, for operators.
    pub(super) fn note(&self) -> String {
        match self {
            Self::Local(_) => {
                "Isolates by namespaces, Landlock, a system call filter and control groups."
                    .to_owned()
            }
            Self::Daytona(daytona) => {
                let host = daytona.config.base.host_str().unwrap_or_default();
                format!(
                    "Machines of {host}; stopped ones are charged for their disk, which is not counted here."
                )
            }
        }
    }

    pub(super) fn most(&self) -> (Option<u32>, Option<u64>) {
        match self {
            Self::Local(local) => {
                let running = u32::try_from(local.asked.most_running).unwrap_or(u32::MAX);
                (Some(running), Some(local.asked.most_memory))
            }
            Self::Daytona(_) => (None, None),
        }
    }
}

impl Daytona {
    fn open(&self) -> Result<Arc<dyn SandboxEngine>, SandboxError> {
        let uploads = self.uploads.clone();
        let engine =
            DaytonaEngine::with_progress(self.config.clone(), self.env.clone(), move |progress| {
                uploads.tell(progress);
            })?;
        Ok(Arc::new(engine))
    }
}

impl Local {
    #[cfg(target_os = "linux")]
    async fn open(&self) -> Result<Arc<dyn SandboxEngine>, SandboxError> {
        use qv_sandbox::egress::{self, Policy};
        use qv_sandbox::local::{Launcher, LocalConfig, LocalEngine, ServeEgress};
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
        // Whoever runs this server has named the registry, wherever it is.
        let policy = Arc::new(Policy::registry(&self.registry, true)?);
        config.egress = Some(ServeEgress::new(move |listener, stop| {
            egress::serve(listener, Arc::clone(&policy), stop)
        }));
        Ok(Arc::new(LocalEngine::open(config).await?))
    }

    #[cfg(not(target_os = "linux"))]
    async fn open(&self) -> Result<Arc<dyn SandboxEngine>, SandboxError> {
        let reason = "sandboxes on the server need Linux".to_owned();
        Err(SandboxError::NotIsolated { reason })
    }
}
