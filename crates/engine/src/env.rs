use std::time::{SystemTime, UNIX_EPOCH};

use qv_domain::{Env, Timestamp};
use rand::RngCore as _;

/// The system's clock and its random numbers: the one place that asks for them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEnv;

impl Env for SystemEnv {
    #[expect(clippy::disallowed_methods, reason = "everyone else is handed the time by this")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    fn fill_random(&self, buf: &mut [u8]) {
        rand::rng().fill_bytes(buf);
    }
}
