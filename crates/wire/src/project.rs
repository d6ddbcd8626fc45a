use qv_domain::{BuildStatus, GenerationId, ProjectId, ProjectType, Role, Timestamp, Visibility};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::{ImageUpload, TurnStarted};

/// A project, in lists and alone: lists need nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Project {
    /// The project's id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// What kind of app it is.
    pub project_type: ProjectType,
    /// Who may see it.
    pub visibility: Visibility,
    /// What the asker may do.
    pub role: Role,
    /// The starter that it began from.
    pub starter: Option<String>,
    /// The newest version's number.
    pub head_version: Option<u32>,
    /// How many files it has.
    pub file_count: u32,
    /// How many bytes they are.
    pub size_bytes: u64,
    /// How the last build went.
    pub build_status: BuildStatus,
    /// When that was.
    pub last_build_at: Option<Timestamp>,
    /// The generation that is queued or running now.
    pub active_generation: Option<GenerationId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything in it last changed.
    pub updated_at: Timestamp,
}

/// `POST /api/projects`. With a prompt its first turn starts in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProject {
    /// What to build.
    #[serde(default)]
    #[ts(optional)]
    pub prompt: Option<String>,
    /// A name; otherwise one is made from the prompt.
    #[serde(default)]
    #[ts(optional)]
    pub name: Option<String>,
    /// The type; otherwise it is read from the prompt.
    #[serde(default)]
    #[ts(optional)]
    pub project_type: Option<ProjectType>,
    /// A starter to begin from; otherwise one is chosen from the prompt.
    #[serde(default)]
    #[ts(optional)]
    pub starter: Option<String>,
    /// A model's id from `GET /api/models`; otherwise the default one.
    #[serde(default)]
    #[ts(optional)]
    pub model: Option<String>,
    /// Pictures for the first message.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<ImageUpload>>")]
    pub images: Vec<ImageUpload>,
}

/// The answer to [`CreateProject`].
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct ProjectCreated {
    /// The new project.
    pub project: Project,
    /// Its first turn, when there was a prompt.
    pub turn: Option<TurnStarted>,
}

/// `PATCH /api/projects/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateProject {
    /// A new name.
    #[serde(default)]
    #[ts(optional)]
    pub name: Option<String>,
    /// Who may see it.
    #[serde(default)]
    #[ts(optional)]
    pub visibility: Option<Visibility>,
}
