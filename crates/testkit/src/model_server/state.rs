//! What the routes share.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::{Semaphore, watch};

use super::record::{Outcome, Recorded};
use super::reply::Reply;
use super::script::Script;

type Closure = Box<dyn Fn(&Recorded) -> Option<Reply> + Send>;

pub(super) struct State {
    inner: Mutex<Inner>,
    changed: watch::Sender<()>,
    permits: Semaphore,
}

pub(super) struct Inner {
    pub(super) script: Script,
    pub(super) closure: Option<Closure>,
    pub(super) tolerated: Vec<String>,
    pub(super) requests: Vec<Recorded>,
    pub(super) held: usize,
    /// Whether texts of requests are kept.
    pub(super) forgets: bool,
    /// When each request's reply was said.
    pub(super) ends: Vec<Option<Instant>>,
}

impl Inner {
    /// Each violation that is not tolerated, with the number of its request.
    pub(super) fn violations(&self) -> Vec<String> {
        let each = self.requests.iter().enumerate().flat_map(|(index, request)| {
            request.violations.iter().map(move |words| format!("request {index}: {words}"))
        });
        each.filter(|words| !self.tolerated.iter().any(|tolerated| words.contains(tolerated)))
            .collect()
    }
}

impl State {
    pub(super) fn new(script: Script) -> Self {
        let inner = Inner {
            script,
            closure: None,
            tolerated: Vec::new(),
            requests: Vec::new(),
            held: 0,
            forgets: false,
            ends: Vec::new(),
        };
        Self {
            inner: Mutex::new(inner),
            changed: watch::Sender::new(()),
            permits: Semaphore::new(0),
        }
    }

    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        change(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes something, and wakes those who wait for a change.
    fn update<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let result = self.with(change);
        self.changed.send_replace(());
        result
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Writes a request down and finds its reply; its number, too.
    pub(super) fn answer(&self, mut request: Recorded) -> (usize, Option<Reply>) {
        self.update(|inner| {
            let reply = inner.closure.as_ref().and_then(|closure| closure(&request));
            let reply = reply.or_else(|| inner.script.reply(&request));
            if reply.is_none() {
                request.violations.push("no reply is scripted for it".to_owned());
            }
            let request = if inner.forgets { request.without_texts() } else { request };
            inner.requests.push(request);
            inner.ends.push(None);
            (inner.requests.len() - 1, reply)
        })
    }

    pub(super) fn end(&self, index: usize, outcome: Outcome) {
        self.update(|inner| {
            if let Some(request) = inner.requests.get_mut(index) {
                request.outcome = outcome;
            }
            if let (Outcome::Said, Some(end)) = (outcome, inner.ends.get_mut(index)) {
                *end = Some(Instant::now());
            }
        });
    }

    pub(super) fn release(&self, count: usize) {
        self.permits.add_permits(count);
    }

    /// Waits for a release.
    pub(super) async fn hold(&self) {
        let _counted = Held::new(self);
        if let Ok(permit) = self.permits.acquire().await {
            permit.forget();
        }
    }
}

/// Counts a held reply for as long as it is held, even when its client goes away meanwhile.
struct Held<'a>(&'a State);

impl<'a> Held<'a> {
    fn new(state: &'a State) -> Self {
        state.update(|inner| inner.held += 1);
        Self(state)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.update(|inner| inner.held -= 1);
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State")
    }
}
