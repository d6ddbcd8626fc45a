use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::SaltString,
};
use qv_domain::Env;

/// Why a password or its hash is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Shorter than the rule allows.
    #[error("the password is shorter than {} characters: make it longer", PasswordRule::MIN_CHARS)]
    TooShort,
    /// Longer than the rule allows.
    #[error("the password is longer than {} bytes: make it shorter", PasswordRule::MAX_BYTES)]
    TooLong,
    /// One character again and again.
    #[error("the password repeats one character: mix it")]
    Repeats,
    /// The same as the name or the address.
    #[error("the password contains your name or e-mail address: choose another")]
    Personal,
    /// The hash function refused its parameters or its stored text.
    #[error("the stored password cannot be read")]
    Unreadable,
}

/// What a new password must be.
#[derive(Debug)]
pub struct PasswordRule;

impl PasswordRule {
    /// The shortest password, in characters.
    pub const MIN_CHARS: usize = 12;
    /// The longest one, in bytes: hashing must stay bounded.
    pub const MAX_BYTES: usize = 1_024;

    /// Checks a new password of somebody with these names and addresses.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(password: &str, personal: &[&str]) -> Result<(), PasswordError> {
        if password.len() > Self::MAX_BYTES {
            return Err(PasswordError::TooLong);
        }
        if password.chars().count() < Self::MIN_CHARS {
            return Err(PasswordError::TooShort);
        }
        let first = password.chars().next();
        if password.chars().all(|c| Some(c) == first) {
            return Err(PasswordError::Repeats);
        }
        let lower = password.to_lowercase();
        if personal.iter().any(|p| p.chars().count() >= 4 && lower.contains(&p.to_lowercase())) {
            return Err(PasswordError::Personal);
        }
        Ok(())
    }
}

/// An Argon2id hash as a PHC string. Costs about 110 ms of CPU and 64 MiB by design
/// (m = 64 MiB, t = 3, p = 1): call it where blocking is allowed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a password under a fresh salt.
    ///
    /// # Errors
    /// [`PasswordError::Unreadable`] when the parameters are refused (they are constant).
    pub fn create(password: &str, env: &dyn Env) -> Result<Self, PasswordError> {
        let mut salt = [0; 16];
        env.fill_random(&mut salt);
        let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordError::Unreadable)?;
        let hash = argon2id()?
            .hash_password(password.as_bytes(), &salt)
            .map_err(|_| PasswordError::Unreadable)?;
        Ok(Self(hash.to_string()))
    }

    /// Takes a stored hash.
    #[must_use]
    pub fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `password` is the one. Takes as long whether it is or not.
    #[must_use]
    pub fn verify(&self, password: &str) -> bool {
        let Ok(parsed) = argon2::PasswordHash::new(&self.0) else { return false };
        argon2id().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), &parsed).is_ok())
    }

    /// Spends the time of one verification, so that an unknown user answers like a known one.
    pub fn verify_nobody(password: &str) {
        let salt = SaltString::encode_b64(&[0; 16]);
        if let (Ok(argon2), Ok(salt)) = (argon2id(), salt) {
            let _ = argon2.hash_password(password.as_bytes(), &salt);
        }
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

fn argon2id() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(64 * 1024, 3, 1, None).map_err(|_| PasswordError::Unreadable)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::tests::Fixed;

    #[test]
    fn rule() {
        let check = |p| PasswordRule::check(p, &["ada@example.com", "Ada"]);
        assert_eq!(check("correct horse battery"), Ok(()));
        assert_eq!(check("elf zeichen"), Err(PasswordError::TooShort));
        assert_eq!(check("zzzzzzzzzzzzzz"), Err(PasswordError::Repeats));
        assert_eq!(check("xx ADA@example.com xx"), Err(PasswordError::Personal));
        assert_eq!(check(&"ab".repeat(600)), Err(PasswordError::TooLong));
    }

    #[test]
    fn only_the_password_itself_verifies() {
        let hash = PasswordHash::create("correct horse battery", &Fixed(7)).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
        assert!(hash.verify("correct horse battery"));
        assert!(!hash.verify("correct horse batterz"));
        assert!(!PasswordHash::from_stored("not a hash".into()).verify("x"));
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }
}
