//! The real binary as a process of its own, killed and started again on the same data.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

pub use rustix::process::Signal;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{Fault, Result};
use crate::raw::RawAnswer;

/// How long a start may take, by far.
const START: Duration = Duration::from_secs(60);
/// How long a stop in good order may take.
const STOP: Duration = Duration::from_secs(30);

/// How the binary is started.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The binary.
    pub binary: PathBuf,
    /// `sqlite` or an address.
    pub database_url: String,
    /// Settings as environment variables, beside what every bench sets.
    pub env: Vec<(String, String)>,
}

/// A server in a data folder of its own, which goes with it.
#[derive(Debug)]
pub struct Program {
    setup: Setup,
    folder: TempDir,
    port: u16,
    /// The one-time token of the owner's link, from the first start.
    pub setup_token: String,
    child: Child,
}

/// What Linux knows of a process.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Processor time, its own and the kernel's for it.
    pub cpu: Duration,
    /// Memory in use, in bytes.
    pub memory: u64,
    /// The most memory that was in use.
    pub most_memory: u64,
    /// Open file descriptors.
    pub files: usize,
}

impl Program {
    /// Starts it on a fresh folder and a free port.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start(setup: Setup) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(Fault::io("a temporary folder"))?;
        let mut child = spawn(&setup, folder.path(), 0)?;
        let out = child.stdout.take().ok_or_else(|| Fault::Server("no output".to_owned()))?;
        let mut lines = BufReader::new(out).lines();
        let opened = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(link) = line.trim().strip_prefix("Open  http://localhost:") {
                    return Some(link.to_owned());
                }
            }
            None
        };
        let link = tokio::time::timeout(START, opened).await.ok().flatten();
        let link = link.ok_or_else(|| {
            Fault::Server(format!("the server did not start: {}", log_tail(folder.path())))
        })?;
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (port, token) = link.split_once("/setup#token=").unwrap_or((&link, ""));
        let port = port.trim_end_matches('/').parse().unwrap_or(0);
        Ok(Self { setup, folder, port, setup_token: token.to_owned(), child })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Its process id, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Kills it by SIGKILL.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.map_err(Fault::io("killing the server"))
    }

    /// Starts it again on the same data and port. It may not answer yet.
    ///
    /// # Errors
    /// When there is no process to be had.
    pub fn start_again(&mut self) -> Result<()> {
        let mut child = spawn(&self.setup, self.folder.path(), self.port)?;
        if let Some(out) = child.stdout.take() {
            let mut lines = BufReader::new(out).lines();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        }
        self.child = child;
        Ok(())
    }

    /// Waits until it says that it is ready.
    ///
    /// # Errors
    /// When there is none in a minute, or it ended.
    pub async fn ready(&mut self) -> Result<()> {
        let until = tokio::time::Instant::now() + START;
        let headers = [format!("host: localhost:{}", self.port), "connection: close".to_owned()];
        loop {
            let asked = RawAnswer::get(self.address(), "/health/ready", &headers);
            let asked = tokio::time::timeout(Duration::from_secs(2), asked).await;
            if matches!(asked, Ok(Ok(answer)) if (200..300).contains(&answer.status)) {
                return Ok(());
            }
            let ended = self.child.try_wait().map_err(Fault::io("asking after the server"))?;
            if ended.is_some() || tokio::time::Instant::now() > until {
                return Err(Fault::Server(format!(
                    "the server did not start again: {}",
                    log_tail(self.folder.path())
                )));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Sends a signal, by its name without SIG.
    ///
    /// # Errors
    /// When it does not run.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self.pid().and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.and_then(rustix::process::Pid::from_raw);
        let pid = pid.ok_or_else(|| Fault::Server("the server does not run".to_owned()))?;
        rustix::process::kill_process(pid, signal)
            .map_err(|error| Fault::io("signalling the server")(error.into()))
    }

    /// Stops it in good order.
    ///
    /// # Errors
    /// When it does not stop in time.
    pub async fn stop(&mut self) -> Result<()> {
        self.signal(Signal::TERM)?;
        match tokio::time::timeout(STOP, self.child.wait()).await {
            Ok(ended) => ended.map(drop).map_err(Fault::io("waiting for the server's end")),
            Err(_) => Err(Fault::Server(format!("the server did not stop within {STOP:?}"))),
        }
    }

    /// What it uses now.
    ///
    /// # Errors
    /// When it does not run.
    pub fn usage(&self) -> Result<Usage> {
        let pid = self.pid().ok_or_else(|| Fault::Server("the server does not run".to_owned()))?;
        usage_of(pid)
    }

    /// The lines of its log that tell of errors and panics.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        let log = std::fs::read_to_string(log_path(self.folder.path())).unwrap_or_default();
        let told = |line: &&str| line.contains("ERROR") || line.contains("panicked");
        log.lines().filter(told).map(str::to_owned).collect()
    }

    /// Everything that it logged.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(log_path(self.folder.path())).unwrap_or_default()
    }
}

/// What a process uses now.
///
/// # Errors
/// When there is no such process.
pub fn usage_of(pid: u32) -> Result<Usage> {
    let read = |name: &str| {
        let path = format!("/proc/{pid}/{name}");
        std::fs::read_to_string(&path).map_err(Fault::io(path))
    };
    let stat = read("stat")?;
    // Fields after the name, which may hold anything: utime and stime are the 12th and 13th of them.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    let status = read("status")?;
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        number.unwrap_or(0) * 1024
    };
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
    Ok(Usage {
        cpu: Duration::from_millis((ticks(12) + ticks(13)) * 1000 / per_second),
        memory: kilobytes("VmRSS:"),
        most_memory: kilobytes("VmHWM:"),
        files,
    })
}

fn spawn(setup: &Setup, folder: &Path, port: u16) -> Result<Child> {
    let log = std::fs::File::options().create(true).append(true).open(log_path(folder));
    let log = log.map_err(Fault::io("the server's log"))?;
    let mut command = Command::new(&setup.binary);
    command
        .args(["serve", "--host", "127.0.0.1", "--port", &port.to_string(), "--data"])
        .arg(folder.join("data"))
        .current_dir(folder)
        // Nothing of this machine's settings and keys.
        .env_clear()
        .env("HOME", folder)
        .env("QUICKVIBE_OFFLINE", "true")
        .env("QUICKVIBE_LOG", "warn")
        // One user asks for what thousands would.
        .env("QUICKVIBE_CHANGES_PER_MINUTE", "1000000")
        .env("QUICKVIBE_TURNS_PER_MINUTE", "1000000")
        .env("QUICKVIBE_DATABASE_URL", &setup.database_url)
        .envs(setup.env.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true);
    command.spawn().map_err(Fault::io(format!("starting {}", setup.binary.display())))
}

fn log_path(folder: &Path) -> PathBuf {
    folder.join("server.log")
}

fn log_tail(folder: &Path) -> String {
    let log = std::fs::read_to_string(log_path(folder)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}
