//! What the suites share: a provider that talks to the scripted server, and a clock that stands.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use qv_domain::chat::{ChatEvent, ChatMessage, ChatRequest, ChatRole, StopReason, TokenUsage};
use qv_domain::{Env, Timestamp};
use qv_llm::{
    CallLimits, ChatModel, ChatStream, Credentials, Dialect, Http, LlmError, Provider,
    ProviderConfig, ProviderKind,
};
use qv_testkit::model_server::{ModelServer, Reply};

pub(crate) const KEY: &str = "canary-key-0123456789";

pub(crate) const DIALECTS: [Dialect; 2] = [Dialect::Anthropic, Dialect::OpenAi];

/// 2026-11-24T11:00:00Z, for ever.
#[derive(Debug)]
pub(crate) struct Held;

impl Env for Held {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_795_518_000_000_000)
    }

    fn fill_random(&self, buf: &mut [u8]) {
        buf.fill(0);
    }
}

pub(crate) fn http() -> Http {
    Http::new(Arc::new(Held)).unwrap()
}

pub(crate) fn config(dialect: Dialect, base_url: String) -> ProviderConfig {
    let kind = match dialect {
        Dialect::Anthropic => ProviderKind::Anthropic,
        Dialect::OpenAi => ProviderKind::Custom,
    };
    let limits = CallLimits {
        first_byte: Duration::from_secs(10),
        idle: Duration::from_secs(10),
        ..CallLimits::HOSTED
    };
    ProviderConfig { limits, ..ProviderConfig::new(kind) }.at(base_url)
}

pub(crate) fn provider(dialect: Dialect, server: &ModelServer) -> Provider {
    Provider::new(config(dialect, server.base_url()), &http()).unwrap()
}

pub(crate) fn request() -> ChatRequest {
    ChatRequest {
        model: "test-model".to_owned(),
        system: "You build apps.".to_owned(),
        messages: vec![ChatMessage::text(ChatRole::User, "a counter")],
        max_output_tokens: 1_000,
        temperature_milli: None,
    }
}

/// What a call came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) text: String,
    pub(crate) thinking: String,
    pub(crate) end: Option<(StopReason, TokenUsage)>,
    pub(crate) error: Option<LlmError>,
}

pub(crate) async fn hear(opened: Result<ChatStream, LlmError>) -> Heard {
    let mut heard = Heard::default();
    let mut stream = match opened {
        Ok(stream) => stream,
        Err(error) => return Heard { error: Some(error), ..heard },
    };
    while let Some(item) = stream.next().await {
        assert!(heard.end.is_none() && heard.error.is_none(), "{item:?} came after the end");
        match item {
            Ok(ChatEvent::Text(text)) => heard.text.push_str(&text),
            Ok(ChatEvent::Thinking(text)) => heard.thinking.push_str(&text),
            Ok(ChatEvent::End { stop, usage }) => heard.end = Some((stop, usage)),
            Err(error) => heard.error = Some(error),
        }
    }
    assert!(heard.end.is_some() || heard.error.is_some(), "a silent end");
    heard
}

/// Asks a server that says `reply`, in one dialect.
pub(crate) async fn ask(dialect: Dialect, reply: Reply) -> Heard {
    let server = ModelServer::start().await;
    server.script([reply]);
    let provider = provider(dialect, &server);
    let heard = hear(provider.stream(&request(), &Credentials::with_key(KEY)).await).await;
    server.finish().await;
    heard
}

pub(crate) const fn tokens(input: u64, output: u64) -> TokenUsage {
    TokenUsage { input, output, cache_read: 0, cache_write: 0, reported: true }
}
