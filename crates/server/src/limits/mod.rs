//! How often one caller may change things.
//!
//! Every POST, PUT, PATCH and DELETE is counted: by user where somebody is signed in, else by address. What costs more
//! is counted apart, too. Answers say what is left.

mod client;
mod memory;
mod window;

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use qv_domain::{Timestamp, UserId};
use qv_wire::ErrorCode;

use crate::problem::ApiError;

pub(crate) use client::ClientAddress;
pub(crate) use memory::MemoryLimiter;
pub use window::Quota;
use window::Taken;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// How often each kind of request may be made by one caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Any change.
    pub changes: Quota,
    /// Beginning a turn.
    pub turns: Quota,
    /// Trying to sign in.
    pub sign_ins: Quota,
    /// Making an account.
    pub sign_ups: Quota,
}

impl Default for Rates {
    fn default() -> Self {
        Self::per_minute(600, 30, 10)
    }
}

impl Rates {
    /// So many new accounts in any hour.
    #[must_use]
    pub const fn sign_ups(limit: u32) -> Quota {
        Quota { limit, window: HOUR }
    }

    /// So many of each in any minute; accounts, 20 in any hour.
    #[must_use]
    pub const fn per_minute(changes: u32, turns: u32, sign_ins: u32) -> Self {
        const fn quota(limit: u32) -> Quota {
            Quota { limit, window: MINUTE }
        }
        Self {
            changes: quota(changes),
            turns: quota(turns),
            sign_ins: quota(sign_ins),
            sign_ups: Self::sign_ups(20),
        }
    }
}

/// What a request counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Rate {
    Changes,
    Turns,
    SignIns,
    SignUps,
    Reports,
}

/// What browsers report of a page: a page that is well makes none.
const REPORTS: Quota = Quota { limit: 20, window: MINUTE };

impl Rate {
    pub(crate) const fn quota(self, rates: &Rates) -> Quota {
        match self {
            Self::Changes => rates.changes,
            Self::Turns => rates.turns,
            Self::SignIns => rates.sign_ins,
            Self::SignUps => rates.sign_ups,
            Self::Reports => REPORTS,
        }
    }

    const fn reproach(self) -> &'static str {
        match self {
            Self::Changes => "You are changing things faster than this server lets anybody.",
            Self::Turns => "You are starting turns faster than this server lets anybody.",
            Self::SignIns => "Too many tries to sign in from your address.",
            Self::SignUps => "Too many new accounts from your address.",
            Self::Reports => "Too many reports from your address.",
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changes => "changes",
            Self::Turns => "turns",
            Self::SignIns => "sign-ins",
            Self::SignUps => "sign-ups",
            Self::Reports => "reports",
        })
    }
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    User(UserId),
    /// An IPv4 address, or an IPv6 network of 64 bits: what one customer of a provider has.
    Address(IpAddr),
    /// Everybody for whom there is no more room.
    Rest,
}

impl Caller {
    pub(crate) fn of_address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => {
                Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
            }
        })
    }
}

/// Where requests are counted: in this process's memory, or, for many nodes, in one place for all.
pub(crate) trait Limiter: fmt::Debug + Send + Sync {
    /// Counts a request, if it may be let through.
    fn take(&self, rate: Rate, caller: Caller, quota: Quota, now: Timestamp) -> Taken;
}

/// What a request has left, to be told with its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left {
    rate: Rate,
    quota: Quota,
    taken: Taken,
}

impl Left {
    /// Counts a request, if it may be let through.
    pub(crate) fn take(
        limiter: &dyn Limiter,
        rate: Rate,
        caller: Caller,
        quota: Quota,
        now: Timestamp,
    ) -> Self {
        Self { rate, quota, taken: limiter.take(rate, caller, quota, now) }
    }

    /// Refuses a request that is one too many.
    ///
    /// # Errors
    /// `RateLimited`, with how long to wait.
    pub(crate) fn require(&self) -> Result<(), ApiError> {
        if self.taken.allowed {
            return Ok(());
        }
        let seconds = self.seconds();
        let detail = format!("{} Try again in {seconds} s.", self.rate.reproach());
        Err(ApiError::wait(ErrorCode::RateLimited, detail, seconds))
    }

    /// Whole seconds until one more is let through.
    fn seconds(&self) -> u64 {
        u64::try_from(self.taken.reset.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX).max(1)
    }

    /// Tells it: by the headers of draft-ietf-httpapi-ratelimit-headers-10, and by the older ones that most clients
    /// know.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let (limit, remaining, reset) = (self.quota.limit, self.taken.remaining, self.seconds());
        let window = self.quota.window.as_secs();
        for (name, value) in [
            ("ratelimit-policy", format!("\"{}\";q={limit};w={window}", self.rate)),
            ("ratelimit", format!("\"{}\";r={remaining};t={reset}", self.rate)),
            ("x-ratelimit-limit", limit.to_string()),
            ("x-ratelimit-remaining", remaining.to_string()),
            ("x-ratelimit-reset", reset.to_string()),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customers_addresses_are_one_caller() {
        let of = |text: &str| Caller::of_address(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }
}
