use qv_domain::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// The answer to a right password where a second factor is set: nobody is signed in yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct CodeWanted {
    /// Until when `POST /api/auth/login/code` takes the code of this sign-in.
    pub code_wanted_until: Timestamp,
}

/// `POST /api/auth/login/code` and `POST /api/auth/second-factor/confirm`.
#[derive(Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorCode {
    /// Six digits of an authenticator app; at sign-in also a recovery code.
    pub code: String,
}

/// `GET /api/auth/second-factor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct SecondFactorState {
    /// Since when a code is asked for at sign-in; `null` when none is.
    pub since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
}

/// `POST /api/auth/second-factor`: what an authenticator app must know. Said once.
#[derive(Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct NewSecondFactor {
    /// To be typed: base32.
    pub secret: String,
    /// To be shown as a picture: `otpauth://totp/…`.
    pub uri: String,
}

/// Codes that sign in once each, without the app. Said once.
#[derive(Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
}
