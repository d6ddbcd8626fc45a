//! Reads and writes what belongs to the host.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use crate::outcome::{Entry, Kind, Outcome, either, told};
use crate::sys;

const fn plain(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Plain, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    plain("read-shadow", read_shadow),
    plain("read-host-secret", read_secret),
    plain("read-host-secret-by-dots", read_secret_by_dots),
    plain("read-host-home", read_home),
    plain("write-host-folder", write_folder),
    plain("open-host-devices", open_devices),
    plain("make-device", make_device),
    plain("make-block-device", make_block_device),
    plain("read-sys", read_sys),
    plain("write-sys", write_sys),
    plain("write-base", write_base),
    plain("change-base-file", change_base_file),
    plain("map-base-file-for-writing", map_base_file),
    plain("file-handle", file_handle),
    plain("host-folders-in-mount-table", mount_table),
    plain("inherited-files", inherited_files),
    plain("write-with-cgroup", write_cgroup),
    plain("host-sockets-by-path", host_sockets),
];

fn read_shadow() -> Outcome {
    match fs::read_to_string("/etc/shadow") {
        Ok(text) if text.contains(':') => Outcome::Escaped(format!("{} bytes", text.len())),
        Ok(_) => Outcome::Held("there is nothing in it".into()),
        Err(error) => Outcome::Held(error.to_string()),
    }
}

fn read_secret() -> Outcome {
    either(told("QV_SECRET").map(|path| Outcome::of("the secret", fs::read(path))))
}

fn read_secret_by_dots() -> Outcome {
    either(told("QV_SECRET").map(|path| {
        let dots = "../".repeat(20);
        let plain = fs::read(format!("{dots}{path}"));
        let through_cwd = fs::read(format!("/proc/self/cwd/{dots}{path}"));
        let through_root = fs::read(format!("/proc/self/root/{dots}{path}"));
        Outcome::worst([plain, through_cwd, through_root].map(|r| Outcome::of("the secret", r)))
    }))
}

fn read_home() -> Outcome {
    either(told("QV_HOST_HOME").map(|path| {
        Outcome::worst([path.as_str(), "/root/.ssh", "/home"].map(|path| {
            match fs::read_dir(path)
                .map(|all| all.flatten().map(|e| e.file_name()).collect::<Vec<_>>())
            {
                // What a sandbox's own home is called may be seen.
                Ok(names) if names.iter().all(|name| name == "app") => {
                    Outcome::Held(format!("{path}: nothing"))
                }
                Ok(names) => Outcome::Escaped(format!("{path}: {names:?}")),
                Err(error) => Outcome::Held(format!("{path}: {error}")),
            }
        }))
    }))
}

fn write_folder() -> Outcome {
    either(told("QV_HOST_OPEN_FOLDER").map(|folder| {
        // In a folder of the same name inside, nothing is written on the host; so none is made.
        Outcome::of("a file there", File::create_new(format!("{folder}/hostile")))
    }))
}

fn open_devices() -> Outcome {
    let mut seen = Vec::new();
    let known = [
        "mem",
        "kmem",
        "port",
        "kmsg",
        "sda",
        "vda",
        "nvme0n1",
        "loop0",
        "loop-control",
        "kvm",
        "fuse",
        "net/tun",
        "vhost-net",
        "vhost-vsock",
        "vsock",
        "uinput",
        "input/event0",
        "dri/card0",
        "hpet",
        "rtc0",
        "snapshot",
        "btrfs-control",
        "mapper/control",
        "cpu_dma_latency",
        "tty0",
        "tty1",
        "console",
        "userfaultfd",
        "autofs",
        "watchdog",
        "hwrng",
        "nvram",
        "vfio/vfio",
        "ppp",
        "rfkill",
        "sgx_enclave",
    ];
    for name in known {
        let path = format!("/dev/{name}");
        let opened = OpenOptions::new().read(true).open(&path).is_ok()
            || OpenOptions::new().write(true).open(&path).is_ok();
        if opened {
            seen.push(path);
        }
    }
    if seen.is_empty() {
        Outcome::Held("none opens".into())
    } else {
        Outcome::Escaped(seen.join(" "))
    }
}

fn make(kind: libc::mode_t, major: u32, minor: u32) -> Outcome {
    let path = sys::text("hostile-device");
    // SAFETY: `path` outlives the call.
    let made = unsafe { libc::mknod(path.as_ptr(), kind | 0o666, libc::makedev(major, minor)) };
    if made < 0 {
        return Outcome::Held(format!("mknod: {}", io::Error::last_os_error()));
    }
    let opened = File::open("hostile-device");
    let _ = fs::remove_file("hostile-device");
    Outcome::of("opening a device of our own", opened)
}

fn make_device() -> Outcome {
    make(libc::S_IFCHR, 1, 1)
}

fn make_block_device() -> Outcome {
    make(libc::S_IFBLK, 254, 0)
}

fn read_sys() -> Outcome {
    Outcome::worst(["/sys/kernel/notes", "/sys/class/net", "/sys/fs/cgroup", "/sys/module"].map(
        |path| {
            let seen = fs::read_dir(path).map(|_| ()).or_else(|_| fs::read(path).map(|_| ()));
            Outcome::of(path, seen)
        },
    ))
}

fn write_sys() -> Outcome {
    let paths = [
        "kernel/uevent_helper",
        "power/state",
        "kernel/mm/ksm/run",
        "kernel/profiling",
        "fs/cgroup/release_agent",
    ];
    Outcome::worst(paths.map(|path| {
        let path = format!("/sys/{path}");
        let opened = OpenOptions::new().write(true).open(&path);
        Outcome::of(&path, opened)
    }))
}

fn write_base() -> Outcome {
    let folders = [
        "/", "/usr", "/usr/bin", "/usr/lib", "/etc", "/bin", "/lib64", "/opt", "/dev", "/proc",
        "/var",
    ];
    Outcome::worst(folders.map(|folder| {
        let path = format!("{folder}/hostile");
        let made = File::create_new(&path);
        if made.is_ok() {
            let _ = fs::remove_file(&path);
        }
        Outcome::of(&path, made)
    }))
}

/// What a base of any shape has.
fn base_files() -> impl Iterator<Item = &'static str> {
    [
        "/etc/passwd",
        "/etc/hosts",
        "/bin/sh",
        "/usr/bin/env",
        "/usr/bin/node",
        "/lib64/ld-linux-x86-64.so.2",
    ]
    .into_iter()
    .filter(|path| Path::new(path).exists())
}

fn change_base_file() -> Outcome {
    Outcome::worst(base_files().map(|path| {
        let renamed = fs::rename(path, format!("{path}.hostile"));
        if renamed.is_ok() {
            let _ = fs::rename(format!("{path}.hostile"), path);
        }
        let changed = OpenOptions::new().append(true).open(path).map(drop).or(renamed);
        let mode = sys::text(path);
        // SAFETY: the path outlives the call.
        let chmod = unsafe { libc::chmod(mode.as_ptr(), 0o777) };
        if chmod == 0 {
            Outcome::Escaped(format!("chmod {path}"))
        } else {
            Outcome::of(path, changed)
        }
    }))
}

fn map_base_file() -> Outcome {
    Outcome::worst(base_files().map(|path| {
        let Ok(file) = File::open(path) else {
            return Outcome::Held(format!("{path} does not open"));
        };
        let rights = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping at a place of the kernel's choice; it is not touched.
        let map = unsafe {
            libc::mmap(std::ptr::null_mut(), 4096, rights, libc::MAP_SHARED, file.as_raw_fd(), 0)
        };
        if map == libc::MAP_FAILED {
            Outcome::Held(format!("{path}: {}", io::Error::last_os_error()))
        } else {
            Outcome::Escaped(format!("{path} is mapped for writing"))
        }
    }))
}

fn file_handle() -> Outcome {
    #[repr(C)]
    struct Handle {
        bytes: u32,
        kind: i32,
        data: [u8; 128],
    }
    // A handle by hand: of ext4 and the like, inode 2 is the root.
    let mut handle = Handle { bytes: 8, kind: 1, data: [0; 128] };
    handle.data[0] = 2;
    let handle_at = sys::of(&handle);
    let Ok(folder) = File::open(".") else { return Outcome::Error("no folder".into()) };
    let flags = libc::O_RDONLY as usize;
    let words = [folder.as_raw_fd() as usize, handle_at, flags];
    match sys::call(libc::SYS_open_by_handle_at, &words) {
        // Whoever may is told that there is no such file.
        Err(error) if error.raw_os_error() == Some(libc::ESTALE) => {
            Outcome::Escaped("handles are looked up".into())
        }
        other => Outcome::of("open_by_handle_at", other),
    }
}

/// That host paths are named is known and harmless; that one can be entered is not.
fn mount_table() -> Outcome {
    let Ok(table) = fs::read_to_string("/proc/self/mountinfo") else {
        return Outcome::Held("it cannot be read".into());
    };
    let secret = std::env::var("QV_SECRET").unwrap_or_default();
    let folder = Path::new(&secret).parent().map(|p| p.display().to_string()).unwrap_or_default();
    let mut outcomes = Vec::new();
    for line in table.lines() {
        let Some(point) = line.split(' ').nth(4) else { continue };
        for name in [secret.as_str(), folder.as_str()] {
            let inside =
                format!("{}/{}", point.trim_end_matches('/'), name.trim_start_matches('/'));
            outcomes.push(Outcome::of(&inside, fs::metadata(&inside)));
        }
    }
    match Outcome::worst(outcomes) {
        Outcome::Held(_) => {
            Outcome::Held(format!("{} mounts, none leads there", table.lines().count()))
        }
        other => other,
    }
}

/// Files that whoever started this had open.
fn inherited_files() -> Outcome {
    let Ok(open) = fs::read_dir("/proc/self/fd") else { return Outcome::Held("no /proc".into()) };
    let links: Vec<String> = open
        .flatten()
        .filter_map(|entry| {
            let number: i32 = entry.file_name().to_str()?.parse().ok()?;
            let to = fs::read_link(entry.path()).ok()?.display().to_string();
            // The pipe of this attempt and the folder that is being read are our own.
            (number > 2 && !to.starts_with("/proc/") && !to.starts_with("pipe:")).then_some(to)
        })
        .collect();
    // On the first three there must be no folder or device of the host either.
    let odd: Vec<String> = (0..3)
        .filter_map(|number| fs::metadata(format!("/proc/self/fd/{number}")).ok())
        .filter(|meta| meta.is_dir() || meta.file_type().is_block_device())
        .map(|meta| format!("{:?}", meta.file_type()))
        .collect();
    if links.is_empty() && odd.is_empty() {
        Outcome::Held("none".into())
    } else {
        Outcome::Escaped(format!("{links:?} {odd:?}"))
    }
}

fn write_cgroup() -> Outcome {
    let mine = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let pid = std::process::id().to_string();
    let mut outcomes = Vec::new();
    for line in mine.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(kind), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        for place in [
            format!("/sys/fs/cgroup/{kind}"),
            format!("/sys/fs/cgroup/{kind}{path}"),
            "/sys/fs/cgroup".to_owned(),
        ] {
            let file = format!("{place}/cgroup.procs");
            let moved = OpenOptions::new()
                .write(true)
                .open(&file)
                .and_then(|mut f| f.write_all(pid.as_bytes()));
            outcomes.push(Outcome::of(&file, moved));
        }
    }
    Outcome::worst(outcomes)
}

fn host_sockets() -> Outcome {
    let known = [
        "/var/run/docker.sock",
        "/run/docker.sock",
        "/run/containerd/containerd.sock",
        "/run/dbus/system_bus_socket",
        "/run/systemd/private",
        "/run/systemd/journal/stdout",
        "/var/run/postgresql/.s.PGSQL.5432",
        "/run/mysqld/mysqld.sock",
        "/tmp/.X11-unix/X0",
        "/dev/log",
    ];
    let told = std::env::var("QV_HOST_SOCKET").unwrap_or_default();
    Outcome::worst(known.into_iter().chain([told.as_str()]).map(|path| {
        let mut answer = [0; 64];
        let talked = std::os::unix::net::UnixStream::connect(path).and_then(|mut stream| {
            stream.set_read_timeout(Some(std::time::Duration::from_millis(300)))?;
            // That it connects is enough.
            let _ = stream.read(&mut answer);
            Ok(())
        });
        Outcome::of(path, talked)
    }))
}
