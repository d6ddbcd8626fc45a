//! The second factor: a code of an authenticator app, or a recovery code, after the password.
//!
//! A right password begins a sign-in that waits five minutes for its code: a row, and a random token that only this
//! browser has. It lets nobody do anything else. Wrong codes are counted like wrong passwords; those of devices that
//! have not signed in before are counted together, from wherever they come, for a code has few digits.

use std::time::Duration;

use qv_domain::{AuditAction, KeyId, Timestamp, UserId};
use qv_security::{
    ExposeSecret as _, RecoveryCode, SealedFor, SecretString, Token, TokenHash, TotpError,
    TotpSecret,
};
use qv_store as store;
use qv_wire::{ErrorCode, NewSecondFactor, RecoveryCodes, SecondFactorState};

use crate::audit::Act;
use crate::{Actor, Client, Engine, EngineError, Result, SignedIn};

/// A secret that codes are asked for.
const TOTP: &str = "totp";
/// One that was given and whose first code is awaited.
const OFFERED: &str = "totp_offered";
const RECOVERY_CODES: usize = 10;
/// How long a sign-in waits for its code.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// The longest code that is looked at.
const CODE_CHARS: usize = 64;

/// What a right password leads to.
#[derive(Debug)]
pub enum SignIn {
    /// A session.
    Done(Box<SignedIn>),
    /// A code is wanted: whoever brings it with this token is signed in.
    CodeWanted {
        /// The value of the cookie that the browser shows with the code.
        token: Token,
        /// Until when.
        until: Timestamp,
    },
}

impl Engine {
    /// Signs somebody in whose password, or whatever stands for it, was right: at once, or when the code comes.
    pub(crate) async fn enter(
        &self,
        tx: &mut store::Tx,
        user: store::User,
        client: Client,
        now: Timestamp,
    ) -> Result<SignIn> {
        if tx.second_factor(user.id).await?.is_none() {
            let signed_in = self.start_session(tx, user, client, now).await?;
            return Ok(SignIn::Done(Box::new(signed_in)));
        }
        let (token, until) = (Token::generate(&*self.env), now.plus(PATIENCE));
        let pending = store::PendingSignIn {
            token_hash: *token.hash().as_bytes(),
            user_id: user.id,
            password_mark: mark(&user),
            created_at: now,
            expires_at: until,
        };
        tx.insert_pending_sign_in(&pending).await?;
        Ok(SignIn::CodeWanted { token, until })
    }

    /// The second step of a sign-in: `code` is an authenticator's or a recovery code.
    ///
    /// # Errors
    /// `BadCredentials` for a wrong code, `SignInExpired` when the first step is too long ago; `RateLimited` after five wrong codes.
    pub async fn enter_code(
        &self,
        pending: Option<&str>,
        code: &str,
        client: Client,
    ) -> Result<SignedIn> {
        let now = self.env.now();
        let token = pending.map(|token| *TokenHash::of(token).as_bytes()).ok_or_else(expired)?;
        let mut conn = self.db.read().await?;
        let pending = conn.pending_sign_in(&token, now).await?.ok_or_else(expired)?;
        let user = conn.user(pending.user_id).await?.ok_or_else(expired)?;
        drop(conn);
        if mark(&user) != pending.password_mark {
            return Err(expired());
        }
        let entered = self.enter_with(&token, user.clone(), code, client.clone(), now).await;
        if let Err(error) = &entered {
            self.tell_refused(&user.id.to_string(), Some(&user), &client, error).await;
        }
        entered
    }

    async fn enter_with(
        &self,
        token: &[u8; 32],
        user: store::User,
        code: &str,
        client: Client,
        now: Timestamp,
    ) -> Result<SignedIn> {
        let counted_for = self.counted_for(Some(&user), &client);
        let counted_for = match counted_for.strip_prefix("device ") {
            Some(_) => counted_for,
            None => "anywhere".to_owned(),
        };
        let account = format!("second factor {}", user.id);
        let attempt = self.count_attempt(&account, counted_for).await?;
        let factor = self.code_factor(user.id, code, now).await?;
        let mut tx = self.db.begin().await?;
        let is_right = match factor {
            Some(Factor::Step(step)) => tx.use_step(user.id, step).await?,
            Some(Factor::Recovery(code)) => {
                let used = tx.use_recovery_code(user.id, &code, now).await?;
                if used {
                    let act = Act::by_user(user.id, AuditAction::RecoveryCodeUsed).on_user(user.id);
                    act.from(client.address.as_deref()).tell(&mut tx, &*self.env, now).await?;
                }
                used
            }
            None => false,
        };
        if !is_right {
            return Err(EngineError::refused(
                ErrorCode::BadCredentials,
                "That code is not right, or was used before. Wait for the next one, or use a recovery code.",
            ));
        }
        // It may have been changed while the code was compared; who changed it ended all sign-ins. So may all else.
        let held = tx.hold_user(user.id).await?;
        let held = held.filter(|held| held.password_phc == user.password_phc);
        let user = held.ok_or_else(expired)?;
        if !tx.end_pending_sign_in(token).await? {
            return Err(expired());
        }
        tx.clear_attempts(&attempt.account, &attempt.client).await?;
        let signed_in = self.start_session(&mut tx, user, client, now).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// What a code may be, before the database says whether it may be used.
    async fn code_factor(
        &self,
        user: UserId,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<Factor>> {
        if code.chars().count() > CODE_CHARS {
            return Ok(None);
        }
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Some(Factor::Recovery(*RecoveryCode::hash_of(code).as_bytes())));
        }
        let Some(secret) = self.totp_secret(user, TOTP).await? else { return Ok(None) };
        let step =
            secret.step_of(&digits, now).map_err(|error| EngineError::Secret(error.to_string()))?;
        Ok(step.map(Factor::Step))
    }

    /// How the actor's second factor stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn second_factor(&self, actor: &Actor) -> Result<SecondFactorState> {
        let mut conn = self.db.read().await?;
        let factor = conn.second_factor(actor.user_id()).await?;
        let left = conn.recovery_codes_left(actor.user_id()).await?;
        Ok(SecondFactorState {
            since: factor.map(|factor| factor.confirmed_at),
            recovery_codes: u32::try_from(left).unwrap_or(u32::MAX),
        })
    }

    /// Offers the actor a secret for their authenticator app; the one offered before ends. Nothing is asked for at
    /// sign-in until [`Engine::confirm_second_factor`].
    ///
    /// # Errors
    /// `Reauthenticate`; `Invalid` without a password; `Conflict` when there is a second factor.
    pub async fn offer_second_factor(&self, actor: &Actor) -> Result<NewSecondFactor> {
        self.require_recent(actor)?;
        let user = &actor.user;
        if user.password_phc.is_none() {
            return Err(EngineError::invalid(
                "password",
                "Set a password first: the code is asked for after it.",
            ));
        }
        let secret = TotpSecret::generate(&*self.env);
        self.vault.prepare(&self.db).await?;
        let mut tx = self.db.begin().await?;
        self.hold_session(&mut tx, actor).await?;
        if tx.second_factor(user.id).await?.is_some() {
            return Err(EngineError::refused(
                ErrorCode::Conflict,
                "You have a second factor: take it away first.",
            ));
        }
        self.keep_totp(&mut tx, user.id, OFFERED, &secret).await?;
        tx.commit().await?;
        let name = user.email.as_ref().map_or(user.name.as_str(), |email| email.as_str());
        let (text, uri) = (secret.text(), secret.uri(name));
        let fail = |error: TotpError| EngineError::Secret(error.to_string());
        Ok(NewSecondFactor {
            secret: text.map_err(fail)?.expose_secret().to_owned(),
            uri: uri.map_err(fail)?.expose_secret().to_owned(),
        })
    }

    /// Takes the first code of the offered secret: from now on one is asked for at each sign-in. The actor's other
    /// sessions, which were begun without one, end.
    ///
    /// # Errors
    /// `Reauthenticate`; `Invalid` for a wrong code; `Conflict` when nothing was offered, or there is a second factor.
    pub async fn confirm_second_factor(&self, actor: &Actor, code: &str) -> Result<RecoveryCodes> {
        self.require_recent(actor)?;
        let (user, now) = (actor.user_id(), self.env.now());
        let secret = self.totp_secret(user, OFFERED).await?.ok_or_else(nothing_offered)?;
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step =
            secret.step_of(&digits, now).map_err(|error| EngineError::Secret(error.to_string()))?;
        let step = step.ok_or_else(|| {
            EngineError::invalid(
                "code",
                "That is not the code of now. Look whether the clock of your device is right.",
            )
        })?;
        self.vault.prepare(&self.db).await?;
        let mut tx = self.db.begin().await?;
        // A sign-in by the password alone that is under way ends with the other sessions, or sees the factor.
        tx.hold_user(user).await?;
        self.hold_session(&mut tx, actor).await?;
        self.keep_totp(&mut tx, user, TOTP, &secret).await?;
        let factor = store::SecondFactor { user_id: user, confirmed_at: now, last_step: step };
        if !tx.delete_secret(user, OFFERED).await? || !tx.insert_second_factor(&factor).await? {
            return Err(nothing_offered());
        }
        let codes = self.new_codes(&mut tx, user, now).await?;
        tx.revoke_other_sessions(user, Some(actor.session()?.id)).await?;
        let act = Act::by(actor, AuditAction::SecondFactorOn).on_user(user);
        act.tell(&mut tx, &*self.env, now).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Takes the actor's second factor away.
    ///
    /// # Errors
    /// `Reauthenticate`; `NotFound` when there is none.
    pub async fn remove_second_factor(&self, actor: &Actor) -> Result<()> {
        self.require_recent(actor)?;
        let mut tx = self.db.begin().await?;
        if !remove(&mut tx, actor.user_id()).await? {
            return Err(EngineError::not_found("second factor"));
        }
        let act = Act::by(actor, AuditAction::SecondFactorOff).on_user(actor.user_id());
        act.tell(&mut tx, &*self.env, self.env.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives the actor new recovery codes; those from before are worth nothing.
    ///
    /// # Errors
    /// `Reauthenticate`; `NotFound` without a second factor.
    pub async fn renew_recovery_codes(&self, actor: &Actor) -> Result<RecoveryCodes> {
        self.require_recent(actor)?;
        let mut tx = self.db.begin().await?;
        if tx.second_factor(actor.user_id()).await?.is_none() {
            return Err(EngineError::not_found("second factor"));
        }
        let now = self.env.now();
        let codes = self.new_codes(&mut tx, actor.user_id(), now).await?;
        let act = Act::by(actor, AuditAction::RecoveryCodesMade).on_user(actor.user_id());
        act.tell(&mut tx, &*self.env, now).await?;
        tx.commit().await?;
        Ok(codes)
    }

    async fn new_codes(
        &self,
        tx: &mut store::Tx,
        user: UserId,
        now: Timestamp,
    ) -> Result<RecoveryCodes> {
        let codes: Vec<RecoveryCode> =
            (0..RECOVERY_CODES).map(|_| RecoveryCode::generate(&*self.env)).collect();
        let hashes: Vec<[u8; 32]> = codes.iter().map(|code| *code.hash().as_bytes()).collect();
        tx.set_recovery_codes(user, &hashes, now).await?;
        Ok(RecoveryCodes { codes: codes.iter().map(|code| code.expose().to_owned()).collect() })
    }

    /// Keeps a secret in the place of the one of its kind.
    async fn keep_totp(
        &self,
        tx: &mut store::Tx,
        user: UserId,
        kind: &str,
        secret: &TotpSecret,
    ) -> Result<()> {
        let id = KeyId::generate(&*self.env);
        let (owner, bound_id) = (user.to_string(), id.to_string());
        let bound = SealedFor { owner: &owner, id: &bound_id, kind };
        let text = secret.text().map_err(|error| EngineError::Secret(error.to_string()))?;
        let sealed = self.vault.seal(tx, &text, bound).await?;
        tx.delete_secret(user, kind).await?;
        let row = store::SealedSecret { id, user_id: Some(user), kind: kind.to_owned(), sealed };
        tx.insert_secret(&row, self.env.now()).await?;
        Ok(())
    }

    async fn totp_secret(&self, user: UserId, kind: &str) -> Result<Option<TotpSecret>> {
        let mut conn = self.db.read().await?;
        // Twice, for a rotation of the master key may come between.
        for _ in 0..3 {
            let Some(kept) = conn.secret_of(user, kind).await? else { return Ok(None) };
            let (owner, id) = (user.to_string(), kept.id.to_string());
            let bound = SealedFor { owner: &owner, id: &id, kind };
            if let Some(opened) = self.vault.open_once(&kept.sealed, bound).await? {
                let fail = |error: &dyn std::fmt::Display| EngineError::Secret(error.to_string());
                let text: SecretString = opened.map_err(|error| fail(&error))?;
                return TotpSecret::parse(&text).map(Some).map_err(|error| fail(&error));
            }
        }
        Err(EngineError::Secret("the master key keeps changing".to_owned()))
    }
}

/// What a code turned out to be.
enum Factor {
    Step(i64),
    Recovery([u8; 32]),
}

/// Takes somebody's second factor away, and all that belongs to it.
pub(crate) async fn remove(tx: &mut store::Tx, user: UserId) -> Result<bool> {
    tx.delete_secret(user, TOTP).await?;
    tx.delete_secret(user, OFFERED).await?;
    Ok(tx.delete_second_factor(user).await?)
}

/// Of the password's hash: not the hash itself, which stays in one place.
fn mark(user: &store::User) -> [u8; 32] {
    let phc = user.password_phc.as_ref().map_or("", |phc| phc.0.as_str());
    *TokenHash::of(phc).as_bytes()
}

fn expired() -> EngineError {
    EngineError::refused(
        ErrorCode::SignInExpired,
        "This sign-in has waited too long for its code. Begin anew with your password.",
    )
}

fn nothing_offered() -> EngineError {
    EngineError::refused(
        ErrorCode::Conflict,
        "There is nothing to confirm any more. Begin the setup of the second factor anew.",
    )
}
