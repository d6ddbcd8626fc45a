//! Where apps run that need a machine: engines behind one trait, and the router that chooses among them.
//!
//! [`SandboxEngine`] is what `qv-engine` calls. A sandbox is made from a [`SandboxSpec`], gets files by
//! [`SandboxEngine::write_files`], runs commands by [`SandboxEngine::exec`] and services by
//! [`SandboxEngine::start_service`]; a [`PreviewTarget`] says how to reach what listens inside. Whatever an engine is,
//! it fails by the same [`SandboxError`]s and passes the same contract (`tests/contract`).
//!
//! [`route`] is pure: what an app needs ([`Needs`], told from its files), what its owner's plan includes and what is
//! available in, a [`Decision`] with its reason out.
//!
//! Beside `qv-browser` this is the only crate that makes processes.

pub mod daytona;
pub mod egress;
mod engine;
mod error;
mod exec;
mod files;
#[cfg(target_os = "linux")]
pub mod local;
pub mod preview;
mod router;
mod spec;
mod status;

pub use engine::SandboxEngine;
pub use error::{QuotaScope, Result, SandboxError};
pub use exec::{Command, ExecEvent, ExecInput, Execution, Exit, Output, TerminalSize};
pub use files::{Entry, EntryKind, FileWrite};
pub use preview::{AnswerBody, Connection, Dialer, PreviewTarget};
pub use router::{
    Availability, Decision, DevServer, Framework, Manifest, Needs, NeedsInput, NoEngine, Offer,
    Offers, Passed, Purpose, Route, Shape, asks_for_a_machine, needs, route,
};
pub use spec::{Egress, ResourceLimits, SandboxSpec};
pub use status::{SandboxStatus, SandboxUsage};
