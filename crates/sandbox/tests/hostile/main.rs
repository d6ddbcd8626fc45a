//! Hostile programs against the local engine: `qv-hostile` tries every way out that it knows, in both modes, while this
//! test watches what it must not reach. A control run without isolation shows that the attempts can succeed.
//!
//! Run by `cargo xtask check hostile`. As root it tests root mode, and unprivileged mode as a user of its own.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and say what was seen"
)]

mod control;
mod engine;
#[path = "../support/groups.rs"]
mod groups;
mod judge;
mod naive;
mod open;
mod probe;
#[path = "../support/somebody.rs"]
mod somebody;
mod stage;

use std::path::Path;

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

#[test]
fn as_root_every_attempt_is_held() {
    if !is_root() {
        println!("root mode: not run, as this test is not root");
        return;
    }
    engine::run("root");
}

#[test]
fn unprivileged_every_attempt_is_held() {
    if is_root() {
        again_as_a_stranger("unprivileged_every_attempt_is_held");
        return;
    }
    engine::run("unprivileged");
}

/// Runs one test of this program as an ordinary user, who may read nothing of root's.
fn again_as_a_stranger(test: &str) {
    let folder = tempfile::Builder::new().prefix("qv-hostile-").tempdir_in("/tmp").unwrap();
    let program = somebody::copied(&std::env::current_exe().unwrap(), folder.path());
    let probe = somebody::copied(Path::new(&probe::path()), folder.path());
    let supervisor =
        somebody::copied(Path::new(env!("CARGO_BIN_EXE_qv-sandbox-sup")), folder.path());
    let home = folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    for path in [folder.path(), &home] {
        std::os::unix::fs::chown(path, Some(STRANGER), Some(STRANGER)).unwrap();
    }
    let groups = groups::Groups::delegate(STRANGER);
    let status = somebody::command(STRANGER, &groups, &program, test)
        .env("QV_HOSTILE_PROBE", probe)
        .env("QV_HOSTILE_SUPERVISOR", supervisor)
        .env("HOME", &home)
        .env("TMPDIR", &home)
        .current_dir(&home)
        .status()
        .unwrap();
    drop(groups);
    assert!(status.success(), "as an ordinary user: {status}");
}
