//! New accounts: who may make one is the server's setting, and every way to one asks it. Invitations.

use std::time::Duration;

use qv_domain::{AuditAction, AuditTarget, Email, InviteId, Plan, SignUpMode, Timestamp, UserId};
use qv_security::{Token, TokenHash};
use qv_store as store;
use qv_wire::{CreateInvite, ErrorCode, Invite, InviteCreated, InviteInfo, InviteList, SignUp};

use crate::accounts::checked_name;
use crate::audit::Act;
use crate::{Actor, Client, Engine, EngineError, Result, SignedIn};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// How long an invitation lasts unless its maker says otherwise.
const USUAL_DAYS: u32 = 7;
const MOST_DAYS: u32 = 30;
/// Invitations that can be open at once.
const MOST_INVITES: usize = 200;

impl Engine {
    /// Who may make an account for themselves.
    #[must_use]
    pub const fn sign_up_mode(&self) -> SignUpMode {
        self.config.sign_up
    }

    /// Makes an account and signs its user in, if this server takes new ones from whoever asks.
    ///
    /// # Errors
    /// `Forbidden` where it does not; `BadCredentials` when the invitation cannot be used; `Invalid` names the field;
    /// `Conflict` when the address is taken; `Overloaded`.
    pub async fn sign_up(&self, ask: SignUp, client: Client) -> Result<SignedIn> {
        let presented = ask.invite.as_deref();
        require_open(self.config.sign_up, presented.is_some())?;
        // The first account is the owner's, and only the printed link makes it.
        if self.needs_setup().await? {
            return Err(EngineError::refused(
                ErrorCode::Forbidden,
                "Nobody owns this server yet. Whoever started it opens the link that its terminal prints.",
            ));
        }
        let invite = match presented {
            Some(token) => Some(self.invited(token).await?),
            None => None,
        };
        let name = checked_name(&ask.name)?;
        let email =
            Email::parse(&ask.email).map_err(|error| EngineError::invalid("email", error))?;
        if invite.as_ref().and_then(|invite| invite.email.as_ref()).is_some_and(|to| *to != email) {
            return Err(EngineError::invalid("email", "This invitation is for another address."));
        }
        let accepted =
            self.passwords.accept("password", ask.password, &name, Some(&email), self.env.clone());
        let password = accepted.await?;
        let now = self.env.now();
        let user = store::User {
            id: UserId::generate(&*self.env),
            email: Some(email),
            name,
            plan: Plan::Free,
            is_admin: false,
            password_phc: Some(password),
            created_at: now,
            updated_at: now,
            suspended_at: None,
        };
        let invite_id = invite.as_ref().map(|invite| invite.id);
        let mut tx = self.db.begin().await?;
        if let Some(invite) = invite
            && !tx.use_invite(invite.id, now).await?
        {
            return Err(no_invite());
        }
        tx.insert_user(&user).await?;
        let act = Act::by_user(user.id, AuditAction::SignUp).on_user(user.id);
        act.from(client.address.as_deref()).tell(&mut tx, &*self.env, now).await?;
        if let Some(id) = invite_id {
            let act = Act::by_user(user.id, AuditAction::InviteUsed).on(AuditTarget::Invite, id);
            act.from(client.address.as_deref()).tell(&mut tx, &*self.env, now).await?;
        }
        let signed_in = self.start_session(&mut tx, user, client, now).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// What an invitation says, to whoever has its link.
    ///
    /// # Errors
    /// `BadCredentials` when it cannot be used; `Forbidden` where this server takes no new accounts.
    pub async fn invite_info(&self, presented: &str) -> Result<InviteInfo> {
        require_open(self.config.sign_up, true)?;
        let invite = self.invited(presented).await?;
        Ok(InviteInfo { email: invite.email, expires_at: invite.expires_at })
    }

    async fn invited(&self, presented: &str) -> Result<store::Invite> {
        let hash = TokenHash::of(presented);
        let found = self.db.read().await?.open_invite(hash.as_bytes(), self.env.now()).await?;
        found.ok_or_else(no_invite)
    }

    /// Makes an invitation. Its token is in this answer and nowhere else.
    ///
    /// # Errors
    /// `Forbidden` for others than administrators; `Invalid` names the field; `Conflict` where this server takes no new
    /// accounts, or with too many open.
    pub async fn create_invite(
        &self,
        admin: &Actor,
        create: CreateInvite,
    ) -> Result<InviteCreated> {
        admin.require_admin()?;
        let now = self.env.now();
        let mut tx = self.db.begin().await?;
        let by = Some(admin.user_id());
        let (token, invite) =
            invite(&mut tx, &*self.env, self.config.sign_up, by, create, now).await?;
        let act = Act::by(admin, AuditAction::InviteMade).on(AuditTarget::Invite, invite.id);
        act.tell(&mut tx, &*self.env, now).await?;
        tx.commit().await?;
        Ok(InviteCreated { token: token.expose().to_owned(), entry: view(&invite) })
    }

    /// Invitations that can still be used, the newest first.
    ///
    /// # Errors
    /// `Forbidden` for others than administrators.
    pub async fn invites(&self, admin: &Actor) -> Result<InviteList> {
        admin.require_admin()?;
        let rows = self.db.read().await?.open_invites(self.env.now()).await?;
        Ok(InviteList { items: rows.iter().map(view).collect() })
    }

    /// Takes an invitation back that was not used.
    ///
    /// # Errors
    /// `Forbidden` for others than administrators; `NotFound`.
    pub async fn revoke_invite(&self, admin: &Actor, id: InviteId) -> Result<()> {
        admin.require_admin()?;
        let mut tx = self.db.begin().await?;
        if !tx.delete_open_invite(id).await? {
            return Err(EngineError::not_found("invitation"));
        }
        let act = Act::by(admin, AuditAction::InviteRevoked).on(AuditTarget::Invite, id);
        act.tell(&mut tx, &*self.env, self.env.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Adds an invitation, where they can be used.
pub(crate) async fn invite(
    tx: &mut store::Tx,
    env: &dyn qv_domain::Env,
    mode: SignUpMode,
    made_by: Option<UserId>,
    create: CreateInvite,
    now: Timestamp,
) -> Result<(Token, store::Invite)> {
    if mode == SignUpMode::Closed {
        return Err(EngineError::refused(
            ErrorCode::Conflict,
            "This server takes no new accounts. Set `sign_up` to `invite` (QUICKVIBE_SIGN_UP) and restart it first.",
        ));
    }
    let days = create.expires_in_days.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(EngineError::invalid(
            "expires_in_days",
            format!("An invitation lasts 1 to {MOST_DAYS} days."),
        ));
    }
    let email = create
        .email
        .map(|text| Email::parse(&text))
        .transpose()
        .map_err(|error| EngineError::invalid("email", error))?;
    if let Some(email) = &email
        && tx.user_by_email(email).await?.is_some()
    {
        return Err(EngineError::invalid("email", "Somebody signs in with this address already."));
    }
    let token = Token::generate(env);
    let invite = store::Invite {
        id: InviteId::generate(env),
        token_hash: *token.hash().as_bytes(),
        email,
        made_by,
        created_at: now,
        expires_at: now.plus(DAY * days),
        used_at: None,
    };
    tx.delete_expired_invites(now).await?;
    tx.insert_invite(&invite).await?;
    if tx.open_invites(now).await?.len() > MOST_INVITES {
        return Err(EngineError::refused(
            ErrorCode::Conflict,
            format!("{MOST_INVITES} invitations are open already. Take one back first."),
        ));
    }
    Ok((token, invite))
}

/// Refuses those for whom this server makes no account.
fn require_open(mode: SignUpMode, invited: bool) -> Result<()> {
    let words = match (mode, invited) {
        (SignUpMode::Open, _) | (SignUpMode::Invite, true) => return Ok(()),
        (SignUpMode::Invite, false) => {
            "Accounts here are made by invitation. Ask whoever runs this server for one."
        }
        (SignUpMode::Closed, _) => "This server takes no new accounts.",
    };
    Err(EngineError::refused(ErrorCode::Forbidden, words))
}

fn no_invite() -> EngineError {
    EngineError::refused(
        ErrorCode::BadCredentials,
        "This invitation was used already, is too old, or was taken back. Ask for a new one.",
    )
}

fn view(row: &store::Invite) -> Invite {
    Invite {
        id: row.id,
        email: row.email.clone(),
        created_at: row.created_at,
        expires_at: row.expires_at,
    }
}
