//! API tokens: made, shown once, ended by their user and by time. A program that comes with one is its user, with less.

use std::time::Duration;

use qv_domain::{ApiTokenId, AuditAction, AuditTarget};
use qv_security::{Token, TokenHash};
use qv_store as store;
use qv_wire::{ApiToken, ApiTokenCreated, ApiTokenList, CreateApiToken, ErrorCode};

use crate::access::Came;
use crate::accounts::checked_name;
use crate::audit::Act;
use crate::{Actor, Engine, EngineError, Result};

/// What every token begins with: people and scanners of secrets know it by that.
const PREFIX: &str = "qvp_";
const DAY: Duration = Duration::from_secs(24 * 3600);
const MOST_DAYS: u32 = 365;
/// Tokens that one user may have.
const MOST_TOKENS: usize = 50;
/// How exactly "last used" is kept.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

impl Engine {
    /// Who comes with this token, if it still holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authenticate_token(&self, presented: &str) -> Result<Option<Actor>> {
        if !presented.starts_with(PREFIX) {
            return Ok(None);
        }
        let now = self.env.now();
        let hash = TokenHash::of(presented);
        let found = self.db.read().await?.api_token(hash.as_bytes(), now).await?;
        let Some((token, user)) = found else { return Ok(None) };
        if user.suspended_at.is_some() {
            return Ok(None);
        }
        if token.last_used_at.is_none_or(|last| now.since(last) >= TOUCH_EVERY) {
            let mut tx = self.db.begin().await?;
            tx.touch_api_token(token.id, now).await?;
            tx.commit().await?;
        }
        Ok(Some(Actor { user, came: Came::Token(token), address: None }))
    }

    /// The actor's tokens, the newest first.
    ///
    /// # Errors
    /// `Forbidden` to API tokens.
    pub async fn api_tokens(&self, actor: &Actor) -> Result<ApiTokenList> {
        actor.session()?;
        let rows = self.db.read().await?.api_tokens(actor.user_id(), self.env.now()).await?;
        Ok(ApiTokenList { items: rows.iter().map(view).collect() })
    }

    /// Makes a token. It is in this answer and nowhere else.
    ///
    /// # Errors
    /// `Invalid` names the field; `Reauthenticate`; `Forbidden` to API tokens; `Conflict` with too many of them.
    pub async fn create_api_token(
        &self,
        actor: &Actor,
        create: CreateApiToken,
    ) -> Result<ApiTokenCreated> {
        self.require_recent(actor)?;
        let name = checked_name(&create.name)?;
        if !(1..=MOST_DAYS).contains(&create.expires_in_days) {
            return Err(EngineError::invalid(
                "expires_in_days",
                format!("A token lasts 1 to {MOST_DAYS} days."),
            ));
        }
        let now = self.env.now();
        let secret = Token::with_prefix(PREFIX, &*self.env);
        let text = secret.expose();
        let token = store::ApiToken {
            id: ApiTokenId::generate(&*self.env),
            user_id: actor.user_id(),
            token_hash: *secret.hash().as_bytes(),
            name,
            last4: text.get(text.len().saturating_sub(4)..).unwrap_or_default().to_owned(),
            scope: create.scope,
            created_at: now,
            expires_at: now.plus(DAY * create.expires_in_days),
            last_used_at: None,
        };
        let mut tx = self.db.begin().await?;
        self.hold_session(&mut tx, actor).await?;
        tx.delete_expired_api_tokens(now).await?;
        tx.insert_api_token(&token).await?;
        if tx.api_tokens(actor.user_id(), now).await?.len() > MOST_TOKENS {
            return Err(EngineError::refused(
                ErrorCode::Conflict,
                format!("You have {MOST_TOKENS} API tokens already. Revoke one first."),
            ));
        }
        Act::by(actor, AuditAction::TokenMade)
            .on(AuditTarget::Token, token.id)
            .with("name", token.name.as_str())
            .with("scope", token.scope.as_str())
            .with("days", create.expires_in_days)
            .tell(&mut tx, &*self.env, now)
            .await?;
        tx.commit().await?;
        Ok(ApiTokenCreated { token: text.to_owned(), entry: view(&token) })
    }

    /// Ends one of the actor's tokens.
    ///
    /// # Errors
    /// `NotFound` when it is not theirs; `Forbidden` to API tokens.
    pub async fn revoke_api_token(&self, actor: &Actor, id: ApiTokenId) -> Result<()> {
        actor.session()?;
        let mut tx = self.db.begin().await?;
        if !tx.revoke_api_token(actor.user_id(), id).await? {
            return Err(EngineError::not_found("API token"));
        }
        let act = Act::by(actor, AuditAction::TokenRevoked).on(AuditTarget::Token, id);
        act.tell(&mut tx, &*self.env, self.env.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn view(row: &store::ApiToken) -> ApiToken {
    ApiToken {
        id: row.id,
        name: row.name.clone(),
        last4: row.last4.clone(),
        scope: row.scope,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    }
}
