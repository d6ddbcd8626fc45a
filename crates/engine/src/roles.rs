//! Who plays the agent's parts in a user's turns.

use qv_domain::UserId;
use qv_wire::{RoleChoice, Roles};

use crate::{Actor, Engine, EngineError, Result};

impl Engine {
    /// The actor's own choice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roles(&self, actor: &Actor) -> Result<Roles> {
        self.roles_of(actor.user_id()).await
    }

    /// Sets who plans, reviews and tests in the actor's turns.
    ///
    /// # Errors
    /// `Invalid` names the part whose model is not there for them.
    pub async fn set_roles(&self, actor: &Actor, roles: Roles) -> Result<Roles> {
        let user = actor.user_id();
        let parts =
            [("planner", &roles.planner), ("reviewer", &roles.reviewer), ("tester", &roles.tester)];
        for (part, choice) in parts {
            let RoleChoice::Model { model } = choice else { continue };
            match self.choose_model(user, Some(model)).await {
                Ok(Some(_)) => {}
                Ok(None) => {
                    return Err(EngineError::invalid(
                        part,
                        "The starters play no part. Choose a model.",
                    ));
                }
                Err(EngineError::Invalid { message, .. }) => {
                    return Err(EngineError::invalid(part, message));
                }
                Err(error) => return Err(error),
            }
        }
        let mut tx = self.db.begin().await?;
        tx.set_setting(&setting(user), &roles, self.env.now()).await?;
        tx.commit().await?;
        Ok(roles)
    }

    /// Who plays the parts in a user's turns: what they have set, else nobody plans apart, and the turn's own model
    /// reviews and tests.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn roles_of(&self, user: UserId) -> Result<Roles> {
        let kept: Option<Roles> = self.db.read().await?.setting(&setting(user)).await?;
        Ok(kept.unwrap_or(Roles {
            planner: RoleChoice::Nobody,
            reviewer: RoleChoice::Same,
            tester: RoleChoice::Same,
        }))
    }
}

fn setting(user: UserId) -> String {
    format!("roles:{user}")
}
