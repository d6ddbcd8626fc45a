//! `quickvibe serve` as a process of its own.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use qv_testkit::app::Client;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// How long a test waits for something that should happen at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// The binary.
pub(crate) fn binary() -> PathBuf {
    assert_cmd::cargo::cargo_bin("quickvibe")
}

/// Any program, seeing nothing of this machine's settings and keys.
pub(crate) fn program(name: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(name);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("QUICKVIBE_OFFLINE", "true")
        // Tests that look at apps say so: the others have no time for it.
        .env("QUICKVIBE_CHROMIUM", "off")
        .env("QUICKVIBE_PORT", "0")
        // Writers that never rest are what some of these tests are about.
        .env("QUICKVIBE_CHANGES_PER_MINUTE", "1000000")
        .env("QUICKVIBE_TURNS_PER_MINUTE", "1000000")
        .current_dir(folder)
        .kill_on_drop(true);
    command
}

/// The binary with these arguments, in `folder`.
pub(crate) fn quickvibe(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = program(binary(), folder);
    command.args(arguments);
    command
}

/// Runs a command to its end.
pub(crate) async fn run(mut command: Command) -> Output {
    soon("a command's end", command.output()).await.unwrap()
}

/// Standard error and standard output of an ended command.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

/// A server that runs, with its data in `data` under the test's folder. Killed when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    /// What the link to sign in by bears; empty once the owner has a password.
    token: String,
    log: PathBuf,
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Server {
    pub(crate) async fn start(folder: &Path) -> Self {
        Self::run(quickvibe(folder, &["serve", "--data", "data"]), folder).await
    }

    /// Runs a command that ends up as a server, and waits until it is ready.
    pub(crate) async fn run(mut command: Command, folder: &Path) -> Self {
        let log = folder.join(format!("log-{}", std::fs::read_dir(folder).unwrap().count()));
        command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = soon("the server's start", stdout.next_line()).await.unwrap();
            let Some(line) = line else {
                panic!("it did not start: {}", std::fs::read_to_string(&log).unwrap());
            };
            if let Some(url) = line.trim().strip_prefix("Open  ") {
                break url.to_owned();
            }
        };
        let port = url.split(['/', ':']).find_map(|part| part.parse().ok()).expect("a port");
        let token = url.split_once("token=").map(|(_, token)| token.to_owned());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self { address, child, token: token.unwrap_or_default(), log, _stdout: stdout }
    }

    /// The owner, signed in by the printed link.
    pub(crate) async fn owner(&self) -> Client {
        let anyone = Client::new(self.address);
        let answer = anyone.post("/api/auth/setup", json!({ "token": self.token })).await;
        anyone.signed_in_by(&answer.expect(200))
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// What it has written to its log so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Sends a signal by its name, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = std::process::Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(sent.unwrap().success(), "kill -{name} {id}");
    }

    /// Waits until it has ended by itself, at most so long.
    pub(crate) async fn end(mut self, most: Duration) -> (ExitStatus, String) {
        let ended = tokio::time::timeout(most, self.child.wait()).await;
        let log = std::fs::read_to_string(&self.log).unwrap();
        let status = ended.unwrap_or_else(|_| panic!("it did not end within {most:?}: {log}"));
        (status.unwrap(), log)
    }
}

/// Waits for what should happen at once.
pub(crate) async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(PATIENCE, work).await;
    done.unwrap_or_else(|_| panic!("waited {PATIENCE:?} for {what}"))
}
