//! What `/proc` shows and lets be changed.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;

use crate::outcome::{Entry, Kind, Outcome, either, told};
use crate::sys;

const fn plain(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Plain, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    plain("proc-1-root", init_root),
    plain("proc-1-cwd-and-exe", init_links),
    plain("proc-1-mem", init_memory),
    plain("proc-1-environ", init_environment),
    plain("proc-1-fd", init_files),
    plain("own-environ", own_environment),
    plain("host-processes", host_processes),
    plain("core-pattern", || opens("/proc/sys/kernel/core_pattern")),
    plain("modprobe-path", || opens("/proc/sys/kernel/modprobe")),
    plain("sysrq-trigger", || opens("/proc/sysrq-trigger")),
    plain("binfmt-misc", || opens("/proc/sys/fs/binfmt_misc/register")),
    plain("proc-sys", proc_sys),
    plain("oom-score-adj", oom_score),
    plain("uid-map", uid_map),
    plain("kcore", || reads("/proc/kcore")),
    plain("kernel-log", kernel_log),
    plain("proc-keys", || reads("/proc/key-users")),
    plain("proc-irq-and-bus", proc_odd),
];

/// Opens for writing; nothing is written, as the host would not like it.
fn opens(path: &str) -> Outcome {
    match OpenOptions::new().write(true).open(path) {
        // The null device in its place takes everything and does nothing.
        Ok(file) if file.metadata().is_ok_and(|meta| meta.rdev() == libc::makedev(1, 3)) => {
            Outcome::Held(format!("{path} is the null device"))
        }
        opened => Outcome::of(path, opened),
    }
}

fn reads(path: &str) -> Outcome {
    let mut byte = [0];
    Outcome::of(path, File::open(path).and_then(|mut file| file.read_exact(&mut byte)))
}

fn init_root() -> Outcome {
    either(
        told("QV_SECRET")
            .map(|secret| Outcome::of("the secret", fs::read(format!("/proc/1/root/{secret}")))),
    )
}

fn init_links() -> Outcome {
    either(told("QV_SECRET").map(|secret| {
        let dots = "../".repeat(20);
        let cwd = fs::read(format!("/proc/1/cwd/{dots}{secret}")).map(drop);
        // The launcher's own program must not be opened, let alone be written to.
        let exe = OpenOptions::new().write(true).open("/proc/1/exe").map(drop);
        let exe_read = File::open("/proc/1/exe").map(drop);
        Outcome::worst([
            Outcome::of("the secret", cwd),
            Outcome::of("writing init's program", exe),
            Outcome::of("reading init's program", exe_read),
        ])
    }))
}

fn init_memory() -> Outcome {
    let write = OpenOptions::new().read(true).write(true).open("/proc/1/mem").map(drop);
    let read = File::open("/proc/1/mem").map(drop);
    let maps = File::open("/proc/1/maps").and_then(|mut file| file.read_exact(&mut [0])).map(drop);
    Outcome::worst(
        [("mem", write), ("mem", read), ("maps", maps)].map(|(what, r)| Outcome::of(what, r)),
    )
}

/// Names that only the environment of the one who runs these tests has.
const OF_THE_HOST: &[&str] = &["NEXTEST", "CARGO_", "QUICKVIBE_HOSTILE_CANARY"];

fn leaks(environment: &[u8]) -> Option<String> {
    String::from_utf8_lossy(environment)
        .split('\0')
        .map(|pair| pair.split('=').next().unwrap_or_default().to_owned())
        .find(|name| OF_THE_HOST.iter().any(|of_host| name.starts_with(of_host)))
}

fn init_environment() -> Outcome {
    match fs::read("/proc/1/environ") {
        Err(error) => Outcome::Held(error.to_string()),
        Ok(bytes) => match leaks(&bytes) {
            Some(name) => Outcome::Escaped(format!("it has {name}")),
            None => Outcome::Held("it can be read and has nothing of the host".into()),
        },
    }
}

fn own_environment() -> Outcome {
    match fs::read("/proc/self/environ") {
        Err(error) => Outcome::Held(error.to_string()),
        Ok(bytes) => leaks(&bytes).map_or_else(
            || Outcome::Held("nothing of the host".into()),
            |n| Outcome::Escaped(format!("it has {n}")),
        ),
    }
}

fn init_files() -> Outcome {
    let Ok(open) = fs::read_dir("/proc/1/fd") else {
        return Outcome::Held("it cannot be read".into());
    };
    let opened: Vec<String> = open
        .flatten()
        .filter(|entry| File::open(entry.path()).is_ok())
        .map(|entry| {
            fs::read_link(entry.path()).map(|to| to.display().to_string()).unwrap_or_default()
        })
        .collect();
    if opened.is_empty() {
        Outcome::Held("none opens".into())
    } else {
        Outcome::Escaped(format!("{opened:?}"))
    }
}

fn host_processes() -> Outcome {
    let Ok(all) = fs::read_dir("/proc") else { return Outcome::Held("no /proc".into()) };
    let marker = std::env::var("QV_MARKER").unwrap_or_else(|_| "victim".to_owned());
    let mut count = 0;
    for entry in all.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        count += 1;
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).split('\0').any(|word| word == marker) {
            return Outcome::Escaped(format!("process {pid} of the host is seen"));
        }
    }
    Outcome::Held(format!("{count} processes, all of the sandbox"))
}

fn proc_sys() -> Outcome {
    let names = [
        "kernel/hostname",
        "kernel/domainname",
        "kernel/randomize_va_space",
        "kernel/unprivileged_bpf_disabled",
        "kernel/pid_max",
        "kernel/ns_last_pid",
        "kernel/shmmax",
        "kernel/msgmax",
        "vm/overcommit_memory",
        "vm/drop_caches",
        "vm/max_map_count",
        "fs/file-max",
        "fs/suid_dumpable",
        "fs/protected_symlinks",
        "net/ipv4/ip_forward",
        "net/ipv4/ip_unprivileged_port_start",
        "net/core/somaxconn",
        "user/max_user_namespaces",
    ];
    Outcome::worst(names.map(|name| opens(&format!("/proc/sys/{name}"))))
}

fn oom_score() -> Outcome {
    let path = "/proc/self/oom_score_adj";
    let before = fs::read_to_string(path).unwrap_or_default();
    let Ok(before) = before.trim().parse::<i32>() else {
        return Outcome::Held("it cannot be read".into());
    };
    // Lower than it was: the host's own processes would be killed first.
    let lowered = fs::write(path, (before - 1).max(-1000).to_string());
    let now = fs::read_to_string(path).unwrap_or_default().trim().parse().unwrap_or(before);
    if lowered.is_ok() && now < before {
        Outcome::Escaped(format!("from {before} to {now}"))
    } else {
        Outcome::Held(format!("it stays {before}"))
    }
}

fn uid_map() -> Outcome {
    Outcome::worst(["/proc/self/uid_map", "/proc/self/gid_map", "/proc/1/uid_map"].map(|path| {
        let written =
            OpenOptions::new().write(true).open(path).and_then(|mut f| f.write_all(b"0 0 1\n"));
        Outcome::of(path, written)
    }))
}

fn kernel_log() -> Outcome {
    let mut buffer = [0_u8; 256];
    let words = [3, buffer.as_mut_ptr() as usize, buffer.len()];
    let log = sys::call(libc::SYS_syslog, &words).map(drop);
    let device = File::open("/dev/kmsg").and_then(|mut f| f.read(&mut [0; 1024])).map(drop);
    let symbols = fs::read_to_string("/proc/kallsyms")
        .map(|text| text.lines().take(50).any(|line| !line.starts_with("0000000000000000")));
    Outcome::worst([
        Outcome::of("syslog", log),
        Outcome::of("/dev/kmsg", device),
        match symbols {
            Ok(true) => Outcome::Escaped("kernel addresses are shown".into()),
            _ => Outcome::Held("no kernel addresses".into()),
        },
    ])
}

fn proc_odd() -> Outcome {
    let names = [
        "/proc/irq/default_smp_affinity",
        "/proc/bus/pci/00",
        "/proc/mtrr",
        "/proc/acpi/wakeup",
        "/proc/scsi/scsi",
        "/proc/timer_list",
        "/proc/sched_debug",
        "/proc/latency_stats",
    ];
    Outcome::worst(names.map(opens))
}
