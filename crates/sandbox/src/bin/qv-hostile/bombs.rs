//! Takes as much as there is. Each stops by itself beyond what a sandbox may have, for the host's sake.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use crate::outcome::{Entry, Kind, Outcome, either, number, told_number};
use crate::sys::call;

const fn bomb(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Bomb, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    bomb("bomb-processes", processes),
    bomb("bomb-threads", threads),
    bomb("bomb-memory", || memory(false)),
    bomb("bomb-memory-of-many", || memory(true)),
    bomb("bomb-shared-memory", shared_memory),
    Entry { name: "bomb-cpu", kind: Kind::Plain, run: cpu },
    bomb("bomb-disk-project", || disk(".", "QV_LIMIT_DISK")),
    bomb("bomb-disk-unlinked", unlinked),
    bomb("bomb-disk-hidden", hidden),
    bomb("bomb-disk-packages", || disk("node_modules", "QV_LIMIT_DISK")),
    bomb("bomb-disk-tmp", || disk("/tmp", "QV_LIMIT_MEMORY")),
    bomb("bomb-disk-home", || {
        disk(&std::env::var("HOME").unwrap_or_else(|_| "/home".into()), "QV_LIMIT_MEMORY")
    }),
    bomb("bomb-disk-shm", || disk("/dev/shm", "QV_LIMIT_MEMORY")),
    bomb("bomb-disk-run", || {
        Outcome::worst(
            ["/run", "/var/tmp", "/dev", "/"].map(|folder| disk(folder, "QV_LIMIT_MEMORY")),
        )
    }),
    bomb("bomb-inodes", inodes),
    Entry { name: "bomb-files", kind: Kind::Plain, run: files },
    bomb("bomb-terminals", terminals),
    bomb("bomb-watches", watches),
    bomb("bomb-pipes", pipes),
    bomb("bomb-output", output),
    Entry { name: "output-nobody-reads", kind: Kind::Host, run: unread },
];

fn exit() -> ! {
    // SAFETY: ends this child at once.
    unsafe { libc::_exit(0) }
}

/// Forks until it may not; everything that was made waits for the end of the first.
fn processes() -> Outcome {
    either(told_number("QV_LIMIT_PROCESSES").map(|limit: usize| {
        let mut made = Vec::new();
        let mut refused = 0;
        while made.len() <= limit + 200 && refused < 3 {
            // SAFETY: this process has one thread.
            match unsafe { libc::fork() } {
                0 => {
                    let _ = call(
                        libc::SYS_prctl,
                        &[libc::PR_SET_PDEATHSIG as usize, libc::SIGKILL as usize],
                    );
                    std::thread::sleep(Duration::from_secs(30));
                    exit();
                }
                child if child > 0 => made.push(child),
                _ => refused += 1,
            }
        }
        // So that the host can look.
        std::thread::sleep(Duration::from_millis(500));
        for child in &made {
            // SAFETY: children of ours that were not waited for.
            unsafe { libc::kill(*child, libc::SIGKILL) };
        }
        for child in &made {
            let mut status = 0;
            // SAFETY: `status` is ours.
            unsafe { libc::waitpid(*child, &raw mut status, 0) };
        }
        if made.len() > limit {
            Outcome::Escaped(format!("{} processes, {limit} allowed", made.len()))
        } else {
            Outcome::Held(format!("{} processes", made.len()))
        }
    }))
}

fn threads() -> Outcome {
    either(told_number("QV_LIMIT_PROCESSES").map(|limit: usize| {
        let mut made = 0;
        while made <= limit + 200 {
            let thread = std::thread::Builder::new().stack_size(65_536);
            match thread.spawn(|| std::thread::sleep(Duration::from_secs(10))) {
                Ok(_) => made += 1,
                Err(_) => break,
            }
        }
        if made > limit {
            Outcome::Escaped(format!("{made} threads"))
        } else {
            Outcome::Held(format!("{made} threads"))
        }
    }))
}

/// Touches every page of a new mapping; how many bytes it got is what counts.
fn touch(bytes: usize) -> bool {
    let rights = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping at a place of the kernel's choice, of just this length.
    unsafe {
        let map = libc::mmap(std::ptr::null_mut(), bytes, rights, flags, -1, 0);
        if map == libc::MAP_FAILED {
            return false;
        }
        std::ptr::write_bytes(map.cast::<u8>(), 1, bytes);
    }
    true
}

fn memory(many: bool) -> Outcome {
    const STEP: usize = 16 << 20;
    either(told_number("QV_LIMIT_MEMORY").map(|limit: usize| {
        if many {
            // Many small ones, none of which is worth killing.
            for _ in 0..limit * 3 / 2 / STEP {
                // SAFETY: this process has one thread.
                if unsafe { libc::fork() } == 0 {
                    touch(STEP);
                    std::thread::sleep(Duration::from_secs(5));
                    exit();
                }
            }
            std::thread::sleep(Duration::from_secs(2));
            let mut alive = 0;
            let mut status = 0;
            loop {
                // SAFETY: `status` is ours.
                match unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) } {
                    0 => {
                        alive = 1;
                        break;
                    }
                    gone if gone < 0 => break,
                    _ if libc::WIFSIGNALED(status) => {
                        return Outcome::Held("some were killed".into());
                    }
                    _ => {}
                }
            }
            return if alive > 0 {
                Outcome::Escaped("all of them live".into())
            } else {
                Outcome::Held("none lives".into())
            };
        }
        let mut got = 0;
        while got < limit * 3 / 2 {
            if !touch(STEP) {
                return Outcome::Held(format!("{} MB", got >> 20));
            }
            got += STEP;
        }
        Outcome::Escaped(format!("{} MB", got >> 20))
    }))
}

fn shared_memory() -> Outcome {
    either(told_number("QV_LIMIT_MEMORY").map(|limit: usize| {
        let bytes = limit * 3 / 2;
        let Ok(id) = call(libc::SYS_shmget, &[0, bytes, 0o1_600]) else {
            return Outcome::Held("none is given".into());
        };
        let Ok(map) = call(libc::SYS_shmat, &[id as usize, 0, 0]) else {
            return Outcome::Held("none is mapped".into());
        };
        // SAFETY: the segment has just this length.
        unsafe { std::ptr::write_bytes(map as *mut u8, 1, bytes) };
        let _ = call(libc::SYS_shmctl, &[id as usize, 0, 0]);
        Outcome::Escaped(format!("{} MB", bytes >> 20))
    }))
}

/// Four that compute as fast as they can: how much time of a processor they get of each second.
fn cpu() -> Outcome {
    either(told_number("QV_LIMIT_CPU_MILLI").map(|limit: u128| {
        let began = Instant::now();
        let most = Duration::from_secs(2);
        for _ in 0..4 {
            // SAFETY: this process has one thread.
            if unsafe { libc::fork() } == 0 {
                while began.elapsed() < most {
                    std::hint::spin_loop();
                }
                exit();
            }
        }
        for _ in 0..4 {
            let mut status = 0;
            // SAFETY: `status` is ours.
            unsafe { libc::waitpid(-1, &raw mut status, 0) };
        }
        let wall = began.elapsed();
        // SAFETY: all zeroes is a valid value, and the kernel fills it.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: `usage` is ours.
        unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage) };
        let used =
            Duration::new(usage.ru_utime.tv_sec as u64, usage.ru_utime.tv_usec as u32 * 1_000);
        let milli = used.as_micros() * 1_000 / wall.as_micros().max(1);
        if milli > limit * 13 / 10 {
            Outcome::Escaped(format!("{milli} of 1000 of a processor, {limit} allowed"))
        } else {
            Outcome::Held(format!("{milli} of 1000 of a processor"))
        }
    }))
}

/// Writes until it may not, and a little beyond; in files of 16 MB, as one file may have a limit of its own.
fn disk(folder: &str, limit: &str) -> Outcome {
    const BLOCK: u64 = 1 << 20;
    either(told_number(limit).map(|limit: u64| {
        let block = vec![7_u8; 1 << 20];
        let (mut written, mut files) = (0, Vec::new());
        let mut fill = || -> io::Result<()> {
            while written <= limit * 3 / 2 {
                let path = format!("{folder}/hostile-fill-{}", files.len());
                let mut file = File::create(&path)?;
                files.push(path);
                for _ in 0..16 {
                    file.write_all(&block)?;
                    written += BLOCK;
                }
            }
            Ok(())
        };
        let ended = fill();
        if ended.is_ok() {
            // Whoever looks now and then may do so now.
            std::thread::sleep(Duration::from_secs(2));
        }
        for path in &files {
            let _ = fs::remove_file(path);
        }
        match ended {
            Ok(()) => Outcome::Escaped(format!("{folder}: {} MB", written >> 20)),
            Err(error) => Outcome::Held(format!("{folder}: {error} after {} MB", written >> 20)),
        }
    }))
}

/// Files that no folder has any more, and so nobody finds who looks for what takes the room.
fn unlinked() -> Outcome {
    either(told_number("QV_LIMIT_DISK").map(|limit: u64| {
        let block = vec![7_u8; 1 << 20];
        let (mut written, mut open) = (0, Vec::new());
        let mut fill = || -> io::Result<()> {
            while written <= limit * 3 {
                let path = format!("hostile-unlinked-{}", open.len());
                let mut file = File::create(&path)?;
                fs::remove_file(&path)?;
                for _ in 0..16 {
                    file.write_all(&block)?;
                    written += block.len() as u64;
                }
                open.push(file);
            }
            Ok(())
        };
        if let Err(error) = fill() {
            return Outcome::Held(format!("{error} after {} MB", written >> 20));
        }
        // Whoever looks now and then may do so now.
        std::thread::sleep(Duration::from_secs(3));
        Outcome::Escaped(format!("{} MB in {} files", written >> 20, open.len()))
    }))
}

/// In a folder that may not be read.
fn hidden() -> Outcome {
    let made = fs::create_dir_all("hostile-hidden/inner").and_then(|()| {
        use std::os::unix::fs::PermissionsExt as _;
        std::env::set_current_dir("hostile-hidden/inner")?;
        fs::set_permissions("..", fs::Permissions::from_mode(0o000))
    });
    if let Err(error) = made {
        return Outcome::Error(error.to_string());
    }
    match disk(".", "QV_LIMIT_DISK") {
        Outcome::Escaped(said) => {
            std::thread::sleep(Duration::from_secs(3));
            Outcome::Escaped(said)
        }
        other => other,
    }
}

fn inodes() -> Outcome {
    either(told_number("QV_LIMIT_INODES").map(|limit: usize| {
        let mut made = 0;
        let ended = loop {
            if made > limit * 3 / 2 {
                break None;
            }
            let folder = format!("hostile-inodes-{}", made / 5_000);
            if made % 5_000 == 0
                && let Err(error) = fs::create_dir(&folder)
            {
                break Some(error);
            }
            match File::create_new(format!("{folder}/{made}")) {
                Ok(_) => made += 1,
                Err(error) => break Some(error),
            }
        };
        if ended.is_none() {
            std::thread::sleep(Duration::from_secs(2));
        }
        match ended {
            None => Outcome::Escaped(format!("{made} files")),
            Some(error) => Outcome::Held(format!("{error} after {made} files")),
        }
    }))
}

fn open_many(path: &str, most: usize) -> Vec<File> {
    let mut open = Vec::new();
    while open.len() < most {
        match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => open.push(file),
            Err(_) => break,
        }
    }
    open
}

fn files() -> Outcome {
    either(told_number("QV_LIMIT_FILES").map(|limit: usize| {
        let more = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
        let mut most = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: both are ours.
        unsafe {
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const more);
            libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut most);
            most.rlim_cur = most.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const most);
        }
        let open = open_many("/dev/null", limit + 500);
        if open.len() > limit {
            Outcome::Escaped(format!("{} open files", open.len()))
        } else {
            Outcome::Held(format!(
                "{} open files, the last is {}",
                open.len(),
                open.last().map_or(-1, number)
            ))
        }
    }))
}

/// Several processes take terminals; the host must have some left.
fn terminals() -> Outcome {
    let mut counts = Vec::new();
    for _ in 0..4 {
        // SAFETY: this process has one thread.
        match unsafe { libc::fork() } {
            0 => {
                let open = open_many("/dev/ptmx", 1_200);
                let _ =
                    fs::write(format!("terminals-{}", std::process::id()), open.len().to_string());
                std::thread::sleep(Duration::from_secs(3));
                exit();
            }
            child => counts.push(child),
        }
    }
    std::thread::sleep(Duration::from_secs(2));
    let all: usize = counts
        .iter()
        .filter_map(|child| {
            fs::read_to_string(format!("terminals-{child}")).ok()?.parse::<usize>().ok()
        })
        .sum();
    if all > 1_024 {
        Outcome::Escaped(format!("{all} terminals"))
    } else {
        Outcome::Held(format!("{all} terminals"))
    }
}

/// inotify instances are counted by user on the host: one sandbox must not take those of all.
fn watches() -> Outcome {
    let mut made = 0;
    while made < 2_000 {
        match call(libc::SYS_inotify_init1, &[0]) {
            Ok(_) => made += 1,
            Err(_) => break,
        }
    }
    std::thread::sleep(Duration::from_secs(1));
    // 128 is what the kernel allows a user; an app needs a handful.
    if made >= 100 {
        Outcome::Escaped(format!("{made} inotify instances"))
    } else {
        Outcome::Held(format!("{made} inotify instances"))
    }
}

/// Pipes as large as may be: the pages of a user are counted on the host.
fn pipes() -> Outcome {
    let mut bytes = 0_usize;
    for _ in 0..400 {
        let mut ends = [0_i32; 2];
        if call(libc::SYS_pipe2, &[ends.as_mut_ptr() as usize, libc::O_NONBLOCK as usize]).is_err()
        {
            break;
        }
        let size = call(libc::SYS_fcntl, &[ends[1] as usize, 1_031, 1 << 20]).unwrap_or(65_536);
        let block = vec![1_u8; size as usize];
        if let Ok(written) =
            call(libc::SYS_write, &[ends[1] as usize, block.as_ptr() as usize, block.len()])
        {
            bytes += written as usize;
        }
    }
    // 64 MB is the kernel's soft bound for a user.
    if bytes > 100 << 20 {
        Outcome::Escaped(format!("{} MB in pipes", bytes >> 20))
    } else {
        Outcome::Held(format!("{} MB in pipes", bytes >> 20))
    }
}

/// More output than anybody keeps: 300 MB without an end of line.
fn output() -> Outcome {
    let block = vec![b'x'; 1 << 16];
    let mut out = io::stdout().lock();
    for _ in 0..4_800 {
        if let Err(error) = out.write_all(&block) {
            return Outcome::Held(error.to_string());
        }
    }
    let _ = out.write_all(b"\n");
    Outcome::Held("all was taken; the host judges".into())
}

/// Writes while nobody reads, and notes how far it came.
fn unread() -> Outcome {
    let block = vec![b'y'; 1 << 16];
    let mut out = io::stdout().lock();
    let mut written = 0_u64;
    for _ in 0..1_600 {
        if out.write_all(&block).is_err() {
            break;
        }
        written += block.len() as u64;
        let _ = fs::write("unread-count", written.to_string());
    }
    let _ = out.write_all(b"\n");
    Outcome::Held("the host judges".into())
}
