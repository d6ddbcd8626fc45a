use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::sources::Sources;

/// Where other things are mounted in a sandbox.
const MOUNTPOINTS: [&str; 7] = ["app", "home/app", "tmp", "dev", "proc", "etc", "var/tmp"];

/// Files that are the same in every sandbox.
const FILES: [(&str, &str); 7] = [
    ("etc/passwd", "app:x:1000:1000::/home/app:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"),
    ("etc/group", "app:x:1000:\nnogroup:x:65534:\n"),
    ("etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n"),
    ("etc/hostname", "sandbox\n"),
    ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
    ("etc/resolv.conf", ""),
    ("etc/profile", "PS1='\\w \\$ '\n"),
];

/// Copies the sources beside `root`, and puts them there whole. Where somebody else has done it meanwhile, that is right.
pub(super) fn build(folder: &Path, root: &Path, sources: &Sources) -> io::Result<()> {
    let beside = Unfinished(folder.join(format!("new-{}", std::process::id())));
    if beside.0.exists() {
        fs::remove_dir_all(&beside.0)?;
    }
    for name in MOUNTPOINTS {
        fs::create_dir_all(beside.0.join(name))?;
    }
    for (to, from) in &sources.files {
        let to = beside.0.join(to);
        make_parent(&to)?;
        fs::copy(from, &to)?;
        let runs = fs::metadata(from)?.permissions().mode() & 0o111 != 0;
        fs::set_permissions(&to, Permissions::from_mode(if runs { 0o755 } else { 0o644 }))?;
    }
    for (at, to) in &sources.links {
        let at = beside.0.join(at);
        make_parent(&at)?;
        // A link of the host's that stands for a folder here: what is in the folder stays.
        if fs::symlink_metadata(&at).is_err() {
            symlink(to, &at)?;
        }
    }
    for (name, text) in FILES {
        fs::write(beside.0.join(name), text)?;
    }
    readable(&beside.0)?;
    match fs::rename(&beside.0, root) {
        Err(_) if root.is_dir() => Ok(()),
        other => other,
    }
}

fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

/// Folders are for everybody, whatever the server's own mask is.
fn readable(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            readable(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes what was not finished.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
