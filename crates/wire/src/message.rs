use qv_domain::{FilePath, MessageId, MessageRole, Timestamp, TurnMode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::Generation;

/// One message of a project's chat.
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its place in the chat, from 1.
    pub seq: u64,
    /// Who said it.
    pub role: MessageRole,
    /// What the turn is for.
    pub mode: TurnMode,
    /// The text, in Markdown.
    pub text: String,
    /// Whether the chat went on from before it: it is told to no model any more.
    pub set_aside: bool,
    /// Addresses of its pictures.
    pub images: Vec<String>,
    /// The generation that carries out (user) or wrote (assistant) it.
    pub generation: Option<Generation>,
    /// When it was said.
    pub created_at: Timestamp,
}

/// A picture in a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageUpload {
    /// `image/png`, `image/jpeg`, `image/webp` or `image/gif`.
    pub media_type: String,
    /// Standard base64 with padding.
    pub data: String,
}

/// `POST /api/projects/{id}/turns`; `POST /api/projects/{id}/queue`, which waits for its turn; and `POST
/// /api/projects/{id}/messages/{message}/edit`, which goes on from before that message, with the files of then.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartTurn {
    /// What the person says.
    pub message: String,
    /// What the turn is for; `build` unless said.
    #[serde(default)]
    #[ts(optional)]
    pub mode: Option<TurnMode>,
    /// A model's id; otherwise the default one.
    #[serde(default)]
    #[ts(optional)]
    pub model: Option<String>,
    /// A plan that was made before, as the person left it: the turn carries it out.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub plan: Vec<String>,
    /// Pictures.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<ImageUpload>>")]
    pub images: Vec<ImageUpload>,
    /// What the person has before them: it helps to choose what the model is shown.
    #[serde(default)]
    #[ts(optional)]
    pub context: Option<TurnContext>,
}

/// What a person has before them while they ask.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TurnContext {
    /// Files that are open in the editor, the one in front first; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<FilePath>>")]
    pub open_files: Vec<FilePath>,
    /// The element that was picked in the preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub picked: Option<PickedElement>,
}

/// Where an element of the preview comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickedElement {
    /// The file that draws it.
    pub path: FilePath,
    /// The line there, from 1, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub line: Option<u32>,
    /// The component that draws it, where it is known; at most 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub component: Option<String>,
    /// What it says or is, as it is shown; at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub text: Option<String>,
}

/// The answer to [`StartTurn`]: what is durable from now on.
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct TurnStarted {
    /// The person's message.
    pub message: Message,
    /// The generation; follow it at `/api/generations/{id}/events`.
    pub generation: Generation,
}
