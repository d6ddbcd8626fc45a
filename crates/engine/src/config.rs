use std::path::PathBuf;
use std::time::Duration;

use qv_browser::BrowserConfig;
use qv_domain::{Limits, SignUpMode};
use qv_llm::{AddressPolicy, CallLimits, ProbeTargets, ProviderKind};
use qv_security::SecretString;

use crate::budgets::PlanBudgets;
use crate::mail::MailConfig;
use crate::sandboxes::SandboxConfig;
use crate::vault::MasterKeySource;

/// How the engine is set up.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Where everything of ours on disk is.
    pub data_dir: PathBuf,
    /// Only looks: shares the data folder with a server that may run on it, and takes no work.
    pub visitor: bool,
    /// `sqlite`, `sqlite:<path>` or `postgres://…`.
    pub database_url: String,
    /// How large things may be.
    pub limits: Limits,
    /// Turns that run at once on this node; 0 takes none from the queue.
    pub turns_at_once: usize,
    /// Turns of one user that run at once, on all nodes together.
    pub turns_per_user: u32,
    /// How long one turn may work.
    pub turn_limit: Duration,
    /// What each plan allows.
    pub plans: PlanBudgets,
    /// Where model servers may be that people name themselves.
    pub addresses: AddressPolicy,
    /// How long a model's answer may take; each provider's own limits when `None`.
    pub call_limits: Option<CallLimits>,
    /// Where to look for model servers on this machine.
    pub probes: ProbeTargets,
    /// Keys from the environment: the system's.
    pub environment_keys: Vec<EnvironmentKey>,
    /// How many days an entry of the audit log is kept.
    pub audit_days: u32,
    /// Never ask the npm registry; use what is embedded and cached.
    pub offline: bool,
    /// How long a version of an npm package must have been out before it is chosen; zero: at once.
    pub minimum_package_age: Duration,
    /// Projects that are kept compiled in memory.
    pub open_projects: usize,
    /// Where the key comes from that seals every secret.
    pub master_key: MasterKeySource,
    /// Where the peppers of passwords are, when not in the data folder.
    pub pepper_file: Option<PathBuf>,
    /// A service that tells by the first characters of a hash which passwords were in breaches, in the form of Pwned
    /// Passwords: its address before the range.
    pub breach_api: Option<String>,
    /// Who may make an account for themselves.
    pub sign_up: SignUpMode,
    /// How the server sends mail, if it does.
    pub mail: Option<MailConfig>,
    /// How machines of apps are set up.
    pub sandboxes: SandboxConfig,
    /// The browser that apps are looked at with.
    pub browser: BrowserConfig,
}

/// A provider's key from the environment.
#[derive(Debug, Clone)]
pub struct EnvironmentKey {
    /// Whose.
    pub provider: ProviderKind,
    /// The key; `None` for a server that needs none.
    pub secret: Option<SecretString>,
    /// Where the provider is, when not at its own address.
    pub base_url: Option<String>,
}

impl EngineConfig {
    /// The defaults, with data in `data_dir`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            visitor: false,
            database_url: "sqlite".to_owned(),
            limits: Limits::default(),
            turns_at_once: 64,
            turns_per_user: 4,
            turn_limit: Duration::from_secs(30 * 60),
            plans: PlanBudgets::default(),
            addresses: AddressPolicy::AllowLoopback,
            call_limits: None,
            probes: ProbeTargets::default(),
            environment_keys: Vec::new(),
            audit_days: 400,
            offline: false,
            minimum_package_age: Duration::from_secs(24 * 60 * 60),
            open_projects: 32,
            master_key: MasterKeySource::default(),
            pepper_file: None,
            breach_api: None,
            sign_up: SignUpMode::Closed,
            mail: None,
            sandboxes: SandboxConfig::default(),
            browser: BrowserConfig::default(),
        }
    }
}
