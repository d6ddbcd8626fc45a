//! One way to ask, for all cases.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use qv_domain::chat::{ChatEvent, ChatMessage, ChatRequest, ChatRole, StopReason, TokenUsage};
use qv_domain::{Env, Timestamp};
use qv_llm::{
    CallLimits, ChatModel, Credentials, Http, LlmError, Provider, ProviderConfig, ProviderKind,
};

pub(crate) const KEY: &str = "sk-test-canary-key";

#[derive(Debug)]
struct Held;

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

/// Both dialects of the server at this address.
pub(crate) fn dialects(base_url: &str) -> [Provider; 2] {
    [ProviderKind::Anthropic, ProviderKind::Custom].map(|kind| {
        let config = ProviderConfig { limits: CallLimits::LOCAL, ..ProviderConfig::new(kind) };
        Provider::new(config.at(base_url), &http()).unwrap()
    })
}

pub(crate) fn request(model: &str, text: &str, max_output_tokens: u32) -> ChatRequest {
    ChatRequest {
        model: model.to_owned(),
        system: "You are a helpful assistant.".to_owned(),
        messages: vec![ChatMessage::text(ChatRole::User, text)],
        max_output_tokens,
        temperature_milli: Some(0),
    }
}

#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) text: String,
    pub(crate) pieces: usize,
    pub(crate) end: Option<(StopReason, TokenUsage)>,
    pub(crate) error: Option<LlmError>,
}

pub(crate) async fn ask(provider: &Provider, request: &ChatRequest, key: &str) -> Heard {
    let mut heard = Heard::default();
    let mut stream = match provider.stream(request, &Credentials::with_key(key)).await {
        Ok(stream) => stream,
        Err(error) => return Heard { error: Some(error), ..heard },
    };
    while let Some(item) = stream.next().await {
        match item {
            Ok(ChatEvent::Text(text)) => {
                heard.text.push_str(&text);
                heard.pieces += 1;
            }
            Ok(ChatEvent::Thinking(_)) => {}
            Ok(ChatEvent::End { stop, usage }) => heard.end = Some((stop, usage)),
            Err(error) => heard.error = Some(error),
        }
    }
    println!("{} {request:?}\n  {heard:?}", provider.kind());
    heard
}

/// Asks again and again until it is so, for what a server does in its own time.
pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("waited two minutes for {what}");
}
