//! What providers are sent, and what they are not.

use std::sync::Arc;

use qv_domain::chat::{ChatMessage, ChatPart, ChatRole, Image};
use qv_llm::{ChatModel, Credentials, Dialect, LlmError, Provider, ProviderConfig, ProviderKind};
use qv_testkit::model_server::{ModelServer, Recorded, Reply};
use secrecy::SecretString;
use serde_json::json;

use crate::support::{DIALECTS, KEY, config, hear, http, provider, request};

/// A chat with an image, marks and neighbours of one role.
fn long_request() -> qv_domain::chat::ChatRequest {
    let user = |text: &str| ChatMessage::text(ChatRole::User, text);
    let answer = |text: &str| ChatMessage::text(ChatRole::Assistant, text);
    let mut seen = user("like this");
    let data: Arc<[u8]> = Arc::from(&b"\x89PNG"[..]);
    seen.parts.push(ChatPart::Image(Image { media_type: "image/png".to_owned(), data }));
    qv_domain::chat::ChatRequest {
        messages: vec![
            user("one").cached(),
            answer("two\n").cached(),
            user("three").cached(),
            answer("four").cached(),
            seen,
            user("and dark").cached(),
        ],
        temperature_milli: Some(1_500),
        ..request()
    }
}

async fn sent(dialect: Dialect, config: impl FnOnce(ProviderConfig) -> ProviderConfig) -> Recorded {
    let server = ModelServer::start().await;
    server.script([Reply::text("ok")]);
    let config = config(super::support::config(dialect, server.base_url()));
    let provider = Provider::new(config, &http()).unwrap();
    hear(provider.stream(&long_request(), &Credentials::with_key(KEY)).await).await;
    server.finish().await.remove(0)
}

#[tokio::test]
async fn anthropic_gets_blocks_with_at_most_four_marks() {
    let mark = json!({ "type": "ephemeral" });
    let request = sent(Dialect::Anthropic, |config| config).await;
    assert_eq!(request.headers["x-api-key"], KEY);
    assert_eq!(
        request.body,
        json!({
            "model": "test-model",
            "max_tokens": 1_000,
            "stream": true,
            "temperature": 1.0,
            "system": [{ "type": "text", "text": "You build apps.", "cache_control": mark }],
            "messages": [
                { "role": "user", "content": [{ "type": "text", "text": "one" }] },
                { "role": "assistant", "content": [{ "type": "text", "text": "two" }] },
                { "role": "user", "content": [{ "type": "text", "text": "three", "cache_control": mark }] },
                { "role": "assistant", "content": [{ "type": "text", "text": "four", "cache_control": mark }] },
                { "role": "user", "content": [
                    { "type": "text", "text": "like this" },
                    { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "iVBORw==" } },
                    { "type": "text", "text": "and dark", "cache_control": mark },
                ] },
            ],
        })
    );
}

#[tokio::test]
async fn openai_gets_strings_where_strings_do() {
    let request = sent(Dialect::OpenAi, |config| config).await;
    assert_eq!(request.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(
        request.body,
        json!({
            "model": "test-model",
            "max_tokens": 1_000,
            "stream": true,
            "stream_options": { "include_usage": true },
            "temperature": 1.5,
            "messages": [
                { "role": "system", "content": "You build apps." },
                { "role": "user", "content": "one" },
                { "role": "assistant", "content": "two\n" },
                { "role": "user", "content": "three" },
                { "role": "assistant", "content": "four" },
                { "role": "user", "content": [
                    { "type": "text", "text": "like this" },
                    { "type": "image_url", "image_url": { "url": "data:image/png;base64,iVBORw==" } },
                    { "type": "text", "text": "and dark" },
                ] },
            ],
        })
    );
}

/// A turn's first request: a beginning that stays, turns before, and what this turn alone asks.
fn opening(turns: &[&str], rest: &str) -> qv_domain::chat::ChatRequest {
    let text = |text: &str| ChatPart::Text(text.to_owned());
    let mut parts = vec![text("<map>\n"), ChatPart::CacheMark];
    parts.extend(turns.iter().map(|turn| text(turn)));
    parts.extend([ChatPart::CacheMark, text(rest), ChatPart::CacheMark]);
    qv_domain::chat::ChatRequest {
        messages: vec![ChatMessage { role: ChatRole::User, parts }],
        ..request()
    }
}

#[tokio::test]
async fn marks_sit_where_later_requests_go_on_otherwise() {
    let mark = json!({ "type": "ephemeral" });
    let block = |text: &str| json!({ "type": "text", "text": text });
    let marked = |text: &str| json!({ "type": "text", "text": text, "cache_control": mark });
    let openrouter = ProviderConfig::new(ProviderKind::OpenRouter);
    for (config, model, marks) in [
        (config(Dialect::Anthropic, String::new()), "claude-unknown", true),
        (openrouter, "anthropic/test", true),
        (config(Dialect::OpenAi, String::new()), "gpt-5", false),
    ] {
        let dialect = config.kind.dialect();
        let server = ModelServer::start().await;
        server.script([Reply::text("ok"), Reply::text("ok")]);
        let provider = Provider::new(config.at(server.base_url()), &http()).unwrap();
        let long = "s".repeat(2_000);
        for turns in [&["- one\n"][..], &["- one\n", "- two\n"]] {
            let request = qv_domain::chat::ChatRequest {
                model: model.to_owned(),
                system: long.clone(),
                ..opening(turns, &format!("</history>\nturn {}", turns.len()))
            };
            hear(provider.stream(&request, &Credentials::with_key(KEY)).await).await;
        }
        let bodies: Vec<_> =
            server.finish().await.into_iter().map(|request| request.body).collect();
        let content = |at: usize| {
            let messages = &bodies[at]["messages"];
            messages[messages.as_array().unwrap().len() - 1]["content"].clone()
        };
        if marks {
            assert_eq!(
                content(0),
                json!([marked("<map>\n"), marked("- one\n"), marked("</history>\nturn 1")])
            );
            assert_eq!(
                content(1),
                json!([
                    marked("<map>\n"),
                    block("- one\n"),
                    marked("- two\n"),
                    marked("</history>\nturn 2")
                ])
            );
        } else {
            assert_eq!(content(0), "<map>\n- one\n</history>\nturn 1");
            assert_eq!(content(1), "<map>\n- one\n- two\n</history>\nturn 2");
        }
        if dialect == Dialect::Anthropic {
            assert_eq!(bodies[0]["system"], json!([marked(&long)]));
        }
    }
}

#[tokio::test]
async fn extra_headers_are_sent_and_keys_are_per_call() {
    for dialect in DIALECTS {
        let server = ModelServer::start().await;
        server.script([Reply::text("a"), Reply::text("b")]);
        let mut config = config(dialect, server.base_url());
        config.headers.push(("x-team".to_owned(), SecretString::from("blue")));
        let provider = Provider::new(config, &http()).unwrap();
        for key in ["key-of-ann", "key-of-bob"] {
            hear(provider.stream(&request(), &Credentials::with_key(key)).await).await;
        }
        let requests = server.finish().await;
        let keys: Vec<_> = requests.iter().filter_map(Recorded::key).collect();
        assert_eq!(keys, ["key-of-ann", "key-of-bob"]);
        assert_eq!(requests[1].headers["x-team"], "blue");
    }
}

#[tokio::test]
async fn a_local_server_needs_no_key() {
    let server = ModelServer::start().await;
    server.without_key();
    server.script([Reply::text("hi")]);
    let provider = provider(Dialect::OpenAi, &server);
    let heard = hear(provider.stream(&request(), &Credentials::none()).await).await;
    assert_eq!(heard.text, "hi");
    assert_eq!(server.finish().await[0].key(), None);
}

#[tokio::test]
async fn what_a_model_refuses_by_name_is_left_out_now_and_later() {
    for dialect in DIALECTS {
        let server = ModelServer::start().await;
        let body = r#"{"error":{"type":"invalid_request_error","message":"`temperature` is not supported by this model"}}"#;
        server.script([Reply::error(400, body), Reply::text("one"), Reply::text("two")]);
        let provider = provider(dialect, &server);
        for expected in ["one", "two"] {
            let credentials = Credentials::with_key(KEY);
            let heard = hear(provider.stream(&long_request(), &credentials).await).await;
            assert_eq!(heard.text, expected);
        }
        let requests = server.finish().await;
        let with: Vec<bool> =
            requests.iter().map(|request| request.body.get("temperature").is_some()).collect();
        assert_eq!(with, [true, false, false], "{dialect:?}");
    }
}

#[tokio::test]
async fn a_parameter_is_left_out_once_and_then_the_refusal_is_told() {
    for dialect in DIALECTS {
        let server = ModelServer::start().await;
        let body = r#"{"error":{"type":"invalid_request_error","message":"temperature: no"}}"#;
        server.script([Reply::error(400, body), Reply::error(400, body)]);
        let provider = provider(dialect, &server);
        let heard = hear(provider.stream(&long_request(), &Credentials::with_key(KEY)).await).await;
        assert_eq!(
            heard.error,
            Some(LlmError::InvalidRequest { message: "temperature: no".to_owned() })
        );
        server.finish().await;
    }
}

#[tokio::test]
async fn the_limit_of_an_answer_goes_by_the_name_that_the_server_knows() {
    let server = ModelServer::start().await;
    let body = r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#;
    server.script([Reply::error(400, body), Reply::text("ok")]);
    let provider = provider(Dialect::OpenAi, &server);
    hear(provider.stream(&request(), &Credentials::with_key(KEY)).await).await;
    let requests = server.finish().await;
    assert_eq!(requests[1].body["max_completion_tokens"], 1_000);
    assert_eq!(requests[1].body.get("max_tokens"), None);
}

#[tokio::test]
async fn a_model_that_takes_no_temperature_is_never_sent_one() {
    let server = ModelServer::start().await;
    server.script([Reply::text("ok")]);
    let provider = provider(Dialect::Anthropic, &server);
    let request =
        qv_domain::chat::ChatRequest { model: "claude-opus-4-7".to_owned(), ..long_request() };
    hear(provider.stream(&request, &Credentials::with_key(KEY)).await).await;
    assert_eq!(server.finish().await[0].body.get("temperature"), None);
}

#[tokio::test]
async fn a_gateway_to_anthropic_is_told_what_to_keep() {
    let server = ModelServer::start().await;
    server.script([Reply::text("ok")]);
    let config = ProviderConfig::new(ProviderKind::OpenRouter).at(server.base_url());
    let provider = Provider::new(config, &http()).unwrap();
    let request = qv_domain::chat::ChatRequest {
        model: "anthropic/claude-sonnet-5".to_owned(),
        system: "You build apps. ".repeat(200),
        ..long_request()
    };
    hear(provider.stream(&request, &Credentials::with_key(KEY)).await).await;
    let body = server.finish().await.remove(0).body.to_string();
    assert_eq!(body.matches("cache_control").count(), 4);
}

#[tokio::test]
async fn models_are_listed_in_both_dialects() {
    for dialect in DIALECTS {
        let server = ModelServer::start().await;
        let models = provider(dialect, &server).models(&Credentials::with_key(KEY)).await.unwrap();
        let [model] = &models[..] else { panic!("{models:?}") };
        assert_eq!((model.id.as_str(), model.capabilities.context_tokens), ("scripted-1", 200_000));
    }
}
