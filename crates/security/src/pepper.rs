use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use qv_domain::Env;
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest as _, Sha256};

/// Bytes of one pepper: as many as argon2's `secret` needs to be out of reach.
const BYTES: usize = 32;

/// Secrets that go into every password's hash and are kept outside of the database: whoever has only the database
/// cannot try passwords. Each has a version, which the hash names; the newest is used for new hashes.
pub struct Peppers(BTreeMap<u32, SecretBox<[u8; BYTES]>>);

/// Why a list of peppers cannot be read. Says the line, never what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PepperError {
    /// A line is not of the form.
    #[error("line {0} is not `version:base64 of 32 bytes`")]
    Line(usize),
    /// Two lines have the same version.
    #[error("line {0} repeats a version")]
    Repeated(usize),
    /// There is none.
    #[error("it holds no pepper")]
    Empty,
}

impl Peppers {
    /// A first pepper, of version 1.
    #[must_use]
    pub fn generate(env: &dyn Env) -> Self {
        let first = SecretBox::init_with_mut(|pepper: &mut [u8; BYTES]| env.fill_random(pepper));
        Self(BTreeMap::from([(1, first)]))
    }

    /// Reads lines `version:base64`; empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// Names the line that is wrong.
    pub fn parse(text: &str) -> Result<Self, PepperError> {
        let mut peppers = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let (at, line) = (at + 1, line.trim());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let pepper = line.split_once(':').and_then(|(version, bytes)| {
                let bytes = STANDARD_NO_PAD.decode(bytes.trim().trim_end_matches('=')).ok()?;
                Some((version.trim().parse().ok()?, Box::new(<[u8; BYTES]>::try_from(bytes).ok()?)))
            });
            let (version, bytes) = pepper.ok_or(PepperError::Line(at))?;
            if peppers.insert(version, SecretBox::new(bytes)).is_some() {
                return Err(PepperError::Repeated(at));
            }
        }
        if peppers.is_empty() { Err(PepperError::Empty) } else { Ok(Self(peppers)) }
    }

    /// The text for the file: what [`Peppers::parse`] reads.
    #[must_use]
    pub fn expose(&self) -> String {
        let line = |(version, pepper): (&u32, &SecretBox<[u8; BYTES]>)| {
            format!("{version}:{}\n", STANDARD_NO_PAD.encode(pepper.expose_secret()))
        };
        self.0.iter().map(line).collect()
    }

    /// What tells each version's pepper from another, and nothing of it: the first eight bytes of a hash, in hex.
    #[must_use]
    pub fn fingerprints(&self) -> BTreeMap<u32, String> {
        let of = |pepper: &SecretBox<[u8; BYTES]>| {
            let hash =
                Sha256::new().chain_update("quickvibe pepper").chain_update(pepper.expose_secret());
            hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
        };
        self.0.iter().map(|(version, pepper)| (*version, of(pepper))).collect()
    }

    /// The version and the bytes that new hashes are made with.
    pub(crate) fn newest(&self) -> (u32, &[u8]) {
        let newest = self.0.last_key_value();
        newest.map_or((0, &[]), |(version, pepper)| (*version, &pepper.expose_secret()[..]))
    }

    /// The bytes of a version.
    pub(crate) fn version(&self, version: u32) -> Option<&[u8]> {
        self.0.get(&version).map(|pepper| &pepper.expose_secret()[..])
    }
}

impl std::fmt::Debug for Peppers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Peppers(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::tests::Fixed;

    #[test]
    fn what_is_written_is_read_and_the_newest_is_used() {
        let first = Peppers::generate(&Fixed(7));
        let text = format!("# ours\n{}\n10:{}\n", first.expose(), STANDARD_NO_PAD.encode([9; 32]));
        let both = Peppers::parse(&text).unwrap();
        assert_eq!(both.newest(), (10, &[9; 32][..]));
        assert_eq!(both.version(1), Some(&[7; 32][..]));
        assert_eq!(both.version(2), None);
        assert_eq!(format!("{both:?}"), "Peppers(…)");
        for (text, error) in [
            ("", PepperError::Empty),
            ("\n1:abc", PepperError::Line(2)),
            ("x:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", PepperError::Line(1)),
            (&format!("{0}{0}", first.expose()), PepperError::Repeated(2)),
        ] {
            assert_eq!(Peppers::parse(text).unwrap_err(), error, "{text}");
        }
    }
}
