//! Passwords: judged, hashed and compared where blocking is allowed, no more at once than there are cores.

mod breached;
mod import;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use qv_domain::{Email, Env};
use qv_security::{PasswordHash, PasswordRule, Peppers, Verified, WeakPassword};
use qv_store as store;
use qv_wire::ErrorCode;
use tokio::sync::Semaphore;

pub use import::{ImportedPasswords, import_breached};

use breached::Breached;

use crate::{EngineConfig, EngineError, Result, secret_file};

/// The peppers' file in the data folder, unless the configuration names another.
const PEPPERS: &str = "peppers";
/// The setting that tells which peppers the database has met.
const FINGERPRINTS: &str = "pepper_fingerprints";
/// Sign-ins that may wait for each core: about a second's work.
const WAITING_PER_CORE: usize = 8;
/// When a crowd is told to come back.
const COME_BACK: Duration = Duration::from_secs(2);

/// All that hashing needs.
#[derive(Debug)]
pub(crate) struct Passwords {
    peppers: Arc<Peppers>,
    /// One for each core.
    slots: Arc<Semaphore>,
    /// Those at work and those who wait.
    places: Arc<Semaphore>,
    breached: Breached,
}

/// What came of comparing a password with a stored hash.
#[derive(Debug)]
pub(crate) enum Compared {
    /// It is another one.
    Wrong,
    /// It is the one; a new hash when the stored one is of an older kind.
    Right { fresh: Option<store::PasswordHash> },
}

impl Passwords {
    pub(crate) fn open(config: &EngineConfig, env: &dyn Env) -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            peppers: Arc::new(load_peppers(config, env)?),
            slots: Arc::new(Semaphore::new(cores)),
            places: Arc::new(Semaphore::new(cores * (1 + WAITING_PER_CORE))),
            breached: Breached::open(config)?,
        })
    }

    /// Refuses to go on with another pepper than the one that this database's passwords were made with: each would be
    /// called wrong, and who signs in elsewhere meanwhile would be locked out here. `note` keeps those that are new.
    ///
    /// # Errors
    /// `Secret` names the version and the remedy.
    pub(crate) async fn require_known(
        &self,
        db: &store::Db,
        note: bool,
        env: &dyn Env,
    ) -> Result<()> {
        let mut conn = db.read().await?;
        let known = conn.setting::<BTreeMap<u32, String>>(FINGERPRINTS).await?.unwrap_or_default();
        let mut seen = known.clone();
        for (version, fingerprint) in self.peppers.fingerprints() {
            let before = seen.insert(version, fingerprint);
            // Where nobody has a password yet, nothing was made with the other one.
            if before.is_some_and(|before| before != seen[&version]) && conn.has_passwords().await?
            {
                return Err(EngineError::Secret(format!(
                    "the pepper of version {version} is not the one that this database's passwords were made with: put the \
                     file `{PEPPERS}` of its data folder back from a backup (or of another node; see \
                     QUICKVIBE_PEPPER_FILE), or give a new pepper a new version"
                )));
            }
        }
        drop(conn);
        if note && seen != known {
            let mut tx = db.begin().await?;
            tx.set_setting(FINGERPRINTS, &seen, env.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Compares a password with a stored hash; without one it takes as long, and is wrong.
    pub(crate) async fn compare(
        &self,
        hash: Option<store::PasswordHash>,
        given: String,
        env: Arc<dyn Env>,
    ) -> Result<Compared> {
        let peppers = self.peppers.clone();
        self.hashing(move || {
            let Some(hash) = hash else {
                PasswordHash::verify_nobody(&given, &peppers);
                return Compared::Wrong;
            };
            match PasswordHash::from_stored(hash.0).verify(&given, &peppers) {
                Verified::No => Compared::Wrong,
                Verified::Yes => Compared::Right { fresh: None },
                Verified::Outdated => {
                    let fresh = PasswordHash::create(&given, &peppers, &*env).ok();
                    let fresh = fresh.map(|hash| store::PasswordHash(hash.as_str().to_owned()));
                    Compared::Right { fresh }
                }
            }
        })
        .await
    }

    /// Judges a new password of somebody with this name and address, and hashes it. `field` is its name in the request.
    pub(crate) async fn accept(
        &self,
        field: &'static str,
        new: String,
        name: &str,
        email: Option<&Email>,
        env: Arc<dyn Env>,
    ) -> Result<store::PasswordHash> {
        let personal = personal(name, email);
        let judged = new.clone();
        let verdict = self
            .hashing(move || {
                let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
                PasswordRule::check(&judged, &personal)
            })
            .await?;
        verdict.map_err(|weak| EngineError::invalid(field, weak))?;
        if self.breached.knows(&new).await {
            return Err(EngineError::invalid(field, WeakPassword::Common));
        }
        let peppers = self.peppers.clone();
        let hash = self
            .hashing(move || PasswordHash::create(&new, &peppers, &*env))
            .await?
            .map_err(|error| EngineError::Secret(error.to_string()))?;
        Ok(store::PasswordHash(hash.as_str().to_owned()))
    }

    /// Runs one piece of work where blocking is allowed, and no more at once than there are cores.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| EngineError::Later {
            code: ErrorCode::Overloaded,
            detail: "Too many sign-ins at once. Try again in a moment.".to_owned(),
            wait: COME_BACK,
        })?;
        let gone = |error: &dyn std::fmt::Display| {
            EngineError::Internal(format!("hashing stopped: {error}"))
        };
        let slot = self.slots.clone().acquire_owned().await.map_err(|error| gone(&error))?;
        tokio::task::spawn_blocking(move || {
            // Held by the work: whoever asked may be gone before it ends.
            let _held = (place, slot);
            work()
        })
        .await
        .map_err(|error| gone(&error))
    }
}

/// What a password must not be made of: the name, the address and its parts.
fn personal(name: &str, email: Option<&Email>) -> Vec<String> {
    let mut words = vec![name.to_owned()];
    if let Some(email) = email {
        let email = email.as_str();
        words.push(email.to_owned());
        words.extend(email.split(['@', '.', '-', '_', '+']).map(str::to_owned));
        words.extend(email.split('@').next().map(str::to_owned));
    }
    // Those of the top-level domain are everybody's.
    words.retain(|word| !["com", "org", "net", "mail"].contains(&word.as_str()));
    words
}

fn load_peppers(config: &EngineConfig, env: &dyn Env) -> Result<Peppers> {
    let path = config.pepper_file.clone().unwrap_or_else(|| config.data_dir.join(PEPPERS));
    read_peppers(&path, env)
}

fn read_peppers(path: &Path, env: &dyn Env) -> Result<Peppers> {
    let bytes = secret_file::load_or_make(path, || Peppers::generate(env).expose().into_bytes())?;
    let text = String::from_utf8(bytes)
        .map_err(|_| EngineError::Secret(format!("{}: it is not text", path.display())))?;
    Peppers::parse(&text)
        .map_err(|error| EngineError::Secret(format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEnv;

    #[tokio::test]
    async fn a_crowd_is_sent_away_with_a_time_and_hashing_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let passwords = Passwords::open(&EngineConfig::new(folder.path()), &SystemEnv).unwrap();
        let passwords = Arc::new(passwords);
        let all = passwords.places.available_permits();
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let mut tasks = Vec::new();
        for _ in 0..all {
            let (passwords, gate) = (passwords.clone(), gate.clone());
            tasks.push(tokio::spawn(async move {
                passwords.hashing(move || gate.lock().unwrap().recv().is_ok()).await.unwrap()
            }));
        }
        while passwords.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = passwords.hashing(|| ()).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Overloaded);
        assert_eq!(refused.retry_after(), Some(COME_BACK));
        for _ in 0..all {
            open.send(()).unwrap();
        }
        for task in tasks {
            assert!(task.await.unwrap());
        }
        passwords.hashing(|| ()).await.unwrap();
    }

    #[test]
    fn peppers_are_made_once_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(PEPPERS);
        let first = read_peppers(&path, &SystemEnv).unwrap().expose();
        assert_eq!(read_peppers(&path, &SystemEnv).unwrap().expose(), first);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "1:short").unwrap();
        let error = read_peppers(&path, &SystemEnv).unwrap_err().to_string();
        assert!(error.contains("line 1") && !error.contains("short"), "{error}");
    }

    #[test]
    fn parts_of_an_address_are_personal() {
        let email = Email::parse("ada.lovelace+x@analytical.example.com").unwrap();
        let words = personal("Ada", Some(&email));
        for word in ["Ada", "lovelace", "analytical", "ada.lovelace+x", email.as_str()] {
            assert!(words.iter().any(|known| known == word), "{word}: {words:?}");
        }
        assert!(!words.iter().any(|word| word == "com"));
    }
}
