//! Sandboxes on this host, by what its kernel has: namespaces, Landlock, a filter of system calls, control groups.
//!
//! ```text
//! server ── LocalEngine ──SEQPACKET── supervisor ──SEQPACKET── first process ── keeper ── command
//!             control group, disk,      holds the user, net,     pid 1: builds    parent of whatever
//!             host side of files        IPC, UTS namespaces      the root         the command leaves
//! ```
//!
//! The supervisor is this binary again ([`Launcher`]), with one thread. What is handed over goes by descriptors: the
//! folders of the root as mounts that are nowhere mounted, the listener for egress, connections to what listens inside,
//! terminals. So nothing of a sandbox outlives the descriptors of the server: not a mount, not a loop device, not a
//! process. Control groups and files do; `open` sweeps what an earlier server has left.
//!
//! A start is mostly waiting for the kernel. So supervisors are started ahead, up to where they must know what the
//! sandbox is to be, and empty disks are mounted ahead. They end and are swept as those of sandboxes are.

mod base;
mod cgroup;
mod config;
mod disk;
mod engine;
mod files;
mod inside;
mod link;
mod remove;
mod report;
mod running;
mod spawner;
mod sys;
mod templates;
mod wire;

pub use config::{Launcher, LocalConfig, ServeEgress};
pub use engine::LocalEngine;
pub use inside::supervise;
pub use report::{IsolationCheck, IsolationReport, Standing, isolation};
pub use wire::Mode;

/// Where programs of a sandbox find the way out, on their loopback.
const EGRESS_PORT: u16 = 3128;
