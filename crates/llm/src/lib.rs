//! Model providers behind one trait.
//!
//! [`ChatModel`] is what the engine calls: a request in, a stream of [`qv_domain::chat::ChatEvent`] out,
//! or a typed [`LlmError`]. [`Provider`] implements it for every server that speaks Anthropic's Messages
//! API or OpenAI's chat completions; [`ProviderKind`] knows the well-known ones by name and
//! [`capabilities`] what their models can do. [`with_retries`] adds patience before the first word.
//!
//! Dropping a stream cancels the call: the connection closes and the provider stops.
//!
//! # A call's way
//! `chat` makes the request fit for every provider, `shape` says which optional parts the model takes, `anthropic` or
//! `openai` write it down, `http` sends it to an `address` that is allowed. What comes back is bytes within limits
//! (`body`), then events (`reader`), then chat events (`anthropic` or `openai` again, behind `decode`). An error in
//! whatever shape is read by `fault` and judged by `classify`; `redact` takes secrets out before anyone sees it.
//!
//! # Adding a provider
//! If it speaks one of the two dialects, add it to [`ProviderKind`] and its models to the table in
//! `catalogue/capability.rs`; if its errors read differently, add a line to the test in `classify.rs`, watch it fail,
//! and teach `classify` the words. A third dialect is one more file beside `openai.rs` with a `body` and a `Decoder`,
//! one more [`Dialect`], and one more entry in the suites' list of dialects: the conformance suite then holds for it.

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
mod think;

pub use address::{AddressPolicy, parse_base_url};
pub use catalogue::{Capabilities, Dialect, ModelInfo, ProviderKind, capabilities};
pub use error::{AuthProblem, LlmError, Waited};
pub use http::Http;
pub use limits::CallLimits;
pub use model::{ChatModel, ChatStream, Credentials};
pub use probe::{LocalServer, ProbeTargets, probe_local};
pub use provider::{Provider, ProviderConfig};
pub use retry::{Decision, Retry, RetryPolicy, with_retries};
