//! The exact sliding-window log: every request that was let through is remembered until it is a window old.
//!
//! Counters by fixed windows, token buckets and their usual mixtures let up to twice the limit through around a
//! window's edge; this one never lets more than the limit through in any window, wherever it begins.

use std::collections::VecDeque;
use std::time::Duration;

use qv_domain::Timestamp;

/// At most so many requests in any window of this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests.
    pub limit: u32,
    /// The window's length.
    pub window: Duration,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) allowed: bool,
    /// How many more would be let through now.
    pub(crate) remaining: u32,
    /// When one more will be than are now.
    pub(crate) reset: Duration,
}

/// The requests of one caller that were let through, oldest first.
#[derive(Debug, Default)]
pub(super) struct Window(VecDeque<Timestamp>);

impl Window {
    /// Lets one more through, if that is within the quota. One that is refused does not count.
    pub(super) fn take(&mut self, quota: Quota, now: Timestamp) -> Taken {
        self.forget(quota, now);
        let limit = usize::try_from(quota.limit).unwrap_or(usize::MAX);
        let allowed = self.0.len() < limit;
        if allowed {
            // A clock that was set back must not make the log unordered.
            self.0.push_back(self.0.back().map_or(now, |last| now.max(*last)));
        }
        let left = limit.saturating_sub(self.0.len());
        let oldest = self.0.front().copied().unwrap_or(now);
        Taken {
            allowed,
            remaining: u32::try_from(left).unwrap_or(u32::MAX),
            reset: oldest.plus(quota.window).since(now),
        }
    }

    /// Forgets what is older than the window; true when nothing is left.
    pub(super) fn forget(&mut self, quota: Quota, now: Timestamp) -> bool {
        // One that is exactly a window old still counts: both ends belong to the window.
        while self.0.front().is_some_and(|oldest| now.since(*oldest) > quota.window) {
            self.0.pop_front();
        }
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const QUOTA: Quota = Quota { limit: 10, window: Duration::from_secs(10) };

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1_000)
    }

    // asvs: 8
    #[test]
    fn two_bursts_across_an_edge_are_one() {
        let mut window = Window::default();
        let burst = |window: &mut Window, from: i64| {
            (0..20).filter(|i| window.take(QUOTA, at(from + i)).allowed).count()
        };
        assert_eq!(burst(&mut window, 9_900), 10);
        assert_eq!(burst(&mut window, 10_100), 0);
        let refused = window.take(QUOTA, at(10_200));
        assert_eq!((refused.remaining, refused.reset), (0, Duration::from_millis(9_700)));
        // The first leaves 10 s after it came, and only then.
        assert!(!window.take(QUOTA, at(19_900)).allowed);
        assert!(window.take(QUOTA, Timestamp::from_micros(19_900_001)).allowed);
    }

    proptest! {
        // asvs: 8
        #[test]
        fn no_window_ever_holds_more(steps in prop::collection::vec(0i64..3_000, 1..200)) {
            let mut window = Window::default();
            let mut let_through = Vec::new();
            let mut now = 0;
            for step in steps {
                now += step;
                let taken = window.take(QUOTA, at(now));
                if taken.allowed {
                    let_through.push(now);
                }
                let within = let_through.iter().filter(|then| now - **then <= 10_000).count();
                prop_assert!(within <= 10);
                prop_assert_eq!(taken.remaining as usize, 10 - within);
                // Nobody is refused who could be let through.
                prop_assert!(taken.allowed || within == 10);
            }
        }
    }
}
