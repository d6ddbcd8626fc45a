use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

macro_rules! error_codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $status:literal, $retryable:literal, $title:literal, $remedy:literal;)+) => {
        /// What went wrong, as one word that clients may rely on. The list is whole: code, HTTP status, whether
        /// trying again can help, a title and a remedy that are safe to show, and its place in the documentation.
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

            /// What to do about it, safe for anyone.
            #[must_use]
            pub const fn remedy(self) -> &'static str { match self { $(Self::$variant => $remedy,)+ } }

            /// Where it is explained, relative to the server.
            #[must_use]
            pub const fn anchor(self) -> &'static str {
                match self { $(Self::$variant => concat!("/docs/errors#", $text),)+ }
            }
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
    Invalid = "invalid", 400, false, "Something in the request is not right",
        "Mend what `fields` names and send it again.";
    /// Nobody is signed in.
    Unauthenticated = "unauthenticated", 401, false, "Sign in to go on",
        "Sign in, then send it again.";
    /// The sign-in link or the password is wrong.
    BadCredentials = "bad_credentials", 401, false, "That sign-in did not work",
        "Check the address and the password, or ask for a new link.";
    /// An administrator has suspended the account.
    Suspended = "suspended", 403, false, "This account is suspended",
        "Ask whoever runs this server.";
    /// The password was right, but too long ago for the code that is to follow it.
    SignInExpired = "sign_in_expired", 401, false, "Sign in anew",
        "Begin with the address and the password; the code follows within 5 minutes.";
    /// Signed in, but not allowed, and allowed to know that it exists.
    Forbidden = "forbidden", 403, false, "You may not do that",
        "Ask the project's owner or an administrator.";
    /// What is asked needs the password again.
    Reauthenticate = "reauthenticate", 403, false, "Confirm that it is you",
        "Give your password again, then send it once more.";
    /// The request came from another site.
    CrossSite = "cross_site", 403, false, "The request came from another site",
        "Open QuickVibe directly and do it there.";
    /// The page does not carry its session's token.
    StalePage = "stale_page", 403, false, "This page is out of date",
        "Load the page again. Programs send `csrf_token` of GET /api/auth/session as `x-csrf-token`.";
    /// It is not there, or not for you.
    NotFound = "not_found", 404, false, "There is nothing here",
        "Check the address. It may be deleted, or it is not yours.";
    /// The route exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, false, "That method is not offered here",
        "The header `allow` names the methods that are.";
    /// Somebody changed it in between.
    Conflict = "conflict", 409, false, "It has changed in the meantime",
        "Load it again, and decide with what is there now.";
    /// The agent is at work on this project.
    Busy = "busy", 409, true, "The agent is still at work on this project",
        "Wait until the turn is over, or stop it.";
    /// Larger than a limit.
    TooLarge = "too_large", 413, false, "That is too large",
        "Send less; the limits are settings of the server.";
    /// Not the media type that was expected.
    UnsupportedMediaType = "unsupported_media_type", 415, false, "That kind of content is not taken here",
        "Send JSON, with `content-type: application/json`.";
    /// Too many requests.
    RateLimited = "rate_limited", 429, true, "Too many requests at once",
        "Wait for `retry_after` seconds.";
    /// The server failed; the log has the details under the request id.
    Internal = "internal", 500, true, "The server had a problem",
        "Try again. If it stays, the server's log has the details under the request id.";
    /// The server took too long to answer.
    Timeout = "timeout", 504, true, "The server took too long",
        "Try again. If it stays, the server's log has the details under the request id.";
    /// The server is starting, stopping or cannot reach its database.
    Unavailable = "unavailable", 503, true, "The server is not ready",
        "Try again in a moment.";
    /// More sign-ins at once than the server's cores can check.
    Overloaded = "overloaded", 503, true, "Too much is asked at once",
        "Wait for `retry_after` seconds, then try again.";
    /// No model is connected and the starters cannot do this.
    NeedsModel = "needs_model", 422, false, "This needs a model",
        "Connect a model in Settings, under Models.";
    /// A budget has not enough left for the call.
    BudgetExceeded = "budget_exceeded", 402, false, "A budget has not enough left",
        "Choose a cheaper model, raise the limit that `detail` names, or wait until the 1st of the month.";
    /// The provider refused the key.
    ProviderAuth = "provider_auth", 502, false, "The model's provider refused the key",
        "Check the key in Settings, under Models.";
    /// The provider asks to wait.
    ProviderRateLimited = "provider_rate_limited", 502, true, "The model's provider asks to wait",
        "Wait and try again, or choose another model.";
    /// The provider is overloaded or failing.
    ProviderOverloaded = "provider_overloaded", 502, true, "The model's provider is overloaded",
        "Try again in a moment, or choose another model.";
    /// The provider cannot be reached.
    ProviderUnreachable = "provider_unreachable", 502, true, "The model's provider cannot be reached",
        "Check the network and the provider's address, then try again.";
    /// The provider took too long.
    ProviderTimeout = "provider_timeout", 504, true, "The model took too long",
        "Try again, or choose a faster model.";
    /// The provider did not accept the request.
    ProviderRejected = "provider_rejected", 502, false, "The model's provider did not accept the request",
        "Choose another model, or check the provider's settings.";
    /// The account with the provider is out of credit.
    ProviderQuota = "provider_quota", 502, false, "The account with the model's provider is out of credit",
        "Top it up with the provider, or use another key.";
    /// The project no longer fits the model's context window.
    ContextTooLong = "context_too_long", 422, false, "The request is too long for this model",
        "Choose a model with a larger context window, or ask for something smaller.";
    /// The model would not answer.
    Refused = "refused", 422, false, "The model declined to answer",
        "Say it differently, or choose another model.";
    /// The answer was cut off again and again.
    Truncated = "truncated", 502, true, "The model's answer kept being cut off",
        "Try again, or ask for something smaller.";
    /// The model answered nothing of use.
    EmptyAnswer = "empty_answer", 502, true, "The model answered with nothing to use",
        "Try again, or choose another model.";
    /// The edits could not be applied; nothing was changed.
    EditsFailed = "edits_failed", 422, true, "The edits did not fit the files",
        "Try again: the agent reads the files anew.";
    /// The server stopped in the middle.
    Interrupted = "interrupted", 503, true, "The server stopped in the middle",
        "Try again; nothing that was applied is lost.";
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

    #[test]
    fn every_code_says_what_happened_and_what_to_do() {
        for code in ErrorCode::ALL {
            assert!((400..600).contains(&code.status()), "{code}");
            assert!(!code.title().is_empty() && !code.title().ends_with('.'), "{code}");
            assert!(code.remedy().ends_with('.'), "{code}");
            assert_eq!(code.anchor(), format!("/docs/errors#{code}"));
            // What waiting mends is not the asker's fault, but for those that ask to wait or to look anew.
            let waits = [ErrorCode::Busy, ErrorCode::RateLimited, ErrorCode::EditsFailed];
            assert!(!code.retryable() || code.status() >= 500 || waits.contains(code), "{code}");
        }
    }
}
