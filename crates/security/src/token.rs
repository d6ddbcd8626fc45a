use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qv_domain::Env;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// An opaque 256-bit token: whoever holds it is let in. Shown once, kept only as its [`TokenHash`].
#[derive(Debug, Clone)]
pub struct Token(SecretString);

/// What is stored of a token. A fast hash is enough: the token has 256 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl Token {
    /// A new token.
    #[must_use]
    pub fn generate(env: &dyn Env) -> Self {
        Self::with_prefix("", env)
    }

    /// A new token that says by its first characters what it is, so that people and scanners of secrets know it.
    #[must_use]
    pub fn with_prefix(prefix: &str, env: &dyn Env) -> Self {
        let mut bytes = [0; 32];
        env.fill_random(&mut bytes);
        let text = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes));
        bytes.zeroize();
        Self(text.into())
    }

    /// The text for a cookie or a link.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What to store.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.expose())
    }
}

impl TokenHash {
    /// The hash of what somebody presents.
    #[must_use]
    pub fn of(presented: &str) -> Self {
        Self(Sha256::digest(presented.as_bytes()).into())
    }

    /// The digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
