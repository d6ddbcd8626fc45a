//! Things put where the host reads and writes, and races against it. The host judges: it says what it saw.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use crate::outcome::{Entry, Kind, Outcome, either, told};
use crate::sys::{AT_FDCWD, at, call, text};

const fn host(name: &'static str, run: fn() -> Outcome) -> Entry {
    Entry { name, kind: Kind::Host, run }
}

pub(crate) const ENTRIES: &[Entry] = &[
    host("plant-link-to-file", || planted(|| link_to("QV_SECRET", "planted.txt"))),
    host("plant-link-to-folder", || planted(|| link_to("QV_HOST_OPEN_FOLDER", "planted-folder"))),
    host("plant-relative-link", || {
        planted(|| {
            let secret = std::env::var("QV_SECRET").unwrap_or_default();
            symlink(format!("{}{secret}", "../".repeat(20)), "planted-dots.txt")
        })
    }),
    host("plant-magic-link", || {
        planted(|| symlink("/proc/self/root/etc/passwd", "planted-magic.txt"))
    }),
    host("plant-link-chain", || {
        planted(|| {
            symlink("planted-chain-b", "planted-chain-a")?;
            link_to("QV_HOST_OPEN_FOLDER", "planted-chain-b")
        })
    }),
    host("plant-pipe", || {
        planted(|| {
            let path = text("planted-pipe");
            call(libc::SYS_mknodat, &[AT_FDCWD, at(&path), (libc::S_IFIFO | 0o666) as usize, 0])
                .map(drop)
        })
    }),
    host("plant-socket", || planted(|| UnixListener::bind("planted-socket").map(std::mem::forget))),
    host("plant-loop", || planted(|| symlink("planted-loop", "planted-loop"))),
    host("plant-deep-folders", || planted(deep)),
    host("plant-huge-file", || {
        planted(|| fs::File::create("planted-huge").and_then(|file| file.set_len(1 << 40)))
    }),
    host("hard-link-to-template", || planted(hard_link)),
    host("poison-template", || planted(poison)),
    host("race-file-with-link", || race(false)),
    host("race-folder-with-link", || race(true)),
];

fn planted(plant: impl FnOnce() -> io::Result<()>) -> Outcome {
    match plant() {
        Ok(()) => Outcome::Held("planted; the host judges".into()),
        // Where it cannot even be put, it can do no harm.
        Err(error) => Outcome::Held(format!("not even planted: {error}")),
    }
}

fn link_to(what: &str, name: &str) -> io::Result<()> {
    symlink(std::env::var(what).unwrap_or_default(), name)
}

fn deep() -> io::Result<()> {
    let root = std::env::current_dir()?;
    let name = "d".repeat(20);
    for _ in 0..1_500 {
        fs::create_dir(&name)?;
        std::env::set_current_dir(&name)?;
    }
    std::env::set_current_dir(root)
}

const TEMPLATE_FILE: &str = "node_modules/template-package/index.js";

fn hard_link() -> io::Result<()> {
    fs::hard_link(TEMPLATE_FILE, "planted-hard-link.js")?;
    fs::write("planted-hard-link.js", "hostile")
}

/// Changes, replaces and removes what every sandbox of this template begins with.
fn poison() -> io::Result<()> {
    let changed = fs::write(TEMPLATE_FILE, "hostile");
    let added = fs::write("node_modules/template-package/hostile.js", "hostile");
    let replaced = fs::rename("node_modules/template-package", "node_modules/moved");
    let removed = fs::remove_dir_all("node_modules/second-package");
    changed.or(added).or(replaced).or(removed)
}

/// Swaps a plain thing and a link for as long as the host writes and reads.
fn race(folder: bool) -> Outcome {
    either(told("QV_HOST_OPEN_FOLDER").and_then(|open| {
        let secret = told("QV_SECRET")?;
        let (name, other) =
            if folder { ("raced", "raced-link") } else { ("raced.txt", "raced-link.txt") };
        let made = if folder {
            // The host may have made it already, on its way to a file in it.
            fs::create_dir_all(name).and_then(|()| symlink(&open, other))
        } else {
            fs::write(name, "plain").and_then(|()| symlink(&secret, other))
        };
        if let Err(error) = made {
            return Ok(Outcome::Error(error.to_string()));
        }
        let (a, b) = (text(name), text(other));
        let began = Instant::now();
        let (mut swaps, mut failures) = (0_u64, 0_u64);
        while began.elapsed() < Duration::from_secs(3) {
            // RENAME_EXCHANGE: at every moment the name leads to one of the two.
            match call(libc::SYS_renameat2, &[AT_FDCWD, at(&a), AT_FDCWD, at(&b), 2]) {
                Ok(_) => swaps += 1,
                Err(_) => {
                    failures += 1;
                    // The host has replaced the link by a file, as it should: plant it anew.
                    let _ = if folder { symlink(&open, other) } else { symlink(&secret, other) };
                    let _ = fs::rename(other, format!("{other}.new"))
                        .and_then(|()| fs::rename(format!("{other}.new"), other));
                }
            }
            if swaps % 64 == 0
                && fs::symlink_metadata(name).is_ok_and(|m| !m.is_symlink())
                && fs::symlink_metadata(other).is_ok_and(|m| !m.is_symlink())
            {
                // Both are plain by now.
                if !folder {
                    let _ = fs::remove_file(other);
                    let _ = symlink(&secret, other);
                }
            }
        }
        Ok(Outcome::Held(format!("{swaps} swaps, {failures} not made; the host judges")))
    }))
}
