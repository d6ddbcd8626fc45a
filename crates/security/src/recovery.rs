use qv_domain::Env;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::TokenHash;

/// Without those that people take for each other: no `i`, `l`, `o`, `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const CHARS: usize = 16;
const GROUP: usize = 4;

/// What signs in once in the place of an authenticator's code: 80 random bits, so a fast hash is enough.
#[derive(Debug, Clone)]
pub struct RecoveryCode(SecretString);

impl RecoveryCode {
    /// A new one.
    #[must_use]
    pub fn generate(env: &dyn Env) -> Self {
        let mut random = Zeroizing::new([0; CHARS]);
        env.fill_random(&mut *random);
        let mut text = Zeroizing::new(String::with_capacity(CHARS + CHARS / GROUP));
        for (at, byte) in random.iter().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(byte % 32)]));
        }
        Self(SecretString::from(text.as_str()))
    }

    /// The text for its owner: four groups of four.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        Self::hash_of(self.expose())
    }

    /// The hash of what somebody types: capitals, blanks and hyphens say nothing, and look-alikes are what they look
    /// like.
    #[must_use]
    pub fn hash_of(typed: &str) -> TokenHash {
        let letters = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let plain: String = letters
            .map(|c| match c.to_ascii_lowercase() {
                'i' | 'l' => '1',
                'o' => '0',
                c => c,
            })
            .collect();
        TokenHash::of(&Zeroizing::new(plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::tests::Fixed;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let code = RecoveryCode::generate(&Fixed(33));
        assert_eq!(code.expose(), "1111-1111-1111-1111");
        for typed in ["1111111111111111", " 1111 1111-1111 1111\n", "iIlL-1111-1111-1111"] {
            assert_eq!(RecoveryCode::hash_of(typed), code.hash(), "{typed}");
        }
        assert_ne!(RecoveryCode::hash_of("1111-1111-1111-1112"), code.hash());
        assert_eq!(RecoveryCode::hash_of("ABCD-O"), RecoveryCode::hash_of("abcd-0"));
    }
}
