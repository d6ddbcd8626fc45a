//! Who plays which part in a turn: each with its own model, key and price.

use qv_agent::RoleModels;
use qv_domain::chat::EditStyle;
use qv_domain::{AgentRole, StepKind, UserId};
use qv_wire::{RoleChoice, Roles};
use serde::{Deserialize, Serialize};

use crate::models::{self, Chosen};
use crate::{Engine, Result};

/// The models of a turn. A part without one of its own is played by the builder's.
#[derive(Debug)]
pub(super) struct Cast {
    /// The turn's own model: it builds.
    pub(super) builder: Chosen,
    planner: Option<Chosen>,
    reviewer: Option<Chosen>,
    tester: Option<Chosen>,
}

/// Whose model plays each part beside the builder's, as the turn began: kept with it, so that it goes on with the same.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::driver) struct CastNames {
    planner: Option<String>,
    reviewer: Option<String>,
    tester: Option<String>,
}

impl Cast {
    /// Who answers calls of this kind.
    pub(super) fn player(&self, kind: StepKind) -> &Chosen {
        let other = match kind.role() {
            AgentRole::Planner => &self.planner,
            AgentRole::Builder => &None,
            AgentRole::Reviewer => &self.reviewer,
            AgentRole::Tester => &self.tester,
        };
        other.as_ref().unwrap_or(&self.builder)
    }

    /// The same players again, by their names.
    pub(super) async fn again(
        engine: &Engine,
        user: UserId,
        builder: Chosen,
        names: &CastNames,
    ) -> Self {
        Self {
            planner: named(engine, user, names.planner.as_deref()).await,
            reviewer: named(engine, user, names.reviewer.as_deref()).await,
            tester: named(engine, user, names.tester.as_deref()).await,
            builder,
        }
    }

    /// Who plays in a user's turn, as they have chosen. Gives as well what the machine is told of them, and their names.
    pub(super) async fn choose(
        engine: &Engine,
        user: UserId,
        builder: Chosen,
    ) -> Result<(Self, RoleModels, CastNames)> {
        let Roles { planner, reviewer, tester } = engine.roles_of(user).await?;
        let names =
            CastNames { planner: name(&planner), reviewer: name(&reviewer), tester: name(&tester) };
        let cast = Self::again(engine, user, builder, &names).await;
        let profile = |choice: &RoleChoice, kind: StepKind| {
            let plays = match choice {
                RoleChoice::Nobody => false,
                // A model that can't copy lines to edit them is no help in reading or testing what it wrote.
                RoleChoice::Same => {
                    cast.builder.capabilities.edit_style == EditStyle::SearchReplace
                }
                RoleChoice::Model { .. } => true,
            };
            plays.then(|| models::profile(cast.player(kind)))
        };
        let roles = RoleModels {
            planner: profile(&planner, StepKind::Plan),
            reviewer: profile(&reviewer, StepKind::Review),
            tester: profile(&tester, StepKind::Test),
        };
        Ok((cast, roles, names))
    }
}

fn name(choice: &RoleChoice) -> Option<String> {
    match choice {
        RoleChoice::Model { model } => Some(model.clone()),
        RoleChoice::Nobody | RoleChoice::Same => None,
    }
}

/// A model by its name; none where it is gone or not connected.
async fn named(engine: &Engine, user: UserId, name: Option<&str>) -> Option<Chosen> {
    let name = name?;
    match engine.choose_model(user, Some(name)).await {
        Ok(chosen) => chosen,
        Err(error) => {
            tracing::info!(model = name, %error, "a part is played by the turn's own model");
            None
        }
    }
}
