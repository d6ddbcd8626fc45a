//! How long it takes from an edit until it is known whether the app works: compiled only, and opened in a browser.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::figures::middle_and_worst;
use super::http::{Method, Owner};
use super::program::{Program, Setup};
use super::{Fault, Result, say};

/// From the last edit to the verdict, where the app is compiled only.
const COMPILED: Duration = Duration::from_millis(100);
/// And where it is opened by a browser that runs already.
const LOOKED_AT: Duration = Duration::from_secs(2);
const PROMPT: &str = "a kanban board";
const EDITED: &str = "src/App.tsx";

/// Edits a starter `edits` times and asks for its checks after each; whether the medians are within their limits.
///
/// # Errors
/// When the server does not come up, or answers otherwise than expected.
pub async fn run(binary: PathBuf, chromium: &str, edits: u32) -> Result<bool> {
    say(&format!(
        "verdict: `{PROMPT}`, {edits} edits of {EDITED}, one at a time, each saved and then checked over HTTP"
    ));
    let mut within = true;
    for (name, chromium, smoke, limit) in [
        ("compiled only", "off", false, Some(COMPILED)),
        ("opened, warm", chromium, false, Some(LOOKED_AT)),
        // Each of these has a limit of its own, which fails it.
        ("opened, warm, with the starter's smoke checks", chromium, true, None),
    ] {
        let env = vec![("QUICKVIBE_CHROMIUM".to_owned(), chromium.to_owned())];
        let setup = Setup { binary: binary.clone(), database_url: "sqlite".to_owned(), env };
        let server = Program::start(setup).await?;
        let owner = Owner::sign_in(server.address(), &server.setup_token).await?;
        let (first, mut times) = measure(&owner, smoke, chromium != "off", edits).await?;
        let least = times.iter().min().copied().unwrap_or_default();
        let (middle, most) = middle_and_worst(&mut times);
        let bound = limit.map_or("no limit of its own".to_owned(), |limit| {
            format!("limit {} ms", limit.as_millis())
        });
        say(&format!(
            "  {name}: median {} ms, {} to {} ms ({bound}); the first, cold: {} ms",
            middle.as_millis(),
            least.as_millis(),
            most.as_millis(),
            first.as_millis()
        ));
        within &= limit.is_none_or(|limit| middle < limit);
    }
    Ok(within)
}

/// The first time and the others.
async fn measure(
    owner: &Owner,
    smoke: bool,
    looks: bool,
    edits: u32,
) -> Result<(Duration, Vec<Duration>)> {
    let made =
        owner.must(Method::POST, "/api/projects", Some(&json!({ "prompt": PROMPT }))).await?;
    let project = made["project"]["id"].as_str().unwrap_or_default().to_owned();
    let generation = made["turn"]["generation"]["id"].as_str().unwrap_or_default().to_owned();
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let path = format!("/api/generations/{generation}");
        let state = owner.must(Method::GET, &path, None).await?;
        match state["status"].as_str() {
            Some("done") => break,
            _ if Instant::now() < until => tokio::time::sleep(Duration::from_millis(50)).await,
            _ => return Err(Fault::Server(format!("the first turn does not end: {state}"))),
        }
    }
    let file = format!("/api/projects/{project}/files/{EDITED}");
    let text = owner.must(Method::GET, &file, None).await?["text"]["content"].clone();
    let text = text.as_str().unwrap_or_default().to_owned();
    let files = owner.must(Method::GET, &format!("/api/projects/{project}/files"), None).await?;
    let paths = files["items"].as_array().into_iter().flatten();
    let checks: Vec<&str> = paths
        .filter_map(|file| file["path"].as_str())
        .filter(|path| path.starts_with("checks/") && !smoke)
        .collect();
    for path in checks {
        let file = format!("/api/projects/{project}/files/{path}");
        owner.must(Method::DELETE, &file, None).await?;
    }
    let mut times = Vec::new();
    for number in 0..=edits {
        let began = Instant::now();
        save(owner, &file, &format!("{text}\nexport const edit = {number};\n")).await?;
        let run = owner
            .must(Method::POST, &format!("/api/projects/{project}/checks/run"), Some(&json!({})))
            .await?;
        times.push(began.elapsed());
        let errors = run["diagnostics"].as_array().into_iter().flatten();
        let errors: Vec<&Value> = errors.filter(|found| found["severity"] == "error").collect();
        if !errors.is_empty() || run["screenshot"].is_string() != looks {
            return Err(Fault::Server(format!("the app was not found to work: {run}")));
        }
    }
    let others = times.split_off(1);
    Ok((times.first().copied().unwrap_or_default(), others))
}

async fn save(owner: &Owner, path: &str, content: &str) -> Result<()> {
    let body = json!({ "text": { "encoding": "utf8", "content": content } });
    owner.must(Method::PUT, path, Some(&body)).await.map(drop)
}
