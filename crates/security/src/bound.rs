use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::SealingKey;

/// A text that only the instance can make for a purpose and a subject, such as the token that goes with a session:
/// HMAC-SHA-256 under the key. Nothing is stored; another subject's does not fit.
#[must_use]
pub fn bound_token(key: &SealingKey, purpose: &str, subject: &[u8]) -> String {
    // The zero keeps purpose and subject apart: a purpose has none.
    let mac = Hmac::<Sha256>::new_from_slice(key.expose()).map(|mac| {
        mac.chain_update(purpose).chain_update([0]).chain_update(subject).finalize().into_bytes()
    });
    // HMAC takes keys of any length.
    mac.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default()
}

/// Whether `presented` is that text. Takes as long whatever is presented.
#[must_use]
pub fn is_bound_token(key: &SealingKey, purpose: &str, subject: &[u8], presented: &str) -> bool {
    let right = bound_token(key, purpose, subject);
    !right.is_empty() && bool::from(right.as_bytes().ct_eq(presented.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_its_key_purpose_and_subject() {
        let [key, other] = [[1; 32], [2; 32]].map(|bytes| SealingKey::from_bytes(&bytes).unwrap());
        let token = bound_token(&key, "csrf", b"session");
        assert_eq!(token.len(), 43);
        assert!(is_bound_token(&key, "csrf", b"session", &token));
        for (key, purpose, subject) in [
            (&other, "csrf", "session"),
            (&key, "other", "session"),
            (&key, "csrf", "sessioN"),
            (&key, "csr", "f\0session"),
        ] {
            assert!(
                !is_bound_token(key, purpose, subject.as_bytes(), &token),
                "{purpose} {subject}"
            );
        }
        for wrong in ["", &token[1..], &format!("{token}=")] {
            assert!(!is_bound_token(&key, "csrf", b"session", wrong));
        }
    }
}
