use std::time::Duration;

/// What this crate's calls give.
pub type Result<T, E = SandboxError> = std::result::Result<T, E>;

/// Of what there is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaScope {
    /// Sandboxes at once.
    Sandboxes,
    /// Memory.
    Memory,
    /// Processors.
    Cpu,
    /// Disk.
    Disk,
    /// The size of one answer or file.
    Size,
}

/// Why a sandbox does not do what it was asked. The texts are safe to show; none holds a key or a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// There is no room; another engine may have some.
    #[error("{message}")]
    Quota {
        /// Of what.
        scope: QuotaScope,
        /// In words.
        message: String,
    },
    /// The engine could never do this.
    #[error("{message}")]
    InvalidSpec {
        /// In words.
        message: String,
    },
    /// The account at the engine is suspended.
    #[error("the account at the sandbox engine is suspended")]
    Suspended,
    /// The key is missing or not accepted.
    #[error("the sandbox engine does not accept the key")]
    Auth,
    /// Too many calls; waiting helps.
    #[error("the sandbox engine limits how often it may be asked")]
    RateLimited {
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// There is no such sandbox, file or folder.
    #[error("there is no such {what}")]
    NotFound {
        /// What was asked for.
        what: &'static str,
    },
    /// It is not in a state for this.
    #[error("{message}")]
    Conflict {
        /// In words.
        message: String,
    },
    /// It took too long.
    #[error("{what} took longer than {} s", limit.as_secs_f64())]
    Timeout {
        /// What.
        what: &'static str,
        /// How long it might take.
        limit: Duration,
    },
    /// A service ended before it served.
    #[error("the service ended before it took connections")]
    Ended {
        /// The last of its output, at most 4 KB.
        output: String,
    },
    /// This host cannot isolate what runs on it, so nothing is run.
    #[error("this host cannot isolate sandboxes: {reason}")]
    NotIsolated {
        /// What is missing, and what the operator can do.
        reason: String,
    },
    /// Something outside failed that may work the next time.
    #[error("{message}")]
    Transient {
        /// In words.
        message: String,
    },
}

impl SandboxError {
    /// Whether the same call may work later.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Timeout { .. } | Self::Transient { .. })
    }

    /// Whether another engine should be tried.
    #[must_use]
    pub const fn falls_back(&self) -> bool {
        !matches!(self, Self::NotFound { .. } | Self::Conflict { .. } | Self::Ended { .. })
    }
}
