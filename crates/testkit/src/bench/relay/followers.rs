//! Clients that read streams and note how late each chunk is.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::bench::figures::{micros_now, percentile};
use crate::bench::{Fault, Result, say};
use crate::raw::RawAnswer;

/// Digits of a moment in microseconds since 1970.
const DIGITS: usize = 16;

/// What the followers heard within the window.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Heard {
    /// Chunks.
    pub chunks: u64,
    /// Half of them were no later than this, in microseconds.
    pub p50: u64,
    /// 95 of 100.
    pub p95: u64,
    /// 99 of 100.
    pub p99: u64,
    /// The latest one.
    pub max: u64,
    /// Streams that ended or broke.
    pub broken: u64,
}

struct Notes {
    noting: Cell<bool>,
    delays: RefCell<Vec<u64>>,
    broken: Cell<u64>,
}

/// Follows the streams that standard input names: header lines, an empty line, generations, an empty line. Says
/// `following`, notes from `start` to `stop`, and prints [`Heard`].
///
/// # Errors
/// When a stream cannot be opened.
pub async fn run(address: SocketAddr) -> Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut block = async || -> Vec<String> {
        let mut block: Vec<String> = Vec::new();
        while let Ok(Some(line)) = lines.next_line().await {
            if line.is_empty() {
                break;
            }
            block.push(line);
        }
        block
    };
    let headers = block().await;
    let turns = block().await;
    let notes = Rc::new(Notes {
        noting: Cell::new(false),
        delays: RefCell::default(),
        broken: Cell::new(0),
    });
    for turn in turns {
        let path = format!("/api/generations/{turn}/events");
        let answer = RawAnswer::get(address, &path, &headers).await;
        let answer = answer.map_err(Fault::io("opening a stream"))?;
        if answer.status != 200 {
            return Err(Fault::Server(format!("{path}: {}", answer.status)));
        }
        tokio::task::spawn_local(follow(answer, Rc::clone(&notes)));
    }
    say("following");
    while let Ok(Some(line)) = lines.next_line().await {
        match line.as_str() {
            "start" => notes.noting.set(true),
            "stop" => {
                notes.noting.set(false);
                let mut delays = notes.delays.take();
                delays.sort_unstable();
                let heard = Heard {
                    chunks: delays.len() as u64,
                    p50: percentile(&delays, 50.0),
                    p95: percentile(&delays, 95.0),
                    p99: percentile(&delays, 99.0),
                    max: delays.last().copied().unwrap_or(0),
                    broken: notes.broken.get(),
                };
                say(&serde_json::to_string(&heard).unwrap_or_default());
            }
            _ => {}
        }
    }
    Ok(())
}

async fn follow(mut answer: RawAnswer, notes: Rc<Notes>) {
    let mut unread = Vec::with_capacity(8 * 1024);
    while let Ok(true) = answer.read(&mut unread).await {
        let now = micros_now();
        let mut at = 0;
        while let Some(found) = unread[at..].iter().position(|byte| *byte == b'@') {
            let from = at + found + 1;
            let Some(digits) = unread.get(from..from + DIGITS) else { break };
            at = from;
            if let Some(sent) = number(digits)
                && notes.noting.get()
            {
                notes.delays.borrow_mut().push(now.saturating_sub(sent));
            }
        }
        // What may be the beginning of a moment stays.
        let keep = unread.len().saturating_sub(DIGITS).max(at);
        unread.drain(..keep);
    }
    notes.broken.set(notes.broken.get() + 1);
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |sum: u64, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + u64::from(digit - b'0'))
    })
}
