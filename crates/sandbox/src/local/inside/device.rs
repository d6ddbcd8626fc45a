use std::fs;
use std::path::Path;

use rustix::fs::CWD;

use super::super::sys::{Attributes, Doing, Step, attach, clone_tree, new_filesystem};
use super::root::{link, tmpfs};

const NO_PROGRAMS: Attributes = Attributes::MOUNT_ATTR_NOSUID.union(Attributes::MOUNT_ATTR_NOEXEC);

/// Mounts a `/dev` with the few devices that every program expects, and terminals of its own.
pub(super) fn devices(at: &str, shm_bytes: u64) -> Step<()> {
    attach(&tmpfs("64k", "755")?, at)?;
    for name in ["null", "zero", "full", "random", "urandom", "tty"] {
        let path = format!("{at}/{name}");
        fs::write(&path, b"").doing(&path)?;
        attach(&clone_tree(CWD, &format!("/dev/{name}"), NO_PROGRAMS)?, &path)?;
    }
    for name in ["shm", "pts"] {
        fs::create_dir(format!("{at}/{name}")).doing(name)?;
    }
    attach(&tmpfs(&shm_bytes.to_string(), "1777")?, &format!("{at}/shm"))?;
    let options = [("newinstance", ""), ("ptmxmode", "0666"), ("mode", "620")];
    attach(&new_filesystem("devpts", &options, NO_PROGRAMS)?, &format!("{at}/pts"))?;
    for (name, to) in [
        ("ptmx", "pts/ptmx"),
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        link(to, &format!("{at}/{name}"))?;
    }
    Ok(())
}

/// Mounts a `/proc` of the sandbox's processes, with what tells of the host's hidden and what sets it read-only.
pub(super) fn process_table(at: &str) -> Step<()> {
    let attributes = NO_PROGRAMS | Attributes::MOUNT_ATTR_NODEV;
    attach(&new_filesystem("proc", &[], attributes)?, at)?;
    for name in [
        "kcore",
        "keys",
        "key-users",
        "sysrq-trigger",
        "timer_list",
        "sched_debug",
        "kallsyms",
        "config.gz",
        "kmsg",
        "kpagecount",
        "kpageflags",
        "latency_stats",
        "vmallocinfo",
        "slabinfo",
    ] {
        let path = format!("{at}/{name}");
        if Path::new(&path).exists() {
            attach(&clone_tree(CWD, "/dev/null", NO_PROGRAMS)?, &path)?;
        }
    }
    for name in ["sys", "irq", "bus", "fs", "driver", "scsi", "acpi", "asound", "tty"] {
        let path = format!("{at}/{name}");
        if Path::new(&path).exists() {
            let frozen = attributes | Attributes::MOUNT_ATTR_RDONLY;
            attach(&clone_tree(CWD, &path, frozen)?, &path)?;
        }
    }
    Ok(())
}
