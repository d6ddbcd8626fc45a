//! What a machine's programs write: the newest of it, kept in memory for whoever looks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use qv_domain::{Env, Timestamp};
use qv_wire::{OutputSource, SandboxOutput};
use tokio::sync::watch;

/// What is kept of one machine.
const MOST_BYTES: usize = 512 * 1024;
/// However short they are.
const MOST_PIECES: usize = 4_096;
/// The longest piece.
const PIECE_BYTES: usize = 16 * 1024;

/// A machine's output.
#[derive(Debug)]
pub(super) struct OutputLog {
    kept: Mutex<Kept>,
    grown: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    pieces: VecDeque<SandboxOutput>,
    bytes: usize,
    last: u64,
}

impl OutputLog {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { kept: Mutex::default(), grown: watch::channel(0).0 })
    }

    /// Adds what was written.
    pub(super) fn push(&self, source: OutputSource, text: &str, env: &dyn Env) {
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES));
            self.keep(source, piece, env.now());
            rest = after;
        }
    }

    fn keep(&self, source: OutputSource, text: &str, at: Timestamp) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last += 1;
        let seq = kept.last;
        kept.bytes += text.len();
        kept.pieces.push_back(SandboxOutput { seq, at, source, text: text.to_owned() });
        while (kept.bytes > MOST_BYTES || kept.pieces.len() > MOST_PIECES)
            && let Some(gone) = kept.pieces.pop_front()
        {
            kept.bytes -= gone.text.len();
        }
        drop(kept);
        self.grown.send_replace(seq);
    }

    /// What came after `after` and is still kept.
    fn since(&self, after: u64) -> Vec<SandboxOutput> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Numbers from before this server started mean nothing here.
        let after = if after > kept.last { 0 } else { after };
        kept.pieces.iter().filter(|piece| piece.seq > after).cloned().collect()
    }

    /// The last that was written by the app's server, at most `bytes`.
    pub(super) fn tail(&self, bytes: usize) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pieces = Vec::new();
        let mut length = 0;
        for piece in kept.pieces.iter().rev().filter(|one| one.source != OutputSource::Agent) {
            length += piece.text.len();
            pieces.push(piece.text.as_str());
            if length >= bytes {
                break;
            }
        }
        pieces.reverse();
        let text = pieces.concat();
        text[text.ceil_char_boundary(text.len().saturating_sub(bytes))..].to_owned()
    }
}

/// A machine's output being followed.
#[derive(Debug)]
pub struct OutputFeed {
    log: Arc<OutputLog>,
    grown: watch::Receiver<u64>,
    after: u64,
}

impl OutputFeed {
    pub(super) fn new(log: Arc<OutputLog>, after: u64) -> Self {
        Self { grown: log.grown.subscribe(), log, after }
    }

    /// The next pieces, at least one; waits for them.
    pub async fn next(&mut self) -> Vec<SandboxOutput> {
        loop {
            self.grown.borrow_and_update();
            let pieces = self.log.since(self.after);
            if let Some(last) = pieces.last() {
                self.after = last.seq;
                return pieces;
            }
            if self.grown.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEnv;

    fn push(log: &OutputLog, text: &str) {
        log.push(OutputSource::Server, text, &SystemEnv);
    }

    #[tokio::test]
    async fn a_follower_gets_everything_once_and_in_order() {
        let log = OutputLog::new();
        push(&log, "one");
        let mut feed = OutputFeed::new(log.clone(), 0);
        assert_eq!(feed.next().await[0].text, "one");
        push(&log, "two");
        push(&log, "three");
        let texts: Vec<String> = feed.next().await.into_iter().map(|piece| piece.text).collect();
        assert_eq!(texts, ["two", "three"]);
        let mut again = OutputFeed::new(log.clone(), 2);
        assert_eq!(again.next().await[0].text, "three");
        // A number of another life of the server.
        let mut stale = OutputFeed::new(log.clone(), 99);
        assert_eq!(stale.next().await.len(), 3);
    }

    #[test]
    fn only_the_newest_is_kept() {
        let log = OutputLog::new();
        push(&log, &"é".repeat(MOST_BYTES));
        let pieces = log.since(0);
        assert!(pieces.iter().map(|piece| piece.text.len()).sum::<usize>() <= MOST_BYTES);
        assert!(pieces.iter().all(|piece| piece.text.len() <= PIECE_BYTES));
        assert_eq!(log.tail(5), "éé");
    }
}
