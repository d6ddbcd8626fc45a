use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qv_browser::{Browser, BrowserConfig, BrowserError, Program};

use crate::support::{Counting, browser, page, seen, with};

/// Processes of Chromium that this one has started: their home is in a folder that bears its number.
fn alive() -> usize {
    let mark = format!("quickvibe-browser-{}-", std::process::id());
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = all.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(&mark)).count()
}

async fn soon(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn it_ends_when_nobody_uses_it_and_starts_again() {
    let Some(browser) = with(|config| config.idle = Duration::from_millis(700)) else { return };
    seen(&browser, page("<p>x</p>")).await;
    assert!(alive() > 0);
    soon("it ends", || alive() == 0).await;
    assert!(seen(&browser, page("<p>x</p>")).await.painted);
    browser.close().await;
    assert_eq!(alive(), 0);
    let folders = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten();
    let mark = format!("quickvibe-browser-{}-", std::process::id());
    soon("its folder is removed", || {
        !std::fs::read_dir(std::env::temp_dir())
            .unwrap()
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with(&mark))
    })
    .await;
    drop(folders);
}

#[tokio::test]
async fn it_is_nobody_of_the_host_and_has_nothing_of_the_servers() {
    let Some(browser) = browser() else { return };
    seen(&browser, page("<p>x</p>")).await;
    let mark = format!("quickvibe-browser-{}-", std::process::id());
    let mut looked = 0;
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if !String::from_utf8_lossy(&line).contains(&mark) {
            continue;
        }
        looked += 1;
        let status = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
        let uid = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap_or_default();
        assert!(!uid.split_whitespace().any(|uid| uid == "0"), "{uid}");
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&environment).contains("CARGO"), "it has our environment");
        assert!(!line.split(|byte| *byte == 0).any(|word| word == b"--no-sandbox"));
    }
    assert!(looked > 2, "{looked}");
}

#[tokio::test]
async fn one_that_is_killed_is_replaced() {
    let Some(browser) = browser() else { return };
    seen(&browser, page("<p>x</p>")).await;
    let mark = format!("quickvibe-browser-{}-", std::process::id());
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(&mark) {
            let id = entry.file_name().to_string_lossy().into_owned();
            std::process::Command::new("kill").args(["-9", &id]).status().unwrap();
        }
    }
    assert!(seen(&browser, page("<p>x</p>")).await.painted);
}

#[tokio::test]
async fn many_at_once_take_their_turn_and_too_many_are_refused() {
    let Some(browser) = with(|config| config.most_waiting = 8) else { return };
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let browser = browser.clone();
        all.spawn(async move { browser.visit(page("<p>x</p>")).await });
    }
    while let Some(one) = all.join_next().await {
        assert!(one.unwrap().unwrap().painted);
    }
    let Some(small) = with(|config| config.most_waiting = 0) else { return };
    assert_eq!(small.visit(page("<p>x</p>")).await.unwrap_err(), BrowserError::Busy);
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let settings = |config: &mut BrowserConfig| {
        config.pages_at_once = 1;
        config.longest_wait = Duration::from_millis(500);
    };
    let Some(browser) = with(settings) else { return };
    seen(&browser, page("<p>warm</p>")).await;
    let stuck = page("<p>x</p><script>while (true) {}</script>");
    let long = tokio::spawn({
        let browser = browser.clone();
        async move { browser.visit(stuck).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    assert_eq!(browser.visit(page("<p>x</p>")).await.unwrap_err(), BrowserError::Busy);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(long.await.unwrap().unwrap().trouble.is_some());
    assert!(seen(&browser, page("<p>x</p>")).await.painted);
}

#[tokio::test]
async fn one_that_does_not_work_says_so() {
    let config = |program| BrowserConfig { program, ..BrowserConfig::default() };
    let off = Browser::new(config(Program::Off), Arc::new(Counting::default()));
    assert!(off.standing().unwrap_err().contains("turned off"));
    let lost = Browser::new(
        config(Program::At("/nowhere/chromium".into())),
        Arc::new(Counting::default()),
    );
    assert!(lost.standing().unwrap_err().contains("/nowhere/chromium"));
    let folder = tempfile::tempdir().unwrap();
    let script = |name: &str, text: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let refuses = script("a", "#!/bin/sh\necho 'FATAL: No usable sandbox!' >&2\nexit 1\n");
    let browser = Browser::new(config(Program::At(refuses)), Arc::new(Counting::default()));
    assert_eq!(browser.standing(), Ok(()));
    let error = browser.visit(page("<p>x</p>")).await.unwrap_err().to_string();
    assert!(error.contains("own sandbox does not work here"), "{error}");
    assert_eq!(browser.standing().unwrap_err(), error);
    if !Path::new("/usr/bin/chromium").is_file() {
        return;
    }
    let bare = script("b", "#!/bin/sh\nexec /usr/bin/chromium --no-sandbox \"$@\"\n");
    let error = Browser::new(config(Program::At(bare)), Arc::new(Counting::default()))
        .version()
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("without its own sandbox"), "{error}");
}
