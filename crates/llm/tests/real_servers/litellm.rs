//! LiteLLM's proxy: mocked errors in the right shapes, and a gateway before llama-server.

use qv_domain::chat::StopReason;
use qv_llm::{AuthProblem, LlmError, ProviderKind};

use crate::asking::{KEY, ask, dialects, request};
use crate::setup::{litellm, llama};

const MOCKS: &str = r#"
  - {model_name: mock-text, litellm_params: {model: openai/x, api_key: x, mock_response: "hello there, maker"}}
  - {model_name: mock-429, litellm_params: {model: openai/x, api_key: x, mock_response: "litellm.RateLimitError"}}
  - {model_name: mock-context, litellm_params: {model: openai/x, api_key: x, mock_response: "litellm.ContextWindowExceededError"}}
  - {model_name: mock-500, litellm_params: {model: openai/x, api_key: x, mock_response: "litellm.InternalServerError"}}
"#;

#[tokio::test]
#[ignore = "installs 740 MB; run by cargo xtask test --models"]
async fn mocked_answers_and_errors_are_understood() {
    let server = litellm(KEY, MOCKS).await;
    for provider in dialects(&server.base_url()) {
        let heard = ask(&provider, &request("mock-text", "Hi", 50), KEY).await;
        assert_eq!((heard.text.as_str(), heard.error), ("hello there, maker", None));
        let (stop, usage) = heard.end.unwrap();
        assert_eq!(stop, StopReason::EndTurn);
        assert!(usage.reported && usage.output > 0, "{usage:?}");

        let error = async |model: &str, key: &str| {
            ask(&provider, &request(model, "Hi", 50), key).await.error.unwrap()
        };
        let limited = error("mock-429", KEY).await;
        assert!(matches!(limited, LlmError::RateLimited { .. }), "{limited:?}");
        let long = error("mock-context", KEY).await;
        assert!(matches!(long, LlmError::ContextTooLong { .. }), "{long:?}");
        let broken = error("mock-500", KEY).await;
        assert!(matches!(broken, LlmError::Overloaded { status: Some(500), .. }), "{broken:?}");
        let unknown = error("nobody", KEY).await;
        assert_eq!(unknown, LlmError::ModelNotFound { model: "nobody".to_owned() });
        let rejected = error("mock-text", "sk-wrong").await;
        assert_eq!(rejected, LlmError::Auth { problem: AuthProblem::Rejected });
    }
}

#[tokio::test]
#[ignore = "installs 740 MB; run by cargo xtask test --models"]
async fn a_gateway_before_llama_server_streams_both_ways() {
    let behind = llama(Some(KEY)).await;
    let (url, root) = (behind.base_url(), format!("http://127.0.0.1:{}", behind.port));
    let models = format!(
        r#"
  - {{model_name: by-openai, litellm_params: {{model: openai/smol, api_key: {KEY}, api_base: "{url}"}}}}
  - {{model_name: by-anthropic, litellm_params: {{model: anthropic/smol, api_key: {KEY}, api_base: "{root}"}}}}
"#
    );
    let server = litellm(KEY, &models).await;
    for provider in dialects(&server.base_url()) {
        for model in ["by-openai", "by-anthropic"] {
            let asked =
                request(model, "Tell a very long story about a journey around the world.", 60);
            let heard = ask(&provider, &asked, KEY).await;
            assert!(heard.error.is_none(), "{model} {:?}", heard.error);
            let (stop, usage) = heard.end.unwrap();
            // LiteLLM 1.106.2 itself says `end_turn` for every answer that it translates from OpenAI to Messages.
            let translated = model == "by-openai" && provider.kind() == ProviderKind::Anthropic;
            let expected = if translated { StopReason::EndTurn } else { StopReason::MaxTokens };
            assert_eq!(stop, expected, "{model}");
            assert!(usage.reported && usage.output > 0, "{model} {usage:?}");
            assert!(heard.pieces > 5, "{model}");
        }
    }
}
