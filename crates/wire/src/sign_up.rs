use qv_domain::{Email, InviteId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// `POST /api/auth/signup`: makes an account and signs its user in.
#[derive(Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// The address to sign in with.
    pub email: String,
    /// The name that others see; at most 80 characters.
    pub name: String,
    /// The password: 15 characters of any kind, or 12 with small and capital letters, digits and signs; hard to guess.
    pub password: String,
    /// What follows `#token=` in the link of an invitation.
    #[serde(default)]
    #[ts(optional)]
    pub invite: Option<String>,
}

/// `POST /api/auth/invite`: asks what an invitation says.
#[derive(Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteToken {
    /// What follows `#token=` in its link.
    pub token: String,
}

/// An invitation, to whoever has its link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct InviteInfo {
    /// The address that the account gets, when it is said already.
    pub email: Option<Email>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// `POST /api/admin/invites`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvite {
    /// The address that the account gets; whoever comes chooses when nothing is said.
    #[serde(default)]
    #[ts(optional)]
    pub email: Option<String>,
    /// How long it lasts: 1 to 30 days, 7 unless said.
    #[serde(default)]
    #[ts(optional)]
    pub expires_in_days: Option<u32>,
}

/// An invitation, to administrators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Invite {
    /// Its id.
    pub id: InviteId,
    /// The address that the account gets, when it is said already.
    pub email: Option<Email>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What `POST /api/admin/invites` answers.
#[derive(Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct InviteCreated {
    /// It is shown this once, and goes behind `/join#token=`.
    pub token: String,
    /// As it is listed.
    pub entry: Invite,
}

/// `GET /api/admin/invites`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct InviteList {
    /// Those that can still be used, the newest first.
    pub items: Vec<Invite>,
}
