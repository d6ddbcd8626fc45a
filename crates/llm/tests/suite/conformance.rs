//! Both dialects against every way in which servers, gateways and networks are known to go wrong: the table and the
//! list in the notes on models, row by row. Bytes go over real sockets.

use std::time::Duration;

use crate::support::{DIALECTS, Heard, KEY, ask, config, hear, http, provider, request, tokens};
use qv_domain::chat::StopReason;
use qv_llm::{
    AuthProblem, CallLimits, ChatModel, Credentials, Dialect, LlmError, Provider, Waited,
};
use qv_testkit::model_server::{Cut, Ending, LineEnd, ModelServer, Reply, Usage};

const TEXT: &str = "Grüße \u{1f980}\n<file path=\"index.html\">\r\n日本語\u{2028}</file>";

fn complete(text: &str) -> Heard {
    Heard {
        text: text.to_owned(),
        end: Some((StopReason::EndTurn, tokens(100, 20))),
        ..Heard::default()
    }
}

#[tokio::test]
async fn every_cut_and_line_end_gives_the_same_answer() {
    for dialect in DIALECTS {
        for cut in
            [Cut::Events, Cut::Whole, Cut::Bytes(1), Cut::Bytes(3), Cut::Bytes(64), Cut::Seams]
        {
            for line_end in [LineEnd::Lf, LineEnd::CrLf, LineEnd::Cr] {
                for bom in [false, true] {
                    let reply = Reply { cut, line_end, bom, delta_chars: 5, ..Reply::text(TEXT) };
                    let heard = ask(dialect, reply).await;
                    assert_eq!(heard, complete(TEXT), "{dialect:?} {cut:?} {line_end:?} {bom}");
                }
            }
        }
    }
}

#[tokio::test]
async fn reasoning_is_kept_apart_from_the_answer() {
    for dialect in DIALECTS {
        let heard = ask(dialect, Reply::text("done").thinking("first I count")).await;
        assert_eq!(heard, Heard { thinking: "first I count".to_owned(), ..complete("done") });
    }
}

#[tokio::test]
async fn usage_is_merged_from_wherever_it_is_reported() {
    let usage = Usage { input: 7, output: 30, cache_read: 1_000, cache_write: 0 };
    for dialect in DIALECTS {
        let reply = Reply { usage_with_choices: true, ..Reply::text("x").usage(usage) };
        let (_, got) = ask(dialect, reply).await.end.unwrap();
        assert_eq!((got.input, got.output, got.cache_read, got.reported), (7, 30, 1_000, true));

        let silent = Reply { usage: None, ..Reply::text("x") };
        let (_, got) = ask(dialect, silent).await.end.unwrap();
        assert!(!got.reported && got.total() <= 1, "{got:?}");
    }
    let write = Usage { cache_write: 500, ..usage };
    let (_, got) = ask(Dialect::Anthropic, Reply::text("x").usage(write)).await.end.unwrap();
    assert_eq!(got.cache_write, 500);
}

#[tokio::test]
async fn stop_reasons_are_understood() {
    for dialect in DIALECTS {
        for (stop, expected) in [
            ("end_turn", StopReason::EndTurn),
            ("max_tokens", StopReason::MaxTokens),
            ("refusal", StopReason::Refusal),
            ("tool_use", StopReason::Other("tool_use".to_owned())),
            ("pause_turn", StopReason::Other("pause_turn".to_owned())),
        ] {
            let heard = ask(dialect, Reply::text("x").stop(stop)).await;
            assert_eq!(heard.end.unwrap().0, expected, "{dialect:?}");
        }
    }
    let full =
        ask(Dialect::Anthropic, Reply::text("x").stop("model_context_window_exceeded")).await;
    assert_eq!(full.end.unwrap().0, StopReason::ContextFull);
}

#[tokio::test]
async fn a_connection_that_ends_early_is_told_from_a_finished_answer() {
    for dialect in DIALECTS {
        for ending in [Ending::Close, Ending::Abort] {
            let heard = ask(dialect, Reply::text("half").ending(ending.clone())).await;
            assert_eq!(heard.text, "half", "{dialect:?} {ending:?}");
            assert_eq!(heard.error, Some(LlmError::Truncated), "{dialect:?} {ending:?}");
        }
        let nothing = ask(dialect, Reply::raw::<&str>([]).ending(Ending::Close)).await;
        assert_eq!(nothing.error, Some(LlmError::Truncated));
    }
}

#[tokio::test]
async fn anthropic_without_its_last_word_is_cut_off() {
    let heard = ask(
        Dialect::Anthropic,
        Reply::raw([
            r#"data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"all"}}"#,
            "\n\n",
            r#"data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#,
            "\n\n",
        ]),
    )
    .await;
    assert_eq!((heard.text.as_str(), heard.error), ("all", Some(LlmError::Truncated)));
}

#[tokio::test]
async fn openai_needs_a_finish_reason_or_done() {
    let text = r#"data: {"choices":[{"delta":{"content":"all"}}]}"#;
    let stop = r#"data: {"choices":[{"delta":{},"finish_reason":"length"}]}"#;
    let cases = [
        // No `[DONE]`.
        (vec![text, "\n\n", stop, "\n\n"], Some(StopReason::MaxTokens)),
        // No empty line after the last event.
        (vec![text, "\n\n", stop], Some(StopReason::MaxTokens)),
        // No finish reason.
        (vec![text, "\n\ndata: [DONE]\n\n"], Some(StopReason::EndTurn)),
        // Neither.
        (vec![text, "\n\n"], None),
        // Cut in the middle of an event.
        (vec![text, "\n\n", &stop[..20]], None),
    ];
    for (writes, expected) in cases {
        let heard = ask(Dialect::OpenAi, Reply::raw(writes.clone())).await;
        assert_eq!(heard.text, "all");
        assert_eq!(heard.end.map(|(stop, _)| stop), expected, "{writes:?}");
        assert_eq!(heard.error.is_some(), expected.is_none());
    }
}

#[tokio::test]
async fn errors_in_mid_stream_are_typed_in_either_shape() {
    for dialect in DIALECTS {
        let error = |kind: &str| Ending::Error { kind: kind.to_owned(), message: "m".to_owned() };
        let heard = ask(dialect, Reply::text("half").ending(error("overloaded_error"))).await;
        assert_eq!(heard.text, "half");
        let overloaded = LlmError::Overloaded { status: None, retry_after: None };
        assert!(overloaded.is_retryable());
        assert_eq!(heard.error, Some(overloaded.clone()));

        let heard = ask(dialect, Reply::text("half").ending(error("rate_limit_error"))).await;
        assert_eq!(heard.error, Some(LlmError::RateLimited { retry_after: None }));

        // The other dialect's shape, and OpenRouter's status in the place of a code.
        for shape in [
            r#"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#,
            r#"{"error":{"message":"m","type":"overloaded_error","code":null}}"#,
        ] {
            let heard = ask(dialect, Reply::raw([format!("data: {shape}\n\n")])).await;
            assert_eq!(heard.error, Some(overloaded.clone()), "{dialect:?} {shape}");
        }
        let status = r#"{"error":{"code":502,"message":"upstream"},"choices":[{"delta":{},"finish_reason":"error"}]}"#;
        let heard = ask(dialect, Reply::raw([format!("data: {status}\n\n")])).await;
        assert_eq!(
            heard.error,
            Some(LlmError::Overloaded { status: Some(502), retry_after: None })
        );
    }
}

#[tokio::test]
async fn what_is_not_known_is_left_alone() {
    for dialect in DIALECTS {
        let extra_events = [
            r#"{"type":"ping"}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"x"}}}"#,
            r#"{"type":"content_block_start","index":9,"content_block":{"type":"server_tool_use","id":"t","name":"n"}}"#,
            r#"{"type":"content_block_delta","index":9,"delta":{"type":"input_json_delta","partial_json":"{"}}"#,
            r#"{"type":"from_the_future","content":{"deep":[1,null]}}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0}],"role":null,"content":null}}],"usage":null}"#,
            r#"{"choices":[]}"#,
            "",
            "3",
            "[]",
        ]
        .map(str::to_owned)
        .to_vec();
        let heard = ask(dialect, Reply { extra_events, ..Reply::text("hi") }).await;
        assert_eq!(heard, complete("hi"), "{dialect:?}");
    }
}

#[tokio::test]
async fn a_gateway_without_event_lines_is_understood() {
    let reply = Reply { event_lines: false, ..Reply::text("hi") };
    assert_eq!(ask(Dialect::Anthropic, reply).await, complete("hi"));
}

#[tokio::test]
async fn json_in_place_of_a_stream_is_an_answer() {
    for dialect in DIALECTS {
        let reply = Reply { as_json: true, ..Reply::text("hi").thinking("hm").stop("max_tokens") };
        let heard = ask(dialect, reply).await;
        assert_eq!((heard.text.as_str(), heard.thinking.as_str()), ("hi", "hm"), "{dialect:?}");
        assert_eq!(heard.end, Some((StopReason::MaxTokens, tokens(100, 20))));
    }
}

#[tokio::test]
async fn an_error_with_status_200_is_an_error() {
    for dialect in DIALECTS {
        let body = r#"{"error":{"type":"rate_limit_error","message":"slow down"}}"#;
        let heard = ask(dialect, Reply::error(200, body)).await;
        assert_eq!(heard.error, Some(LlmError::RateLimited { retry_after: None }));
    }
}

#[tokio::test]
async fn nonsense_is_refused_and_says_so() {
    for dialect in DIALECTS {
        for (body, message) in [
            ("<!doctype html><title>Sign in</title>", "a web page came instead of an answer"),
            ("data: hello\n\n", "an event is not JSON"),
            (r#"{"ok":true}"#, "JSON came that is not an answer"),
        ] {
            let heard = ask(dialect, Reply::raw([body])).await;
            let expected = LlmError::Protocol { message: message.to_owned() };
            assert_eq!(heard.error, Some(expected), "{dialect:?} {body}");
        }
    }
}

#[tokio::test]
async fn an_event_of_4_mb_is_refused_before_it_is_read_whole() {
    for dialect in DIALECTS {
        let writes = std::iter::once("data: {\"x\":\"".to_owned())
            .chain((0..64).map(|_| "a".repeat(65_536)))
            .chain(["\"}\n\n".to_owned()]);
        let server = ModelServer::start().await;
        server.script([Reply::raw(writes)]);
        let provider = provider(dialect, &server);
        let heard = hear(provider.stream(&request(), &Credentials::with_key(KEY)).await).await;
        assert_eq!(
            heard.error,
            Some(LlmError::Protocol {
                message: "one event is larger than 1000000 bytes".to_owned()
            })
        );
        drop(provider);
        server.finish().await;
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let event = format!("data: {{\"x\":\"{}\"}}\n\n", "a".repeat(100_000));
    for dialect in DIALECTS {
        let heard = ask(dialect, Reply::raw(vec![event.clone(); 100])).await;
        assert_eq!(
            heard.error,
            Some(LlmError::Protocol {
                message: "the answer is larger than 8000000 bytes".to_owned()
            })
        );
    }
}

#[tokio::test]
async fn silence_is_not_waited_out() {
    let short = Duration::from_millis(60);
    let long = Duration::from_secs(10);
    let keep_alive = ": still here\n\n".to_owned();
    let cases = [
        (Reply { delay_ms: 10_000, ..Reply::text("x") }, (short, long, long), Waited::FirstByte),
        (Reply::raw::<&str>([]).ending(Ending::Silence), (short, long, long), Waited::FirstByte),
        (Reply::text("x").ending(Ending::Silence), (long, short, long), Waited::NextByte),
        (
            Reply { between_ms: 10, ..Reply::raw(vec![keep_alive; 500]) },
            (long, long, short),
            Waited::End,
        ),
    ];
    for dialect in DIALECTS {
        for (reply, (first_byte, idle, total), what) in cases.clone() {
            let server = ModelServer::start().await;
            server.script([reply]);
            let mut config = config(dialect, server.base_url());
            config.limits = CallLimits { first_byte, idle, total, ..CallLimits::HOSTED };
            let provider = Provider::new(config, &http()).unwrap();
            let heard = hear(provider.stream(&request(), &Credentials::with_key(KEY)).await).await;
            assert_eq!(heard.error, Some(LlmError::Timeout { what, limit: short }), "{dialect:?}");
            server.finish().await;
        }
    }
}

#[tokio::test]
async fn waiting_times_are_taken_from_headers() {
    for dialect in DIALECTS {
        for (name, value, expected) in [
            ("retry-after", "7", Duration::from_secs(7)),
            ("retry-after-ms", "1500", Duration::from_millis(1_500)),
            ("retry-after", "Tue, 24 Nov 2026 11:00:30 GMT", Duration::from_secs(30)),
        ] {
            let body = r#"{"error":{"type":"rate_limit_error","message":"slow down"}}"#;
            let heard = ask(dialect, Reply::error(429, body).header(name, value)).await;
            let limited = LlmError::RateLimited { retry_after: Some(expected) };
            assert_eq!(heard.error, Some(limited), "{dialect:?} {name}");
        }
        let heard = ask(dialect, Reply::error(529, "").header("retry-after", "3")).await;
        let retry_after = Some(Duration::from_secs(3));
        assert_eq!(heard.error, Some(LlmError::Overloaded { status: Some(529), retry_after }));
    }
}

// asvs: 5
#[tokio::test]
async fn a_redirect_is_not_followed() {
    for dialect in DIALECTS {
        let elsewhere = ModelServer::start().await;
        let to = format!("{}/messages", elsewhere.base_url());
        let heard = ask(dialect, Reply::error(307, "").header("location", to)).await;
        assert!(matches!(heard.error, Some(LlmError::Protocol { .. })), "{heard:?}");
        assert_eq!(elsewhere.finish().await, []);
    }
}

#[tokio::test]
async fn nobody_at_home_is_a_network_error() {
    let server = ModelServer::start().await;
    let provider = provider(Dialect::OpenAi, &server);
    server.finish().await;
    tokio::task::yield_now().await;
    let heard = hear(provider.stream(&request(), &Credentials::none()).await).await;
    let Some(LlmError::Network { message }) = heard.error else { panic!("{heard:?}") };
    assert!(message.contains("refused"), "{message}");
}

// asvs: 5
#[tokio::test]
async fn a_name_of_this_machine_is_not_dialled_for_users() {
    let mut config = config(Dialect::OpenAi, "https://localhost:1/v1".to_owned());
    config.addresses = qv_llm::AddressPolicy::PublicOnly;
    let provider = Provider::new(config, &http()).unwrap();
    let refused = provider.stream(&request(), &Credentials::with_key(KEY)).await.err().unwrap();
    assert_eq!(
        refused,
        LlmError::Address {
            message: "localhost may not be called: only public addresses are allowed here"
                .to_owned()
        }
    );
}

#[tokio::test]
async fn a_wrong_key_and_a_missing_key_are_told_apart() {
    for (dialect, status) in [(Dialect::Anthropic, 401), (Dialect::OpenAi, 403)] {
        let body = r#"{"error":{"type":"permission_error","message":"no"}}"#;
        let heard = ask(dialect, Reply::error(status, body)).await;
        assert_eq!(heard.error, Some(LlmError::Auth { problem: AuthProblem::Rejected }));
    }
    // Nothing is sent to a provider that is known to need a key.
    let config = qv_llm::ProviderConfig::new(qv_llm::ProviderKind::Anthropic);
    let provider = Provider::new(config, &http()).unwrap();
    let missing = provider.stream(&request(), &Credentials::none()).await.err().unwrap();
    assert_eq!(missing, LlmError::Auth { problem: AuthProblem::Missing });
}
