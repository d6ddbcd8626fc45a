use qv_domain::{Email, Limits, Permission, Plan, SessionId, SignUpMode, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::PreviewMode;

/// `GET /api/instance`: what anyone may know before signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Instance {
    /// No owner exists yet: the printed link makes one.
    pub needs_setup: bool,
    /// Who may make an account for themselves.
    pub sign_up: SignUpMode,
    /// Whether whoever forgot their password can have a link by mail.
    pub reset_by_mail: bool,
    /// How previews are reached from this address.
    pub preview_mode: PreviewMode,
    /// Whether apps may be run by the vendor's WebContainer.
    pub webcontainer: bool,
    /// How large things may be.
    pub limits: Limits,
}

/// `POST /api/auth/setup`: trades the printed one-time link for a session.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupToken {
    /// What follows `#token=` in the link.
    pub token: String,
}

/// `POST /api/auth/login`.
#[derive(Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// As given at sign-up.
    pub email: String,
    /// The password.
    pub password: String,
}

/// `POST /api/auth/reauthenticate`: shows once more who it is.
#[derive(Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reauthentication {
    /// The present password.
    pub password: String,
}

/// `PATCH /api/account`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateAccount {
    /// The name that others see; at most 80 characters.
    #[serde(default)]
    #[ts(optional)]
    pub name: Option<String>,
    /// The address to sign in with.
    #[serde(default)]
    #[ts(optional)]
    pub email: Option<String>,
}

/// `POST /api/auth/password`: sets or changes the password; the other sessions end.
#[derive(Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present one; not needed when there is none.
    #[serde(default)]
    #[ts(optional)]
    pub current: Option<String>,
    /// The new one: 15 characters of any kind, or 12 with small and capital letters, digits and signs; hard to guess.
    pub new: String,
}

/// A user, to themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Account {
    /// The user's id.
    pub id: UserId,
    /// The name that others see.
    pub name: String,
    /// The address to sign in with, when one was given.
    pub email: Option<Email>,
    /// Whether a password is set; without one only a printed link signs in.
    pub has_password: bool,
    /// Whether they administer this instance.
    pub is_admin: bool,
    /// Their plan.
    pub plan: Plan,
}

/// `GET /api/auth/session`: who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct SessionInfo {
    /// The user.
    pub account: Account,
    /// What they may do on this instance.
    pub permissions: Vec<Permission>,
    /// This session.
    pub session_id: SessionId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What every change that this session asks for must carry as `x-csrf-token`.
    pub csrf_token: String,
}

/// One sign-in, in the list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct SessionEntry {
    /// The session's id.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// The browser, as it called itself.
    pub user_agent: String,
    /// Where it signed in from.
    pub address: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last used (to the minute).
    pub last_seen_at: Timestamp,
}

/// `GET /api/auth/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct SessionList {
    /// Newest first.
    pub items: Vec<SessionEntry>,
}
