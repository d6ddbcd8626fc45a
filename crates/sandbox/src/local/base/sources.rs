use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What goes into a tree; destinations are relative to its root.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// Destination to source.
    pub(super) files: BTreeMap<PathBuf, PathBuf>,
    /// Symbolic links: where, and to what.
    pub(super) links: BTreeMap<PathBuf, PathBuf>,
}

/// Programs that apps' scripts may expect. What the host has not, sandboxes have not; only those at the front must be.
const NEEDED: [&str; 2] = ["sh", "env"];
const PROGRAMS: &[&str] = &[
    "bash",
    "sed",
    "grep",
    "egrep",
    "fgrep",
    "awk",
    "find",
    "xargs",
    "tar",
    "gzip",
    "gunzip",
    "zcat",
    "xz",
    "bzip2",
    "unzip",
    "diff",
    "cmp",
    "which",
    "ps",
    "pgrep",
    "pkill",
    "free",
    "clear",
    "tput",
    "less",
    "more",
    "setsid",
    "flock",
    "getopt",
    "[",
    "arch",
    "b2sum",
    "base32",
    "base64",
    "basename",
    "basenc",
    "cat",
    "chgrp",
    "chmod",
    "chown",
    "cksum",
    "comm",
    "cp",
    "csplit",
    "cut",
    "date",
    "dd",
    "df",
    "dir",
    "dircolors",
    "dirname",
    "du",
    "echo",
    "expand",
    "expr",
    "factor",
    "false",
    "fmt",
    "fold",
    "groups",
    "head",
    "hostname",
    "id",
    "install",
    "join",
    "kill",
    "link",
    "ln",
    "logname",
    "ls",
    "md5sum",
    "mkdir",
    "mkfifo",
    "mknod",
    "mktemp",
    "mv",
    "nice",
    "nl",
    "nohup",
    "nproc",
    "numfmt",
    "od",
    "paste",
    "pathchk",
    "pr",
    "printenv",
    "printf",
    "ptx",
    "pwd",
    "readlink",
    "realpath",
    "rm",
    "rmdir",
    "seq",
    "sha1sum",
    "sha224sum",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "shred",
    "shuf",
    "sleep",
    "sort",
    "split",
    "stat",
    "stdbuf",
    "stty",
    "sum",
    "sync",
    "tac",
    "tail",
    "tee",
    "test",
    "timeout",
    "touch",
    "tr",
    "true",
    "truncate",
    "tsort",
    "tty",
    "uname",
    "unexpand",
    "uniq",
    "unlink",
    "vdir",
    "wc",
    "who",
    "whoami",
    "yes",
];

/// Libraries that npm packages with native parts load by themselves; beside the C library.
const LIBRARIES: &[&str] = &[
    "libc.so.6",
    "libm.so.6",
    "libdl.so.2",
    "libpthread.so.0",
    "librt.so.1",
    "libresolv.so.2",
    "libutil.so.1",
    "libnss_files.so.2",
    "libgcc_s.so.1",
    "libstdc++.so.6",
    "libz.so.1",
    "libatomic.so.1",
];

/// Files and folders that are copied where they are, if they are there.
const DATA: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/usr/lib/locale/C.utf8",
    "/usr/share/zoneinfo/UTC",
    "/lib/terminfo/x/xterm",
    "/lib/terminfo/x/xterm-256color",
    "/lib/terminfo/d/dumb",
    "/usr/share/terminfo/x/xterm",
    "/usr/share/terminfo/x/xterm-256color",
    "/usr/share/terminfo/d/dumb",
];

/// Looks for a program in the server's `PATH`, then where systems have theirs.
pub(super) fn in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = OsStr::new("/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    std::env::split_paths(&path)
        .chain(std::env::split_paths(usual))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Finds everything that goes into a tree.
pub(super) fn collect(node: Option<&Path>) -> io::Result<Sources> {
    let mut sources = Sources::default();
    for name in ["bin", "sbin", "lib", "lib64"] {
        // Where the host has one tree of programs, so has the sandbox; else there are two.
        if let Ok(to) = fs::read_link(Path::new("/").join(name)) {
            sources.links.insert(name.into(), strip(&to));
        }
    }
    let mut programs = Vec::new();
    for name in NEEDED.iter().chain(PROGRAMS) {
        // The system's own, not what somebody has put in front of them.
        let found = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
            .iter()
            .map(|folder| Path::new(folder).join(name))
            .find(|path| path.is_file());
        match found {
            Some(found) => programs.push(add(&mut sources, &found)?),
            None if NEEDED.contains(name) => {
                return Err(io::Error::other(format!("this host has no {name}")));
            }
            None => {}
        }
    }
    if let Some(node) = node {
        add_node(&mut sources, node)?;
        programs.push(fs::canonicalize(node)?);
    }
    let libraries = libraries(&programs)?;
    let home = libraries
        .iter()
        .find(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libc."))
        })
        .and_then(|path| path.parent())
        .map(Path::to_owned);
    let more = home.iter().flat_map(|home| LIBRARIES.iter().map(move |name| home.join(name)));
    for library in libraries.iter().cloned().chain(more.filter(|path| path.is_file())) {
        add_library(&mut sources, &library, home.as_deref())?;
    }
    for data in DATA {
        add_data(&mut sources, Path::new(data))?;
    }
    Ok(sources)
}

fn strip(path: &Path) -> PathBuf {
    path.strip_prefix("/").unwrap_or(path).to_owned()
}

/// Where a path of the host is once links between folders of programs are followed.
fn resolved_parent(path: &Path) -> io::Result<PathBuf> {
    let parent = path.parent().map(fs::canonicalize).transpose()?.unwrap_or_default();
    Ok(path.file_name().map_or(parent.clone(), |name| parent.join(name)))
}

/// Adds a file by the name that was asked for; where that is a link, also what it leads to. Gives the file itself.
fn add(sources: &mut Sources, path: &Path) -> io::Result<PathBuf> {
    let (name, real) = (resolved_parent(path)?, fs::canonicalize(path)?);
    if name != real {
        sources.links.insert(strip(&name), real.clone());
    }
    sources.files.insert(strip(&real), real.clone());
    Ok(real)
}

/// Node has a place of its own, wherever the host keeps it: paths of the host are not told.
fn add_node(sources: &mut Sources, node: &Path) -> io::Result<()> {
    let node = fs::canonicalize(node)?;
    sources.files.insert("usr/local/bin/node".into(), node.clone());
    let beside = node.parent().and_then(Path::parent).map(|top| top.join("lib/node_modules/npm"));
    let system = ["/usr/share/nodejs/npm", "/usr/lib/node_modules/npm"].map(PathBuf::from);
    let npm = beside.into_iter().chain(system).find(|npm| npm.join("bin/npm-cli.js").is_file());
    if let Some(npm) = npm {
        let npm = fs::canonicalize(npm)?;
        let to = Path::new("usr/local/lib/node_modules/npm");
        add_tree(sources, &npm, to)?;
        for (name, script) in [("npm", "npm-cli.js"), ("npx", "npx-cli.js")] {
            let script = format!("../lib/node_modules/npm/bin/{script}");
            sources.links.insert(Path::new("usr/local/bin").join(name), script.into());
        }
    }
    Ok(())
}

fn add_tree(sources: &mut Sources, from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to, kind) = (entry.path(), to.join(entry.file_name()), entry.file_type()?);
        // Its own documentation is no use to an app.
        if kind.is_dir() && !matches!(entry.file_name().to_str(), Some("docs" | "man")) {
            add_tree(sources, &from, &to)?;
        } else if kind.is_file() {
            sources.files.insert(to, from);
        } else if kind.is_symlink() {
            let target = fs::read_link(&from)?;
            if target.is_relative() {
                sources.links.insert(to, target);
            }
        }
    }
    Ok(())
}

fn add_data(sources: &mut Sources, path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return add_tree(sources, path, &strip(&fs::canonicalize(path)?));
    }
    if path.is_file() {
        let real = fs::canonicalize(path)?;
        sources.files.insert(strip(&resolved_parent(path)?), real);
    }
    Ok(())
}

/// Libraries stay where the loader looks for them: in their folder, or in that of the C library.
fn add_library(sources: &mut Sources, path: &Path, home: Option<&Path>) -> io::Result<()> {
    let real = fs::canonicalize(path)?;
    let name = resolved_parent(path)?;
    let usual =
        ["/lib", "/lib64", "/usr/lib", "/usr/lib64"].iter().any(|lib| name.starts_with(lib));
    let to = match (home, name.file_name()) {
        (Some(home), Some(file)) if !usual => fs::canonicalize(home)?.join(file),
        _ => name,
    };
    sources.files.insert(strip(&to), real);
    Ok(())
}

/// What the loader would load for these programs. The host's own loader tells: they are the host's own programs.
fn libraries(programs: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let told = Command::new("ldd").args(programs).env("LC_ALL", "C").output()?;
    let mut found: Vec<PathBuf> = String::from_utf8_lossy(&told.stdout)
        .lines()
        .filter_map(|line| {
            let line = line.trim();
            let path = line.split_once(" => ").map_or(line, |(_, path)| path);
            let path = path.split_once(" (").map_or(path, |(path, _)| path);
            // Lines without an address name the program that is asked about.
            (path.starts_with('/') && line.ends_with(')')).then(|| PathBuf::from(path))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
