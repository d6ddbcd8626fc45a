//! Who somebody is: the setup link, sign-in, name, address, password.

use std::time::Duration;

use qv_domain::{AuditAction, Email, LinkPurpose, Plan, Timestamp, UserId};
use qv_security::{Token, TokenHash};
use qv_store as store;
use qv_wire::{Account, ErrorCode, UpdateAccount};

use crate::audit::Act;
use crate::passwords::Compared;
use crate::{Actor, Client, Engine, EngineError, Result, SignIn, SignedIn};

const LINK_LIFE: Duration = Duration::from_secs(24 * 3600);
const NAME_CHARS: usize = 80;

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
        let signed_in = self.sign_in_by_link(presented, client.clone()).await;
        if let Err(error) = &signed_in {
            self.tell_refused("link", None, &client, error).await;
        }
        signed_in
    }

    async fn sign_in_by_link(&self, presented: &str, client: Client) -> Result<SignedIn> {
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let link = tx.use_link(TokenHash::of(presented).as_bytes(), now).await?;
        let link = link.ok_or_else(|| {
            EngineError::refused(
                ErrorCode::BadCredentials,
                "This link was used already or is too old. Restart QuickVibe to print a new one.",
            )
        })?;
        if link.purpose == LinkPurpose::Reset {
            return Err(bad_credentials());
        }
        let user = match link.user_id {
            Some(id) => tx.user(id).await?.ok_or_else(bad_credentials)?,
            // Another one of that kind may be left from before.
            None if tx.user_count().await? > 0 => return Err(bad_credentials()),
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

    /// Signs in by e-mail and password; whoever has a second factor is not signed in before its code comes. Unknown
    /// users take as long and read the same as wrong passwords, and are locked like others.
    ///
    /// # Errors
    /// `BadCredentials`; `Suspended`, after the right password only; `RateLimited` after five wrong ones; `Overloaded`.
    pub async fn login(&self, email: &str, password: &str, client: Client) -> Result<SignIn> {
        let user = match Email::parse(email) {
            Ok(email) => self.db.read().await?.user_by_email(&email).await?,
            Err(_) => None,
        };
        let signed_in = self.sign_in(email, user.clone(), password, client.clone()).await;
        if let Err(error) = &signed_in {
            self.tell_refused(email, user.as_ref(), &client, error).await;
        }
        signed_in
    }

    async fn sign_in(
        &self,
        email: &str,
        user: Option<store::User>,
        password: &str,
        client: Client,
    ) -> Result<SignIn> {
        let hash = user.as_ref().and_then(|user| user.password_phc.clone());
        let counted_for = self.counted_for(user.as_ref(), &client);
        let compared =
            self.try_password(email, counted_for, hash.clone(), password.to_owned()).await?;
        let (Some(user), Compared::Right { fresh }) = (user, compared) else {
            return Err(bad_credentials());
        };
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        // It may have been changed while it was compared; who changed it ended all other sessions. So may all else.
        let Some(old) = hash else { return Err(bad_credentials()) };
        let held = tx.hold_user(user.id).await?;
        let held = held.filter(|user| user.password_phc.as_ref() == Some(&old));
        let mut user = held.ok_or_else(bad_credentials)?;
        if let Some(fresh) = fresh {
            tx.upgrade_password(user.id, &old, &fresh, now).await?;
            user.password_phc = Some(fresh);
        }
        let signed_in = self.enter(&mut tx, user, client, now).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Shows by the password once more who the actor is; the session's new token.
    ///
    /// # Errors
    /// `Invalid` when it is another one or there is none; `RateLimited` after five wrong ones; `Overloaded`.
    pub async fn reauthenticate(&self, actor: &Actor, password: String) -> Result<Token> {
        self.show_password(actor, "password", password).await?;
        let mut tx = self.db.begin().await?;
        let now = self.env.now();
        let token = self.renew_session(&mut tx, actor, now).await?;
        Act::by(actor, AuditAction::Reauthenticated).tell(&mut tx, &*self.env, now).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Compares what somebody who is signed in gives as their password; `field` is its name in the request.
    async fn show_password(&self, actor: &Actor, field: &'static str, given: String) -> Result<()> {
        // Whoever took a session over may not try passwords either.
        let (account, session) = (actor.user_id().to_string(), actor.session()?.id);
        let hash = actor.user.password_phc.clone();
        let client = format!("session {session}");
        let shown = match self.try_password(&account, client, hash, given).await {
            Ok(Compared::Right { .. }) => Ok(()),
            Ok(Compared::Wrong) => {
                Err(EngineError::invalid(field, "That is not your present password."))
            }
            Err(error) => Err(error),
        };
        if let Err(error) = &shown {
            let from = Client { address: actor.address.clone(), ..Client::default() };
            self.tell_refused(&account, Some(&actor.user), &from, error).await;
        }
        shown
    }

    /// Changes the actor's name or address.
    ///
    /// # Errors
    /// `Invalid` names the field; `Conflict` when the address is taken; `Reauthenticate` for another address.
    pub async fn update_account(&self, actor: &Actor, update: UpdateAccount) -> Result<Account> {
        let name = update.name.map(|name| checked_name(&name)).transpose()?;
        let email = update.email.map(|email| Email::parse(&email)).transpose();
        let email = email.map_err(|error| EngineError::invalid("email", error))?;
        let mut tx = self.db.begin().await?;
        let now = self.env.now();
        // What is not given stays as it is by now, whatever it was when the request came.
        let before = tx.hold_user(actor.user_id()).await?;
        let before = before.ok_or_else(|| EngineError::not_found("user"))?;
        let mut user = before.clone();
        user.name = name.unwrap_or(user.name);
        user.email = email.or(user.email);
        if user.email != before.email {
            self.require_recent(actor)?;
        }
        tx.update_profile(user.id, &user.name, user.email.as_ref(), now).await?;
        if user.email != before.email {
            // Whoever reads the mail of the address before must not set the password by it.
            tx.delete_links_of(user.id).await?;
            Act::by(actor, AuditAction::EmailChanged)
                .on_user(user.id)
                .with("before", before.email.as_ref().map(Email::as_str))
                .with("email", user.email.as_ref().map(Email::as_str))
                .tell(&mut tx, &*self.env, now)
                .await?;
        }
        tx.commit().await?;
        Ok(account(&user))
    }

    /// Sets or changes the actor's password; their other sessions and their API tokens end, and their session gets a new token.
    ///
    /// # Errors
    /// `Invalid` names the field; `RateLimited` after five wrong present ones; `Overloaded`.
    pub async fn change_password(
        &self,
        actor: &Actor,
        current: Option<String>,
        new: String,
    ) -> Result<Token> {
        let user = &actor.user;
        if user.email.is_none() {
            return Err(EngineError::invalid(
                "email",
                "Set an e-mail address first: it is what you sign in with.",
            ));
        }
        if user.password_phc.is_some() {
            self.show_password(actor, "current", current.unwrap_or_default()).await?;
        }
        let accepted =
            self.passwords.accept("new", new, &user.name, user.email.as_ref(), self.env.clone());
        let accepted = accepted.await?;
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        if !tx.set_password(user.id, user.password_phc.as_ref(), &accepted, now).await? {
            return Err(EngineError::refused(
                ErrorCode::Conflict,
                "Your password was changed meanwhile. Give the new one as the present one.",
            ));
        }
        tx.delete_links_of(user.id).await?;
        tx.revoke_api_tokens(user.id).await?;
        tx.revoke_other_sessions(user.id, Some(actor.session()?.id)).await?;
        Act::by(actor, AuditAction::PasswordChanged)
            .on_user(user.id)
            .tell(&mut tx, &*self.env, now)
            .await?;
        let token = self.renew_session(&mut tx, actor, now).await?;
        tx.commit().await?;
        Ok(token)
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
            suspended_at: None,
        };
        tx.insert_user(&owner).await?;
        Act::by_user(owner.id, AuditAction::OwnerMade)
            .on_user(owner.id)
            .tell(tx, &*self.env, now)
            .await?;
        Ok(owner)
    }
}

/// What somebody, or something of theirs, may be called.
pub(crate) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(EngineError::invalid("name", "A name has 1 to 80 characters on one line."));
    }
    Ok(name.to_owned())
}

pub(crate) fn account(user: &store::User) -> Account {
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
