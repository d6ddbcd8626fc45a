//! Processes of this machine, in groups of their own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
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

/// The variable that every process of a sandbox has.
pub(crate) const MARK: &str = "DAYTONA_SANDBOX_ID";

/// Kills every process with this variable, as what a stopped machine does.
pub(crate) fn kill_marked(name: &str, value: &str) {
    let mark = format!("{name}={value}");
    for _ in 0..2 {
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            if environment.split(|&byte| byte == 0).any(|one| one == mark.as_bytes())
                && let Some(pid) = Pid::from_raw(pid)
            {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}

/// A `ps` that shows the processes of its own sandbox alone: there is no isolation that would do it.
const PS: &str = "#!/bin/sh
for file in $(grep -lsz \"^DAYTONA_SANDBOX_ID=$DAYTONA_SANDBOX_ID\\$\" /proc/[0-9]*/environ); do
  folder=${file%/environ}
  echo \"${folder#/proc/} ?  S  0:00 $(tr '\\0' ' ' 2>/dev/null < \"$folder/cmdline\" | sed 's/ $//')\"
done
";

pub(crate) fn install_tools(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(folder)?;
    let ps = folder.join("ps");
    std::fs::write(&ps, PS)?;
    std::fs::set_permissions(&ps, std::fs::Permissions::from_mode(0o755))
}
