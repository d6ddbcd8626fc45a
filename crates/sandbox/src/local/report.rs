//! What this host has for isolation, and what to do about what it has not.

use std::fmt;
use std::fs;
use std::path::Path;

use rustix::process::geteuid;

use super::base;
use super::cgroup;
use super::inside::landlock_version;

/// How well a host does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As it should be.
    Good,
    /// Sandboxes run, and are held less well or by other means.
    Weaker,
    /// Sandboxes cannot run.
    Missing,
}

/// One thing that isolation is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsolationCheck {
    /// What.
    pub name: &'static str,
    /// How well.
    pub standing: Standing,
    /// What was found.
    pub found: String,
    /// What an operator can do.
    pub remedy: Option<String>,
}

/// What a host has for isolation. Only [`super::LocalEngine::open`] tries it; this looks, and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsolationReport {
    /// Each thing.
    pub checks: Vec<IsolationCheck>,
}

impl IsolationReport {
    /// Whether nothing is known that keeps sandboxes from running.
    #[must_use]
    pub fn possible(&self) -> bool {
        self.checks.iter().all(|check| check.standing != Standing::Missing)
    }
}

impl fmt::Display for IsolationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let standing = match check.standing {
                Standing::Good => "good",
                Standing::Weaker => "weaker",
                Standing::Missing => "missing",
            };
            writeln!(f, "{}: {standing}: {}", check.name, check.found)?;
            if let Some(remedy) = &check.remedy {
                writeln!(f, "  {remedy}")?;
            }
        }
        Ok(())
    }
}

/// Looks at what this host has.
#[must_use]
pub fn isolation() -> IsolationReport {
    let root = geteuid().is_root();
    let checks = vec![
        user(root),
        kernel(),
        groups(),
        landlock(),
        seccomp(),
        overlay(),
        disk(root),
        node(),
        watches(),
    ];
    IsolationReport { checks }
}

/// Puts what can be done behind why a sandbox did not start.
pub(super) fn explain(reason: &str) -> String {
    let missing = isolation().checks.into_iter().find(|check| check.standing == Standing::Missing);
    let remedy = missing.and_then(|check| check.remedy).unwrap_or_else(|| {
        "`quickvibe doctor` tells what this host has; in a container, run it with the rights that making \
         namespaces and mounts takes, or beside containers"
            .into()
    });
    format!("{reason}. {remedy}")
}

fn check(
    name: &'static str,
    standing: Standing,
    found: impl Into<String>,
    remedy: &str,
) -> IsolationCheck {
    let remedy = (standing != Standing::Good).then(|| remedy.to_owned());
    IsolationCheck { name, standing, found: found.into(), remedy }
}

fn setting(path: &str) -> Option<u64> {
    fs::read_to_string(Path::new("/proc/sys").join(path)).ok()?.trim().parse().ok()
}

fn user(root: bool) -> IsolationCheck {
    let name = "user namespaces";
    if setting("user/max_user_namespaces").is_none_or(|most| most == 0) {
        let remedy = "set user.max_user_namespaces to 10000 or so (sysctl)";
        return check(name, Standing::Missing, "this host allows none", remedy);
    }
    if root {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let rights = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
        let rights = rights.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0);
        // CAP_SYS_ADMIN
        if rights & 1 << 21 == 0 {
            let remedy = "run the server outside of the container, or give it SYS_ADMIN and no seccomp profile";
            return check(
                name,
                Standing::Missing,
                "root without its rights, as in a container",
                remedy,
            );
        }
        return check(name, Standing::Good, "root: sandboxes have a user id of their own", "");
    }
    if setting("kernel/unprivileged_userns_clone") == Some(0) {
        let remedy =
            "set kernel.unprivileged_userns_clone to 1 (sysctl), or run the server as root";
        return check(name, Standing::Missing, "only for root", remedy);
    }
    let confined = fs::read_to_string("/proc/self/attr/current").unwrap_or_default();
    if setting("kernel/apparmor_restrict_unprivileged_userns") == Some(1)
        && !confined.starts_with("quickvibe")
    {
        let remedy = "install packaging/apparmor/quickvibe as /etc/apparmor.d/quickvibe and load it with \
             `apparmor_parser -r`, or run the server as root";
        return check(
            name,
            Standing::Missing,
            "AppArmor keeps them from ordinary programs",
            remedy,
        );
    }
    check(name, Standing::Good, "sandboxes run as the server's user, mapped", "")
}

fn kernel() -> IsolationCheck {
    let name = rustix::system::uname();
    let release = name.release().to_string_lossy().into_owned();
    let mut numbers = release.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let standing = if version >= (5, 12) { Standing::Good } else { Standing::Missing };
    check(
        "kernel",
        standing,
        release,
        "Linux 5.12 is the oldest that has every call; 5.13 has Landlock",
    )
}

fn groups() -> IsolationCheck {
    let found = cgroup::describe();
    let remedy = "memory and processes are watched instead, and processors not limited; let systemd give a subtree to the \
         service (`Delegate=yes`)";
    match found {
        Ok(found) => check("control groups", Standing::Good, found, ""),
        Err(found) => check("control groups", Standing::Weaker, found, remedy),
    }
}

fn landlock() -> IsolationCheck {
    match landlock_version() {
        Some(version) if version >= 6 => {
            check("Landlock", Standing::Good, format!("version {version}"), "")
        }
        Some(version) => {
            let remedy =
                "a newer kernel (6.12) also keeps signals and abstract sockets apart a second time";
            check("Landlock", Standing::Weaker, format!("version {version}"), remedy)
        }
        None => {
            let remedy = "add landlock to the kernel's lsm= list; namespaces hold without it";
            check("Landlock", Standing::Weaker, "not in use", remedy)
        }
    }
}

fn seccomp() -> IsolationCheck {
    let actions = fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail").unwrap_or_default();
    let there = actions.split_ascii_whitespace().any(|action| action == "errno");
    let standing = if there { Standing::Good } else { Standing::Missing };
    let found = if there { "filters of system calls" } else { "no filters of system calls" };
    check("seccomp", standing, found, "a kernel with CONFIG_SECCOMP_FILTER is needed")
}

fn overlay() -> IsolationCheck {
    let kinds = fs::read_to_string("/proc/filesystems").unwrap_or_default();
    let there = kinds.lines().any(|line| line.ends_with("\toverlay"));
    let standing = if there { Standing::Good } else { Standing::Weaker };
    let found = if there { "there" } else { "not loaded" };
    check(
        "overlayfs",
        standing,
        found,
        "load it (modprobe overlay): sandboxes with templates of packages need it",
    )
}

fn disk(root: bool) -> IsolationCheck {
    let mkfs = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]
        .iter()
        .any(|place| Path::new(place).join("mkfs.ext4").is_file());
    let loops = Path::new("/dev/loop-control").exists();
    let watched = "folders that are measured twice a second: a sandbox over its limit is ended";
    match (root, mkfs && loops) {
        (true, true) => check("disk limit", Standing::Good, "images of limited size", ""),
        (true, false) => {
            let remedy = "install e2fsprogs (mkfs.ext4), and load the loop module";
            check("disk limit", Standing::Weaker, watched, remedy)
        }
        (false, _) => {
            check("disk limit", Standing::Weaker, watched, "root can mount images instead")
        }
    }
}

fn node() -> IsolationCheck {
    match base::node_in_path() {
        Some(node) => check("Node", Standing::Good, node.display().to_string(), ""),
        None => {
            let remedy = "install Node 20 or later, or name one in the configuration";
            check("Node", Standing::Weaker, "none in PATH: sandboxes have none", remedy)
        }
    }
}

fn watches() -> IsolationCheck {
    let instances = setting("fs/inotify/max_user_instances").unwrap_or(0);
    let found = format!("{instances} watchers of files");
    let standing = if instances >= 512 { Standing::Good } else { Standing::Weaker };
    let remedy = "each dev server takes one or two: set fs.inotify.max_user_instances to 1024 for more than about 60";
    check("inotify", standing, found, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_good_has_a_remedy() {
        let report = isolation();
        assert_eq!(report.checks.len(), 9);
        for check in &report.checks {
            assert_eq!(check.remedy.is_some(), check.standing != Standing::Good, "{check:?}");
            assert!(!check.found.is_empty(), "{check:?}");
        }
        assert!(report.to_string().contains("user namespaces: "));
        assert!(explain("it does not start").starts_with("it does not start. "));
    }
}
