use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

macro_rules! error_codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $status:literal, $retryable:literal, $title:literal;)+) => {
        /// What went wrong, as one word that clients may rely on. The list is whole: code, HTTP status, whether
        /// trying again can help, and a title that is safe to show.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode { $($(#[$meta])* $variant,)+ }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in JSON and the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text,)+ } }

            /// The HTTP status that it answers with.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status,)+ } }

            /// Whether the same request may succeed later.
            #[must_use]
            pub const fn retryable(self) -> bool { match self { $(Self::$variant => $retryable,)+ } }

            /// A short sentence, safe for anyone.
            #[must_use]
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title,)+ } }
        }

        impl std::fmt::Display for ErrorCode {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl std::str::FromStr for ErrorCode {
            type Err = qv_domain::UnknownText;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                match s {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(qv_domain::UnknownText { kind: "error code", text: s.chars().take(40).collect() }),
                }
            }
        }
    };
}

error_codes! {
    /// A field is missing or wrong; `fields` says which.
    Invalid = "invalid", 400, false, "Something in the request is not right";
    /// Nobody is signed in.
    Unauthenticated = "unauthenticated", 401, false, "Sign in to go on";
    /// The sign-in link or the password is wrong.
    BadCredentials = "bad_credentials", 401, false, "That sign-in did not work";
    /// Signed in, but not allowed, and allowed to know that it exists.
    Forbidden = "forbidden", 403, false, "You may not do that";
    /// The request came from another site.
    CrossSite = "cross_site", 403, false, "The request came from another site";
    /// It is not there, or not for you.
    NotFound = "not_found", 404, false, "There is nothing here";
    /// The route exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, false, "That method is not offered here";
    /// Somebody changed it in between.
    Conflict = "conflict", 409, false, "It has changed in the meantime";
    /// The agent is at work on this project.
    Busy = "busy", 409, true, "The agent is still at work on this project";
    /// Larger than a limit.
    TooLarge = "too_large", 413, false, "That is too large";
    /// Not the media type that was expected.
    UnsupportedMediaType = "unsupported_media_type", 415, false, "That kind of content is not taken here";
    /// Too many requests.
    RateLimited = "rate_limited", 429, true, "Too many requests at once";
    /// The server failed; the log has the details under the request id.
    Internal = "internal", 500, true, "The server had a problem";
    /// The server is starting, stopping or cannot reach its database.
    Unavailable = "unavailable", 503, true, "The server is not ready";
    /// No model is connected and the starters cannot do this.
    NeedsModel = "needs_model", 422, false, "This needs a model";
    /// The provider refused the key.
    ProviderAuth = "provider_auth", 502, false, "The model's provider refused the key";
    /// The provider asks to wait.
    ProviderRateLimited = "provider_rate_limited", 502, true, "The model's provider asks to wait";
    /// The provider is overloaded or failing.
    ProviderOverloaded = "provider_overloaded", 502, true, "The model's provider is overloaded";
    /// The provider cannot be reached.
    ProviderUnreachable = "provider_unreachable", 502, true, "The model's provider cannot be reached";
    /// The provider took too long.
    ProviderTimeout = "provider_timeout", 504, true, "The model took too long";
    /// The provider did not accept the request.
    ProviderRejected = "provider_rejected", 502, false, "The model's provider did not accept the request";
    /// The account with the provider is out of credit.
    ProviderQuota = "provider_quota", 502, false, "The account with the model's provider is out of credit";
    /// The project no longer fits the model's context window.
    ContextTooLong = "context_too_long", 422, false, "The request is too long for this model";
    /// The model would not answer.
    Refused = "refused", 422, false, "The model declined to answer";
    /// The answer was cut off again and again.
    Truncated = "truncated", 502, true, "The model's answer kept being cut off";
    /// The model answered nothing of use.
    EmptyAnswer = "empty_answer", 502, true, "The model answered with nothing to use";
    /// The edits could not be applied; nothing was changed.
    EditsFailed = "edits_failed", 422, true, "The edits did not fit the files";
    /// The server stopped in the middle.
    Interrupted = "interrupted", 503, true, "The server stopped in the middle";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_in_json_is_the_word_in_text() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{code}\""));
            assert_eq!(code.as_str().parse::<ErrorCode>().unwrap(), *code);
        }
    }
}
