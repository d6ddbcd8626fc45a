//! Which providers and models are known by name, and what they can do.

mod capability;
mod keeping;
mod listing;
mod provider;

pub use capability::{Capabilities, capabilities};
pub(crate) use keeping::least_kept_tokens;
pub(crate) use listing::{LIST_LIMITS, Listing};
pub use provider::{Dialect, ProviderKind};

/// A model that a provider offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// The provider's own name of it, as [`qv_domain::chat::ChatRequest::model`] takes it.
    pub id: String,
    /// A name for people, where the provider has one.
    pub label: Option<String>,
    /// What it can do: from the table of families, corrected by what the provider said of this one.
    pub capabilities: Capabilities,
}
