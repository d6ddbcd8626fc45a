//! The token that goes with a session: pages send it with every change, and only pages of our own origin can read it.

use qv_security::{bound_token, is_bound_token};

use qv_store::Session;

use crate::{Actor, Engine};

const PURPOSE: &str = "csrf";

impl Engine {
    /// A session's token. It stays the same as long as the session does.
    pub(crate) fn csrf_token(&self, session: &Session) -> String {
        bound_token(&self.instance_key, PURPOSE, session.id.to_string().as_bytes())
    }

    /// Whether `presented` is the token of the actor's session.
    #[must_use]
    pub fn is_csrf_token(&self, actor: &Actor, presented: &str) -> bool {
        actor.session().is_ok_and(|session| {
            let id = session.id.to_string();
            is_bound_token(&self.instance_key, PURPOSE, id.as_bytes(), presented)
        })
    }
}
