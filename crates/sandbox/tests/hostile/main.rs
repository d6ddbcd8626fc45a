//! Hostile programs against the local engine: `qv-hostile` tries every way out that it knows, in both modes, while this
//! test watches what it must not reach. A control run without isolation shows that the attempts can succeed.
//!
//! Run by `cargo xtask check hostile`. As root it tests root mode, and unprivileged mode as a user of its own.

#![cfg(target_os = "linux")]

mod control;
mod naive;
mod probe;
mod stage;

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use stage::Stage;

/// Nobody's user id but this test's. What is killed as this user is ours.
const STRANGER: u32 = 2_000_100_001;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// In the control run so many attempts must succeed, or they prove nothing where they fail.
const MUST_ESCAPE: usize = 25;
/// So many attempts there must be.
const ATTEMPTS: usize = 60;

#[test]
fn without_isolation_the_attempts_succeed() {
    let attempts = probe::list();
    assert!(attempts.len() >= ATTEMPTS, "only {} attempts", attempts.len());
    let stage = Stage::set(is_root().then_some(STRANGER));
    let escaped = control::run(&stage, &attempts);
    println!("control: {} of {} attempts escape without isolation", escaped.len(), attempts.len());
    println!("control: {}", escaped.join(" "));
    assert!(escaped.len() >= MUST_ESCAPE, "only {} escaped", escaped.len());
}

