//! Model providers behind one trait.
//!
//! [`ChatModel`] is what the engine calls: a request in, a stream of [`qv_domain::chat::ChatEvent`] out,
//! or a typed [`LlmError`]. [`Provider`] implements it for every server that speaks Anthropic's Messages
//! API or OpenAI's chat completions; [`ProviderKind`] knows the well-known ones by name and
//! [`capabilities`] what their models can do. [`with_retries`] adds patience before the first word.
//!
//! Dropping a stream cancels the call: the connection closes and the provider stops.

mod catalogue;
mod error;
mod model;
mod retry;

pub use catalogue::{Capabilities, Dialect, ModelInfo, ProviderKind, capabilities};
pub use error::{AuthProblem, LlmError, Waited};
pub use model::{ChatModel, ChatStream, Credentials};
pub use retry::{Decision, Retry, RetryPolicy, with_retries};
