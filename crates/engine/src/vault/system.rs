//! Keys that an operator sets at the command line: for everybody, or in the place of a user's own.

use qv_domain::{AuditAction, AuditTarget, Email, KeyId};
use qv_llm::parse_base_url;
use qv_security::{ExposeSecret as _, SecretString};
use qv_store as store;
use qv_wire::Key;

use super::{Vault, checked_secret, last4, provider_kind, put, view};
use crate::audit::Act;
use crate::maintenance::Maintenance;
use crate::{EngineError, Result};

/// A key that takes the place of the one before.
#[derive(Debug)]
pub struct NewKey<'a> {
    /// The provider's id.
    pub provider: &'a str,
    /// The address of whose key it is; `None` for everybody's.
    pub user: Option<&'a str>,
    /// Where the provider is; as before when `None`.
    pub base_url: Option<&'a str>,
    /// The key.
    pub secret: SecretString,
}

impl Maintenance {
    /// Saves a key in the place of the one before. A server that runs takes it for its next call.
    ///
    /// # Errors
    /// `Invalid` names what is wrong.
    pub async fn set_key(&self, new: NewKey<'_>) -> Result<Key> {
        let kind = provider_kind(new.provider)?;
        let secret = checked_secret(kind, new.secret.expose_secret())?;
        if let Some(url) = new.base_url {
            parse_base_url(url, self.config.addresses)
                .map_err(|error| EngineError::invalid("base_url", error.safe_message()))?;
        }
        let vault = Vault::join(&self.config, &self.db, self.env.clone()).await?;
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let user_id = match new.user {
            Some(address) => {
                let email = Email::parse(address);
                let email = email.map_err(|error| EngineError::invalid("email", error))?;
                let user = tx.user_by_email(&email).await?.ok_or_else(|| {
                    EngineError::invalid("email", format!("nobody signs in with {email}."))
                })?;
                Some(user.id)
            }
            None => None,
        };
        let before = tx.keys(user_id).await?.into_iter().find(|key| key.provider == kind.id());
        let base_url = new.base_url.map(str::to_owned);
        let base_url = base_url.or_else(|| before.as_ref().and_then(|key| key.base_url.clone()));
        if base_url.is_none() && kind.base_url().is_none() {
            return Err(EngineError::invalid(
                "base_url",
                "say where the server is: --base-url URL",
            ));
        }
        let label =
            before.as_ref().map_or_else(|| kind.label().to_owned(), |key| key.label.clone());
        let key = store::Key {
            id: before.as_ref().map_or_else(|| KeyId::generate(&*self.env), |key| key.id),
            user_id,
            provider: kind.id().to_owned(),
            label,
            base_url,
            last4: last4(secret.expose_secret()),
            created_at: before.as_ref().map_or(now, |key| key.created_at),
            updated_at: now,
            last_used_at: before.and_then(|key| key.last_used_at),
        };
        put(&vault, &mut tx, &key, &secret).await?;
        let act = Act::by_command(AuditAction::KeySet).on(AuditTarget::Key, key.id);
        act.with("provider", kind.id()).tell(&mut tx, &*self.env, now).await?;
        tx.commit().await?;
        Ok(view(&key))
    }
}
