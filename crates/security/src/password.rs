use argon2::{
    Algorithm, Argon2, Params, ParamsBuilder, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};
use qv_domain::Env;

use crate::Peppers;

/// The hash function refused its parameters or its stored text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password cannot be hashed, or its stored hash cannot be read")]
pub struct HashError;

/// What came of comparing a password with a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// It is another one, or the hash cannot be read.
    No,
    /// It is the one.
    Yes,
    /// It is the one, and its hash is of an older kind: make a new one while the password is at hand.
    Outdated,
}

/// An Argon2id hash as a PHC string. Costs about 110 ms of CPU and 64 MiB by design
/// (m = 64 MiB, t = 3, p = 1): call it where blocking is allowed. The pepper is argon2's `secret`; which one it was is
/// the PHC parameter `keyid`, the four bytes of its version.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// No stored hash may ask for more than this, whoever wrote it.
const MOST_MEMORY_KIB: u32 = 4 * MEMORY_KIB;

impl PasswordHash {
    /// Hashes a password under a fresh salt and the newest pepper.
    ///
    /// # Errors
    /// When the parameters are refused (they are constant).
    pub fn create(password: &str, peppers: &Peppers, env: &dyn Env) -> Result<Self, HashError> {
        let mut salt = [0; 16];
        env.fill_random(&mut salt);
        let salt = SaltString::encode_b64(&salt).map_err(|_| HashError)?;
        let hash =
            argon2id(peppers)?.hash_password(password.as_bytes(), &salt).map_err(|_| HashError)?;
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
    pub fn verify(&self, password: &str, peppers: &Peppers) -> Verified {
        match self.prepare(peppers) {
            Some(prepared) => prepared.compare(password, peppers),
            // A hash that cannot be compared, as of a pepper that is gone, must not answer sooner than others.
            None => {
                Self::verify_nobody(password, peppers);
                Verified::No
            }
        }
    }

    fn prepare<'a>(&'a self, peppers: &'a Peppers) -> Option<Prepared<'a>> {
        let parsed = argon2::PasswordHash::new(&self.0).ok()?;
        let params = Params::try_from(&parsed).ok()?;
        if params.m_cost() > MOST_MEMORY_KIB || params.t_cost() > 2 * PASSES {
            return None;
        }
        // Hashes that are older than peppers name none.
        let version = match params.keyid() {
            [] => None,
            bytes => Some(u32::from_be_bytes(bytes.try_into().ok()?)),
        };
        let argon2 = match version {
            Some(version) => Argon2::new_with_secret(
                peppers.version(version)?,
                Algorithm::Argon2id,
                Version::V0x13,
                params.clone(),
            )
            .ok()?,
            None => Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone()),
        };
        Some(Prepared { parsed, params, version, argon2 })
    }

    /// Spends the time of one verification, so that an unknown user answers like a known one.
    pub fn verify_nobody(password: &str, peppers: &Peppers) {
        let salt = SaltString::encode_b64(&[0; 16]);
        if let (Ok(argon2), Ok(salt)) = (argon2id(peppers), salt) {
            let _ = argon2.hash_password(password.as_bytes(), &salt);
        }
    }
}

/// A stored hash that can be compared.
struct Prepared<'a> {
    parsed: argon2::PasswordHash<'a>,
    params: Params,
    version: Option<u32>,
    argon2: Argon2<'a>,
}

impl Prepared<'_> {
    fn compare(&self, password: &str, peppers: &Peppers) -> Verified {
        if self.argon2.verify_password(password.as_bytes(), &self.parsed).is_err() {
            return Verified::No;
        }
        let current = self.parsed.algorithm == Algorithm::Argon2id.ident()
            && self.version == Some(peppers.newest().0)
            && self.params.m_cost() >= MEMORY_KIB
            && self.params.t_cost() >= PASSES
            && self.params.p_cost() >= LANES;
        if current { Verified::Yes } else { Verified::Outdated }
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// As new hashes are made.
fn argon2id(peppers: &Peppers) -> Result<Argon2<'_>, HashError> {
    let (version, pepper) = peppers.newest();
    let keyid = argon2::KeyId::new(&version.to_be_bytes()).map_err(|_| HashError)?;
    let params = ParamsBuilder::new()
        .m_cost(MEMORY_KIB)
        .t_cost(PASSES)
        .p_cost(LANES)
        .keyid(keyid)
        .build()
        .map_err(|_| HashError)?;
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)
        .map_err(|_| HashError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::tests::Fixed;

    const PASSWORD: &str = "correct horse battery";

    #[test]
    fn only_the_password_itself_verifies() {
        let peppers = Peppers::generate(&Fixed(1));
        let hash = PasswordHash::create(PASSWORD, &peppers, &Fixed(7)).unwrap();
        let phc = hash.as_str();
        assert!(phc.starts_with("$argon2id$v=19$m=65536,t=3,p=1,keyid="), "{phc}");
        assert_eq!(hash.verify(PASSWORD, &peppers), Verified::Yes);
        assert_eq!(hash.verify("correct horse batterz", &peppers), Verified::No);
        assert_eq!(hash.verify("correct horse battery ", &peppers), Verified::No);
        assert_eq!(
            PasswordHash::from_stored("not a hash".into()).verify("x", &peppers),
            Verified::No
        );
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
        // Without its pepper it is worth nothing.
        let other = Peppers::generate(&Fixed(2));
        assert_eq!(hash.verify(PASSWORD, &other), Verified::No);
    }

    // asvs: 27
    #[test]
    fn nothing_of_a_long_password_is_cut_off() {
        let peppers = Peppers::generate(&Fixed(1));
        let long = "ü木 ".repeat(170);
        assert!(long.len() > 1_000);
        let hash = PasswordHash::create(&format!("{long}a"), &peppers, &Fixed(7)).unwrap();
        assert_eq!(hash.verify(&format!("{long}b"), &peppers), Verified::No);
        assert_eq!(hash.verify(&format!("{long}a"), &peppers), Verified::Yes);
    }

    // asvs: 44
    #[test]
    fn older_kinds_verify_once_more() {
        let old = Peppers::generate(&Fixed(1));
        let hash = PasswordHash::create(PASSWORD, &old, &Fixed(7)).unwrap();
        let second = Peppers::generate(&Fixed(2)).expose().replacen("1:", "2:", 1);
        let both = Peppers::parse(&format!("{}{second}", old.expose())).unwrap();
        assert_eq!(hash.verify(PASSWORD, &both), Verified::Outdated, "an older pepper");

        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        for (memory, passes) in [(19_456, 2), (MEMORY_KIB, 2), (MEMORY_KIB, 3)] {
            let params = Params::new(memory, passes, 1, None).unwrap();
            let plain = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let hash = plain.hash_password(PASSWORD.as_bytes(), &salt).unwrap().to_string();
            let hash = PasswordHash::from_stored(hash);
            assert_eq!(hash.verify(PASSWORD, &both), Verified::Outdated, "{memory} {passes}");
            assert_eq!(hash.verify("correct horse batterz", &both), Verified::No);
        }
    }

    #[test]
    fn a_hash_that_asks_for_too_much_is_not_tried() {
        let peppers = Peppers::generate(&Fixed(1));
        let greedy = "$argon2id$v=19$m=4194304,t=3,p=1$BwcHBwcHBwcHBwcHBwcHBw$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert_eq!(
            PasswordHash::from_stored(greedy.to_owned()).verify("x", &peppers),
            Verified::No
        );
    }
}
