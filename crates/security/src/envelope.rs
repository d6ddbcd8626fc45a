use qv_domain::Env;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::key_ring::Kek;
use crate::seal::{self, NONCE, bind, decrypt, encrypt};
use crate::{KekId, KeyRing, SealError, SealedFor, SealingKey};

const FORMAT: u8 = 2;
const KEY: usize = 32;
const TAG: usize = 16;
/// A nonce, a data key, a tag.
const WRAPPED: usize = NONCE + KEY + TAG;

/// An envelope, taken apart: `2 | kek id | nonce | wrapped data key | nonce | sealed`.
struct Parts<'a> {
    kek: KekId,
    wrapped: &'a [u8],
    sealed: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(envelope: &'a [u8]) -> Result<Self, SealError> {
        let [FORMAT, rest @ ..] = envelope else { return Err(SealError::Refused) };
        let (kek, rest) = rest.split_first_chunk().ok_or(SealError::Refused)?;
        let (wrapped, sealed) = rest.split_at_checked(WRAPPED).ok_or(SealError::Refused)?;
        Ok(Self { kek: KekId::from_bytes(*kek), wrapped, sealed })
    }

    fn data_key(&self, kek: &Kek, bound: SealedFor<'_>) -> Result<SecretBox<[u8; KEY]>, SealError> {
        let plain = decrypt(kek.expose(), self.wrapped, &wrap_binding(bound, kek.id))?;
        let key: &[u8; KEY] = plain.as_slice().try_into().map_err(|_| SealError::Refused)?;
        Ok(SecretBox::init_with_mut(|place: &mut [u8; KEY]| place.copy_from_slice(key)))
    }
}

impl KeyRing {
    /// Seals `secret` under a key of its own, which is wrapped under the current key of the ring:
    /// `2 | kek id | nonce | wrapped data key | nonce | sealed`. Both layers are bound to the format and to owner, id
    /// and kind; the wrapping, which rotation makes anew, also to the key that wraps.
    ///
    /// # Errors
    /// [`SealError::Seal`] when the cipher refuses.
    pub fn seal(
        &self,
        secret: &SecretString,
        bound: SealedFor<'_>,
        env: &dyn Env,
    ) -> Result<Vec<u8>, SealError> {
        let key = SecretBox::init_with_mut(|key: &mut [u8; KEY]| env.fill_random(key));
        let secret = secret.expose_secret().as_bytes();
        let sealed = encrypt(key.expose_secret(), secret, &secret_binding(bound), env)?;
        self.wrap(&key, &sealed, bound, env)
    }

    /// Opens what [`KeyRing::seal`] made for the same `bound`, under any key of the ring; and what
    /// [`SealingKey::seal`] made under one of them, which is the form of before there were rings.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] for a key that is not in the ring, [`SealError::Refused`] for anything else.
    pub fn open(&self, envelope: &[u8], bound: SealedFor<'_>) -> Result<SecretString, SealError> {
        if let [seal::FORMAT, ..] = envelope {
            let opened = self.keys().find_map(|kek| {
                SealingKey::from_bytes(kek.expose()).ok()?.open(envelope, bound).ok()
            });
            return opened.ok_or(SealError::Refused);
        }
        let parts = Parts::of(envelope)?;
        let key = parts.data_key(self.key(parts.kek)?, bound)?;
        seal::text(&decrypt(key.expose_secret(), parts.sealed, &secret_binding(bound))?)
    }

    /// The same secret with its key wrapped under the current key of the ring; `None` when it is already. The secret
    /// itself stays sealed, unless the envelope is of the form before.
    ///
    /// # Errors
    /// As [`KeyRing::open`].
    pub fn rewrap(
        &self,
        envelope: &[u8],
        bound: SealedFor<'_>,
        env: &dyn Env,
    ) -> Result<Option<Vec<u8>>, SealError> {
        if let [seal::FORMAT, ..] = envelope {
            return self.seal(&self.open(envelope, bound)?, bound, env).map(Some);
        }
        let parts = Parts::of(envelope)?;
        if parts.kek == self.current() {
            return Ok(None);
        }
        let key = parts.data_key(self.key(parts.kek)?, bound)?;
        self.wrap(&key, parts.sealed, bound, env).map(Some)
    }

    /// How every envelope under the current key begins.
    #[must_use]
    pub fn prefix(&self) -> Vec<u8> {
        [&[FORMAT][..], self.current().as_bytes()].concat()
    }

    fn wrap(
        &self,
        key: &SecretBox<[u8; KEY]>,
        sealed: &[u8],
        bound: SealedFor<'_>,
        env: &dyn Env,
    ) -> Result<Vec<u8>, SealError> {
        let kek = self.current_key();
        let binding = wrap_binding(bound, kek.id);
        let wrapped = encrypt(kek.expose(), key.expose_secret(), &binding, env)?;
        Ok([&self.prefix()[..], &wrapped, sealed].concat())
    }

    fn key(&self, id: KekId) -> Result<&Kek, SealError> {
        self.keys().find(|kek| kek.id == id).ok_or(SealError::UnknownKey(id))
    }
}

fn wrap_binding(bound: SealedFor<'_>, kek: KekId) -> Vec<u8> {
    let parts = [bound.owner, bound.id, bound.kind].map(str::as_bytes);
    bind(FORMAT, &[b"key", parts[0], parts[1], parts[2], kek.as_bytes()])
}

fn secret_binding(bound: SealedFor<'_>) -> Vec<u8> {
    let parts = [bound.owner, bound.id, bound.kind].map(str::as_bytes);
    bind(FORMAT, &[b"secret", parts[0], parts[1], parts[2]])
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::HashSet;
    use std::sync::Mutex;

    use proptest::prelude::*;
    use qv_domain::Timestamp;

    use super::*;
    use crate::seal::tests::Fixed;

    const ADA: SealedFor<'static> = SealedFor { owner: "ada", id: "k1", kind: "provider_key" };

    /// Another byte each time.
    #[derive(Debug)]
    struct Counting(Mutex<u64>);
    impl Env for Counting {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(0)
        }
        fn fill_random(&self, buf: &mut [u8]) {
            let mut state = self.0.lock().unwrap();
            for chunk in buf.chunks_mut(8) {
                *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                chunk.copy_from_slice(&state.to_le_bytes()[..chunk.len()]);
            }
        }
    }

    fn random(seed: u64) -> Counting {
        Counting(Mutex::new(seed))
    }

    fn open(ring: &KeyRing, sealed: &[u8], bound: SealedFor<'_>) -> Result<String, SealError> {
        ring.open(sealed, bound).map(|text| text.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_opens_before_during_and_after_a_rotation() {
        let env = random(1);
        let old = KeyRing::generate(&env);
        let sealed = old.seal(&"sk-test".into(), ADA, &env).unwrap();
        assert_eq!(open(&old, &sealed, ADA).unwrap(), "sk-test");
        assert_eq!(old.rewrap(&sealed, ADA, &env), Ok(None));
        assert_eq!(sealed.len(), 1 + 8 + WRAPPED + NONCE + 7 + TAG);

        let both = KeyRing::parse(&old.expose()).unwrap().with_new_key(&env);
        assert_eq!(open(&both, &sealed, ADA).unwrap(), "sk-test");
        let rewrapped = both.rewrap(&sealed, ADA, &env).unwrap().unwrap();
        assert!(rewrapped.starts_with(&both.prefix()) && !sealed.starts_with(&both.prefix()));
        let unknown = SealError::UnknownKey(both.current());
        assert_eq!(open(&old, &rewrapped, ADA).unwrap_err(), unknown);
        assert_eq!(rewrapped[1 + 8 + WRAPPED..], sealed[1 + 8 + WRAPPED..], "it stays sealed");
        let new = both.without_older();
        assert_eq!(open(&new, &rewrapped, ADA).unwrap(), "sk-test");
        assert_eq!(open(&new, &sealed, ADA).unwrap_err(), SealError::UnknownKey(old.current()));
        assert!(new.rewrap(&sealed, ADA, &env).is_err());
    }

    #[test]
    fn the_form_of_before_opens_and_becomes_the_new_one() {
        let key = SealingKey::generate(&Fixed(1));
        let sealed = key.seal(&"sk-test".into(), ADA, &Fixed(2)).unwrap();
        let ring = KeyRing::parse(key.expose()).unwrap().with_new_key(&Fixed(3));
        assert_eq!(open(&ring, &sealed, ADA).unwrap(), "sk-test");
        let rewrapped = ring.rewrap(&sealed, ADA, &random(1)).unwrap().unwrap();
        assert_eq!(open(&ring.without_older(), &rewrapped, ADA).unwrap(), "sk-test");
    }

    // asvs: 43
    #[test]
    fn a_row_of_another_tenant_or_kind_does_not_open() {
        let env = random(1);
        let ring = KeyRing::generate(&env);
        let sealed = ring.seal(&"sk-test".into(), ADA, &env).unwrap();
        for other in [
            SealedFor { owner: "bob", ..ADA },
            SealedFor { id: "k2", ..ADA },
            SealedFor { kind: "totp", ..ADA },
            SealedFor { owner: "adak", id: "1", ..ADA },
            SealedFor { owner: "", id: "adak1", ..ADA },
        ] {
            assert_eq!(open(&ring, &sealed, other).unwrap_err(), SealError::Refused);
            assert!(ring.with_other_current().rewrap(&sealed, other, &env).is_err());
        }
        // Nor do halves of two rows, even of one owner.
        let second = SealedFor { id: "k2", ..ADA };
        let other = ring.seal(&"sk-best".into(), second, &env).unwrap();
        let seam = 1 + 8 + WRAPPED;
        let mixed = [&sealed[..seam], &other[seam..]].concat();
        assert!(open(&ring, &mixed, ADA).is_err() && open(&ring, &mixed, second).is_err());
    }

    impl KeyRing {
        fn with_other_current(&self) -> Self {
            Self::parse(&self.expose()).unwrap().with_new_key(&Fixed(77))
        }
    }

    // asvs: 43
    #[test]
    fn no_flipped_bit_opens() {
        let env = random(1);
        let ring = KeyRing::generate(&env);
        let sealed = ring.seal(&"sk-test".into(), ADA, &env).unwrap();
        let rotated = ring.with_other_current();
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(ring.open(&flipped, ADA).is_err(), "bit {bit}");
            // Rewrapping looks at the key alone; what it makes of a damaged secret stays damaged.
            if let Ok(Some(rewrapped)) = rotated.rewrap(&flipped, ADA, &env) {
                assert!(rotated.open(&rewrapped, ADA).is_err(), "bit {bit}");
            }
        }
        for end in 0..sealed.len() {
            assert!(ring.open(&sealed[..end], ADA).is_err(), "{end} bytes");
        }
    }

    /// Keeps what is asked for as a nonce, and gives random bytes from the system's generator.
    #[derive(Debug)]
    struct Noted {
        nonces: Mutex<Vec<[u8; NONCE]>>,
    }
    impl Env for Noted {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(0)
        }
        fn fill_random(&self, buf: &mut [u8]) {
            use chacha20poly1305::aead::rand_core::RngCore as _;
            thread_local! {
                static RANDOM: RefCell<chacha20poly1305::aead::OsRng> =
                    const { RefCell::new(chacha20poly1305::aead::OsRng) };
            }
            RANDOM.with_borrow_mut(|random| random.fill_bytes(buf));
            if let Ok(nonce) = <[u8; NONCE]>::try_from(&*buf) {
                self.nonces.lock().unwrap().push(nonce);
            }
        }
    }

    // asvs: 43
    #[test]
    fn no_nonce_of_a_million_comes_twice() {
        let env = Noted { nonces: Mutex::default() };
        let ring = KeyRing::generate(&env);
        let secret = SecretString::from("s");
        let mut seen = HashSet::new();
        for _ in 0..500_000 {
            let sealed = ring.seal(&secret, ADA, &env).unwrap();
            // The nonces are those that were drawn, where the format says they are.
            let parts = Parts::of(&sealed).unwrap();
            for nonce in [&parts.wrapped[..NONCE], &parts.sealed[..NONCE]] {
                assert!(seen.insert(<[u8; NONCE]>::try_from(nonce).unwrap()), "a nonce came twice");
            }
        }
        assert_eq!(seen.len(), 1_000_000);
        assert!(env.nonces.lock().unwrap().iter().all(|nonce| seen.contains(nonce)));
    }

    proptest! {
        #[test]
        fn whatever_is_sealed_opens_for_its_binding_alone(
            secret in ".{0,80}",
            parts in prop::array::uniform3("[a-z0-9]{0,6}"),
            others in prop::array::uniform3("[a-z0-9]{0,6}"),
            seed in any::<u64>(),
        ) {
            fn bound(parts: &[String; 3]) -> SealedFor<'_> {
                SealedFor { owner: &parts[0], id: &parts[1], kind: &parts[2] }
            }
            let env = random(seed);
            let ring = KeyRing::generate(&env);
            let sealed = ring.seal(&secret.as_str().into(), bound(&parts), &env).unwrap();
            prop_assert_eq!(open(&ring, &sealed, bound(&parts)).unwrap(), secret);
            prop_assert_eq!(ring.open(&sealed, bound(&others)).is_ok(), parts == others);
        }

        #[test]
        fn arbitrary_bytes_are_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let ring = KeyRing::generate(&Fixed(1));
            prop_assert!(ring.open(&bytes, ADA).is_err());
            // Also where they claim to be ours.
            for (place, byte) in bytes.iter_mut().zip(ring.prefix()) {
                *place = byte;
            }
            prop_assert!(ring.open(&bytes, ADA).is_err());
        }
    }
}
