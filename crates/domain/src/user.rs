use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text_enum;

text_enum! {
    /// What a user has paid for; what each allows is configuration.
    Plan {
        /// The default.
        Free = "free",
        /// One person's paid plan.
        Pro = "pro",
        /// A team's plan.
        Team = "team",
    }
}

text_enum! {
    /// What somebody may do on this instance; what they may do in a project is their role there.
    Permission {
        /// Make projects, and work on those that they are a member of.
        Build = "build",
        /// Run the instance.
        Administer = "administer",
    }
}

text_enum! {
    /// Who may make an account for themselves on an instance.
    SignUpMode {
        /// Nobody.
        Closed = "closed",
        /// Whoever an administrator has invited.
        Invite = "invite",
        /// Whoever asks.
        Open = "open",
    }
}

text_enum! {
    /// What an API token may be used for. Account matters are beyond any of them.
    TokenScope {
        /// Look.
        Read = "read",
        /// Look and change.
        Write = "write",
    }
}

text_enum! {
    /// What a one-time link is for.
    LinkPurpose {
        /// Makes the owner at the first start.
        Setup = "setup",
        /// Signs a known user in.
        SignIn = "sign_in",
        /// Sets a known user's password.
        Reset = "reset",
    }
}

/// An e-mail address, lower-cased: what people sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[cfg_attr(feature = "schema", ts(type = "string"), schema(value_type = String, format = Email))]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address looks like `name@example.com`")]
pub struct EmailError;

impl Email {
    /// Checks the form only: one `@`, both sides filled, no spaces, at most 254 bytes (RFC 5321).
    ///
    /// # Errors
    /// [`EmailError`] when it is not of that form.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let plain = text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        match text.split_once('@') {
            Some((name, host))
                if plain && !name.is_empty() && !host.is_empty() && !host.contains('@') =>
            {
                Ok(Self(text.to_lowercase()))
            }
            _ => Err(EmailError),
        }
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_is_checked() {
        assert_eq!(Email::parse(" Ada@Example.com ").unwrap().as_str(), "ada@example.com");
        for bad in ["", "ada", "@x", "ada@", "a@b@c", "a b@c"] {
            assert!(Email::parse(bad).is_err(), "{bad:?} was taken");
        }
    }
}
