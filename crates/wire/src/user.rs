use qv_domain::{Email, Plan, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// A user, to administrators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct UserEntry {
    /// The user's id.
    pub id: UserId,
    /// The name that others see.
    pub name: String,
    /// The address that they sign in with, when they gave one.
    pub email: Option<Email>,
    /// Their plan.
    pub plan: Plan,
    /// Whether they administer this instance.
    pub is_admin: bool,
    /// Whether they have a password; without one only a printed link signs in.
    pub has_password: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Since when it is suspended.
    pub suspended_at: Option<Timestamp>,
}

/// `PATCH /api/admin/users/{id}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    /// Suspend the account, or let it in again. Its sessions, API tokens and turns end.
    #[serde(default)]
    #[ts(optional)]
    pub suspended: Option<bool>,
    /// Whether they administer this instance.
    #[serde(default)]
    #[ts(optional)]
    pub is_admin: Option<bool>,
    /// Their plan.
    #[serde(default)]
    #[ts(optional)]
    pub plan: Option<Plan>,
}
