//! Passwords that were forgotten: a link that sets a new one, once.

use std::sync::Arc;
use std::time::Duration;

use qv_domain::{AuditAction, Email, Env, LinkPurpose};
use qv_security::{Token, TokenHash};
use qv_store as store;
use qv_wire::ErrorCode;

use crate::audit::Act;
use crate::{Engine, EngineError, Result};

/// How long a link works.
const LINK_LIFE: Duration = Duration::from_secs(60 * 60);
/// Whoever asks again so soon has a mail on its way.
const ANOTHER_AFTER: Duration = Duration::from_secs(5 * 60);
/// So many links by mail work at once: strangers can ask, too, and must neither end one that is in use nor fill a mailbox.
const MOST_OPEN: usize = 3;

impl Engine {
    /// Whether whoever forgot their password can have a link by mail.
    #[must_use]
    pub const fn resets_by_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Sends a link to this address if somebody signs in with it. Everything is done after this has come back, so that
    /// neither the answer nor its time tells whether somebody does.
    pub fn forgot_password(self: &Arc<Self>, address: String) {
        if self.mailer.is_none() {
            return;
        }
        let engine = self.clone();
        self.tasks.spawn(async move {
            if let Err(error) = engine.mail_reset_link(&address).await {
                tracing::error!(%error, "a link to set a new password was not sent");
            }
        });
    }

    async fn mail_reset_link(&self, address: &str) -> Result<()> {
        let (Some(mailer), Ok(email)) = (&self.mailer, Email::parse(address)) else {
            return Ok(());
        };
        let now = self.env.now();
        let found = self.db.read().await?.user_by_email(&email).await?;
        let Some(user) = found else { return Ok(()) };
        let mut tx = self.db.begin().await?;
        // Of those who ask at the same time, one gets a mail; whoever has another address by now gets none here.
        let held = tx.hold_user(user.id).await?;
        let held = held.filter(|user| user.email.as_ref() == Some(&email));
        let Some(user) = held.filter(|user| user.suspended_at.is_none()) else { return Ok(()) };
        let open = tx.open_links_of(user.id, LinkPurpose::Reset, now).await?;
        let asked_lately =
            open.first().is_some_and(|link| now.since(link.created_at) < ANOTHER_AFTER);
        if asked_lately || open.len() >= MOST_OPEN {
            return Ok(());
        }
        let act = Act::by_stranger(AuditAction::ResetLinkMade);
        let token = reset_link(&mut tx, &*self.env, &user, act).await?;
        tx.commit().await?;
        let link = mailer.link("reset", token.expose());
        let body = format!(
            "Somebody, probably you, asked to set a new password for QuickVibe.\n\n\
             This link sets one. It works once, for an hour:\n\n{link}\n\n\
             If it was not you, do nothing: your password stays as it is.\n"
        );
        let sent = mailer.send(&email, "Set a new password for QuickVibe", body).await;
        if sent.is_err() {
            // Nobody has it: it must not keep them from asking for another.
            let mut tx = self.db.begin().await?;
            tx.use_link(token.hash().as_bytes(), self.env.now()).await?;
            tx.commit().await?;
        }
        sent
    }

    /// Sets a new password by a link, which works once. All of the user's sessions and API tokens end; their second
    /// factor stays, and they are not signed in.
    ///
    /// # Errors
    /// `BadCredentials` when the link is unknown, used or too old; `Invalid` when the password is refused, and the link
    /// works on; `Overloaded`.
    pub async fn reset_password(&self, presented: &str, new: String) -> Result<()> {
        let hash = TokenHash::of(presented);
        let mut conn = self.db.read().await?;
        let link = conn.open_link(hash.as_bytes(), LinkPurpose::Reset, self.env.now()).await?;
        let user = match link.and_then(|link| link.user_id) {
            Some(id) => conn.user(id).await?,
            None => None,
        };
        drop(conn);
        let user = user.filter(|user| user.suspended_at.is_none()).ok_or_else(no_link)?;
        let accepted = self.passwords.accept(
            "password",
            new,
            &user.name,
            user.email.as_ref(),
            self.env.clone(),
        );
        let password = accepted.await?;
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        // Whoever else had it, or changed the password meanwhile, has ended it.
        tx.use_link(hash.as_bytes(), now).await?.ok_or_else(no_link)?;
        if !tx.set_password(user.id, user.password_phc.as_ref(), &password, now).await? {
            return Err(no_link());
        }
        tx.delete_links_of(user.id).await?;
        tx.revoke_other_sessions(user.id, None).await?;
        tx.revoke_api_tokens(user.id).await?;
        let act = Act::by_user(user.id, AuditAction::PasswordReset).on_user(user.id);
        act.tell(&mut tx, &*self.env, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Makes a link that sets this user's password. `act` says who makes it.
pub(crate) async fn reset_link(
    tx: &mut store::Tx,
    env: &dyn Env,
    user: &store::User,
    act: Act,
) -> Result<Token> {
    let now = env.now();
    let token = Token::generate(env);
    tx.delete_expired_links(now).await?;
    let link = store::Link {
        token_hash: *token.hash().as_bytes(),
        purpose: LinkPurpose::Reset,
        user_id: Some(user.id),
        created_at: now,
        expires_at: now.plus(LINK_LIFE),
        used_at: None,
    };
    tx.insert_link(&link).await?;
    act.on_user(user.id).tell(tx, env, now).await?;
    Ok(token)
}

fn no_link() -> EngineError {
    EngineError::refused(
        ErrorCode::BadCredentials,
        "This link was used already or is too old. Ask for a new one.",
    )
}
