//! Wrong passwords are counted: five within a quarter of an hour lock the account for who gave them.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qv_domain::{AttemptId, Timestamp};
use qv_security::{ExposeSecret as _, SealedFor, SecretString, TokenHash};
use qv_store as store;
use qv_wire::ErrorCode;

use crate::passwords::Compared;
use crate::{Client, Engine, EngineError, Result};

/// So many wrong passwords lock.
const MOST: usize = 5;
/// Within this time.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// For this time.
const LOCK: Duration = Duration::from_secs(15 * 60);
/// What the cookie of a known device is sealed as.
const DEVICE: &str = "known_device";
/// The longest cookie that is looked at.
const DEVICE_CHARS: usize = 400;

impl Engine {
    /// Compares a password that somebody gives with a stored hash, unless they gave too many wrong ones. `account` may
    /// be one that does not exist: it takes as long, and is counted like any other.
    ///
    /// # Errors
    /// `RateLimited`, with the time to wait, after five wrong ones in a quarter of an hour; `Overloaded`.
    pub(crate) async fn try_password(
        &self,
        account: &str,
        client: String,
        hash: Option<store::PasswordHash>,
        given: String,
    ) -> Result<Compared> {
        let attempt = self.count_attempt(account, client).await?;
        let compared = self.passwords.compare(hash, given, self.env.clone()).await;
        let forget = match &compared {
            Ok(Compared::Wrong) => return compared,
            Ok(Compared::Right { .. }) => true,
            // It was not judged, so it is no wrong one.
            Err(_) => false,
        };
        let mut tx = self.db.begin().await?;
        if forget {
            tx.clear_attempts(&attempt.account, &attempt.client).await?;
        } else {
            tx.delete_attempt(attempt.id).await?;
        }
        tx.commit().await?;
        compared
    }

    /// Counts an attempt before it is known whether it is right: of guesses that come at the same time, no more than
    /// five are judged.
    pub(crate) async fn count_attempt(
        &self,
        account: &str,
        client: String,
    ) -> Result<store::Attempt> {
        let now = self.env.now();
        let attempt = store::Attempt {
            id: AttemptId::generate(&*self.env),
            account: *TokenHash::of(&account.trim().to_lowercase()).as_bytes(),
            client,
            at: now,
        };
        // Those who are locked already cost no write: a flood of guesses must not hold up everybody's work.
        self.require_unlocked(&attempt, now).await?;
        let mut tx = self.db.begin().await?;
        tx.forget_attempts(now.minus(WINDOW + LOCK)).await?;
        tx.insert_attempt(&attempt).await?;
        tx.commit().await?;
        // Whoever is the sixth to get here sees the five before, in whatever order they came.
        let locked = self.require_unlocked(&attempt, now).await;
        if locked.is_err() {
            let mut tx = self.db.begin().await?;
            tx.delete_attempt(attempt.id).await?;
            tx.commit().await?;
        }
        locked.map(|()| attempt)
    }

    /// Refuses an attempt when too many others have failed.
    async fn require_unlocked(&self, attempt: &store::Attempt, now: Timestamp) -> Result<()> {
        let rows = self.db.read().await?.attempts(&attempt.account, &attempt.client).await?;
        let others = rows.iter().filter(|row| row.id != attempt.id).map(|row| row.at);
        let Some(until) = locked_until(others.collect(), now) else { return Ok(()) };
        Err(EngineError::Later {
            code: ErrorCode::RateLimited,
            detail: "Too many wrong passwords. Wait a quarter of an hour, then try again."
                .to_owned(),
            wait: until.since(now),
        })
    }

    /// For whom an attempt counts: a device that has signed in as this user before counts for itself, so that
    /// strangers cannot lock it out; everybody else by their address.
    pub(crate) fn counted_for(&self, user: Option<&store::User>, client: &Client) -> String {
        let known = user.zip(client.device.as_deref());
        match known.and_then(|(user, cookie)| self.known_device(user, cookie)) {
            Some(device) => format!("device {device}"),
            None => format!("address {}", network(client.address.as_deref().unwrap_or_default())),
        }
    }

    /// The cookie that a device gets at a sign-in: the one that it has, if it is this user's.
    pub(crate) fn device_cookie(
        &self,
        user: &store::User,
        client: &Client,
        now: Timestamp,
    ) -> Result<String> {
        if let Some(cookie) = &client.device
            && self.known_device(user, cookie).is_some()
        {
            return Ok(cookie.clone());
        }
        let mut random = [0; 16];
        self.env.fill_random(&mut random);
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(random), now.as_micros());
        let owner = user.id.to_string();
        let bound = SealedFor { owner: &owner, id: "", kind: DEVICE };
        let sealed = self
            .instance_key
            .seal(&SecretString::from(text), bound, &*self.env)
            .map_err(|error| EngineError::Secret(error.to_string()))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Which device a cookie names; only this server can have made it, and for this user only.
    fn known_device(&self, user: &store::User, cookie: &str) -> Option<String> {
        if cookie.len() > DEVICE_CHARS {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let owner = user.id.to_string();
        let bound = SealedFor { owner: &owner, id: "", kind: DEVICE };
        let text = self.instance_key.open(&sealed, bound).ok()?;
        Some(text.expose_secret().to_owned())
    }
}

/// Until when attempts at these times lock, if they do at `now`.
fn locked_until(mut times: Vec<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    times.sort_unstable();
    times
        .windows(MOST)
        .filter(|run| run[MOST - 1].since(run[0]) < WINDOW)
        .map(|run| run[MOST - 1].plus(LOCK))
        .filter(|until| *until > now)
        .max()
}

/// An IPv6 client has a network of 2^64 addresses to come from.
pub(crate) fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let bits = address.to_bits() & (u128::MAX << 64);
            format!("{}/64", Ipv6Addr::from_bits(bits))
        }
        Ok(address) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_795_000_400_000_000).plus(Duration::from_secs(seconds))
    }

    #[test]
    fn five_within_a_quarter_of_an_hour_lock_for_one() {
        let lock =
            |times: &[u64], now| locked_until(times.iter().map(|t| at(*t)).collect(), at(now));
        assert_eq!(lock(&[0, 1, 2, 3], 3), None);
        assert_eq!(lock(&[4, 3, 2, 1, 0], 4), Some(at(904)));
        assert_eq!(lock(&[0, 1, 2, 3, 899], 899), Some(at(1_799)));
        assert_eq!(lock(&[0, 1, 2, 3, 900], 900), None, "the first is out of the window");
        assert_eq!(lock(&[0, 600, 700, 800, 900, 1_499], 1_499), Some(at(2_399)), "any window");
        assert_eq!(lock(&[0, 1, 2, 3, 4], 903), Some(at(904)));
        assert_eq!(lock(&[0, 1, 2, 3, 4], 904), None, "it is over");
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_ne!(network("192.0.2.7"), network("192.0.2.8"));
    }
}
