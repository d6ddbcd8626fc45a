//! One process of Chromium: started, watched, ended with all that it has started.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::config::BrowserConfig;
use crate::sys::{self, Who};

/// What each folder of ours is called, followed by the server's process and a number.
const FOLDER: &str = "quickvibe-browser-";
/// The number of the next folder, and how many there are.
static NEXT: AtomicU32 = AtomicU32::new(0);
const MOST_NAMES: u32 = 1_000_000;
/// How long the last words of one that does not start are waited for; what it left behind may hold its pipe open.
const MOST_LISTENING: Duration = Duration::from_secs(1);

/// How much of its last words is kept, in bytes.
const LAST_WORDS: usize = 4_096;

/// What it is told. Whatever a page asks for is answered by us before any of these matter; they are what stands behind.
const FLAGS: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--no-service-autorun",
    "--password-store=basic",
    // No name is known, and the way out leads to a name.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://nowhere.invalid:8080",
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-extensions",
    "--disable-default-apps",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-client-side-phishing-detection",
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,InterestFeedContentSuggestions,HttpsUpgrades,WebBluetooth,WebUSB,Prerender2",
    "--deny-permission-prompts",
    "--block-new-web-contents",
    // The same picture whenever and wherever it is taken.
    "--lang=en-US",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--hide-scrollbars",
    "--mute-audio",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-hang-monitor",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--js-flags=--max-old-space-size=512",
];

/// A running Chromium. Ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    session: u32,
    words: Arc<Mutex<Vec<u8>>>,
    /// Fires when it can say nothing more, and what it said was read.
    heard: CancellationToken,
    /// Fires when it has ended and nothing of it is left.
    pub(crate) gone: CancellationToken,
}

/// Our ends of its pipes.
pub(crate) struct Pipes {
    pub(crate) tell: OwnedFd,
    pub(crate) hear: OwnedFd,
}

impl Process {
    /// Starts it.
    ///
    /// # Errors
    /// When the program, a folder or a pipe cannot be had.
    pub(crate) fn start(program: &Path, config: &BrowserConfig) -> std::io::Result<(Self, Pipes)> {
        let who = Who::of_this_server(config.uid);
        let folder = Folder::make(&std::env::temp_dir(), who)?;
        let (hears, tell) = std::io::pipe()?;
        let (hear, tells) = std::io::pipe()?;
        let (stderr, words_in) = std::io::pipe()?;
        let mut command = Command::new(program);
        command
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", folder.path.join("profile").display()))
            // Nothing of the server's: keys of providers are in its environment.
            .env_clear()
            .env("HOME", &folder.path)
            .env("TMPDIR", &folder.path)
            .env("XDG_CONFIG_HOME", &folder.path)
            .env("XDG_CACHE_HOME", &folder.path)
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "en_US.UTF-8")
            .env("TZ", "UTC")
            .current_dir(&folder.path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(words_in);
        sys::isolate(&mut command, who, hears.into(), tells.into());
        let gone = CancellationToken::new();
        let words = Arc::new(Mutex::new(Vec::new()));
        let session = keep(command, folder, gone.clone())?;
        let heard = collect(stderr, Arc::clone(&words));
        Ok((Self { session, words, heard, gone }, Pipes { tell: tell.into(), hear: hear.into() }))
    }

    /// What it said last. Of one that is ending, all of it: its pipe closes before its last words are read.
    pub(crate) async fn last_words(&self) -> String {
        let _ = tokio::time::timeout(MOST_LISTENING, self.heard.cancelled()).await;
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&words).into_owned()
    }

    /// Ends the largest of its processes when all of them have more than so many bytes: the page whose it is crashes, and
    /// the others go on.
    pub(crate) fn bound(&self, most: u64) {
        let sizes = sys::of_session(self.session).into_iter().map(|id| (sys::memory(id), id));
        let sizes: Vec<(u64, u32)> = sizes.collect();
        if sizes.iter().map(|(size, _)| size).sum::<u64>() > most
            && let Some((size, id)) = sizes.into_iter().max()
        {
            tracing::warn!(bytes = size, "a page used too much memory and was ended");
            sys::kill(id);
        }
    }

    /// Whether it, or a wrapper around it, has given up its own sandbox.
    pub(crate) fn is_bare(&self) -> bool {
        sys::bare(&sys::of_session(self.session))
    }

    /// Ends it; the thread that keeps it sees to it that nothing is left.
    pub(crate) fn kill(&self) {
        if !self.gone.is_cancelled() {
            sys::of_session(self.session).into_iter().for_each(sys::kill);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts the command on a thread that lives as long as it does: the child is to end with the thread that started it, and
/// others come and go.
fn keep(mut command: Command, folder: Folder, gone: CancellationToken) -> std::io::Result<u32> {
    let (tell, started) = std::sync::mpsc::channel::<std::io::Result<u32>>();
    let work = move || {
        let mut child: Child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                drop(folder);
                let _ = tell.send(Err(error));
                return;
            }
        };
        // Its ends of the pipes are in there.
        drop(command);
        let session = child.id();
        let _ = tell.send(Ok(session));
        let _ = child.wait();
        sys::kill_session(session);
        gone.cancel();
        drop(folder);
    };
    std::thread::Builder::new().name("browser".into()).spawn(work)?;
    started.recv().unwrap_or_else(|_| Err(std::io::Error::other("the browser's thread ended")))
}

/// Reads what it says on a thread; answers what fires when all of it was read.
fn collect(mut from: std::io::PipeReader, words: Arc<Mutex<Vec<u8>>>) -> CancellationToken {
    let heard = CancellationToken::new();
    let all = heard.clone().drop_guard();
    let work = move || {
        let _all = all;
        let mut chunk = [0; 1_024];
        while let Ok(count @ 1..) = from.read(&mut chunk) {
            let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
            words.extend_from_slice(&chunk[..count]);
            let surplus = words.len().saturating_sub(LAST_WORDS);
            words.drain(..surplus);
        }
    };
    // Without it, it says less when it fails.
    let _ = std::thread::Builder::new().name("browser-words".into()).spawn(work);
    heard
}

/// A new folder for its user alone; removed with what is in it when this is dropped. It is locked while it is used, and the
/// lock ends with the server, however that ends: the number of its process may be the next one's, too.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes one in this folder. Those of servers that are gone are removed.
    fn make(temporary: &Path, who: Who) -> std::io::Result<Self> {
        remove_old(temporary);
        let folder = loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = temporary.join(format!("{FOLDER}{}-{number}", std::process::id()));
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {
                    // Whoever has removed it before it was locked may have it.
                    if let Some(_lock) = lock(&path) {
                        break Self { path, _lock };
                    }
                }
                // Somebody else's, who may have guessed the name: never used.
                Err(error)
                    if error.kind() == std::io::ErrorKind::AlreadyExists && number < MOST_NAMES => {
                }
                Err(error) => return Err(error),
            }
        };
        if let Who::Other(uid) = who {
            chown(&folder.path, Some(uid), Some(uid))?;
        }
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Locks a folder that is there and that nobody uses.
fn lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    file.try_lock().ok()?;
    folder.is_dir().then_some(file)
}

fn remove_old(temporary: &Path) {
    let Ok(entries) = std::fs::read_dir(temporary) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let server = name.to_str().and_then(|name| name.strip_prefix(FOLDER)?.split('-').next());
        if server.is_some_and(|server| server.parse::<u32>().is_ok())
            && entry.file_type().is_ok_and(|kind| kind.is_dir())
            && let Some(_lock) = lock(&entry.path())
        {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_servers_that_are_gone_are_removed() {
        let temporary = tempfile::tempdir().unwrap();
        let who = Who::Same { uid: 0, gid: 0 };
        let used = Folder::make(temporary.path(), who).unwrap();
        // What a server leaves that is killed, in a container where the next one has the same number.
        let old = temporary.path().join(format!("{FOLDER}{}-999999", std::process::id()));
        let other = temporary.path().join(format!("{FOLDER}notes"));
        std::fs::create_dir_all(old.join("profile")).unwrap();
        std::fs::create_dir(&other).unwrap();
        let next = Folder::make(temporary.path(), who).unwrap();
        assert!(!old.exists());
        assert!(used.path.is_dir() && next.path.is_dir() && other.is_dir());
        let path = used.path.clone();
        drop(used);
        assert!(!path.exists());
    }
}
