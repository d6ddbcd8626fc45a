//! Provider keys: sealed in the database, opened only for the call that uses them.

use std::path::Path;

use qv_domain::{AuditAction, AuditTarget, Env, KeyId, UserId};
use qv_llm::{Credentials, ProviderKind, parse_base_url};
use qv_security::{ExposeSecret as _, MasterKey, SealedFor, SecretString};
use qv_store as store;
use qv_wire::{ErrorCode, Key, KeyList, KeyTest, SaveKey};

use crate::audit::{self, Act};
use crate::{Actor, Engine, EngineError, Result, secret_file};

pub(crate) const FILE: &str = "master.key";
const KIND: &str = "provider_key";
const SECRET_CHARS: usize = 4_000;

/// A key in use.
#[derive(Debug, Clone)]
pub(crate) struct OpenKey {
    /// Its row; `None` for one from the environment.
    pub(crate) id: Option<KeyId>,
    pub(crate) credentials: Credentials,
    pub(crate) base_url: Option<String>,
}

/// Reads the master key, or makes it at the first start: a file that only its owner can read.
pub(crate) fn load_master_key(data_dir: &Path, env: &dyn Env) -> Result<MasterKey> {
    let path = data_dir.join(FILE);
    let bytes = secret_file::load_or_make(&path, || MasterKey::generate(env).expose().to_vec())?;
    MasterKey::from_bytes(&bytes)
        .map_err(|error| EngineError::Secret(format!("{}: {error}", path.display())))
}

impl Engine {
    /// The actor's keys and the system's, without secrets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&self, actor: &Actor) -> Result<KeyList> {
        let rows = self.db.read().await?.keys(Some(actor.user_id())).await?;
        let mut items: Vec<Key> = rows.iter().map(view).collect();
        items.extend(self.config.environment_keys.iter().map(|key| Key {
            id: None,
            provider: key.provider.id().to_owned(),
            label: "From the environment".to_owned(),
            base_url: key.base_url.clone(),
            last4:
                key.secret.as_ref().map(|secret| last4(secret.expose_secret())).unwrap_or_default(),
            created_at: None,
            last_used_at: None,
        }));
        items.sort_by(|a, b| a.provider.cmp(&b.provider));
        Ok(KeyList { items })
    }

    /// Saves the actor's key for a provider, in place of the one before.
    ///
    /// # Errors
    /// `Invalid` names the field; `Reauthenticate`.
    pub async fn save_key(&self, actor: &Actor, provider: &str, save: SaveKey) -> Result<Key> {
        let kind = provider_kind(provider)?;
        self.require_recent(actor)?;
        let secret = save.secret.trim().to_owned();
        if secret.chars().count() > SECRET_CHARS || secret.chars().any(char::is_control) {
            return Err(EngineError::invalid("secret", "That does not look like an API key."));
        }
        if secret.is_empty() && kind.needs_key() {
            return Err(EngineError::invalid(
                "secret",
                format!("{} needs an API key.", kind.label()),
            ));
        }
        let base_url = save.base_url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
        if base_url.is_none() && kind.base_url().is_none() {
            return Err(EngineError::invalid(
                "base_url",
                "Say where the server is, such as http://127.0.0.1:8000/v1.",
            ));
        }
        if let Some(url) = &base_url {
            parse_base_url(url, self.config.addresses)
                .map_err(|error| EngineError::invalid("base_url", error.safe_message()))?;
        }
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let mine = tx.keys(Some(actor.user_id())).await?;
        let before = mine.iter().find(|key| key.provider == kind.id());
        let key = store::Key {
            id: before.map_or_else(|| KeyId::generate(&*self.env), |key| key.id),
            user_id: Some(actor.user_id()),
            provider: kind.id().to_owned(),
            label: save.label.unwrap_or_else(|| kind.label().to_owned()).chars().take(80).collect(),
            base_url,
            last4: last4(&secret),
            created_at: before.map_or(now, |key| key.created_at),
            updated_at: now,
            last_used_at: None,
        };
        let (owner, id) = (actor.user_id().to_string(), key.id.to_string());
        let bound = SealedFor { owner: &owner, id: &id, kind: KIND };
        let sealed = self
            .master_key
            .seal(&SecretString::from(secret), bound, &*self.env)
            .map_err(|error| EngineError::Secret(error.to_string()))?;
        tx.put_key(&key, &store::Sealed(sealed)).await?;
        Act::by(actor, AuditAction::KeySet)
            .on(AuditTarget::Key, key.id)
            .with("provider", kind.id())
            .with("replaced", before.is_some())
            .tell(&mut tx, &*self.env, now)
            .await?;
        tx.commit().await?;
        self.models.forget(actor.user_id(), kind);
        Ok(view(&key))
    }

    /// Removes the actor's key for a provider.
    ///
    /// # Errors
    /// `NotFound`; `Reauthenticate`.
    pub async fn delete_key(&self, actor: &Actor, provider: &str) -> Result<()> {
        let kind = provider_kind(provider)?;
        self.require_recent(actor)?;
        let mut tx = self.db.begin().await?;
        let mine = tx.keys(Some(actor.user_id())).await?;
        let key = mine.iter().find(|key| key.provider == kind.id());
        let key = key.ok_or_else(|| EngineError::not_found("key"))?;
        tx.delete_key(Some(actor.user_id()), key.id).await?;
        Act::by(actor, AuditAction::KeyRemoved)
            .on(AuditTarget::Key, key.id)
            .with("provider", kind.id())
            .tell(&mut tx, &*self.env, self.env.now())
            .await?;
        tx.commit().await?;
        self.models.forget(actor.user_id(), kind);
        Ok(())
    }

    /// Asks the provider whether the key works, by listing its models.
    ///
    /// # Errors
    /// `NotFound` when there is no key.
    pub async fn test_key(&self, actor: &Actor, provider: &str) -> Result<KeyTest> {
        let kind = provider_kind(provider)?;
        let key = self.open_key(actor.user_id(), kind).await?;
        let key = key.ok_or_else(|| EngineError::not_found("key"))?;
        let now = self.env.now();
        let name = key.id.map_or_else(|| kind.id().to_owned(), |id| id.to_string());
        let act = Act::by(actor, AuditAction::KeyTested)
            .on(AuditTarget::Key, &name)
            .with("provider", kind.id())
            .once(audit::hourly(actor, &name, now));
        self.tell_once(act, now).await?;
        Ok(match self.list_models(kind, &key).await {
            Ok(models) => {
                KeyTest { ok: true, message: format!("It works: {} models.", models.len()) }
            }
            Err(error) => KeyTest { ok: false, message: error.safe_message() },
        })
    }

    /// The key that a user's call to a provider uses: their own first, then the system's.
    pub(crate) async fn open_key(
        &self,
        user: UserId,
        kind: ProviderKind,
    ) -> Result<Option<OpenKey>> {
        let mut conn = self.db.read().await?;
        let mine = conn.keys(Some(user)).await?;
        if let Some(key) = mine.into_iter().find(|key| key.provider == kind.id()) {
            let sealed = conn.sealed_key(key.id).await?;
            let sealed =
                sealed.ok_or_else(|| EngineError::Internal("a key lost its secret".into()))?;
            let (owner, id) = (user.to_string(), key.id.to_string());
            let bound = SealedFor { owner: &owner, id: &id, kind: KIND };
            let secret = self.master_key.open(&sealed.0, bound).map_err(|error| {
                tracing::error!(key = %key.id, %error, "a key cannot be opened");
                EngineError::refused(
                    ErrorCode::ProviderAuth,
                    format!(
                        "The saved {} key cannot be read any more. Save it again in Settings.",
                        kind.label()
                    ),
                )
            })?;
            let credentials = Credentials::with_key(secret.expose_secret());
            return Ok(Some(OpenKey { id: Some(key.id), credentials, base_url: key.base_url }));
        }
        let system = self.config.environment_keys.iter().find(|key| key.provider == kind);
        Ok(system.map(|key| OpenKey {
            id: None,
            credentials: Credentials { key: key.secret.clone() },
            base_url: key.base_url.clone(),
        }))
    }
}

pub(crate) fn provider_kind(id: &str) -> Result<ProviderKind> {
    let found = ProviderKind::ALL.into_iter().find(|kind| kind.id() == id);
    found.ok_or_else(|| {
        let known: Vec<&str> = ProviderKind::ALL.iter().map(|kind| kind.id()).collect();
        EngineError::invalid(
            "provider",
            format!("There is no such provider; known are {}.", known.join(", ")),
        )
    })
}

/// The last four characters of a key that is long enough to keep the rest secret.
fn last4(secret: &str) -> String {
    let chars: Vec<char> = secret.chars().collect();
    if chars.len() < 12 { String::new() } else { chars[chars.len() - 4..].iter().collect() }
}

fn view(key: &store::Key) -> Key {
    Key {
        id: Some(key.id),
        provider: key.provider.clone(),
        label: key.label.clone(),
        base_url: key.base_url.clone(),
        last4: key.last4.clone(),
        created_at: Some(key.created_at),
        last_used_at: key.last_used_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEnv;

    #[test]
    fn processes_that_start_at_once_agree_on_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let load = || load_master_key(folder.path(), &SystemEnv).unwrap().expose().to_vec();
        let keys: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(load)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left over");
    }

    #[test]
    fn short_keys_show_nothing_of_themselves() {
        assert_eq!(last4("sk-12345678"), "");
        assert_eq!(last4("sk-123456789"), "6789");
    }
}
