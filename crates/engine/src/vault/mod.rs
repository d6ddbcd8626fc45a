//! Provider keys: sealed in the database, opened only for the call that uses them.

mod instance;
mod ring;
mod rotate;
mod source;
mod system;

use qv_domain::{AuditAction, AuditTarget, KeyId, UserId};
use qv_llm::{Credentials, ProviderKind, parse_base_url};
use qv_security::{ExposeSecret as _, SealedFor, SecretString};
use qv_store as store;
use qv_wire::{ErrorCode, Key, KeyList, KeySource, KeyTest, SaveKey};

pub(crate) use instance::load_key as load_instance_key;
pub(crate) use ring::Vault;
pub use rotate::Rotated;
pub use source::MasterKeySource;
pub use system::NewKey;

use crate::audit::{self, Act};
use crate::{Actor, Engine, EngineError, Result};

const KIND: &str = "provider_key";
/// Whose secrets are that are nobody's in particular.
const SYSTEM: &str = "system";
const SECRET_CHARS: usize = 4_000;

/// A key in use.
#[derive(Debug, Clone)]
pub(crate) struct OpenKey {
    /// Its row; `None` for one from the environment.
    pub(crate) id: Option<KeyId>,
    pub(crate) credentials: Credentials,
    pub(crate) base_url: Option<String>,
}

impl Engine {
    /// The actor's keys and the system's, without secrets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&self, actor: &Actor) -> Result<KeyList> {
        let mut conn = self.db.read().await?;
        let mut rows = conn.keys(Some(actor.user_id())).await?;
        rows.extend(conn.keys(None).await?);
        let mut items: Vec<Key> = rows.iter().map(view).collect();
        items.extend(self.config.environment_keys.iter().map(|key| Key {
            id: None,
            source: KeySource::Environment,
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
        let secret = checked_secret(kind, &save.secret)?;
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
        self.vault.prepare(&self.db).await?;
        let mut tx = self.db.begin().await?;
        // Of two that are saved at once, the second takes the first's place.
        tx.hold_user(actor.user_id()).await?;
        self.hold_session(&mut tx, actor).await?;
        let mine = tx.keys(Some(actor.user_id())).await?;
        let before = mine.iter().find(|key| key.provider == kind.id());
        let key = store::Key {
            id: before.map_or_else(|| KeyId::generate(&*self.env), |key| key.id),
            user_id: Some(actor.user_id()),
            provider: kind.id().to_owned(),
            label: save.label.unwrap_or_else(|| kind.label().to_owned()).chars().take(80).collect(),
            base_url,
            last4: last4(secret.expose_secret()),
            created_at: before.map_or(now, |key| key.created_at),
            updated_at: now,
            last_used_at: None,
        };
        put(&self.vault, &mut tx, &key, &secret).await?;
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

    /// The key that a user's call to a provider uses: their own first, then the one that the vault has for everybody,
    /// then the environment's.
    pub(crate) async fn open_key(
        &self,
        user: UserId,
        kind: ProviderKind,
    ) -> Result<Option<OpenKey>> {
        let mut conn = self.db.read().await?;
        for owner in [Some(user), None] {
            let found = conn.keys(owner).await?.into_iter().find(|key| key.provider == kind.id());
            let Some(key) = found else { continue };
            let secret = open(&self.vault, &mut conn, &key).await?;
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

/// Whom a row is bound to.
fn owner(key: &store::Key) -> String {
    key.user_id.map_or_else(|| SYSTEM.to_owned(), |user| user.to_string())
}

/// Seals a key's secret and keeps both.
async fn put(
    vault: &Vault,
    tx: &mut store::Tx,
    key: &store::Key,
    secret: &SecretString,
) -> Result<()> {
    let (owner, id) = (owner(key), key.id.to_string());
    let bound = SealedFor { owner: &owner, id: &id, kind: KIND };
    let sealed = vault.seal(tx, secret, bound).await?;
    Ok(tx.put_key(key, &sealed).await?)
}

/// Opens a key's secret, also while the master key is being rotated.
async fn open(vault: &Vault, conn: &mut store::Conn, key: &store::Key) -> Result<SecretString> {
    let (owner, id) = (owner(key), key.id.to_string());
    let bound = SealedFor { owner: &owner, id: &id, kind: KIND };
    // A second rotation may follow the first at once; a third does not.
    for _ in 0..3 {
        let sealed = conn.sealed_key(key.id).await?;
        let sealed = sealed.ok_or_else(|| EngineError::Internal("a key lost its secret".into()))?;
        match vault.open_once(&sealed, bound).await? {
            Some(Ok(secret)) => return Ok(secret),
            Some(Err(error)) => {
                tracing::error!(key = %key.id, %error, "a key cannot be opened");
                break;
            }
            None => {}
        }
    }
    Err(EngineError::refused(
        ErrorCode::ProviderAuth,
        format!(
            "The saved key for {} cannot be read any more. {}",
            key.provider,
            if key.user_id.is_some() {
                "Save it again in Settings."
            } else {
                "Whoever runs this server must set it again."
            }
        ),
    ))
}

/// A secret as somebody gave it, without what surrounds it.
fn checked_secret(kind: ProviderKind, given: &str) -> Result<SecretString> {
    let secret = given.trim();
    if secret.chars().count() > SECRET_CHARS || secret.chars().any(char::is_control) {
        return Err(EngineError::invalid("secret", "That does not look like an API key."));
    }
    if secret.is_empty() && kind.needs_key() {
        return Err(EngineError::invalid("secret", format!("{} needs an API key.", kind.label())));
    }
    Ok(secret.into())
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
    let source = if key.user_id.is_some() { KeySource::Own } else { KeySource::System };
    Key {
        id: Some(key.id),
        source,
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
    #[test]
    fn short_keys_show_nothing_of_themselves() {
        assert_eq!(last4("sk-12345678"), "");
        assert_eq!(last4("sk-123456789"), "6789");
    }
}
