use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use qv_domain::Env;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

const BYTES: usize = 32;
/// A ring has the keys of one or two rotations; more are a mistake.
const MOST_KEYS: usize = 16;
/// Bytes of the salt that goes with a passphrase.
pub const SALT_BYTES: usize = 16;
/// The fewest characters of a passphrase: who has the database can try passphrases at leisure.
pub const PASSPHRASE_CHARS: usize = 20;
/// What trying one passphrase costs: 256 MiB, three passes.
const PASSPHRASE_KIB: u32 = 256 * 1024;
const PASSPHRASE_PASSES: u32 = 3;

/// The keys under which the keys of secrets are wrapped: the current one first, then those from before it, which only
/// open. See [`KeyRing::seal`] for the envelope.
pub struct KeyRing {
    current: Kek,
    older: Vec<Kek>,
}

/// A key-encryption key.
pub(crate) struct Kek {
    pub(crate) id: KekId,
    key: SecretBox<[u8; BYTES]>,
}

/// What tells a key-encryption key from others, and nothing of it: the first eight bytes of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KekId([u8; KekId::BYTES]);

/// Why keys cannot be taken. Never says what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// Neither form.
    #[error("it is neither a number of keys of 32 bytes nor lines of base64 with 32 bytes each")]
    Form,
    /// Text that is no base64.
    #[error(
        "it is text, and not lines of base64 with 32 bytes each: make one by `openssl rand -base64 32`"
    )]
    Text,
    /// None, or too many.
    #[error("it holds {0} keys, not 1 to {MOST_KEYS}")]
    Count(usize),
    /// One stands there twice.
    #[error("it holds the same key twice")]
    Repeated,
    /// A passphrase that can be guessed.
    #[error("a passphrase has at least {PASSPHRASE_CHARS} characters")]
    ShortPassphrase,
    /// The hash function refused its parameters (they are constant).
    #[error("the passphrase cannot be hashed")]
    Hash,
}

impl KekId {
    /// Bytes of an id.
    pub const BYTES: usize = 8;

    fn of(key: &[u8; BYTES]) -> Self {
        let hash = Sha256::new().chain_update("quickvibe kek").chain_update(key).finalize();
        let mut id = [0; Self::BYTES];
        id.copy_from_slice(&hash[..Self::BYTES]);
        Self(id)
    }

    pub(crate) const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Display for KekId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Kek {
    fn new(key: SecretBox<[u8; BYTES]>) -> Self {
        Self { id: KekId::of(key.expose_secret()), key }
    }

    fn generate(env: &dyn Env) -> Self {
        Self::new(SecretBox::init_with_mut(|key: &mut [u8; BYTES]| env.fill_random(key)))
    }

    pub(crate) fn expose(&self) -> &[u8; BYTES] {
        self.key.expose_secret()
    }
}

impl KeyRing {
    /// A ring of one new key.
    #[must_use]
    pub fn generate(env: &dyn Env) -> Self {
        Self { current: Kek::generate(env), older: Vec::new() }
    }

    /// Takes what a key file, a credential or a command holds, the current key first: keys of 32 bytes one after the
    /// other, or lines of base64.
    ///
    /// # Errors
    /// Says what is wrong, never what was there.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyRingError> {
        let keys = match lines(bytes) {
            Some(keys) => keys,
            // 32 random bytes are text once in 10^13 times; somebody's text is.
            None if is_text(bytes) => return Err(KeyRingError::Text),
            None if bytes.len().is_multiple_of(BYTES) => {
                bytes.chunks_exact(BYTES).map(key_of).collect::<Option<_>>().unwrap_or_default()
            }
            None => return Err(KeyRingError::Form),
        };
        Self::of(keys.into_iter().map(Kek::new).collect())
    }

    /// Makes keys of passphrases, the current one first. Takes about a second each by design: call it where blocking
    /// is allowed.
    ///
    /// # Errors
    /// `ShortPassphrase`.
    pub fn from_passphrases(
        passphrases: &[SecretString],
        salt: &[u8; SALT_BYTES],
    ) -> Result<Self, KeyRingError> {
        let params = Params::new(PASSPHRASE_KIB, PASSPHRASE_PASSES, 1, Some(BYTES))
            .map_err(|_| KeyRingError::Hash)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let derive = |passphrase: &SecretString| {
            let passphrase = passphrase.expose_secret();
            if passphrase.chars().count() < PASSPHRASE_CHARS {
                return Err(KeyRingError::ShortPassphrase);
            }
            let mut hashed = Ok(());
            let key = SecretBox::init_with_mut(|key: &mut [u8; BYTES]| {
                hashed = argon2.hash_password_into(passphrase.as_bytes(), salt, key);
            });
            hashed.map(|()| Kek::new(key)).map_err(|_| KeyRingError::Hash)
        };
        Self::of(passphrases.iter().map(derive).collect::<Result<_, _>>()?)
    }

    fn of(keys: Vec<Kek>) -> Result<Self, KeyRingError> {
        let count = keys.len();
        let mut keys = keys.into_iter();
        let current =
            keys.next().filter(|_| count <= MOST_KEYS).ok_or(KeyRingError::Count(count))?;
        let older: Vec<Kek> = keys.collect();
        let mut ids: Vec<KekId> = older.iter().map(|kek| kek.id).chain([current.id]).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(KeyRingError::Repeated);
        }
        Ok(Self { current, older })
    }

    /// The same keys behind a new current one.
    #[must_use]
    pub fn with_new_key(self, env: &dyn Env) -> Self {
        let older = std::iter::once(self.current).chain(self.older).collect();
        Self { current: Kek::generate(env), older }
    }

    /// The current key alone.
    #[must_use]
    pub fn without_older(self) -> Self {
        Self { current: self.current, older: Vec::new() }
    }

    /// The id of the key under which new secrets are sealed.
    #[must_use]
    pub const fn current(&self) -> KekId {
        self.current.id
    }

    /// The ids of the keys that only open.
    #[must_use]
    pub fn older(&self) -> Vec<KekId> {
        self.older.iter().map(|kek| kek.id).collect()
    }

    pub(crate) const fn current_key(&self) -> &Kek {
        &self.current
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Kek> {
        std::iter::once(&self.current).chain(&self.older)
    }

    /// The bytes for a key file: what [`KeyRing::parse`] reads.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<Vec<u8>> {
        // In one piece: growing would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES * (1 + self.older.len())));
        for kek in self.keys() {
            bytes.extend_from_slice(kek.expose());
        }
        bytes
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} and {} older)", self.current.id, self.older.len())
    }
}

fn key_of(bytes: &[u8]) -> Option<SecretBox<[u8; BYTES]>> {
    (bytes.len() == BYTES)
        .then(|| SecretBox::init_with_mut(|key: &mut [u8; BYTES]| key.copy_from_slice(bytes)))
}

/// The keys of lines of base64, if it is that: 43 characters in a row that random bytes will not be.
fn is_text(bytes: &[u8]) -> bool {
    let is_printed = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    !bytes.is_empty() && bytes.iter().all(is_printed)
}

fn lines(bytes: &[u8]) -> Option<Vec<SecretBox<[u8; BYTES]>>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return None;
    }
    let decode = |line: &&str| {
        let bytes = STANDARD_NO_PAD.decode(line.trim_end_matches('=')).ok().map(Zeroizing::new)?;
        key_of(&bytes)
    };
    lines.iter().map(decode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::tests::Fixed;

    #[test]
    fn what_is_written_is_read_and_the_current_key_is_first() {
        let one = KeyRing::generate(&Fixed(1));
        let (first, bytes) = (one.current(), one.expose());
        assert_eq!(*bytes, [1; 32]);
        let two = one.with_new_key(&Fixed(2));
        assert_eq!((two.older(), &two.expose()[..32]), (vec![first], &[2; 32][..]));
        let read = KeyRing::parse(&two.expose()).unwrap();
        assert_eq!((read.current(), read.older()), (two.current(), vec![first]));
        let text = format!(
            "{}=\r\n\n {}\n",
            STANDARD_NO_PAD.encode([2; 32]),
            STANDARD_NO_PAD.encode([1; 32])
        );
        let typed = KeyRing::parse(text.as_bytes()).unwrap();
        assert_eq!((typed.current(), typed.older()), (two.current(), vec![first]));
        assert_eq!(two.without_older().older(), []);
        assert!(!format!("{read:?} {first}").contains("0202"));
    }

    #[test]
    fn what_is_no_ring_is_told() {
        for (bytes, error) in [
            (&b""[..], KeyRingError::Count(0)),
            (&[7; 31], KeyRingError::Form),
            (&[7; 33], KeyRingError::Form),
            (&[7; 64], KeyRingError::Repeated),
            (&[7; 17 * 32], KeyRingError::Count(17)),
            (b"not a key\n", KeyRingError::Text),
            // What `openssl rand -hex 32` prints, and a password of 32 characters, are no keys of their bytes.
            (&[b'e'; 64], KeyRingError::Text),
            (b"correct horse battery staple yes", KeyRingError::Text),
        ] {
            assert_eq!(KeyRing::parse(bytes).unwrap_err(), error, "{bytes:?}");
        }
    }

    #[test]
    fn a_passphrase_and_its_salt_make_one_key() {
        let ring =
            |words: &str, salt| KeyRing::from_passphrases(&[words.into()], &[salt; SALT_BYTES]);
        let words = "four unlike words, and more";
        let first = ring(words, 1).unwrap().current();
        assert_eq!(ring(words, 1).unwrap().current(), first);
        assert_ne!(ring(words, 2).unwrap().current(), first);
        assert_eq!(ring("only 19 characters.", 1).unwrap_err(), KeyRingError::ShortPassphrase);
    }
}
