//! Parts of the kernel that no app needs and that have been broken before.

use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd as _;

use crate::outcome::{Entry, Kind, Outcome, code_of};
use crate::sys::{self, AT_FDCWD, at, call, text};

const fn plain(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Plain, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    plain("keyctl", keyring),
    plain("request-key", || {
        let (kind, name) = (text("user"), text("hostile"));
        // That there is no such key is an answer of the part that should not answer.
        match call(libc::SYS_request_key, &[at(&kind), at(&name), 0, 0]) {
            Err(error) if error.raw_os_error() == Some(libc::ENOKEY) => {
                Outcome::Escaped("it answers".into())
            }
            other => Outcome::of("request_key", other),
        }
    }),
    plain("bpf-map", || bpf(0)),
    plain("bpf-program", || bpf(5)),
    plain("perf-event", perf_event),
    plain("userfaultfd", || Outcome::of("userfaultfd", call(libc::SYS_userfaultfd, &[1]))),
    plain("io-uring", io_uring),
    plain("load-module", load_module),
    plain("kexec", || Outcome::of("kexec_load", call(libc::SYS_kexec_load, &[0, 0, 0, 0]))),
    plain("personality", || {
        Outcome::of("personality", call(libc::SYS_personality, &[libc::ADDR_NO_RANDOMIZE as usize]))
    }),
    plain("fanotify", || Outcome::of("fanotify_init", call(libc::SYS_fanotify_init, &[0x200, 0]))),
    plain("memfd-secret", || Outcome::of("memfd_secret", call(libc::SYS_memfd_secret, &[0]))),
    plain("vhangup", || {
        // In a child of a session of its own: it has no terminal that could be hung up.
        match code_of(|| {
            let _ = call(libc::SYS_setsid, &[]);
            i32::from(call(libc::SYS_vhangup, &[]).is_err())
        }) {
            Ok(0) => Outcome::Escaped("vhangup went through".into()),
            other => Outcome::Held(format!("{other:?}")),
        }
    }),
    plain("lookup-cookie-and-nfs", || {
        Outcome::worst(
            [212, 180, 174, 177, 178, 134, 156, 153]
                .map(|number| Outcome::of(&format!("call {number}"), call(number, &[0, 0, 0]))),
        )
    }),
    plain("terminal-input", terminal_input),
    plain("console-control", console_control),
    plain("int-0x80", int80),
    plain("x32-calls", x32),
    plain("segment-table", segments),
    plain("quota-control-by-fd", || {
        let Ok(folder) = File::open(".") else { return Outcome::Error("no folder".into()) };
        let words = [folder.as_raw_fd() as usize, 0x80_0007 << 8, 0, 0];
        Outcome::of("quotactl_fd", call(443, &words))
    }),
    plain("file-system-control", file_system_control),
];

fn keyring() -> Outcome {
    let (kind, name, value) = (text("user"), text("qv-hostile"), text("x"));
    let ring = sys::minus(-3);
    let added = call(libc::SYS_add_key, &[at(&kind), at(&name), at(&value), 1, ring]);
    let asked = call(libc::SYS_keyctl, &[0, ring, 1]);
    Outcome::worst([Outcome::of("add_key", added), Outcome::of("keyctl", asked)])
}

fn bpf(command: usize) -> Outcome {
    let mut attributes = [0_u32; 32];
    // An array of one, or a filter of a socket: `r0 = 0; exit`.
    let program: [u64; 2] = [0xb7, 0x95];
    let licence = text("GPL");
    if command == 0 {
        attributes[..4].copy_from_slice(&[2, 4, 8, 1]);
    } else {
        (attributes[0], attributes[1]) = (1, 2);
        let (code, licence) = (sys::of(&program) as u64, at(&licence) as u64);
        for (place, value) in [(2, code), (4, licence)] {
            attributes[place] = value as u32;
            attributes[place + 1] = (value >> 32) as u32;
        }
    }
    Outcome::of("bpf", call(libc::SYS_bpf, &[command, sys::of(&attributes), 128]))
}

fn perf_event() -> Outcome {
    let mut attributes = [0_u32; 32];
    // A software event, its clock, of user space only.
    (attributes[0], attributes[1]) = (1, 112);
    attributes[10] = 1 << 5 | 1 << 6;
    let words = [sys::of(&attributes), 0, sys::minus(-1), sys::minus(-1), 0];
    Outcome::of("perf_event_open", call(libc::SYS_perf_event_open, &words))
}

fn io_uring() -> Outcome {
    let parameters = [0_u32; 30];
    Outcome::of("io_uring_setup", call(libc::SYS_io_uring_setup, &[4, sys::of(&parameters)]))
}

fn load_module() -> Outcome {
    let (image, options) = ([0_u8; 64], text(""));
    let by_image = call(libc::SYS_init_module, &[sys::of(&image), 64, at(&options)]);
    let by_file = File::open("/proc/self/exe").and_then(|file| {
        call(libc::SYS_finit_module, &[file.as_raw_fd() as usize, at(&options), 0])
    });
    // Whoever may load is told that this is no module.
    let may = |result: &std::io::Result<i64>| matches!(result, Err(e) if matches!(e.raw_os_error(), Some(libc::ENOEXEC | libc::EINVAL)));
    if may(&by_image) || may(&by_file) {
        return Outcome::Escaped("modules may be loaded".into());
    }
    let name = text("loop");
    let removed = call(libc::SYS_delete_module, &[at(&name), libc::O_NONBLOCK as usize]);
    Outcome::worst([by_image, by_file, removed].map(|result| Outcome::of("module", result)))
}

/// A terminal of our own, as the session's: input is put into it as if typed.
fn terminal_input() -> Outcome {
    let ended = code_of(|| {
        let Ok(master) = OpenOptions::new().read(true).write(true).open("/dev/ptmx") else {
            return 2;
        };
        let (mut locked, mut number) = (0_i32, 0_i32);
        // SAFETY: both point to what the calls read or fill.
        unsafe {
            libc::ioctl(master.as_raw_fd(), libc::TIOCSPTLCK, &raw mut locked);
            libc::ioctl(master.as_raw_fd(), libc::TIOCGPTN, &raw mut number);
        }
        let _ = call(libc::SYS_setsid, &[]);
        let Ok(slave) =
            OpenOptions::new().read(true).write(true).open(format!("/dev/pts/{number}"))
        else {
            return 3;
        };
        let letter = b'x';
        // SAFETY: `letter` outlives the call.
        let put = unsafe {
            libc::ioctl(slave.as_raw_fd(), libc::TIOCSCTTY, 0);
            libc::ioctl(slave.as_raw_fd(), libc::TIOCSTI, &raw const letter)
        };
        i32::from(put < 0)
    });
    match ended {
        Ok(0) => Outcome::Escaped("TIOCSTI went through".into()),
        other => Outcome::Held(format!("TIOCSTI: {other:?}")),
    }
}

fn console_control() -> Outcome {
    let paste = [3_u8];
    let of_console = ["/dev/tty", "/dev/tty0", "/dev/console", "/proc/self/fd/0"].map(|path| {
        let Ok(file) = OpenOptions::new().read(true).write(true).open(path) else {
            return Outcome::Held(format!("{path} does not open"));
        };
        let words = [file.as_raw_fd() as usize, libc::TIOCLINUX as usize, sys::of(&paste)];
        Outcome::of(path, call(libc::SYS_ioctl, &words))
    });
    Outcome::worst(of_console)
}

#[cfg(target_arch = "x86_64")]
fn int80() -> Outcome {
    let ended = code_of(|| {
        let result: i64;
        // SAFETY: asks for this process' id by the old door; the registers it changes are named.
        unsafe {
            std::arch::asm!("int 0x80", inlateout("rax") 20_i64 => result, out("r8") _, out("r9") _, out("r10") _, out("r11") _);
        }
        i32::from(result != i64::from(std::process::id()))
    });
    match ended {
        Ok(0) => Outcome::Escaped("32-bit calls are let through".into()),
        other => Outcome::Held(format!("{other:?}")),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn int80() -> Outcome {
    Outcome::Held("this processor has none".into())
}

#[cfg(target_arch = "x86_64")]
fn x32() -> Outcome {
    Outcome::of("getpid of x32", call(0x4000_0000 | libc::SYS_getpid, &[]))
}

#[cfg(not(target_arch = "x86_64"))]
fn x32() -> Outcome {
    Outcome::Held("this processor has none".into())
}

#[cfg(target_arch = "x86_64")]
fn segments() -> Outcome {
    let entry = [0_u32, 0, 0, 0x20];
    Outcome::of("modify_ldt", call(libc::SYS_modify_ldt, &[1, sys::of(&entry), 16]))
}

#[cfg(not(target_arch = "x86_64"))]
fn segments() -> Outcome {
    Outcome::Held("this processor has none".into())
}

/// Freezing, shutting down or relabelling the file system that the project lies on.
fn file_system_control() -> Outcome {
    let path = text(".");
    let folder = call(libc::SYS_openat, &[AT_FDCWD, at(&path), libc::O_RDONLY as usize, 0]);
    let Ok(folder) = folder else { return Outcome::Error("no folder".into()) };
    let word = 0_u64;
    // FIFREEZE would stop the host; FITHAW of what is not frozen is EINVAL for whoever may, EPERM for whoever may not.
    let thaw = call(libc::SYS_ioctl, &[folder as usize, 0xC004_5878, 0]);
    let may = matches!(&thaw, Err(error) if error.raw_os_error() == Some(libc::EINVAL));
    // An immutable folder could not be removed by the host's own rules.
    let flags = 0x10_i32;
    let immutable = call(libc::SYS_ioctl, &[folder as usize, 0x4008_6602, sys::of(&flags)]);
    if may {
        return Outcome::Escaped("the file system may be frozen".into());
    }
    Outcome::worst([
        Outcome::of("FITHAW", thaw),
        Outcome::of("immutable", immutable),
        Outcome::of(
            "open_by_handle",
            call(libc::SYS_open_by_handle_at, &[folder as usize, sys::of(&word), 0]),
        ),
    ])
}
