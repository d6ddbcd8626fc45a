//! Sessions: begun by a sign-in, renewed day by day, ended by people and by time.

use std::time::Duration;

use qv_domain::{AuditAction, AuditTarget, Permission, Role, SessionId, Timestamp};
use qv_security::{Token, TokenHash};
use qv_store as store;
use qv_wire::{ErrorCode, SessionEntry, SessionInfo, SessionList};

use crate::access::Came;
use crate::audit::Act;
use crate::{Access, Actor, Engine, EngineError, Result, accounts, user_admin};

/// A session that is not used for this long ends.
const IDLE: Duration = Duration::from_secs(7 * 24 * 3600);
/// However much it is used.
const LIFE: Duration = Duration::from_secs(30 * 24 * 3600);
/// How old a token may get: what was copied from somewhere is soon worth nothing.
const ROTATE_EVERY: Duration = Duration::from_secs(24 * 3600);
/// How long the token before still works once the new one was seen: for requests that were under way.
const GRACE: Duration = Duration::from_secs(60);
/// Until when the token before works when the new one was not seen yet: its answer may have been lost.
const UNSEEN: Timestamp = Timestamp::from_micros(i64::MAX);
/// How exactly "last used" is kept: writing it on every request would make every read a write.
const TOUCH_EVERY: Duration = Duration::from_secs(60);
/// How long ago a password may have been given for what needs it.
const RECENT: Duration = Duration::from_secs(15 * 60);

/// Where a sign-in comes from.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The browser, in its own words.
    pub user_agent: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// What it shows as a device that has signed in before.
    pub device: Option<String>,
    /// The session that it had until now: a sign-in ends it.
    pub session: Option<String>,
}

/// A fresh sign-in: the token goes into the cookie and nowhere else.
#[derive(Debug)]
pub struct SignedIn {
    /// The cookie's value.
    pub token: Token,
    /// The value of the cookie that tells this device from those of strangers.
    pub device: String,
    /// Who it is.
    pub actor: Actor,
}

/// Somebody whose session holds.
#[derive(Debug)]
pub struct Authenticated {
    /// Who it is.
    pub actor: Actor,
    /// The session's new token, when it was time for one: it belongs into the cookie.
    pub renewed: Option<Token>,
}

impl Engine {
    /// Whose session a cookie is, if it still holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authenticate(&self, presented: &str) -> Result<Option<Authenticated>> {
        let now = self.env.now();
        let hash = *TokenHash::of(presented).as_bytes();
        let found = self.db.read().await?.session_by_token(&hash, now).await?;
        let Some((mut session, user)) = found else { return Ok(None) };
        if user.suspended_at.is_some() {
            return Ok(None);
        }
        let age = now.since(session.rotated_at);
        let is_current = session.token_hash == hash;
        let unseen = session.previous_until == Some(UNSEEN);
        // A token that was given and never shown was lost on its way: who still has the one before gets another.
        let renew = if is_current { age >= ROTATE_EVERY } else { unseen && age >= GRACE };
        let mut renewed = None;
        if renew || is_current && unseen || now.since(session.last_seen_at) >= TOUCH_EVERY {
            let mut tx = self.db.begin().await?;
            tx.touch_session(session.id, now, end(session.created_at, now)).await?;
            if renew {
                let token = Token::generate(&*self.env);
                // Of requests that come at once, one renews it; the others come with what is still taken.
                let (known, next) = ((&session.token_hash, &hash), token.hash());
                if tx.rotate_session(session.id, known, next.as_bytes(), now, UNSEEN).await? {
                    renewed = Some(token);
                }
            } else if is_current && unseen {
                tx.end_previous_token(session.id, now.plus(GRACE)).await?;
            }
            tx.commit().await?;
        }
        // The actor's is the one that was shown, whatever the session has by now.
        session.token_hash = hash;
        if !is_current {
            // Whoever gave the password since then was given another token.
            session.authenticated_at = Timestamp::from_micros(0);
        }
        let actor = Actor { user, came: Came::Session(session), address: None };
        Ok(Some(Authenticated { actor, renewed }))
    }

    /// Whether the session, or the API token, and the membership that somebody came with still hold: for answers that
    /// last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn still_holds(&self, access: &Access) -> Result<bool> {
        let (actor, now) = (access.actor(), self.env.now());
        let mut conn = self.db.read().await?;
        let good = match &actor.came {
            Came::Session(session) => conn.session_is_good(session.id, now).await?,
            Came::Token(token) => conn.api_token_is_good(token.id, now).await?,
        };
        if !good {
            return Ok(false);
        }
        let mine = conn.project_of_member(access.project_id(), actor.user_id()).await?;
        Ok(mine.is_some_and(|mine| mine.role.allows(Role::Viewer)))
    }

    /// Refuses somebody with a password who has not given it lately. Those who have none sign in by links only, and
    /// have nothing else to show.
    ///
    /// # Errors
    /// `Reauthenticate`; `Forbidden` to API tokens.
    pub(crate) fn require_recent(&self, actor: &Actor) -> Result<()> {
        let recent = self.env.now().since(actor.session()?.authenticated_at) < RECENT;
        if recent || actor.user.password_phc.is_none() {
            return Ok(());
        }
        Err(EngineError::refused(
            ErrorCode::Reauthenticate,
            "This needs your password again: give it, then send the request once more.",
        ))
    }

    /// Ends the actor's session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn logout(&self, actor: &Actor) -> Result<()> {
        self.revoke_session(actor, actor.session()?.id).await
    }

    /// Ends one of the actor's sessions.
    ///
    /// # Errors
    /// `NotFound` when it is not theirs.
    pub async fn revoke_session(&self, actor: &Actor, session: SessionId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        if !tx.revoke_session(actor.user_id(), session).await? {
            return Err(EngineError::not_found("session"));
        }
        let action = if session == actor.session()?.id {
            AuditAction::SignOut
        } else {
            AuditAction::SessionRevoked
        };
        let act = Act::by(actor, action).on(AuditTarget::Session, session);
        act.tell(&mut tx, &*self.env, self.env.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The actor's sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&self, actor: &Actor) -> Result<SessionList> {
        let present = actor.session()?.id;
        let rows = self.db.read().await?.sessions(actor.user_id(), self.env.now()).await?;
        let entry = |row: store::Session| SessionEntry {
            id: row.id,
            current: row.id == present,
            user_agent: row.user_agent.unwrap_or_default(),
            address: row.address.unwrap_or_default(),
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
        };
        Ok(SessionList { items: rows.into_iter().map(entry).collect() })
    }

    /// Who the actor is and what they may do, to themselves: as it is now, not as it was at sign-in.
    ///
    /// # Errors
    /// `Forbidden` to API tokens.
    pub fn session_info(&self, actor: &Actor) -> Result<SessionInfo> {
        let session = actor.session()?;
        let mut permissions = vec![Permission::Build];
        if actor.is_admin() {
            permissions.push(Permission::Administer);
        }
        Ok(SessionInfo {
            account: accounts::account(&actor.user),
            permissions,
            session_id: session.id,
            expires_at: session.expires_at,
            csrf_token: self.csrf_token(session),
        })
    }

    /// The session that somebody came with stays until this transaction ends: what outlives it must not be made for one
    /// that has ended since the request came.
    pub(crate) async fn hold_session(&self, tx: &mut store::Tx, actor: &Actor) -> Result<()> {
        if tx.hold_session(actor.session()?.id, self.env.now()).await? {
            return Ok(());
        }
        Err(EngineError::refused(
            ErrorCode::Unauthenticated,
            "Your session has ended. Sign in again.",
        ))
    }

    /// Signs somebody in who has shown who they are: every way in ends here.
    ///
    /// # Errors
    /// `Suspended`.
    pub(crate) async fn start_session(
        &self,
        tx: &mut store::Tx,
        user: store::User,
        client: Client,
        now: Timestamp,
    ) -> Result<SignedIn> {
        user_admin::require_not_suspended(&user)?;
        let token = Token::generate(&*self.env);
        let device = self.device_cookie(&user, &client, now)?;
        if let Some(before) = &client.session {
            tx.delete_session(TokenHash::of(before).as_bytes()).await?;
        }
        tx.delete_expired_sessions(now).await?;
        let cut = |text: String| text.chars().take(300).collect();
        let session = store::Session {
            id: SessionId::generate(&*self.env),
            user_id: user.id,
            token_hash: *token.hash().as_bytes(),
            created_at: now,
            last_seen_at: now,
            expires_at: end(now, now),
            user_agent: client.user_agent.map(cut),
            address: client.address,
            previous_hash: None,
            previous_until: None,
            rotated_at: now,
            authenticated_at: now,
        };
        tx.insert_session(&session).await?;
        Act::by_user(user.id, AuditAction::SignIn)
            .on(AuditTarget::Session, session.id)
            .from(session.address.as_deref())
            .with("browser", session.user_agent.as_deref())
            .tell(tx, &*self.env, now)
            .await?;
        let address = session.address.clone();
        Ok(SignedIn { token, device, actor: Actor { user, came: Came::Session(session), address } })
    }

    /// Gives the actor's session a new token at once, and notes that they have just shown who they are. The token
    /// before works on for the grace, but no longer shows that a password was given.
    ///
    /// # Errors
    /// `Unauthenticated` when the session was ended meanwhile.
    pub(crate) async fn renew_session(
        &self,
        tx: &mut store::Tx,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Token> {
        let token = Token::generate(&*self.env);
        let session = actor.session()?;
        let (id, shown, next) = (session.id, session.token_hash, token.hash());
        if tx.authenticate_session(id, &shown, next.as_bytes(), now, now.plus(GRACE)).await? {
            return Ok(token);
        }
        Err(EngineError::refused(
            ErrorCode::Unauthenticated,
            "Your session was ended meanwhile. Sign in again.",
        ))
    }
}

/// When a session of that age ends unless it is used again.
fn end(created_at: Timestamp, now: Timestamp) -> Timestamp {
    now.plus(IDLE).min(created_at.plus(LIFE))
}
