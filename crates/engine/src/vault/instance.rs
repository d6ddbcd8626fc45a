//! The key that ties cookies and tokens to this instance. It is a secret of the vault, so it outlives a rotation of the
//! master key, and whoever is signed in notices nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use qv_domain::{Env, KeyId};
use qv_security::{ExposeSecret as _, SealedFor, SealingKey, SecretString};
use qv_store::{self as store, Db, SealedSecret};

use super::{SYSTEM, Vault};
use crate::{EngineError, Result};

const KIND: &str = "instance_key";
/// There is one, so its id is always the same.
const ID: &str = "00000000-0000-7000-8000-000000000001";
/// Processes that start at once, and a rotation, may each be met once.
const TRIES: usize = 4;

/// Reads the instance's key; a server makes it at its first start, and again when it is damaged. Who only looks
/// (`visitor`) keeps none.
pub(crate) async fn load_key(
    db: &Db,
    vault: &Vault,
    env: &dyn Env,
    visitor: bool,
) -> Result<SealingKey> {
    let id: KeyId = ID
        .parse()
        .map_err(|_| EngineError::Internal("the id of the instance's key is none".to_owned()))?;
    let bound = SealedFor { owner: SYSTEM, id: ID, kind: KIND };
    for _ in 0..TRIES {
        let kept = db.read().await?.secret(id).await?;
        let opened = match &kept {
            Some(kept) => match vault.open_once(&kept.sealed, bound).await? {
                Some(Ok(text)) => decode(&text),
                Some(Err(error)) => {
                    tracing::warn!(%error, "the instance's key is made anew; open pages ask for a reload");
                    None
                }
                None => continue,
            },
            None => None,
        };
        if let Some(key) = opened {
            return Ok(key);
        }
        let key = SealingKey::generate(env);
        if visitor {
            return Ok(key);
        }
        let text = SecretString::from(STANDARD_NO_PAD.encode(key.expose()));
        let mut tx = db.begin().await?;
        let sealed = vault.seal(&mut tx, &text, bound).await?;
        let is_kept = match &kept {
            Some(kept) => {
                tx.swap_sealed(store::SealedTable::Secrets, id, &kept.sealed, &sealed).await?
            }
            None => {
                let secret = SealedSecret { id, user_id: None, kind: KIND.to_owned(), sealed };
                tx.insert_secret(&secret, env.now()).await?
            }
        };
        if is_kept {
            tx.commit().await?;
            return Ok(key);
        }
    }
    Err(EngineError::Internal("the instance's key keeps changing".to_owned()))
}

fn decode(text: &SecretString) -> Option<SealingKey> {
    let bytes = qv_security::Zeroizing::new(STANDARD_NO_PAD.decode(text.expose_secret()).ok()?);
    SealingKey::from_bytes(&bytes).ok()
}
