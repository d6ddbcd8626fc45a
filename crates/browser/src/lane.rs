//! What a page may ask for: so much in all, so much at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::serve::Request;

/// Requests that one load may make; what comes after fails.
const MOST_REQUESTS: u32 = 4_000;
/// The bytes that all answers to one load may have.
const MOST_ANSWERED: usize = 512 << 20;
/// Requests of one load that are answered at once; the others wait.
const AT_ONCE: usize = 16;
/// The bytes of all requests of one load that wait or are being answered.
const MOST_HELD: usize = 16 << 20;
/// The largest body of a request, in bytes: as much as a component may have that the app's page sends to be compiled.
pub(crate) const LARGEST_BODY: usize = 2_000_000;

/// What one load of an app may still ask for.
#[derive(Debug)]
pub(crate) struct Lane {
    requests: AtomicU32,
    answered: AtomicUsize,
    held: AtomicUsize,
    at_once: Arc<Semaphore>,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            requests: AtomicU32::new(MOST_REQUESTS),
            answered: AtomicUsize::new(MOST_ANSWERED),
            held: AtomicUsize::new(MOST_HELD),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Lane {
    /// Takes a request on; `None` when there were too many or too large ones.
    pub(crate) fn enter(self: &Arc<Self>, request: &Request) -> Option<Held> {
        let headers = request.headers.iter().map(|(name, value)| name.len() + value.len());
        let size = request.target.len() + request.body.len() + headers.sum::<usize>();
        self.requests
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .ok()?;
        take(&self.held, size).then(|| Held { lane: Arc::clone(self), size })
    }
}

/// A request that was taken on and has no answer yet.
#[derive(Debug)]
pub(crate) struct Held {
    lane: Arc<Lane>,
    size: usize,
}

impl Held {
    /// Waits until few enough others are answered.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.lane.at_once).acquire_owned().await.ok()
    }

    /// Whether an answer of so many bytes may still be given.
    pub(crate) fn pay(&self, bytes: usize) -> bool {
        take(&self.lane.answered, bytes)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.lane.held.fetch_add(self.size, Ordering::Relaxed);
    }
}

fn take(from: &AtomicUsize, bytes: usize) -> bool {
    from.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(size: usize) -> Request {
        Request {
            host: String::new(),
            method: "POST".to_owned(),
            target: String::new(),
            headers: Vec::new(),
            body: vec![0; size],
        }
    }

    #[test]
    fn what_waits_is_bounded_in_bytes_and_what_was_asked_in_number() {
        let lane = Arc::<Lane>::default();
        let held: Vec<Held> = (0..20).filter_map(|_| lane.enter(&request(LARGEST_BODY))).collect();
        assert_eq!(held.len(), MOST_HELD / LARGEST_BODY);
        drop(held);
        let small = || lane.enter(&request(1)).is_some();
        assert_eq!((0..5_000).filter(|_| small()).count(), 4_000 - 20);
    }

    #[tokio::test]
    async fn few_are_answered_at_once_and_not_for_ever() {
        let lane = Arc::<Lane>::default();
        let held = lane.enter(&request(1)).unwrap();
        let mut permits = Vec::new();
        for _ in 0..AT_ONCE {
            permits.push(held.turn().await.unwrap());
        }
        let more = tokio::time::timeout(std::time::Duration::from_millis(50), held.turn());
        assert!(more.await.is_err());
        permits.pop();
        assert!(held.turn().await.is_some());
        assert!(held.pay(MOST_ANSWERED - 1) && !held.pay(2) && held.pay(1));
    }
}
