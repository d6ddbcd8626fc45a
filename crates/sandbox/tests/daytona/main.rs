//! The Daytona engine against a stand-in for Daytona that runs what it is told as processes of this machine.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail as tests do, and say why they are skipped"
)]

#[macro_use]
#[path = "../contract/mod.rs"]
mod contract;
mod faults;
mod flow;
mod limits;
mod prism;
mod promises;
mod support;
mod terminal;
