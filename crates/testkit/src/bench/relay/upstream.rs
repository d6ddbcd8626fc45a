//! A provider that says nothing of interest, at an even pace and at next to no cost.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::bench::figures::micros_now;
use crate::bench::meant::MODEL;
use crate::bench::random::Random;
use crate::bench::{Fault, Result, say};

/// Between two chunks of a stream: 20 a second.
const BETWEEN: Duration = Duration::from_millis(50);

/// Serves until standard input ends. Prints its port; then answers `count` by the streams that are open, and begins to
/// send when told `go`.
///
/// # Errors
/// When no port can be had.
pub async fn run() -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.map_err(Fault::io("a loopback port"))?;
    let port = listener.local_addr().map_err(Fault::io("a loopback port"))?.port();
    say(&port.to_string());
    let open = Arc::new(AtomicUsize::new(0));
    let (go, going) = watch::channel(false);
    let counted = Arc::clone(&open);
    tokio::spawn(async move {
        let mut random = Random::new(7);
        while let Ok((stream, _)) = listener.accept().await {
            let phase = Duration::from_micros(random.between(0, 50_000));
            let (going, open) = (going.clone(), Arc::clone(&counted));
            // A connection that goes away ends its stream, and that is all.
            tokio::spawn(async move { drop(serve(stream, going, open, phase).await) });
        }
    });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match line.as_str() {
            "count" => say(&open.load(Ordering::Relaxed).to_string()),
            "go" => drop(go.send_replace(true)),
            _ => {}
        }
    }
    Ok(())
}

async fn serve(
    mut stream: TcpStream,
    mut going: watch::Receiver<bool>,
    open: Arc<AtomicUsize>,
    phase: Duration,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut read = Vec::new();
    loop {
        let Some(head) = read.windows(4).position(|window| window == b"\r\n\r\n") else {
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
        while read.len() < head + 4 + length {
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        }
        read.drain(..head + 4 + length);
        if text.starts_with("post") {
            break;
        }
        let body = format!(
            "{{\"object\":\"list\",\"data\":[{{\"id\":\"{MODEL}\",\"object\":\"model\",\"owned_by\":\"bench\"}}]}}"
        );
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await?;
    }
    stream
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        .await?;
    send(&mut stream, "I write it.\\n\\n<file path=\\\"src/notes.ts\\\">\\n").await?;
    open.fetch_add(1, Ordering::Relaxed);
    if going.wait_for(|going| *going).await.is_err() {
        return Ok(());
    }
    tokio::time::sleep(phase).await;
    let mut ticks = tokio::time::interval(BETWEEN);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0_u64.. {
        ticks.tick().await;
        // Three to a line, as tokens come.
        let (before, after) = match number % 3 {
            0 => ("// at ", " lorem"),
            1 => (" ipsum ", " dolor"),
            _ => (" sit ", " amet\\n"),
        };
        let text = format!("{before}@{:016}{after}", micros_now());
        send(&mut stream, &text).await?;
    }
    Ok(())
}

/// Sends a piece of text, which is JSON already.
async fn send(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    let event = format!(
        "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"{MODEL}\",\
         \"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
    );
    let chunk = format!("{:x}\r\n{event}\r\n", event.len());
    stream.write_all(chunk.as_bytes()).await
}
