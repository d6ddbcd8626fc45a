use qv_domain::{
    DeadLetterId, DeadLetterState, GenerationId, ProjectId, Timestamp, TurnMode, UserId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::ErrorCode;

/// A turn that failed for good, until somebody decides about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct DeadLetter {
    /// Its id.
    pub id: DeadLetterId,
    /// The generation that failed.
    pub generation_id: GenerationId,
    /// In which project.
    pub project_id: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// Who asked.
    pub user_id: UserId,
    /// Their name.
    pub user_name: String,
    /// Why.
    pub code: ErrorCode,
    /// What happened and what to do.
    pub message: String,
    /// How often the message was tried, this time included.
    pub attempts: u32,
    /// What was asked.
    pub payload: DeadLetterPayload,
    /// What became of it.
    pub state: DeadLetterState,
    /// When it failed.
    pub at: Timestamp,
    /// When somebody decided about it.
    pub resolved_at: Option<Timestamp>,
}

/// What was asked of a turn that failed, without what looks like a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct DeadLetterPayload {
    /// What the turn was for.
    pub mode: TurnMode,
    /// The model's id; `null` when the starters were asked.
    pub model: Option<String>,
    /// The first 500 characters of the message.
    pub prompt: String,
    /// Whether the message goes on.
    pub cut: bool,
}
