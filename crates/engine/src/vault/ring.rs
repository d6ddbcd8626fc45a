//! The keys in use: read at the start, and again when something is met that they do not open.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use qv_domain::Env;
use qv_security::{KekId, KeyRing, SealError, SealedFor, SecretString};
use qv_store as store;
use tokio::sync::Mutex;

use super::MasterKeySource;
use crate::{EngineConfig, EngineError, Result};

/// Seals and opens secrets.
#[derive(Debug)]
pub(crate) struct Vault {
    source: MasterKeySource,
    data_dir: PathBuf,
    env: Arc<dyn Env>,
    ring: RwLock<Arc<KeyRing>>,
    /// One reads at a time; the others take what it has read.
    reading: Mutex<()>,
}

impl Vault {
    /// A server's, which makes the master key at its first start; of a key that is kept nowhere for a visitor, who only
    /// looks, where there may be none yet.
    pub(crate) async fn open(
        config: &EngineConfig,
        db: &store::Db,
        env: Arc<dyn Env>,
    ) -> Result<Self> {
        if config.visitor {
            let ring = KeyRing::generate(&*env);
            return Ok(Self::of(config, env, ring));
        }
        if !db.read().await?.live_keks().await?.is_empty() {
            return Self::join(config, db, env).await;
        }
        let ring = config.master_key.load_or_make(&config.data_dir, &*env).await?;
        Ok(Self::of(config, env, ring))
    }

    /// Of a server that is there already. A master key that is not the one which secrets are sealed under by now is
    /// refused: what is sealed under this one would not open elsewhere, and what there is does not open here.
    pub(crate) async fn join(
        config: &EngineConfig,
        db: &store::Db,
        env: Arc<dyn Env>,
    ) -> Result<Self> {
        let ring = config.master_key.load(&config.data_dir).await?;
        match unknown(&ring, &mut *db.read().await?).await?.first() {
            None => Ok(Self::of(config, env, ring)),
            Some(kek) => Err(not_this_key(kek)),
        }
    }

    fn of(config: &EngineConfig, env: Arc<dyn Env>, ring: KeyRing) -> Self {
        Self {
            source: config.master_key.clone(),
            data_dir: config.data_dir.clone(),
            env,
            ring: RwLock::new(Arc::new(ring)),
            reading: Mutex::new(()),
        }
    }

    fn ring(&self) -> Arc<KeyRing> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the keys again, unless somebody else has since `known`. False when they are still the same.
    async fn read_again(&self, known: &Arc<KeyRing>) -> Result<bool> {
        if !self.source.may_change() {
            return Ok(false);
        }
        let _reading = self.reading.lock().await;
        if !Arc::ptr_eq(known, &self.ring()) {
            return Ok(true);
        }
        let fresh = self.source.load(&self.data_dir).await?;
        if fresh.current() == known.current() && fresh.older() == known.older() {
            return Ok(false);
        }
        tracing::info!(current = %fresh.current(), "the master key was changed");
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(true)
    }

    /// Reads the keys again if the current one is retired: before a transaction that seals something, since asking for
    /// them may take its time.
    pub(crate) async fn prepare(&self, db: &store::Db) -> Result<()> {
        let ring = self.ring();
        if db.read().await?.kek_is_retired(ring.current().as_bytes()).await? {
            self.read_again(&ring).await?;
        }
        Ok(())
    }

    /// Seals a secret that this transaction keeps: under a key that nobody retires before the transaction ends. Call
    /// [`prepare`](Self::prepare) before the transaction.
    pub(crate) async fn seal(
        &self,
        tx: &mut store::Tx,
        secret: &SecretString,
        bound: SealedFor<'_>,
    ) -> Result<store::Sealed> {
        let mut ring = self.ring();
        if !tx.hold_kek(ring.current().as_bytes(), self.env.now()).await? {
            // It was replaced just now, and nothing has told so yet.
            if self.source.is_quick() {
                self.read_again(&ring).await?;
            }
            ring = self.ring();
            if !tx.hold_kek(ring.current().as_bytes(), self.env.now()).await? {
                return Err(EngineError::Secret(format!(
                    "the master key {} was replaced by a rotation: nothing is sealed under it any more. Put the new \
                     one in its place, or run `quickvibe admin rotate-master-key`",
                    ring.current()
                )));
            }
        }
        let sealed = ring.seal(secret, bound, &*self.env);
        sealed.map(store::Sealed).map_err(|error| EngineError::Secret(error.to_string()))
    }

    /// Opens a secret. `Ok(Err)` for one that this master key does not open; `Ok(None)` when its key is not known, but
    /// the keys have just been read anew: then read the secret again, too.
    pub(crate) async fn open_once(
        &self,
        sealed: &store::Sealed,
        bound: SealedFor<'_>,
    ) -> Result<Option<Result<SecretString, SealError>>> {
        let ring = self.ring();
        match ring.open(&sealed.0, bound) {
            Err(SealError::UnknownKey(_)) if self.read_again(&ring).await? => Ok(None),
            opened => Ok(Some(opened)),
        }
    }
}

/// The keys that secrets may be sealed under by now and that this ring does not have.
pub(super) async fn unknown(ring: &KeyRing, conn: &mut store::Conn) -> Result<Vec<Vec<u8>>> {
    let mut known: Vec<KekId> = ring.older();
    known.push(ring.current());
    let is_known = |kek: &Vec<u8>| known.iter().any(|id| id.as_bytes() == kek.as_slice());
    Ok(conn.live_keks().await?.into_iter().filter(|kek| !is_known(kek)).collect())
}

pub(super) fn not_this_key(kek: &[u8]) -> EngineError {
    let id: String = kek.iter().map(|byte| format!("{byte:02x}")).collect();
    EngineError::Secret(format!(
        "this is not the master key that secrets are sealed under: that is {id}. Put it where `master_key` says; where \
         it is lost for good, `quickvibe admin rotate-master-key --lost` gives up what only it opens"
    ))
}
