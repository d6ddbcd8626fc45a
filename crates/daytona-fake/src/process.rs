//! Processes of this machine, in groups of their own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;

/// How long a group may take to end before it is killed.
const GRACE: Duration = Duration::from_millis(500);

/// A shell that runs a command.
pub(crate) fn shell(script: &str, home: &Path, env: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .current_dir(home)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .envs(env)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Asks a group to end, and kills it when it does not.
pub(crate) fn end_group(id: Option<u32>) {
    let Some(pid) = id.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) else {
        return;
    };
    let _ = kill_process_group(pid, Signal::TERM);
    // Not a task: it must also happen when the tests' runtime ends.
    std::thread::spawn(move || {
        std::thread::sleep(GRACE);
        let _ = kill_process_group(pid, Signal::KILL);
    });
}
