//! What an operator lives through: one server a folder, stops, backups, disks that fail. Real processes.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod backup;
mod browser;
mod canary;
mod disk;
mod folder;
mod injections;
mod keys;
mod process;
mod queue;
mod sandboxes;
mod stop;
mod writers;
