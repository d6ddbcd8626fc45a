use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use qv_domain::Timestamp;

use super::window::{Taken, Window};
use super::{Caller, Limiter, Quota, Rate};

/// Callers that are kept apart at most, besides users. Those who come when it is full share one window: nobody gets more than the
/// limit by coming from many places, and memory is bounded.
const MOST_CALLERS: usize = 20_000;

/// Limits of one process.
#[derive(Debug)]
pub(crate) struct MemoryLimiter {
    kept: Mutex<Kept>,
    most: usize,
}

#[derive(Debug, Default)]
struct Kept {
    windows: HashMap<(Rate, Caller), (Quota, Window)>,
    /// When windows that are over were last looked for: it is asked of all of them, so not of every request.
    swept: Option<Timestamp>,
}

/// How often that may be.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

impl Default for MemoryLimiter {
    fn default() -> Self {
        Self::new(MOST_CALLERS)
    }
}

impl MemoryLimiter {
    fn new(most: usize) -> Self {
        Self { kept: Mutex::default(), most }
    }
}

impl Limiter for MemoryLimiter {
    fn take(&self, rate: Rate, caller: Caller, quota: Quota, now: Timestamp) -> Taken {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { windows, swept } = &mut *kept;
        let mut key = (rate, caller);
        // There are only so many users; strangers must not push them out.
        let is_stranger = !matches!(caller, Caller::User(_));
        if is_stranger && windows.len() >= self.most && !windows.contains_key(&key) {
            if swept.is_none_or(|last| now.since(last) >= SWEEP_EVERY) {
                windows.retain(|_, (quota, window)| !window.forget(*quota, now));
                *swept = Some(now);
            }
            if windows.len() >= self.most {
                key.1 = Caller::Rest;
            }
        }
        let (_, window) = windows.entry(key).or_insert_with(|| (quota, Window::default()));
        window.take(quota, now)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const QUOTA: Quota = Quota { limit: 3, window: Duration::from_secs(10) };

    fn from(last: u32) -> Caller {
        Caller::of_address(IpAddr::V4(Ipv4Addr::from(last)))
    }

    #[test]
    fn callers_and_rates_are_apart() {
        let limiter = MemoryLimiter::default();
        let now = Timestamp::from_micros(0);
        for caller in [from(1), from(2)] {
            for rate in [Rate::Changes, Rate::SignIns] {
                let let_through =
                    (0..9).filter(|_| limiter.take(rate, caller, QUOTA, now).allowed).count();
                assert_eq!(let_through, 3);
            }
        }
    }

    #[test]
    fn a_flood_of_callers_shares_one_window_until_the_old_ones_are_gone() {
        let limiter = MemoryLimiter::new(10);
        let take = |caller, second: i64| {
            let now = Timestamp::from_micros(second * 1_000_000);
            limiter.take(Rate::Changes, caller, QUOTA, now).allowed
        };
        let let_through = (0..1_000).filter(|caller| take(from(*caller), 0)).count();
        assert_eq!(let_through, 10 + 3);
        assert!(limiter.kept.lock().unwrap().windows.len() <= 11);
        // Those who were there go on.
        assert!(take(from(0), 1));
        assert!(take(from(2_000), 12));
    }
}
