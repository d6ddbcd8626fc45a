//! Who somebody is: the setup link, sign-in, sessions, passwords.

use std::time::Duration;

use qv_domain::{Email, LinkPurpose, Plan, SessionId, Timestamp, UserId};
use qv_security::{Token, TokenHash};
use qv_store as store;
use qv_wire::{Account, ErrorCode, SessionEntry, SessionInfo, SessionList, UpdateAccount};

use crate::passwords::Compared;
use crate::{Actor, Engine, EngineError, Result};

const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);
const LINK_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How exactly "last used" is kept: writing it on every request would make every read a write.
const TOUCH_EVERY: Duration = Duration::from_secs(60);
const NAME_CHARS: usize = 80;

/// Where a sign-in comes from, for the list of sessions.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The browser, in its own words.
    pub user_agent: Option<String>,
    /// Its address.
    pub address: Option<String>,
}

/// A fresh sign-in: the token goes into the cookie and nowhere else.
#[derive(Debug)]
pub struct SignedIn {
    /// The cookie's value.
    pub token: Token,
    /// Who it is.
    pub actor: Actor,
}

impl Engine {
    /// Whether nobody owns this instance yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn needs_setup(&self) -> Result<bool> {
        Ok(self.db.read().await?.user_count().await? == 0)
    }

    /// A one-time token that signs in the owner: makes them at the first start, and lets an owner without a
    /// password in again later. `None` once the owner has a password. Earlier links end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owner_link(&self) -> Result<Option<Token>> {
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let owner = tx.first_admin().await?;
        if owner.as_ref().is_some_and(|owner| owner.password_phc.is_some()) {
            return Ok(None);
        }
        let purpose = if owner.is_some() { LinkPurpose::SignIn } else { LinkPurpose::Setup };
        let token = Token::generate(&*self.env);
        tx.delete_unused_links(purpose).await?;
        let link = store::Link {
            token_hash: *token.hash().as_bytes(),
            purpose,
            user_id: owner.map(|owner| owner.id),
            created_at: now,
            expires_at: now.plus(LINK_LIFE),
            used_at: None,
        };
        tx.insert_link(&link).await?;
        tx.commit().await?;
        Ok(Some(token))
    }

    /// Trades a one-time link for a session; a setup link makes the owner first.
    ///
    /// # Errors
    /// `BadCredentials` when the link is unknown, used or too old.
    pub async fn redeem_link(&self, presented: &str, client: Client) -> Result<SignedIn> {
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let link = tx.use_link(TokenHash::of(presented).as_bytes(), now).await?;
        let link = link.ok_or_else(|| {
            EngineError::refused(
                ErrorCode::BadCredentials,
                "This link was used already or is too old. Restart QuickVibe to print a new one.",
            )
        })?;
        let user = match link.user_id {
            Some(id) => tx.user(id).await?.ok_or_else(bad_credentials)?,
            None => self.make_owner(&mut tx, now).await?,
        };
        let signed_in = self.start_session(&mut tx, user, client, now).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Signs in whoever can run this program beside its data: the owner, who is made when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operator(&self, client: Client) -> Result<Actor> {
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let owner = match tx.first_admin().await? {
            Some(owner) => owner,
            None => self.make_owner(&mut tx, now).await?,
        };
        let signed_in = self.start_session(&mut tx, owner, client, now).await?;
        tx.commit().await?;
        Ok(signed_in.actor)
    }

    /// Signs in by e-mail and password. Unknown users take as long and read the same as wrong passwords.
    ///
    /// # Errors
    /// `BadCredentials`.
    pub async fn login(&self, email: &str, password: &str, client: Client) -> Result<SignedIn> {
        let user = match Email::parse(email) {
            Ok(email) => self.db.read().await?.user_by_email(&email).await?,
            Err(_) => None,
        };
        let hash = user.as_ref().and_then(|user| user.password_phc.clone());
        let compared =
            self.passwords.compare(hash.clone(), password.to_owned(), self.env.clone()).await?;
        let (Some(user), Compared::Right { fresh }) = (user, compared) else {
            return Err(bad_credentials());
        };
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        if let (Some(old), Some(fresh)) = (hash, fresh) {
            tx.upgrade_password(user.id, &old, &fresh, now).await?;
        }
        let signed_in = self.start_session(&mut tx, user, client, now).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Whose session a cookie is, if it still holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authenticate(&self, presented: &str) -> Result<Option<Actor>> {
        let now = self.env.now();
        let hash = TokenHash::of(presented);
        let found = self.db.read().await?.session_by_token(hash.as_bytes(), now).await?;
        let Some((session, user)) = found else { return Ok(None) };
        if now.since(session.last_seen_at) >= TOUCH_EVERY {
            let mut tx = self.db.begin().await?;
            tx.touch_session(session.id, now, session.expires_at).await?;
            tx.commit().await?;
        }
        Ok(Some(Actor { user, session }))
    }

    /// Ends the actor's session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn logout(&self, actor: &Actor) -> Result<()> {
        self.revoke_session(actor, actor.session_id()).await
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
        tx.commit().await?;
        Ok(())
    }

    /// The actor's sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&self, actor: &Actor) -> Result<SessionList> {
        let rows = self.db.read().await?.sessions(actor.user_id(), self.env.now()).await?;
        let entry = |row: store::Session| SessionEntry {
            id: row.id,
            current: row.id == actor.session_id(),
            user_agent: row.user_agent.unwrap_or_default(),
            address: row.address.unwrap_or_default(),
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
        };
        Ok(SessionList { items: rows.into_iter().map(entry).collect() })
    }

    /// Who the actor is, to themselves.
    #[must_use]
    pub fn session_info(&self, actor: &Actor) -> SessionInfo {
        SessionInfo {
            account: account(&actor.user),
            session_id: actor.session.id,
            expires_at: actor.session.expires_at,
        }
    }

    /// Changes the actor's name or address.
    ///
    /// # Errors
    /// `Invalid` names the field; `Conflict` when the address is taken.
    pub async fn update_account(&self, actor: &Actor, update: UpdateAccount) -> Result<Account> {
        let mut user = actor.user.clone();
        if let Some(name) = update.name {
            let name = name.trim().to_owned();
            if name.is_empty()
                || name.chars().count() > NAME_CHARS
                || name.chars().any(char::is_control)
            {
                return Err(EngineError::invalid(
                    "name",
                    "A name has 1 to 80 characters on one line.",
                ));
            }
            user.name = name;
        }
        if let Some(email) = update.email {
            let email =
                Email::parse(&email).map_err(|error| EngineError::invalid("email", error))?;
            user.email = Some(email);
        }
        user.updated_at = self.env.now();
        let mut tx = self.db.begin().await?;
        tx.update_user(&user).await?;
        tx.commit().await?;
        Ok(account(&user))
    }

    /// Sets or changes the actor's password; their other sessions end.
    ///
    /// # Errors
    /// `Invalid` names the field.
    pub async fn change_password(
        &self,
        actor: &Actor,
        current: Option<String>,
        new: String,
    ) -> Result<()> {
        let mut user = actor.user.clone();
        if user.email.is_none() {
            return Err(EngineError::invalid(
                "email",
                "Set an e-mail address first: it is what you sign in with.",
            ));
        }
        if let Some(hash) = user.password_phc.clone() {
            let given = current.unwrap_or_default();
            let compared = self.passwords.compare(Some(hash), given, self.env.clone()).await?;
            if matches!(compared, Compared::Wrong) {
                return Err(EngineError::invalid("current", "That is not your present password."));
            }
        }
        let accepted =
            self.passwords.accept("new", new, &user.name, user.email.as_ref(), self.env.clone());
        user.password_phc = Some(accepted.await?);
        user.updated_at = self.env.now();
        let mut tx = self.db.begin().await?;
        tx.update_user(&user).await?;
        tx.revoke_other_sessions(user.id, Some(actor.session_id())).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn make_owner(&self, tx: &mut store::Tx, now: Timestamp) -> Result<store::User> {
        let owner = store::User {
            id: UserId::generate(&*self.env),
            email: None,
            name: "Owner".to_owned(),
            plan: Plan::Team,
            is_admin: true,
            password_phc: None,
            created_at: now,
            updated_at: now,
        };
        tx.insert_user(&owner).await?;
        Ok(owner)
    }

    async fn start_session(
        &self,
        tx: &mut store::Tx,
        user: store::User,
        client: Client,
        now: Timestamp,
    ) -> Result<SignedIn> {
        let token = Token::generate(&*self.env);
        let cut = |text: String| text.chars().take(300).collect();
        let session = store::Session {
            id: SessionId::generate(&*self.env),
            user_id: user.id,
            token_hash: *token.hash().as_bytes(),
            created_at: now,
            last_seen_at: now,
            expires_at: now.plus(SESSION_LIFE),
            user_agent: client.user_agent.map(cut),
            address: client.address,
        };
        tx.insert_session(&session).await?;
        Ok(SignedIn { token, actor: Actor { user, session } })
    }
}

fn account(user: &store::User) -> Account {
    Account {
        id: user.id,
        name: user.name.clone(),
        email: user.email.clone(),
        has_password: user.password_phc.is_some(),
        is_admin: user.is_admin,
        plan: user.plan,
    }
}

fn bad_credentials() -> EngineError {
    EngineError::refused(
        ErrorCode::BadCredentials,
        "The e-mail address or the password is not right.",
    )
}
