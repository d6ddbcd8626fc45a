//! The browser that apps are looked at with ends with the server, however that ends.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use qv_testkit::bench::http::{Method, Owner};
use qv_testkit::bench::program::{Program, Setup};
use serde_json::json;

/// Processes of the browser that this server has started: their home bears its number.
fn browsers_of(server: u32) -> usize {
    let mark = format!("quickvibe-browser-{server}-");
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = all.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(&mark)).count()
}

async fn none_soon(server: u32) {
    let until = Instant::now() + Duration::from_secs(10);
    while browsers_of(server) > 0 {
        assert!(Instant::now() < until, "{} processes stay", browsers_of(server));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_leaves_no_browser() {
    let chromium = std::env::var("QUICKVIBE_CHROMIUM").unwrap_or("/usr/bin/chromium".to_owned());
    if !PathBuf::from(&chromium).is_file() {
        eprintln!("skipped: there is no Chromium at {chromium}");
        return;
    }
    let setup = Setup {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_quickvibe")),
        database_url: "sqlite".to_owned(),
        env: vec![("QUICKVIBE_CHROMIUM".to_owned(), chromium)],
    };
    let mut server = Program::start(setup).await.unwrap();
    let owner = Owner::sign_in(server.address(), &server.setup_token).await.unwrap();
    let project = owner.make_project("Looked at").await.unwrap();
    let file = format!("/api/projects/{project}/files/index.html");
    let page =
        "<!doctype html><html lang=\"en\"><title>x</title><body><h1>Hello</h1></body></html>";
    let text = json!({ "text": { "encoding": "utf8", "content": page } });
    owner.must(Method::PUT, &file, Some(&text)).await.unwrap();
    let checks = format!("/api/projects/{project}/checks/run");
    let look = async || owner.must(Method::POST, &checks, Some(&json!({}))).await.unwrap();
    let run = look().await;
    assert!(run["screenshot"].is_string(), "{run}");
    let killed = server.pid().unwrap();
    assert!(browsers_of(killed) > 1);
    server.kill().await.unwrap();
    none_soon(killed).await;

    server.start_again().unwrap();
    server.ready().await.unwrap();
    let run = look().await;
    assert!(run["screenshot"].is_string(), "{run}");
    let left = format!("quickvibe-browser-{killed}-");
    let folders = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten();
    let names = folders.map(|folder| folder.file_name().to_string_lossy().into_owned());
    assert!(!names.into_iter().any(|name| name.starts_with(&left)), "its folder stays");

    let stopped = server.pid().unwrap();
    server.stop().await.unwrap();
    none_soon(stopped).await;
}
