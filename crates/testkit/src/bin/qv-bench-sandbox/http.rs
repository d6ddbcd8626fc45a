//! Requests over connections that the engine dials.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use qv_sandbox::{Connection, PreviewTarget};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{sleep, timeout};

use crate::app::PORT;
use crate::figure::Fault;

const PATIENCE: Duration = Duration::from_secs(30);
/// As many as a browser makes to one host.
const AT_ONCE: usize = 6;

pub(crate) async fn dial(target: &PreviewTarget) -> Result<Box<dyn Connection>, Fault> {
    match target {
        PreviewTarget::Dial(dialer) => Ok(dialer.dial().await?),
        PreviewTarget::Http { .. } => Err("the local engine dials".into()),
    }
}

/// The body of a page or module, if it was answered with 200.
pub(crate) async fn get(target: &PreviewTarget, path: &str) -> Result<String, Fault> {
    let asking = async {
        let mut connection = dial(target).await?;
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:{PORT}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
        );
        connection.write_all(head.as_bytes()).await?;
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) if head.starts_with("HTTP/1.1 200 ") => Ok(body.to_owned()),
            _ => Err(format!("{path}: {}", answer.lines().next().unwrap_or("nothing")).into()),
        }
    };
    timeout(PATIENCE, asking).await?
}

/// Asks until it is there.
pub(crate) async fn first(target: &PreviewTarget, path: &str) -> Result<String, Fault> {
    let asking = async {
        loop {
            match get(target, path).await {
                Ok(body) => return body,
                Err(_) => sleep(Duration::from_millis(1)).await,
            }
        }
    };
    Ok(timeout(PATIENCE, asking).await?)
}

/// Follows a page's modules to the last; gives how many there were.
pub(crate) async fn all_modules(target: &PreviewTarget, page: &str) -> Result<usize, Fault> {
    let mut seen = BTreeSet::new();
    let mut wanted: VecDeque<String> = names(page).collect();
    let mut running = tokio::task::JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(path) = wanted.pop_front()
        {
            if seen.insert(path.clone()) {
                let target = target.clone();
                running.spawn(async move { get(&target, &path).await });
            }
        }
        match running.join_next().await {
            Some(body) => wanted.extend(names(&body??)),
            None if wanted.is_empty() => return Ok(seen.len()),
            None => {}
        }
    }
}

/// Paths that are said in quotes after `from`, `import` or `src=`.
fn names(text: &str) -> impl Iterator<Item = String> {
    ["from \"/", "import \"/", "src=\"/"].into_iter().flat_map(move |word| {
        text.match_indices(word).filter_map(move |(at, _)| {
            let rest = &text[at + word.len() - 1..];
            rest.split_once('"').map(|(path, _)| path.to_owned())
        })
    })
}
