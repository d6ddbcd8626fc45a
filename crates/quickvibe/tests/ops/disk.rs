//! The disk is full, or fails: what was promised is kept, and the server stops rather than promise more.
//!
//! A full disk is a small tmpfs in a mount namespace, a failing one is `strace` that answers EIO to `fsync`. Where
//! neither can be had these tests fail and say so: passed over they would prove nothing.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use qv_testkit::app::Client;
use tempfile::TempDir;

use crate::process::{Server, binary, program, quickvibe, said, soon};
use crate::writers::{Promised, Refusal, project};

/// How soon the server must be gone once the disk has failed.
const AT_ONCE: Duration = Duration::from_secs(5);
/// How a service manager is told that starting again does not help.
const DISK_FAILED: i32 = 74;

/// Fails unless this program can be run on this machine.
async fn require(command: tokio::process::Command, remedy: &str) {
    let mut command = command;
    let output = soon("a look at this machine", command.output()).await;
    match output {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("this machine does not allow it ({}): {remedy}", said(&output)),
        Err(error) => panic!("{error}: {remedy}"),
    }
}

/// `unshare` with mounts and processes of its own, as root or as a user who becomes root in there.
fn apart(folder: &Path) -> tokio::process::Command {
    use std::os::unix::fs::MetadataExt as _;
    let mut command = program("unshare", folder);
    command.args([
        "--mount",
        "--propagation",
        "private",
        "--pid",
        "--mount-proc",
        "--fork",
        "--kill-child",
    ]);
    if std::fs::metadata(folder).unwrap().uid() != 0 {
        command.args(["--user", "--map-root-user"]);
    }
    command
}

/// Serves from a disk of so many bytes, and keeps what is on it when the server has ended. A second server on the same
/// disk then says why it does not start.
const SMALL_DISK: &str = r#"
set -e
mount -t tmpfs -o "size=$1" none "$2"
code=0
"$3" serve --data "$2" || code=$?
mkdir "$2-kept"
cp -a "$2/." "$2-kept/"
second=0
timeout 20 "$3" serve --data "$2" > second.log 2>&1 || second=$?
echo "$second" >> second.log
exit "$code"
"#;

async fn small_disk(folder: &Path, bytes: u32) -> Server {
    let mut look = apart(folder);
    look.args(["mount", "-t", "tmpfs", "none", "/mnt"]);
    require(look, "the tests of full disks need a mount namespace: be root, or allow users theirs")
        .await;
    let data = folder.join("data");
    std::fs::create_dir(&data).unwrap();
    let mut command = apart(folder);
    command.args(["sh", "-c", SMALL_DISK, "sh", &bytes.to_string()]).arg(data).arg(binary());
    Server::run(command, folder).await
}

/// The server ends by itself, in time, and says once what the matter is.
async fn ends(server: Server, words: &[&str]) {
    let begin = Instant::now();
    let (status, log) = server.end(Duration::from_secs(30)).await;
    assert_eq!(status.code(), Some(DISK_FAILED), "{log}");
    let told: Vec<&str> = log.lines().filter(|line| line.starts_with("quickvibe: ")).collect();
    assert_eq!(told.len(), 1, "{log}");
    for words in words {
        assert!(told[0].contains(words), "{words}: {}", told[0]);
    }
    assert!(!log.contains("panicked"), "{log}");
    assert!(begin.elapsed() < AT_ONCE, "{:?}: {log}", begin.elapsed());
}

/// It was the server that refused, in the way that clients understand.
fn is_refused(refusal: &Refusal) {
    let Refusal::Answer(status, kind, problem) = refusal else {
        panic!("the failing request was not answered: {refusal:?}");
    };
    assert_eq!((*status, kind.as_str()), (503, "application/problem+json"), "{problem}");
    assert_eq!(problem["code"], "unavailable", "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("was not saved"), "{problem}");
}

/// Refused, or nobody there any more: the disk failed between two requests.
fn is_refused_or_gone(refusal: &Refusal) {
    if let Refusal::Answer(..) = refusal {
        is_refused(refusal);
    }
}

async fn everything_promised_is_there(
    folder: &Path,
    data: &str,
    owner: &Client,
    project: &str,
    promised: &Promised,
) {
    let server = Server::run(quickvibe(folder, &["serve", "--data", data]), folder).await;
    promised.check(&owner.clone().to_address(server.address), project).await;
    server.signal("TERM");
    let (status, log) = server.end(Duration::from_secs(10)).await;
    assert_eq!(status.code(), Some(0), "{log}");
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_stops_the_server() {
    let folder = TempDir::new().unwrap();
    // Too small for a log that is worth folding: it fills up while a save is committed.
    let server = small_disk(folder.path(), 3_000_000).await;
    let owner = server.owner().await;
    let (project, _) = project(&owner).await;
    let promised = Promised::default();
    let refusal = promised.fill(&owner, &project, "a", 60_000).await;
    is_refused(&refusal);
    let data = folder.path().join("data").display().to_string();
    ends(server, &[&data, "is on a disk that is full", "Free space there, then start again"]).await;

    let second = std::fs::read_to_string(folder.path().join("second.log")).unwrap();
    assert!(second.trim_end().ends_with('1'), "{second}");
    assert!(second.contains("is on a disk that is full") && second.contains(&data), "{second}");
    everything_promised_is_there(folder.path(), "data-kept", &owner, &project, &promised).await;
}

#[tokio::test]
async fn a_disk_that_fills_up_behind_everybody_loses_nothing() {
    let folder = TempDir::new().unwrap();
    // Room for the log: it is the file that no longer grows, in the background.
    let server = small_disk(folder.path(), 9_000_000).await;
    let owner = server.owner().await;
    let (project, _) = project(&owner).await;
    let promised = Promised::default();
    let (first, second) = tokio::join!(
        promised.fill(&owner, &project, "a", 60_000),
        promised.fill(&owner, &project, "b", 60_000)
    );
    is_refused_or_gone(&first);
    is_refused_or_gone(&second);
    ends(server, &["is on a disk that is full"]).await;
    everything_promised_is_there(folder.path(), "data-kept", &owner, &project, &promised).await;
}

/// A server whose every `fsync` of one file fails from the `first` on, on data that is there already.
async fn failing_sync(folder: &Path, file: &str, first: u32) -> Server {
    let mut look = apart(folder);
    look.args(["strace", "-f", "-o", "strace.log", "true"]);
    require(
        look,
        "the tests of failing disks need `strace` and the right to trace: install it, be root",
    )
    .await;
    let mut command = apart(folder);
    command.args(["strace", "-f", "--quiet=all", "-o", "strace.log"]);
    let file: PathBuf = folder.join("data").join(file);
    let inject = format!("inject=fsync,fdatasync:error=EIO:when={first}+");
    command.arg("-P").arg(file).args(["-e", "trace=fsync,fdatasync", "-e", &inject]);
    command.arg(binary()).args(["serve", "--data", "data"]);
    Server::run(command, folder).await
}

/// Data with a project, from a server that has stopped.
async fn prepared(folder: &Path) -> (Client, String) {
    let server = Server::start(folder).await;
    let owner = server.owner().await;
    let (project, _) = project(&owner).await;
    server.signal("TERM");
    server.end(Duration::from_secs(10)).await;
    (owner, project)
}

async fn a_failing_sync(file: &str, first: u32, check: fn(&Refusal)) {
    let folder = TempDir::new().unwrap();
    let (owner, project) = prepared(folder.path()).await;
    let server = failing_sync(folder.path(), file, first).await;
    let client = owner.clone().to_address(server.address);
    let promised = Promised::default();
    let refusal = promised.fill(&client, &project, "a", 60_000).await;
    check(&refusal);
    assert!(promised.count() >= 3, "too early: {}", promised.count());
    let data = folder.path().join("data").display().to_string();
    ends(server, &[&data, "is on a disk that fails", "disk I/O error", "dmesg"]).await;
    let syncs = std::fs::read_to_string(folder.path().join("strace.log")).unwrap();
    assert!(syncs.contains("(INJECTED)"), "{syncs}");
    // Closed in good order it would be gone, and with it what the file never got.
    assert!(folder.path().join("data/quickvibe.db-wal").metadata().unwrap().len() > 0);
    everything_promised_is_there(folder.path(), "data", &owner, &project, &promised).await;
}

#[tokio::test]
async fn a_log_that_the_disk_does_not_take_stops_the_server() {
    a_failing_sync("quickvibe.db-wal", 20, is_refused).await;
}

#[tokio::test]
async fn a_file_that_the_disk_does_not_take_stops_the_server() {
    a_failing_sync("quickvibe.db", 2, is_refused_or_gone).await;
}
