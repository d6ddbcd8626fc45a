use std::fmt;

use qv_domain::{Env, Timestamp};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use subtle::ConstantTimeEq as _;
use totp_rs::{Algorithm, TOTP};
use zeroize::Zeroizing;

const BYTES: usize = 20;
const DIGITS: usize = 6;
const STEP_SECONDS: u64 = 30;
/// Steps before and after the present one that count as well: clocks differ.
const SKEW: i64 = 1;

/// What an authenticator app and this instance share (RFC 6238: SHA-1, six digits, 30 seconds, as every app knows it).
pub struct TotpSecret(SecretBox<[u8; BYTES]>);

/// The stored secret is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret of a second factor cannot be read")]
pub struct TotpError;

impl TotpSecret {
    /// A new one.
    #[must_use]
    pub fn generate(env: &dyn Env) -> Self {
        Self(SecretBox::init_with_mut(|bytes: &mut [u8; BYTES]| env.fill_random(bytes)))
    }

    /// Reads what [`TotpSecret::text`] gave.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(text: &SecretString) -> Result<Self, TotpError> {
        let bytes = totp_rs::Secret::Encoded(text.expose_secret().to_owned()).to_bytes();
        let bytes = Zeroizing::new(bytes.map_err(|_| TotpError)?);
        let bytes: &[u8; BYTES] = bytes.as_slice().try_into().map_err(|_| TotpError)?;
        Ok(Self(SecretBox::init_with_mut(|place: &mut [u8; BYTES]| place.copy_from_slice(bytes))))
    }

    /// As people type it into an app: base32.
    ///
    /// # Errors
    /// When the library refuses its parameters (they are constant).
    pub fn text(&self) -> Result<SecretString, TotpError> {
        Ok(self.totp("QuickVibe")?.get_secret_base32().into())
    }

    /// As apps read it from a picture: `otpauth://totp/…`.
    ///
    /// # Errors
    /// When the library refuses its parameters.
    pub fn uri(&self, account: &str) -> Result<SecretString, TotpError> {
        // A colon would part the issuer from the name.
        Ok(self.totp(&account.replace(':', " "))?.get_url().into())
    }

    /// The step whose code this is, if it is that of one about `now`. Looks at all of them, whichever fits.
    ///
    /// # Errors
    /// When the library refuses its parameters.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Result<Option<i64>, TotpError> {
        let totp = self.totp("QuickVibe")?;
        let present = step_at(now);
        let mut found = None;
        for step in present - SKEW..=present + SKEW {
            let Ok(number) = u64::try_from(step) else { continue };
            let right = Zeroizing::new(totp.generate(number * STEP_SECONDS));
            if bool::from(right.as_bytes().ct_eq(code.as_bytes())) {
                found = Some(step);
            }
        }
        Ok(found)
    }

    fn totp(&self, account: &str) -> Result<TOTP, TotpError> {
        TOTP::new(
            Algorithm::SHA1,
            DIGITS,
            0,
            STEP_SECONDS,
            self.0.expose_secret().to_vec(),
            Some("QuickVibe".to_owned()),
            account.to_owned(),
        )
        .map_err(|_| TotpError)
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// The step of a moment.
fn step_at(now: Timestamp) -> i64 {
    now.as_micros().div_euclid(1_000_000 * STEP_SECONDS.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::tests::Fixed;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    /// Appendix B of RFC 6238, of which six digits are used.
    #[test]
    fn codes_are_those_of_the_standard() {
        let text = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into();
        let secret = TotpSecret::parse(&text).unwrap();
        assert_eq!(secret.text().unwrap().expose_secret(), text.expose_secret());
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = Some(seconds / 30);
            assert_eq!(secret.step_of(code, at(seconds)).unwrap(), step, "{seconds}");
            // A step earlier and later by the server's clock, and no further.
            for (offset, fits) in [(-60, false), (-30, true), (30, true), (60, false)] {
                let found = secret.step_of(code, at(seconds + offset)).unwrap();
                assert_eq!(found.is_some(), fits && seconds + offset >= 0, "{seconds}{offset:+}");
            }
        }
        for code in ["", "28708", "2870820", "287083", "२८७०८२"] {
            assert_eq!(secret.step_of(code, at(59)).unwrap(), None, "{code}");
        }
    }

    #[test]
    fn apps_are_told_all_that_they_need() {
        let secret = TotpSecret::generate(&Fixed(7));
        let uri = secret.uri("ada@example.org").unwrap();
        let uri = uri.expose_secret();
        let text = secret.text().unwrap();
        assert!(uri.starts_with("otpauth://totp/QuickVibe:ada%40example.org?"), "{uri}");
        assert!(uri.contains(&format!("secret={}", text.expose_secret())), "{uri}");
        assert!(uri.contains("issuer=QuickVibe"), "{uri}");
        assert!(secret.uri("a:b").is_ok());
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
        for wrong in ["", "GEZDG", "not base32!"] {
            assert!(TotpSecret::parse(&wrong.into()).is_err(), "{wrong}");
        }
    }
}
