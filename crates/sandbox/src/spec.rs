use qv_domain::SandboxId;

/// What a sandbox is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxSpec {
    /// Its id, chosen by the caller and known before anything is made.
    pub id: SandboxId,
    /// What it may use.
    pub limits: ResourceLimits,
    /// Whom it may call.
    pub egress: Egress,
    /// Names the set of npm packages that the app begins with (64 hex digits, of its lock file); an engine that has this
    /// set unpacked gives it to the sandbox at once. `None`: no packages.
    pub packages: Option<String>,
    /// Environment of every command.
    pub env: Vec<(String, String)>,
}

/// What a sandbox may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceLimits {
    /// Memory, in bytes; with what it keeps in temporary folders.
    pub memory_bytes: u64,
    /// Processors, in thousandths of one.
    pub cpu_milli: u32,
    /// Processes and threads at once.
    pub processes: u32,
    /// Open files of one process.
    pub open_files: u32,
    /// What it may keep on disk, in bytes.
    pub disk_bytes: u64,
}

impl Default for ResourceLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 1 << 30,
            cpu_milli: 1_000,
            processes: 256,
            open_files: 4_096,
            disk_bytes: 1 << 30,
        }
    }
}

/// Whom a sandbox may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Egress {
    /// Nobody.
    None,
    /// The npm registry, and nobody else.
    Registry,
}
