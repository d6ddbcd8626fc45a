//! llama-server with SmolLM2-135M.

use futures_util::StreamExt;
use qv_domain::chat::StopReason;
use qv_llm::{
    AuthProblem, ChatModel, Credentials, LlmError, ProbeTargets, ProviderKind, probe_local,
};

use crate::asking::{KEY, ask, dialects, eventually, http, request};
use crate::setup::llama;

/// Something that even the smallest model has much to say about.
const LONG: &str = "Tell a very long story about a journey around the world.";

#[tokio::test]
#[ignore = "downloads 130 MB; run by cargo xtask test --models"]
async fn a_short_answer_is_streamed_with_its_usage() {
    let server = llama(Some(KEY)).await;
    for provider in dialects(&server.base_url()) {
        let asked = request("smol", "Say hello in five words.", 60);
        let heard = ask(&provider, &asked, KEY).await;
        let (stop, usage) = heard.end.unwrap();
        assert!(heard.error.is_none() && heard.pieces > 1 && !heard.text.trim().is_empty());
        assert!(matches!(stop, StopReason::EndTurn | StopReason::MaxTokens), "{stop:?}");
        assert!(usage.reported && usage.output > 1, "{usage:?}");

        // Asked again, the same prompt is in the server's cache.
        let (_, again) = ask(&provider, &asked, KEY).await.end.unwrap();
        assert_eq!(again.input + again.cache_read, usage.input + usage.cache_read);
        assert!(again.cache_read > 0, "{again:?}");
    }
}

#[tokio::test]
#[ignore = "downloads 130 MB; run by cargo xtask test --models"]
async fn a_long_answer_is_cut_off_at_its_limit() {
    let server = llama(Some(KEY)).await;
    for provider in dialects(&server.base_url()) {
        let asked = request("smol", LONG, 200);
        let heard = ask(&provider, &asked, KEY).await;
        let (stop, usage) = heard.end.unwrap();
        assert_eq!(stop, StopReason::MaxTokens);
        assert_eq!(usage.output, 200);
        assert!(heard.pieces > 100);
    }
}

#[tokio::test]
#[ignore = "downloads 130 MB; run by cargo xtask test --models"]
async fn letting_go_ends_the_work() {
    let server = llama(Some(KEY)).await;
    for (nth, provider) in dialects(&server.base_url()).iter().enumerate() {
        let asked = request("smol", LONG, 1_500);
        let mut stream = provider.stream(&asked, &Credentials::with_key(KEY)).await.unwrap();
        for _ in 0..3 {
            stream.next().await.unwrap().unwrap();
        }
        drop(stream);
        eventually("the server to cancel the task", async || {
            server.log_text().matches("cancel task").count() > nth
        })
        .await;
        // The one place that the server has is free again.
        let heard = ask(provider, &request("smol", "Hi", 5), KEY).await;
        assert!(heard.error.is_none());
    }
}

#[tokio::test]
#[ignore = "downloads 130 MB; run by cargo xtask test --models"]
async fn too_long_a_request_is_told_with_its_size() {
    let server = llama(Some(KEY)).await;
    for provider in dialects(&server.base_url()) {
        let heard =
            ask(&provider, &request("smol", &"one two three ".repeat(1_500), 10), KEY).await;
        let Some(LlmError::ContextTooLong { tokens: Some(tokens), limit: Some(limit) }) =
            heard.error
        else {
            panic!("{:?}", heard.error)
        };
        assert!(tokens > limit && limit == 2_048, "{tokens} {limit}");
    }
}

#[tokio::test]
#[ignore = "downloads 130 MB; run by cargo xtask test --models"]
async fn a_wrong_key_is_rejected() {
    let server = llama(Some(KEY)).await;
    for provider in dialects(&server.base_url()) {
        let heard = ask(&provider, &request("smol", "Hi", 5), "sk-wrong").await;
        assert_eq!(heard.error, Some(LlmError::Auth { problem: AuthProblem::Rejected }));
    }
}

#[tokio::test]
#[ignore = "downloads 130 MB; run by cargo xtask test --models"]
async fn it_is_found_by_probing_and_lists_its_model_with_its_window() {
    let server = llama(None).await;
    let address = ([127, 0, 0, 1], server.port).into();
    let targets = ProbeTargets { doors: vec![(ProviderKind::LlamaServer, address)] };
    let found = probe_local(&http(), &targets).await;
    let [local] = &found[..] else { panic!("{found:?}") };
    assert_eq!(local.base_url, server.base_url());
    let [model] = &local.models[..] else { panic!("{:?}", local.models) };
    assert_eq!((model.id.as_str(), model.capabilities.context_tokens), ("smol", 2_048));
    for provider in dialects(&server.base_url()) {
        let listed = provider.models(&Credentials::with_key(KEY)).await.unwrap();
        assert_eq!(&listed, &local.models);
    }
}
