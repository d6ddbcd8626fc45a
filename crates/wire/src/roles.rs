use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Who plays a part of the agent's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum RoleChoice {
    /// Nobody: the part is left out.
    Nobody,
    /// The turn's own model.
    Same,
    /// This model.
    Model {
        /// Its id.
        model: String,
    },
}

/// `GET`/`PUT /api/roles`: who plans, reviews and tests in a user's turns. Who builds is chosen with each message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// Plans large changes in a call of its own. `nobody`: the builder plans as it goes.
    pub planner: RoleChoice,
    /// Reads large changes against the request.
    pub reviewer: RoleChoice,
    /// Writes smoke checks for what works.
    pub tester: RoleChoice,
}

/// `POST /api/prompts/enhance`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnhancePrompt {
    /// What the person has written.
    pub prompt: String,
    /// A model's id; otherwise the default one.
    #[serde(default)]
    #[ts(optional)]
    pub model: Option<String>,
}

/// The answer to [`EnhancePrompt`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct EnhancedPrompt {
    /// The same wish in more useful words.
    pub prompt: String,
    /// What it cost in billionths of a US dollar; `null` when the price is not known.
    pub cost_nanousd: Option<u64>,
}
