//! Model providers behind one trait.
//!
//! [`ChatModel`] is what the engine calls: a request in, a stream of [`qv_domain::chat::ChatEvent`] out,
//! or a typed [`LlmError`]. [`Provider`] implements it for every server that speaks Anthropic's Messages
//! API or OpenAI's chat completions; [`ProviderKind`] knows the well-known ones by name and
//! [`capabilities`] what their models can do. [`with_retries`] adds patience before the first word.
//!
//! Dropping a stream cancels the call: the connection closes and the provider stops.

mod address;
mod anthropic;
mod body;
mod catalogue;
mod chat;
mod classify;
mod decode;
mod error;
mod fault;
mod http;
mod limits;
mod model;
mod openai;
mod probe;
mod provider;
mod reader;
mod redact;
mod retry;
mod retry_after;
mod shape;

pub use address::{AddressPolicy, parse_base_url};
pub use catalogue::{Capabilities, Dialect, ModelInfo, ProviderKind, capabilities};
pub use error::{AuthProblem, LlmError, Waited};
pub use http::Http;
pub use limits::CallLimits;
pub use model::{ChatModel, ChatStream, Credentials};
pub use probe::{LocalServer, ProbeTargets, probe_local};
pub use provider::{Provider, ProviderConfig};
pub use retry::{Decision, Retry, RetryPolicy, with_retries};
