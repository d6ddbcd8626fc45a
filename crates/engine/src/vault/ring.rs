//! The keys in use: read at the start, and again when something is met that they do not open.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use qv_domain::Env;
use qv_security::{KeyRing, SealError, SealedFor, SecretString};
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
    pub(crate) async fn open(config: &EngineConfig, env: Arc<dyn Env>) -> Result<Self> {
        let ring = config.master_key.load(&config.data_dir, &*env).await?;
        Ok(Self {
            source: config.master_key.clone(),
            data_dir: config.data_dir.clone(),
            env,
            ring: RwLock::new(Arc::new(ring)),
            reading: Mutex::new(()),
        })
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
        let fresh = self.source.load(&self.data_dir, &*self.env).await?;
        if fresh.current() == known.current() && fresh.older() == known.older() {
            return Ok(false);
        }
        tracing::info!(current = %fresh.current(), "the master key was changed");
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(true)
    }

    /// Seals a secret that this transaction keeps: under a key that nobody retires before the transaction ends.
    pub(crate) async fn seal(
        &self,
        tx: &mut store::Tx,
        secret: &SecretString,
        bound: SealedFor<'_>,
    ) -> Result<store::Sealed> {
        let mut ring = self.ring();
        if !tx.hold_kek(ring.current().as_bytes(), self.env.now()).await? {
            // It was replaced, and nothing has told so yet.
            self.read_again(&ring).await?;
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
