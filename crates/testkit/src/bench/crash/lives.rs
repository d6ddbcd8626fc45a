//! When the server lived, and how long each stream waited for something new after a death.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::bench::figures::{micros_now, middle_and_worst};

/// The server's lives so far.
pub(super) struct Lives(Mutex<Inner>);

struct Inner {
    lives: Vec<Life>,
    /// Projects whose turn is running, as far as the client knows.
    running: BTreeSet<u32>,
    /// Those that heard nothing new since a death, and the life that followed it.
    waiting: BTreeMap<u32, usize>,
    after_ready: Vec<Duration>,
    after_spawn: Vec<Duration>,
}

struct Life {
    spawned: Instant,
    /// The same by the clock that events carry.
    spawned_micros: u64,
    ready: Option<Instant>,
    killed: Option<Instant>,
}

impl Life {
    fn new() -> Self {
        let spawned_micros = micros_now();
        Self { spawned: Instant::now(), spawned_micros, ready: None, killed: None }
    }
}

impl Lives {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Inner {
            lives: vec![Life::new()],
            running: BTreeSet::new(),
            waiting: BTreeMap::new(),
            after_ready: Vec::new(),
            after_spawn: Vec::new(),
        }))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn spawned(&self) {
        self.inner().lives.push(Life::new());
    }

    pub(super) fn ready(&self) {
        if let Some(life) = self.inner().lives.last_mut() {
            life.ready.get_or_insert_with(Instant::now);
        }
    }

    pub(super) fn killed(&self) {
        let mut inner = self.inner();
        if let Some(life) = inner.lives.last_mut() {
            life.killed = Some(Instant::now());
        }
        let next = inner.lives.len();
        for project in inner.running.clone() {
            inner.waiting.entry(project).or_insert(next);
        }
    }

    /// A project's turn runs, or has ended.
    pub(super) fn runs(&self, project: u32, runs: bool) {
        let mut inner = self.inner();
        if runs {
            inner.running.insert(project);
        } else {
            inner.running.remove(&project);
            inner.waiting.remove(&project);
        }
    }

    /// A project's follower heard an event that was written at `at`, in microseconds since 1970.
    pub(super) fn heard(&self, project: u32, at: u64) {
        let mut inner = self.inner();
        let Some(&first) = inner.waiting.get(&project) else { return };
        // Written before the death, and only heard after it: not yet a sign of recovery.
        if inner.lives.get(first).is_none_or(|life| at < life.spawned_micros) {
            return;
        }
        let now = Instant::now();
        let lives = &inner.lives[first..];
        let lived = |from: fn(&Life) -> Option<Instant>| -> Duration {
            let each = lives.iter().filter_map(|life| {
                Some(life.killed.unwrap_or(now).saturating_duration_since(from(life)?))
            });
            each.sum()
        };
        // A life that ended too soon counts with what it had.
        let (ready, spawn) = (lived(|life| life.ready), lived(|life| Some(life.spawned)));
        inner.waiting.remove(&project);
        inner.after_ready.push(ready);
        inner.after_spawn.push(spawn);
    }

    pub(super) fn so_far(&self) -> String {
        let inner = self.inner();
        format!("{} recoveries, {} streams wait", inner.after_ready.len(), inner.waiting.len())
    }

    /// Middle and worst after the first 200 and after the process's start, and of how many.
    pub(super) fn recovery(&self) -> Recovery {
        let mut inner = self.inner();
        Recovery {
            count: inner.after_ready.len(),
            never: inner.waiting.len(),
            after_ready: middle_and_worst(&mut inner.after_ready),
            after_spawn: middle_and_worst(&mut inner.after_spawn),
        }
    }
}

/// How fast running turns went on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Recovery {
    /// How often a stream went on.
    pub count: usize,
    /// Streams that never did.
    pub never: usize,
    /// Middle and worst time with a server that is ready, until something new was heard.
    pub after_ready: (Duration, Duration),
    /// The same from the process's start.
    pub after_spawn: (Duration, Duration),
}
