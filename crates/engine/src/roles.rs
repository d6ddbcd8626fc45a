//! Who plays the parts of the agent's.

use qv_domain::UserId;
use qv_wire::{RoleChoice, Roles};

use crate::{Engine, Result};

impl Engine {
    /// Who plans, reviews and tests in a user's turns.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn roles_of(&self, _user: UserId) -> Result<Roles> {
        Ok(Roles {
            planner: RoleChoice::Nobody,
            reviewer: RoleChoice::Same,
            tester: RoleChoice::Same,
        })
    }
}
