//! What hostile programs reach for, and whether it was touched.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, ToSocketAddrs as _};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::{probe, somebody};

/// What only the host's own server and secret say.
pub(crate) const WORD: &str = "qv-canary-7f3a9c";

/// The things of the host that a sandbox must not reach.
pub(crate) struct Stage {
    folder: TempDir,
    /// Whom the victim and, in the control run, the attempts run as.
    pub(crate) uid: Option<u32>,
    victim: Mutex<Child>,
    touched: Arc<AtomicUsize>,
    host_port: u16,
    registry_port: u16,
    core_pattern: String,
    host_name: String,
}

impl Stage {
    pub(crate) fn set(uid: Option<u32>) -> Self {
        let folder = tempfile::Builder::new().prefix("qv-stage-").tempdir().unwrap();
        open_to_all(folder.path(), 0o755);
        let at = |name: &str| folder.path().join(name);
        for (name, mode) in [("home", 0o755), ("open", 0o777)] {
            fs::create_dir(at(name)).unwrap();
            open_to_all(&at(name), mode);
        }
        fs::write(at("secret"), WORD).unwrap();
        fs::write(at("home/mail"), WORD).unwrap();
        let touched = Arc::new(AtomicUsize::new(0));
        let host_port = host_server(&touched);
        unix_servers(&touched, &at("socket"), &Self::abstract_name(folder.path()));
        let registry_port = registry(host_port);
        let victim = Mutex::new(start_victim(folder.path(), uid));
        Self {
            uid,
            victim,
            touched,
            host_port,
            registry_port,
            core_pattern: read("/proc/sys/kernel/core_pattern"),
            host_name: read("/proc/sys/kernel/hostname"),
            folder,
        }
    }

    fn abstract_name(folder: &Path) -> String {
        format!("qv-hostile-{}", folder.file_name().unwrap().to_string_lossy())
    }

    pub(crate) fn registry(&self) -> String {
        format!("127.0.0.1:{}", self.registry_port)
    }

    /// What only attempts of this stage have in their command line.
    pub(crate) fn marker(&self) -> String {
        marker(self.folder.path())
    }

    /// What an attempt is told.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let at = |name: &str| self.folder.path().join(name).display().to_string();
        let victim = self.victim.lock().unwrap().id().to_string();
        let registry = ("registry.npmjs.org", 443)
            .to_socket_addrs()
            .map(Iterator::collect)
            .unwrap_or_default();
        let registry: Vec<std::net::SocketAddr> = registry;
        let registry: Vec<String> = registry.iter().map(ToString::to_string).collect();
        [
            ("QV_SECRET", at("secret")),
            ("QV_HOST_HOME", at("home")),
            ("QV_HOST_OPEN_FOLDER", at("open")),
            ("QV_HOST_SOCKET", at("socket")),
            ("QV_HOST_ABSTRACT", Self::abstract_name(self.folder.path())),
            ("QV_HOST_PORT", self.host_port.to_string()),
            ("QV_HOST_ADDRESSES", host_addresses().join(",")),
            ("QV_REGISTRY", self.registry()),
            ("QV_REGISTRY_ADDRESSES", registry.join(",")),
            ("QV_WORD", WORD.to_owned()),
            ("QV_MARKER", victim_marker(self.folder.path())),
            ("QV_VICTIM_PID", victim.clone()),
            ("QV_OTHER_PID", victim),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// Whether anything was touched since it was last asked.
    pub(crate) fn touched(&self) -> Result<(), String> {
        let touched = self.touched.swap(0, Ordering::SeqCst);
        if touched > 0 {
            return Err(format!("the host's servers were reached {touched} times"));
        }
        let at = |name: &str| self.folder.path().join(name);
        for name in ["secret", "home/mail"] {
            if fs::read_to_string(at(name)).ok().as_deref() != Some(WORD) {
                let _ = fs::write(at(name), WORD);
                return Err(format!("{name} was changed"));
            }
        }
        let written: Vec<_> =
            fs::read_dir(at("open")).unwrap().flatten().map(|e| e.path()).collect();
        if !written.is_empty() {
            for path in &written {
                let _ = fs::remove_file(path);
            }
            return Err(format!("the host's folder has {written:?}"));
        }
        if read("/proc/sys/kernel/core_pattern") != self.core_pattern {
            return Err("core_pattern was changed".into());
        }
        if read("/proc/sys/kernel/hostname") != self.host_name {
            return Err("the host's name was changed".into());
        }
        self.victim_unharmed()
    }

    fn victim_unharmed(&self) -> Result<(), String> {
        let mut victim = self.victim.lock().unwrap();
        let stat = read(&format!("/proc/{}/stat", victim.id()));
        // State, and the niceness 16 words further on.
        let words: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let unharmed = matches!(words.first(), Some(&("S" | "R"))) && words.get(16) == Some(&"0");
        if victim.try_wait().unwrap().is_none() && unharmed {
            return Ok(());
        }
        let _ = victim.kill();
        let _ = victim.wait();
        *victim = start_victim(self.folder.path(), self.uid);
        Err(format!("the host's process was harmed: {stat}"))
    }

    /// Processes that an attempt has left.
    pub(crate) fn marked(&self) -> Vec<u32> {
        marked(&self.marker())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let victim = self.victim.get_mut().unwrap();
        let _ = victim.kill();
        let _ = victim.wait();
    }
}

fn marker(folder: &Path) -> String {
    format!("mark-{}", folder.file_name().unwrap().to_string_lossy())
}

fn victim_marker(folder: &Path) -> String {
    format!("victim-{}", folder.file_name().unwrap().to_string_lossy())
}

/// Processes with a word in their command line.
pub(crate) fn marked(word: &str) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    all.filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        line.split(|byte| *byte == 0).any(|part| part == word.as_bytes()).then_some(pid)
    })
    .collect()
}

pub(crate) fn open_to_all(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn start_victim(folder: &Path, uid: Option<u32>) -> Child {
    // Where whoever it runs as can reach it.
    let program = somebody::copied(Path::new(&probe::path()), folder);
    let mut command = Command::new(program);
    command.args(["victim", &victim_marker(folder)]).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
    let mut child = command.spawn().unwrap();
    let mut first = [0; 6];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"victim");
    child
}

/// Says the word to whoever comes, as an answer to HTTP and without being asked.
fn host_server(touched: &Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    let touched = Arc::clone(touched);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            touched.fetch_add(1, Ordering::SeqCst);
            answer(
                stream,
                &format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{WORD}", WORD.len()),
            );
        }
    });
    port
}

/// Says something, and waits a moment for the other side to have heard it.
fn answer(mut stream: TcpStream, text: &str) {
    let _ = stream.write_all(text.as_bytes());
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
    let _ = stream.read(&mut [0; 4096]);
}

fn unix_servers(touched: &Arc<AtomicUsize>, path: &Path, name: &str) {
    let by_path = UnixListener::bind(path).unwrap();
    open_to_all(path, 0o777);
    let by_name = UnixListener::bind_addr(&SocketAddr::from_abstract_name(name).unwrap()).unwrap();
    for listener in [by_path, by_name] {
        let touched = Arc::clone(touched);
        std::thread::spawn(move || {
            for _ in listener.incoming().flatten() {
                touched.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
}

/// A registry that tries to send its clients to the host.
fn registry(host_port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
                let mut head = [0; 4096];
                let read = stream.read(&mut head).unwrap_or(0);
                if head[..read].windows(9).any(|part| part == b"/redirect") {
                    let to = format!("http://127.0.0.1:{host_port}/");
                    answer(
                        stream,
                        &format!(
                            "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"
                        ),
                    );
                } else {
                    answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nthe mirror\n");
                }
            });
        }
    });
    port
}

/// The host's addresses in its own network.
fn host_addresses() -> Vec<String> {
    ["192.0.2.1:9", "[2001:db8::1]:9"]
        .into_iter()
        .filter_map(|to| {
            let any = if to.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
            let socket = std::net::UdpSocket::bind(any).ok()?;
            // Sends nothing: only asks which address would be used.
            socket.connect(to).ok()?;
            Some(socket.local_addr().ok()?.ip().to_string())
        })
        .collect()
}
