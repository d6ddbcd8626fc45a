use std::time::Duration;

/// An amount of each resource; memory and disk in GB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resources {
    /// Processors.
    pub cpu: u64,
    /// Memory.
    pub memory: u64,
    /// Disk.
    pub disk: u64,
}

/// How the account is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The only key that is accepted.
    pub key: String,
    /// What all running sandboxes may have together.
    pub quota: Resources,
    /// What one may have.
    pub per_sandbox: Resources,
    /// What the snapshots give.
    pub snapshot: Resources,
    /// How long a change of state takes.
    pub change: Duration,
    /// Whether the account is suspended.
    pub suspended: bool,
    /// Whether WebSockets get through to logs; otherwise they are answered as plain calls.
    pub sockets: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            key: "dtn_fake_key_for_tests".to_owned(),
            quota: Resources { cpu: 10, memory: 10, disk: 30 },
            per_sandbox: Resources { cpu: 4, memory: 8, disk: 10 },
            snapshot: Resources { cpu: 1, memory: 1, disk: 3 },
            change: Duration::from_millis(50),
            suspended: false,
            sockets: true,
        }
    }
}
