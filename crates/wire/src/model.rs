use qv_domain::{KeyId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::PriceSource;

/// A model that can be asked.
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct Model {
    /// `provider/name`, as turns name it.
    pub id: String,
    /// The provider's id.
    pub provider: String,
    /// What people call it.
    pub label: String,
    /// Where it runs.
    pub source: ModelSource,
    /// Tokens that fit, when known.
    pub context_window: Option<u32>,
    /// Whether it can see pictures.
    pub sees_images: bool,
    /// Price per million input tokens, in millionths of a US dollar; 0 for local ones, `null` when not known.
    pub input_price_microusd: Option<u64>,
    /// The same for output.
    pub output_price_microusd: Option<u64>,
}

/// Where a model runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelSource {
    /// On this machine: free, and nothing leaves it.
    Local,
    /// At a provider, paid by a key.
    Hosted,
}

/// `GET /api/models`.
#[derive(Debug, Clone, PartialEq, Serialize, TS, ToSchema)]
pub struct ModelList {
    /// By provider, best first.
    pub items: Vec<Model>,
    /// The id that a turn uses when it names none; `null`: the starters answer.
    pub default: Option<String>,
    /// Every provider that is known, connected or not.
    pub providers: Vec<ProviderStatus>,
    /// Whose prices the models have, where no administrator has set another.
    pub prices: PriceSource,
}

/// `PUT /api/models/default`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveModelChoice {
    /// A model's id; `null` goes back to the automatic choice; `"starters"` never calls a model.
    pub model: Option<String>,
}

/// A provider and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct ProviderStatus {
    /// Its id, such as `anthropic`.
    pub id: String,
    /// Its name.
    pub label: String,
    /// How it stands.
    pub state: ProviderState,
    /// The same in words, with the remedy.
    pub note: String,
    /// Whether it needs a key.
    pub needs_key: bool,
    /// The environment variable that a key is read from.
    pub env_var: Option<String>,
    /// Where it is asked.
    pub base_url: String,
}

/// How a provider stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProviderState {
    /// It answers.
    Connected,
    /// No key, or nothing found on this machine.
    NotConnected,
    /// It was asked and did not answer as it should.
    Failing,
}

/// A key, as people see it: never the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Key {
    /// Its id; `null` for one from the environment.
    pub id: Option<KeyId>,
    /// Where it comes from. One's own goes before the system's, and that before the environment's.
    pub source: KeySource,
    /// The provider's id.
    pub provider: String,
    /// A name.
    pub label: String,
    /// Another address than the provider's own.
    pub base_url: Option<String>,
    /// The last four characters; empty when the key is shorter than twelve.
    pub last4: String,
    /// When it was saved.
    pub created_at: Option<Timestamp>,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// Where a key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// Saved by whoever asks.
    Own,
    /// Set for everybody by whoever runs the server.
    System,
    /// From the server's environment.
    Environment,
}

/// `GET /api/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct KeyList {
    /// By provider.
    pub items: Vec<Key>,
}

/// `PUT /api/keys/{provider}`.
#[derive(Clone, PartialEq, Eq, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveKey {
    /// The secret. Never answered back. May be empty for a server that needs none.
    pub secret: String,
    /// A name; the provider's otherwise.
    #[serde(default)]
    #[ts(optional)]
    pub label: Option<String>,
    /// Needed for `custom`: where the OpenAI-compatible server is.
    #[serde(default)]
    #[ts(optional)]
    pub base_url: Option<String>,
}

/// `POST /api/keys/{provider}/test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct KeyTest {
    /// Whether the provider took it.
    pub ok: bool,
    /// What it said, in words.
    pub message: String,
}
