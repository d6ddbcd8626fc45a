use serde::Deserialize;
use ts_rs::TS;
use utoipa::ToSchema;

/// `POST /api/auth/forgot`: asks for a link to set a new password.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgotPassword {
    /// The address that the account signs in with.
    pub email: String,
}

/// `POST /api/auth/reset`: sets a new password by a link.
#[derive(Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// What follows `#token=` in the link.
    pub token: String,
    /// The new password, under the rules for any.
    pub password: String,
}
