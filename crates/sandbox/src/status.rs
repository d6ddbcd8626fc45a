use std::time::Duration;

use qv_domain::SandboxState;

/// How a sandbox is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxStatus {
    /// Its state.
    pub state: SandboxState,
    /// Why it failed.
    pub fault: Option<String>,
}

/// What a sandbox uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SandboxUsage {
    /// Memory now, in bytes.
    pub memory_bytes: Option<u64>,
    /// Processor time since it was made or resumed.
    pub cpu_time: Option<Duration>,
    /// Processes and threads now.
    pub processes: Option<u32>,
    /// What it keeps on disk, in bytes.
    pub disk_bytes: Option<u64>,
}
