//! Passwords, tokens and sealed secrets. Pure: random bytes come in through [`qv_domain::Env`].
//!
//! What must never be logged is a [`secrecy::SecretString`]; what is stored is a hash or a sealed
//! envelope, never the thing itself.

mod bound;
mod envelope;
mod key_ring;
mod mask;
mod password;
mod pepper;
mod policy;
mod recovery;
mod seal;
mod token;
mod totp;

pub use bound::{bound_token, is_bound_token};
pub use key_ring::{KekId, KeyRing, KeyRingError, PASSPHRASE_CHARS, SALT_BYTES};
pub use mask::mask_secrets;
pub use password::{HashError, PasswordHash, Verified};
pub use pepper::{PepperError, Peppers};
pub use policy::{PasswordRule, WeakPassword};
pub use recovery::RecoveryCode;
pub use seal::{SealError, SealedFor, SealingKey};
pub use token::{Token, TokenHash};
pub use totp::{TotpError, TotpSecret};

/// Re-exported so that callers name one crate for secrets.
pub use secrecy::{ExposeSecret, SecretString};
/// Re-exported for bytes of keys on their way to and from where they are kept.
pub use zeroize::Zeroizing;
