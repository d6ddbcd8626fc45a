use qv_domain::{GenerationId, QueuedId, Timestamp, TurnMode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// A message that waits until the agent is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct QueuedMessage {
    /// Its id.
    pub id: QueuedId,
    /// Its place, from 1: the first is sent next.
    pub position: u32,
    /// What will be said.
    pub text: String,
    /// What the turn will be for.
    pub mode: TurnMode,
    /// A model's id; `null` for the default one of then.
    pub model: Option<String>,
    /// How many pictures go with it.
    pub images: u32,
    /// Whose it is.
    pub author: String,
    /// Why it was not sent when its time came, with the remedy; the queue waits until it is changed or removed.
    pub held: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// `GET /api/projects/{id}/queue`: what waits, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct MessageQueue {
    /// The messages.
    pub items: Vec<QueuedMessage>,
    /// The turn that is at work, or about to begin: follow its events. While there is none and the first message is not
    /// held, it is about to be sent: ask again in a moment.
    pub active_generation: Option<GenerationId>,
}

/// `PATCH /api/projects/{id}/queue/{message}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeQueued {
    /// The new text.
    #[serde(default)]
    #[ts(optional)]
    pub text: Option<String>,
    /// The new place, from 1.
    #[serde(default)]
    #[ts(optional)]
    pub position: Option<u32>,
}
