use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use qv_domain::Timestamp;

use super::window::{Taken, Window};
use super::{Caller, Limiter, Quota, Rate};

/// Callers that are kept apart at most. Those who come when it is full share one window: nobody gets more than the
/// limit by coming from many places, and memory is bounded.
const MOST_CALLERS: usize = 20_000;

/// Limits of one process.
#[derive(Debug)]
pub(crate) struct MemoryLimiter {
    windows: Mutex<HashMap<(Rate, Caller), (Quota, Window)>>,
    most: usize,
}

impl Default for MemoryLimiter {
    fn default() -> Self {
        Self::new(MOST_CALLERS)
    }
}

impl MemoryLimiter {
    fn new(most: usize) -> Self {
        Self { windows: Mutex::default(), most }
    }
}

impl Limiter for MemoryLimiter {
    fn take(&self, rate: Rate, caller: Caller, quota: Quota, now: Timestamp) -> Taken {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut key = (rate, caller);
        if windows.len() >= self.most && !windows.contains_key(&key) {
            windows.retain(|_, (quota, window)| !window.forget(*quota, now));
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
    use std::time::Duration;

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
        assert!(limiter.windows.lock().unwrap().len() <= 11);
        // Those who were there go on.
        assert!(take(from(0), 1));
        assert!(take(from(2_000), 12));
    }
}
