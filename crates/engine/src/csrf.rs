//! The token that goes with a session: pages send it with every change, and only pages of our own origin can read it.

use qv_security::{bound_token, is_bound_token};

use crate::{Actor, Engine};

const PURPOSE: &str = "csrf";

impl Engine {
    /// The token of the actor's session. It stays the same as long as the session does.
    #[must_use]
    pub fn csrf_token(&self, actor: &Actor) -> String {
        bound_token(&self.instance_key, PURPOSE, actor.session.id.to_string().as_bytes())
    }

    /// Whether `presented` is that token.
    #[must_use]
    pub fn is_csrf_token(&self, actor: &Actor, presented: &str) -> bool {
        let session = actor.session.id.to_string();
        is_bound_token(&self.instance_key, PURPOSE, session.as_bytes(), presented)
    }
}
