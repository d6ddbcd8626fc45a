use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use qv_domain::Env;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use zeroize::Zeroizing;

use crate::KekId;

pub(crate) const FORMAT: u8 = 1;
pub(crate) const NONCE: usize = 24;

/// 32 random bytes. Seals texts with XChaCha20-Poly1305 under a random nonce, and makes texts that only its holder can
/// make ([`crate::bound_token`]).
pub struct SealingKey(SecretBox<[u8; 32]>);

/// Whom and what a secret is for: bound into the envelope, so that a row copied to another owner or
/// kind does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedFor<'a> {
    /// The user's id, or `system`.
    pub owner: &'a str,
    /// The row's id.
    pub id: &'a str,
    /// What it is, such as `provider_key`.
    pub kind: &'a str,
}

/// Why an envelope does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Damaged, made under another key, or for another owner.
    #[error("the stored secret cannot be opened with this master key")]
    Refused,
    /// Made under a key that is not in the ring.
    #[error("the stored secret was sealed under another master key, {0}")]
    UnknownKey(KekId),
    /// Not 32 bytes.
    #[error("a key is 32 bytes")]
    KeyLength,
    /// The cipher refused; does not happen for secrets of this size.
    #[error("the secret cannot be sealed")]
    Seal,
}

impl SealingKey {
    /// A new key.
    #[must_use]
    pub fn generate(env: &dyn Env) -> Self {
        Self(SecretBox::init_with_mut(|key: &mut [u8; 32]| env.fill_random(key)))
    }

    /// Takes the bytes of a key.
    ///
    /// # Errors
    /// [`SealError::KeyLength`] unless there are 32.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let key: [u8; 32] = bytes.try_into().map_err(|_| SealError::KeyLength)?;
        Ok(Self(SecretBox::new(Box::new(key))))
    }

    /// The bytes, for where they are kept only.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    /// Seals `secret`: format byte, 24-byte nonce, ciphertext and tag.
    ///
    /// # Errors
    /// [`SealError::Seal`] when the cipher refuses.
    pub fn seal(
        &self,
        secret: &SecretString,
        bound: SealedFor<'_>,
        env: &dyn Env,
    ) -> Result<Vec<u8>, SealError> {
        let sealed =
            encrypt(self.expose(), secret.expose_secret().as_bytes(), &bound.bytes(), env)?;
        Ok([&[FORMAT][..], &sealed].concat())
    }

    /// Opens what [`SealingKey::seal`] made for the same `bound`.
    ///
    /// # Errors
    /// [`SealError::Refused`] for anything else.
    pub fn open(&self, envelope: &[u8], bound: SealedFor<'_>) -> Result<SecretString, SealError> {
        match envelope {
            [FORMAT, sealed @ ..] => text(&decrypt(self.expose(), sealed, &bound.bytes())?),
            _ => Err(SealError::Refused),
        }
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

impl SealedFor<'_> {
    fn bytes(&self) -> Vec<u8> {
        bind(FORMAT, &[self.owner.as_bytes(), self.id.as_bytes(), self.kind.as_bytes()])
    }
}

/// Each part with its length before it, so that no two bindings read alike.
pub(crate) fn bind(format: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = vec![format];
    for part in parts {
        out.extend_from_slice(&(part.len() as u64).to_le_bytes());
        out.extend_from_slice(part);
    }
    out
}

/// A fresh nonce, then the ciphertext with its tag.
pub(crate) fn encrypt(
    key: &[u8; 32],
    plain: &[u8],
    aad: &[u8],
    env: &dyn Env,
) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE];
    env.fill_random(&mut nonce);
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad })
        .map_err(|_| SealError::Seal)?;
    Ok([&nonce[..], &sealed].concat())
}

/// What [`encrypt`] was given.
pub(crate) fn decrypt(
    key: &[u8; 32],
    sealed: &[u8],
    aad: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(SealError::Refused)?;
    XChaCha20Poly1305::new(key.into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad })
        .map(Zeroizing::new)
        .map_err(|_| SealError::Refused)
}

pub(crate) fn text(plain: &[u8]) -> Result<SecretString, SealError> {
    std::str::from_utf8(plain).map(SecretString::from).map_err(|_| SealError::Refused)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use qv_domain::Timestamp;

    #[derive(Debug)]
    pub(crate) struct Fixed(pub(crate) u8);
    impl Env for Fixed {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(0)
        }
        fn fill_random(&self, buf: &mut [u8]) {
            buf.fill(self.0);
        }
    }

    const ADA: SealedFor<'static> = SealedFor { owner: "ada", id: "k1", kind: "provider_key" };

    #[test]
    fn opens_only_for_the_same_binding_and_key() {
        let key = SealingKey::generate(&Fixed(1));
        let sealed = key.seal(&"sk-test".into(), ADA, &Fixed(2)).unwrap();
        assert_eq!(key.open(&sealed, ADA).unwrap().expose_secret(), "sk-test");
        for other in [
            SealedFor { owner: "bob", ..ADA },
            SealedFor { id: "k2", ..ADA },
            SealedFor { owner: "adak", id: "1", ..ADA },
        ] {
            assert_eq!(key.open(&sealed, other).unwrap_err(), SealError::Refused);
        }
        let stranger = SealingKey::generate(&Fixed(9));
        assert_eq!(stranger.open(&sealed, ADA).unwrap_err(), SealError::Refused);
        assert!(!sealed.windows(7).any(|w| w == b"sk-test"));
        assert_eq!(format!("{key:?}"), "SealingKey(…)");
    }

    proptest! {
        #[test]
        fn no_damaged_envelope_opens(at in 0usize..47, flip in 1u8..) {
            let key = SealingKey::generate(&Fixed(1));
            let mut sealed = key.seal(&"sk-test".into(), ADA, &Fixed(2)).unwrap();
            let at = at % sealed.len();
            sealed[at] ^= flip;
            prop_assert!(key.open(&sealed, ADA).is_err());
        }

        #[test]
        fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(SealingKey::generate(&Fixed(1)).open(&bytes, ADA).is_err());
        }
    }
}
