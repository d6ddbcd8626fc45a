use qv_domain::{ApiTokenId, Timestamp, TokenScope};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// `POST /api/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiToken {
    /// What it is called; 1 to 80 characters.
    pub name: String,
    /// What it may be used for.
    pub scope: TokenScope,
    /// How long it lasts: 1 to 365 days.
    pub expires_in_days: u32,
}

/// An API token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What it is called.
    pub name: String,
    /// Its last four characters, to tell it by.
    pub last4: String,
    /// What it may be used for.
    pub scope: TokenScope,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used (to the minute).
    pub last_used_at: Option<Timestamp>,
}

/// What `POST /api/tokens` answers.
#[derive(Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct ApiTokenCreated {
    /// The token: it is shown this once. Programs send it as `Authorization: Bearer`.
    pub token: String,
    /// As it is listed.
    pub entry: ApiToken,
}

/// `GET /api/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct ApiTokenList {
    /// Newest first.
    pub items: Vec<ApiToken>,
}
