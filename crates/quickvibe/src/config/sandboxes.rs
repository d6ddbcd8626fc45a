//! How machines of apps are set up.

use std::path::PathBuf;
use std::time::Duration;

use qv_engine::{DaytonaSandboxes, LocalSandboxes, PlanEngines, ResourceLimits, SandboxConfig};

use super::{Settings, keys};
use crate::SUPERVISOR;

impl Settings {
    pub(super) fn sandboxes(&self) -> SandboxConfig {
        let megabytes = |count: u32| u64::from(count) << 20;
        let limits = ResourceLimits {
            memory_bytes: megabytes(self.sandbox_memory_mb),
            cpu_milli: self.sandbox_cpu_percent.saturating_mul(10),
            processes: self.sandbox_processes,
            disk_bytes: megabytes(self.sandbox_disk_mb),
            ..ResourceLimits::default()
        };
        let local = self.local_sandboxes.then(|| LocalSandboxes {
            program: PathBuf::from("/proc/self/exe"),
            arguments: vec![SUPERVISOR.to_owned()],
            most_running: self.sandboxes_at_once,
            most_memory: limits.memory_bytes.saturating_mul(self.sandboxes_at_once as u64),
        });
        let daytona = keys::daytona().map(|key| DaytonaSandboxes {
            base: self.daytona_url.clone(),
            key,
            snapshot: self.daytona_snapshot.clone(),
            target: self.daytona_target.clone(),
        });
        SandboxConfig {
            local,
            daytona,
            limits,
            idle: Duration::from_secs(60 * u64::from(self.sandbox_idle_minutes)),
            per_user: self.sandboxes_per_user,
            installs_at_once: self.installs_at_once,
            plans: PlanEngines {
                free: self.free_engines.clone(),
                pro: self.pro_engines.clone(),
                team: self.team_engines.clone(),
            },
            webcontainer: self.webcontainer,
        }
    }
}
