use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use qv_domain::{Env, Timestamp};

/// Time that stands until it is moved, and randomness that repeats from test to test.
#[derive(Debug)]
pub struct HeldEnv {
    micros: AtomicI64,
    random: AtomicU64,
}

impl Default for HeldEnv {
    /// 2026-11-18 10:13:20 UTC.
    fn default() -> Self {
        Self { micros: AtomicI64::new(1_795_000_400_000_000), random: AtomicU64::new(1) }
    }
}

impl HeldEnv {
    /// Moves time on, and returns the new moment.
    pub fn advance(&self, by: Duration) -> Timestamp {
        let by = i64::try_from(by.as_micros()).expect("tests stay within time");
        Timestamp::from_micros(self.micros.fetch_add(by, Ordering::SeqCst) + by)
    }
}

impl Env for HeldEnv {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.micros.load(Ordering::SeqCst))
    }

    fn fill_random(&self, buf: &mut [u8]) {
        for chunk in buf.chunks_mut(8) {
            // SplitMix64: every step another number, well mixed.
            let step = 0x9e37_79b9_7f4a_7c15_u64;
            let mut z = self.random.fetch_add(step, Ordering::SeqCst).wrapping_add(step);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}
