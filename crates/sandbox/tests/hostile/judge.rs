//! Looks from the host at what an attempt does.

use std::time::Duration;

use qv_sandbox::{Command, ExecEvent, Execution, Exit, FileWrite};
use tokio::time::{sleep, timeout};

use crate::engine::{Host, LIMITS, command, path, verdict};
use crate::probe::{self, Attempt, Kind};
use crate::stage::WORD;

/// How long the host may need for a file that somebody tampers with.
const FILE_TIME: Duration = Duration::from_secs(5);
/// How long it may take until nothing of a command is left.
const GONE_TIME: Duration = Duration::from_secs(8);

pub(crate) async fn judge(host: &mut Host, attempt: &Attempt) -> Result<String, String> {
    let name = attempt.name.as_str();
    match name {
        "race-file-with-link" | "race-folder-with-link" => race(host, name).await,
        "egress-many-connections" => others_are_served(host, name).await,
        "output-nobody-reads" => held_back(host, name).await,
        "bomb-output" => bounded(host, name).await,
        "bomb-inodes" => measured(host, name).await,
        _ if name.starts_with("bomb-disk-") => measured(host, name).await,
        "bomb-terminals" => terminals_are_left(host, name).await,
        "hard-link-to-template" | "poison-template" => template(host, name).await,
        _ if name.starts_with("plant-") => planted(host, name).await,
        _ if attempt.kind == Kind::Stays => left(host, name).await,
        _ => {
            let may_die = attempt.kind == Kind::Bomb || name == "kill-everything";
            plain(host, name, may_die).await
        }
    }
}

async fn plain(host: &Host, name: &str, may_die: bool) -> Result<String, String> {
    let execution = host.start_attempt(name, Duration::from_secs(60)).await?;
    finish(execution, may_die).await
}

async fn finish(execution: Execution, may_die: bool) -> Result<String, String> {
    let ended = timeout(Duration::from_secs(90), execution.collect()).await;
    let (out, err, exit) = ended.map_err(|_| "it never ended")?;
    verdict(probe::told(&out), exit, may_die).map_err(|why| {
        let err = String::from_utf8_lossy(&err[..err.len().min(500)]).into_owned();
        if err.is_empty() { why } else { format!("{why}; {err}") }
    })
}

/// Reads, writes and lists where something was planted: each comes to an end, and nothing of the host's is touched.
async fn planted(host: &mut Host, name: &str) -> Result<String, String> {
    // Where a disk is only watched, folders that are too deep end the sandbox: nobody could look into them.
    let said = plain(host, name, name == "plant-deep-folders").await?;
    let mut seen = Vec::new();
    for file in [
        "planted.txt",
        "planted-dots.txt",
        "planted-magic.txt",
        "planted-chain-a",
        "planted-pipe",
        "planted-socket",
        "planted-loop",
        "planted-huge",
        "planted-folder/mail",
    ] {
        let at = path(file);
        let read = host.engine.read_file(host.sandbox, &at, 1_000_000);
        match timeout(FILE_TIME, read).await {
            Err(_) => return Err(format!("reading {file} does not end")),
            Ok(Ok(bytes)) if !bytes.is_empty() => {
                return Err(format!(
                    "reading {file} gives {:?}",
                    String::from_utf8_lossy(&bytes[..bytes.len().min(80)])
                ));
            }
            Ok(other) => seen.push(format!(
                "{file} {}",
                other.map_or_else(|error| error.to_string(), |_| "empty".into())
            )),
        }
    }
    for folder in ["planted-folder", "planted-chain-a", "planted-loop", "planted-pipe"] {
        let folder_path = path(folder);
        let list = host.engine.list(host.sandbox, Some(&folder_path));
        if let Ok(entries) =
            timeout(FILE_TIME, list).await.map_err(|_| format!("listing {folder} does not end"))?
        {
            return Err(format!("listing {folder} gives {entries:?}"));
        }
    }
    // Through a link nothing is written; over one something may be.
    let within = [
        "planted-folder/written.txt",
        "planted-chain-a/written.txt",
        "planted-loop/x",
        "planted-pipe/x",
    ];
    let over =
        ["planted.txt", "planted-magic.txt", "planted-dots.txt", "planted-pipe", "planted-socket"];
    for file in within.into_iter().chain(over) {
        let write = FileWrite { path: path(file), content: Some(b"by the host".as_slice().into()) };
        let written = host.engine.write_files(host.sandbox, vec![write]);
        let _ = timeout(FILE_TIME, written)
            .await
            .map_err(|_| format!("writing {file} does not end"))?;
    }
    host.stage.touched()?;
    let usage = host.engine.usage(host.sandbox);
    timeout(FILE_TIME, usage)
        .await
        .map_err(|_| "asking for usage does not end")?
        .map_err(|error| error.to_string())?;
    host.renew().await?;
    Ok(format!("{said}; {}", seen.join(", ")))
}

/// Writes and reads for as long as the attempt swaps.
async fn race(host: &Host, name: &str) -> Result<String, String> {
    let mut execution = host.start_attempt(name, Duration::from_secs(30)).await?;
    let file = path(if name == "race-file-with-link" { "raced.txt" } else { "raced/inner.txt" });
    let (mut written, mut refused, mut read) = (0_u32, 0_u32, 0_u32);
    let mut output = Vec::new();
    let exit = loop {
        while let Ok(event) = execution.events.try_recv() {
            match event {
                ExecEvent::Output(_, bytes) => output.extend_from_slice(&bytes),
                ExecEvent::Ended(exit) => {
                    let said = verdict(probe::told(&output), exit, false)?;
                    if written + refused < 20 {
                        return Err(format!("only {} writes raced", written + refused));
                    }
                    return Ok(format!(
                        "{said}; {written} writes, {read} reads, {refused} refused"
                    ));
                }
            }
        }
        if execution.events.is_closed() && execution.events.is_empty() {
            break Exit::SandboxGone;
        }
        let write =
            FileWrite { path: file.clone(), content: Some(b"by the host".as_slice().into()) };
        let result = timeout(FILE_TIME, host.engine.write_files(host.sandbox, vec![write])).await;
        match result.map_err(|_| "a write does not end")? {
            Ok(()) => written += 1,
            Err(_) => refused += 1,
        }
        let result = timeout(FILE_TIME, host.engine.read_file(host.sandbox, &file, 10_000)).await;
        match result.map_err(|_| "a read does not end")? {
            Ok(bytes) if bytes.windows(WORD.len()).any(|part| part == WORD.as_bytes()) => {
                return Err("the host's secret was read through a link".into());
            }
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
        host.stage.touched()?;
    };
    Err(format!("it ended without a word: {exit:?}"))
}

/// While one sandbox holds all connections that it gets, the other's requests are answered.
async fn others_are_served(host: &Host, name: &str) -> Result<String, String> {
    let execution = host.start_attempt(name, Duration::from_secs(30)).await?;
    sleep(Duration::from_millis(1500)).await;
    let env = host.env();
    let asked =
        host.engine.exec(host.other, command("egress-other-name-in-tunnel", "other", env)).await;
    let (out, _, exit) =
        timeout(Duration::from_secs(10), asked.map_err(|error| error.to_string())?.collect())
            .await
            .map_err(|_| "the other sandbox is not served")?;
    let answer = verdict(probe::told(&out), exit, false)?;
    if !answer.contains("the mirror") {
        return Err(format!("the other sandbox is not served: {answer}"));
    }
    finish(execution, false).await
}

/// Whoever does not read holds the program back.
async fn held_back(host: &Host, name: &str) -> Result<String, String> {
    let execution = host.start_attempt(name, Duration::from_secs(30)).await?;
    sleep(Duration::from_secs(2)).await;
    let count = host.engine.read_file(host.sandbox, &path("unread-count"), 100).await;
    let count = count.map_err(|error| error.to_string())?;
    let count: u64 = String::from_utf8_lossy(&count).trim().parse().unwrap_or(0);
    drop(execution);
    if count > 8 << 20 {
        Err(format!("{count} bytes were taken"))
    } else {
        Ok(format!("held back after {count} bytes"))
    }
}

/// Output beyond the limit costs no memory, and does not keep the command for ever.
async fn bounded(host: &Host, name: &str) -> Result<String, String> {
    let before = resident();
    let execution = host.start_attempt(name, Duration::from_secs(60)).await?;
    // What it says at its end is beyond the limit, too.
    let ended = timeout(Duration::from_secs(90), execution.collect()).await;
    let (out, _, exit) = ended.map_err(|_| "it never ended")?;
    let said = format!("{} bytes were handed on, {exit:?}", out.len());
    if out.len() > 1_100_000 {
        return Err(said);
    }
    let more = resident().saturating_sub(before);
    if more > 100 << 20 { Err(format!("{} MB more are used", more >> 20)) } else { Ok(said) }
}

/// How far beyond its disk a sandbox may come before it is stopped, where its disk is only watched: what a fast disk
/// takes in a second.
const OVERSHOOT: u64 = 1 << 30;

/// Looks at the host's disk meanwhile.
async fn measured(host: &Host, name: &str) -> Result<String, String> {
    let before = host.free();
    let mut most = 0;
    let mut judging = std::pin::pin!(plain(host, name, true));
    let said = loop {
        tokio::select! {
            said = &mut judging => break said,
            () = sleep(Duration::from_millis(20)) => most = most.max(before.saturating_sub(host.free())),
        }
    };
    // Others write to this disk, too: what a sandbox must not do is more.
    if most > LIMITS.disk_bytes + OVERSHOOT {
        return Err(format!("{} MB of the host's disk were taken", most >> 20));
    }
    said.map(|said| format!("{said}; {} MB of the host's disk", most >> 20))
}

fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

async fn terminals_are_left(host: &Host, name: &str) -> Result<String, String> {
    let execution = host.start_attempt(name, Duration::from_secs(30)).await?;
    sleep(Duration::from_millis(1800)).await;
    let opened = std::fs::OpenOptions::new().read(true).write(true).open("/dev/ptmx").map(drop);
    let said = finish(execution, true).await;
    opened.map_err(|error| format!("the host gets no terminal any more: {error}"))?;
    said
}

/// Another sandbox of the same template finds it as it was.
async fn template(host: &mut Host, name: &str) -> Result<String, String> {
    let said = plain(host, name, false).await?;
    let file = "node_modules/template-package/index.js";
    let read = Command::new(["cat", file, "node_modules/second-package/index.js"]);
    let (out, err, _) = host
        .engine
        .exec(host.other, read)
        .await
        .map_err(|error| error.to_string())?
        .collect()
        .await;
    if out != format!("{WORD}{WORD}").as_bytes() {
        return Err(format!("{} {}", String::from_utf8_lossy(&out), String::from_utf8_lossy(&err)));
    }
    host.renew().await?;
    let read = Command::new(["cat", file]);
    let (out, ..) = host
        .engine
        .exec(host.sandbox, read)
        .await
        .map_err(|error| error.to_string())?
        .collect()
        .await;
    if out == WORD.as_bytes() {
        Ok(said)
    } else {
        Err("a new sandbox does not find the template".into())
    }
}

/// What should go, goes: with its command, and in any case with its sandbox.
async fn left(host: &mut Host, name: &str) -> Result<String, String> {
    let mut execution = host.start_attempt(name, Duration::from_secs(60)).await?;
    let said = if name == "stay-ignoring-sigterm" {
        let first = timeout(Duration::from_secs(10), execution.events.recv()).await;
        first.map_err(|_| "it does not begin")?;
        execution.input.end().await.map_err(|error| error.to_string())?;
        let ended = timeout(GONE_TIME, execution.collect()).await.map_err(|_| "it does not end")?;
        format!("{:?}", ended.2)
    } else {
        let ended = timeout(GONE_TIME, execution.collect()).await;
        let (out, _, exit) =
            ended.map_err(|_| "its end is not told while something holds its output")?;
        verdict(probe::told(&out), exit, false)?
    };
    none_is_left(host, "after its command has ended").await?;
    // Once more, and the sandbox is stopped under it.
    let execution = host.start_attempt(name, Duration::from_secs(60)).await?;
    sleep(Duration::from_millis(300)).await;
    host.engine.stop(host.sandbox).await.map_err(|error| error.to_string())?;
    none_is_left(host, "after its sandbox was stopped").await?;
    drop(execution);
    host.engine.resume(host.sandbox).await.map_err(|error| error.to_string())?;
    Ok(said)
}

async fn none_is_left(host: &Host, when: &str) -> Result<(), String> {
    let mut left = Vec::new();
    for _ in 0..40 {
        left = host.stage.marked();
        if left.is_empty() {
            return Ok(());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Err(format!("processes {left:?} are left {when}"))
}
