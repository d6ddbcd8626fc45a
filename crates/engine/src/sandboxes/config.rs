use std::path::PathBuf;
use std::time::Duration;

use qv_domain::{EngineKind, Plan};
use qv_sandbox::ResourceLimits;
use qv_security::SecretString;
use url::Url;

/// How machines of apps are set up.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Sandboxes on this host; `None` has none.
    pub local: Option<LocalSandboxes>,
    /// Sandboxes at Daytona; `None` has none.
    pub daytona: Option<DaytonaSandboxes>,
    /// What one machine may use.
    pub limits: ResourceLimits,
    /// A machine that nobody uses for so long is stopped; its files are kept.
    pub idle: Duration,
    /// Machines of one person that run at once.
    pub per_user: usize,
    /// Installs and builds at once, of all projects.
    pub installs_at_once: usize,
    /// The engines that each plan includes, beside the browser.
    pub plans: PlanEngines,
    /// Whether people may run apps by the vendor's WebContainer: it takes a licence.
    pub webcontainer: bool,
}

/// Sandboxes at Daytona.
#[derive(Debug, Clone)]
pub struct DaytonaSandboxes {
    /// Where its API is, such as `https://app.daytona.io/api`.
    pub base: Url,
    /// The account's key.
    pub key: SecretString,
    /// The snapshot that sandboxes are made from; the account's default when nothing is said.
    pub snapshot: Option<String>,
    /// The region; the account's own when nothing is said.
    pub target: Option<String>,
}

/// Sandboxes on this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalSandboxes {
    /// The program that becomes a sandbox's supervisor: this server's own.
    pub program: PathBuf,
    /// What it is told, to become one.
    pub arguments: Vec<String>,
    /// Sandboxes that may run at once.
    pub most_running: usize,
    /// Memory that those that run may use together, in bytes.
    pub most_memory: u64,
}

/// The engines that each plan includes, beside the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanEngines {
    /// The free plan.
    pub free: Vec<EngineKind>,
    /// One person's paid plan.
    pub pro: Vec<EngineKind>,
    /// A team's plan.
    pub team: Vec<EngineKind>,
}

impl PlanEngines {
    /// Whether a plan includes an engine.
    #[must_use]
    pub fn includes(&self, plan: Plan, engine: EngineKind) -> bool {
        let engines = match plan {
            Plan::Free => &self.free,
            Plan::Pro => &self.pro,
            Plan::Team => &self.team,
        };
        engine == EngineKind::Browser || engines.contains(&engine)
    }
}

impl Default for PlanEngines {
    /// Every plan includes what the operator has set up.
    fn default() -> Self {
        let all = EngineKind::ALL.to_vec();
        Self { free: all.clone(), pro: all.clone(), team: all }
    }
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            local: None,
            daytona: None,
            limits: ResourceLimits::default(),
            idle: Duration::from_secs(15 * 60),
            per_user: 5,
            installs_at_once: 2,
            plans: PlanEngines::default(),
            webcontainer: false,
        }
    }
}
