use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qv_domain::SandboxId;
use secrecy::SecretString;
use url::Url;

use crate::ResourceLimits;

/// What a sandbox at Daytona is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The account's default snapshot.
    Default,
    /// A snapshot of the account's, by name or id. Its size is the sandbox's; one that is smaller than a sandbox is to
    /// be is refused.
    Snapshot(String),
    /// A container image, built at the first use; the sandbox gets the size that it asks for.
    Image(String),
}

/// What Daytona charges, in billionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// For one processor in a second, while it runs.
    pub cpu_second: u64,
    /// For one GiB of memory in a second, while it runs.
    pub memory_second: u64,
    /// For one GiB of disk in a second, also while it is stopped.
    pub disk_second: u64,
}

impl Default for Rates {
    /// The list price of May 2026: $0.0504 for a processor, $0.0162 for a GiB of memory and $0.000108 for one of disk,
    /// each in an hour.
    fn default() -> Self {
        Self { cpu_second: 14_000, memory_second: 4_500, disk_second: 30 }
    }
}

/// The size of a sandbox in Daytona's units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) cpu: u64,
    pub(super) memory_gb: u64,
    pub(super) disk_gb: u64,
}

const GB: u64 = 1 << 30;

impl Size {
    /// The smallest that has what is asked for.
    pub(super) fn holding(limits: &ResourceLimits) -> Self {
        Self {
            cpu: u64::from(limits.cpu_milli.div_ceil(1_000)).max(1),
            memory_gb: limits.memory_bytes.div_ceil(GB).max(1),
            disk_gb: limits.disk_bytes.div_ceil(GB).max(1),
        }
    }
}

impl Rates {
    /// What a sandbox of this size costs in a second, in billionths of a US dollar: while it runs, and while it is
    /// stopped. Sizes are rounded up as Daytona does.
    #[must_use]
    pub fn per_second(&self, limits: &ResourceLimits) -> (u64, u64) {
        let size = Size::holding(limits);
        let stopped = size.disk_gb.saturating_mul(self.disk_second);
        let running = (size.cpu.saturating_mul(self.cpu_second))
            .saturating_add(size.memory_gb.saturating_mul(self.memory_second))
            .saturating_add(stopped);
        (running, stopped)
    }
}

/// How patient to be with Daytona.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Calls in all, the first included.
    pub tries: u32,
    /// The first wait between two, doubled with each try.
    pub first_wait: Duration,
    /// The longest wait of our own choice; one that Daytona asks for may be longer.
    pub longest_wait: Duration,
    /// Waiting in all; whoever is asked to wait longer gives up at once.
    pub budget: Duration,
    /// How long one call may take. Of an upload or a download: how long nothing may move.
    pub call: Duration,
    /// How long making, starting or stopping may take.
    pub change: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 4,
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(5),
            budget: Duration::from_secs(30),
            call: Duration::from_secs(30),
            change: Duration::from_secs(180),
        }
    }
}

/// Where Daytona is and how it is used.
#[derive(Debug, Clone)]
pub struct DaytonaConfig {
    /// Where the API is, such as `https://app.daytona.io/api`.
    pub base: Url,
    /// The key of the account.
    pub key: SecretString,
    /// What sandboxes are made from.
    pub source: Source,
    /// The region; `None`: the account's own.
    pub target: Option<String>,
    /// Set on every sandbox, and what ours are found again by: servers that share an account need different ones.
    pub labels: BTreeMap<String, String>,
    /// What it costs.
    pub rates: Rates,
    /// After how many minutes without a call Daytona itself stops a sandbox; 0: never.
    pub auto_stop_minutes: u32,
    /// After how many minutes stopped Daytona itself deletes a sandbox; `None`: never.
    pub auto_delete_minutes: Option<u32>,
    /// Whom sandboxes may call that may call the registry.
    pub registry_domains: Vec<String>,
    /// How patient to be.
    pub patience: Patience,
}

impl DaytonaConfig {
    /// The defaults for an account.
    #[must_use]
    pub fn new(base: Url, key: SecretString) -> Self {
        Self {
            base,
            key,
            source: Source::Default,
            target: None,
            labels: BTreeMap::new(),
            rates: Rates::default(),
            auto_stop_minutes: 15,
            // Files are kept in our own store, so that what nobody uses may go: this also ends what was lost sight of.
            auto_delete_minutes: Some(24 * 60),
            registry_domains: vec!["registry.npmjs.org".to_owned()],
            patience: Patience::default(),
        }
    }
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadProgress {
    /// Into which sandbox.
    pub sandbox: SandboxId,
    /// Files that are there.
    pub files: usize,
    /// Of how many.
    pub files_in_all: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Of how many.
    pub bytes_in_all: u64,
    /// How often the batch that is under way has failed.
    pub failed_tries: u32,
}

/// Hears of uploads; must not block.
#[derive(Clone)]
pub(super) struct OnUpload(pub(super) Arc<dyn Fn(UploadProgress) + Send + Sync>);

impl fmt::Debug for OnUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnUpload")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_costs_what_the_price_list_says() {
        // 1 processor, 1 GiB, 1 GiB for an hour: $0.0504 + $0.0162 + $0.000108.
        let (running, stopped) = Rates::default().per_second(&ResourceLimits::default());
        assert_eq!(running * 3_600, 66_708_000);
        assert_eq!(stopped * 3_600, 108_000);
    }

    #[test]
    fn sizes_are_rounded_up() {
        let limits = ResourceLimits {
            cpu_milli: 1_500,
            memory_bytes: GB + 1,
            disk_bytes: 1,
            ..ResourceLimits::default()
        };
        let size = Size::holding(&limits);
        assert_eq!((size.cpu, size.memory_gb, size.disk_gb), (2, 2, 1));
    }
}
