//! The local engine: what every engine does, in both of its modes, and what only it does.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail as tests do, and say why they are skipped"
)]

#[macro_use]
mod contract;
#[path = "support/groups.rs"]
mod groups;
#[path = "support/somebody.rs"]
mod somebody;

mod local {
    mod crashes;
    pub(crate) mod harness;
    mod isolation;
    mod limits;
    mod packages;
}

mod root {
    contract!(crate::local::harness::as_root);
}

mod unprivileged {
    contract!(crate::local::harness::as_somebody);
}
