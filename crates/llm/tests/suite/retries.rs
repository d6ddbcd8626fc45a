//! When a question is asked again, and how long it waits: on a clock that tokio holds.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream;
use qv_domain::chat::{ChatEvent, ChatRequest, StopReason};
use qv_domain::{Env, Timestamp};
use qv_llm::{
    AuthProblem, ChatModel, ChatStream, Credentials, Decision, LlmError, ModelInfo, Provider,
    RetryPolicy, Waited, with_retries,
};
use qv_testkit::model_server::{ModelServer, Reply};
use tokio::time::Instant;

use crate::support::{DIALECTS, Heard, Held, KEY, config, hear, http, provider, request, tokens};

/// The time that tokio holds, and the lowest dice.
#[derive(Debug)]
struct Tokio(Instant);

impl Env for Tokio {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(0).plus(self.0.elapsed())
    }

    fn fill_random(&self, buf: &mut [u8]) {
        buf.fill(0);
    }
}

type Said = Result<Vec<Result<ChatEvent, LlmError>>, LlmError>;

#[derive(Debug)]
struct Scripted(Mutex<VecDeque<Said>>);

#[async_trait]
impl ChatModel for Scripted {
    async fn stream(&self, _: &ChatRequest, _: &Credentials) -> Result<ChatStream, LlmError> {
        let said = self.0.lock().unwrap().pop_front().unwrap()?;
        Ok(Box::pin(stream::iter(said)))
    }

    async fn models(&self, _: &Credentials) -> Result<Vec<ModelInfo>, LlmError> {
        Ok(Vec::new())
    }
}

fn text(text: &str) -> Result<ChatEvent, LlmError> {
    Ok(ChatEvent::Text(text.to_owned()))
}

fn end() -> Result<ChatEvent, LlmError> {
    Ok(ChatEvent::End { stop: StopReason::EndTurn, usage: tokens(1, 1) })
}

const fn limited(seconds: u64) -> LlmError {
    LlmError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
}

const OVERLOADED: LlmError = LlmError::Overloaded { status: Some(529), retry_after: None };

/// Runs a script; what was heard, how long it took, and the waits that were announced.
async fn run(script: Vec<Said>) -> (Heard, Duration, Vec<(u32, Duration)>, usize) {
    let model = Scripted(Mutex::new(script.into()));
    let env = Tokio(Instant::now());
    let mut waits = Vec::new();
    let policy = RetryPolicy::default();
    let (asked, credentials) = (request(), Credentials::none());
    let opened = with_retries(&model, &asked, &credentials, policy, &env, |retry| {
        waits.push((retry.next_try, retry.wait));
    })
    .await;
    let heard = hear(opened).await;
    let left = model.0.lock().unwrap().len();
    (heard, env.0.elapsed(), waits, left)
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_provider_is_asked_again_twice_at_most() {
    let broken = || Err(OVERLOADED);
    let (heard, took, waits, _) = run(vec![broken(), broken(), Ok(vec![text("hi"), end()])]).await;
    assert_eq!(heard.text, "hi");
    let expected = [(2, Duration::from_millis(500)), (3, Duration::from_secs(1))];
    assert_eq!((waits.as_slice(), took), (&expected[..], Duration::from_millis(1_500)));

    let (heard, _, waits, left) = run(vec![broken(), broken(), broken(), broken()]).await;
    assert_eq!((heard.error, waits.len(), left), (Some(OVERLOADED), 2, 1));
}

#[tokio::test(start_paused = true)]
async fn the_provider_decides_how_long_to_wait_within_the_budget() {
    let (_, took, _, _) = run(vec![Err(limited(7)), Ok(vec![text("hi"), end()])]).await;
    assert_eq!(took, Duration::from_secs(7));

    let (heard, took, waits, _) = run(vec![Err(limited(61)), Ok(vec![])]).await;
    assert_eq!((heard.error, took, waits), (Some(limited(61)), Duration::ZERO, vec![]));

    // The budget is for all waits together.
    let (heard, took, waits, _) = run(vec![Err(limited(40)), Err(limited(40)), Ok(vec![])]).await;
    assert_eq!((heard.error, waits.len()), (Some(limited(40)), 1));
    assert_eq!(took, Duration::from_secs(40));
}

#[tokio::test(start_paused = true)]
async fn an_error_in_the_stream_counts_until_the_first_event() {
    let (heard, _, waits, _) =
        run(vec![Ok(vec![Err(OVERLOADED)]), Ok(vec![text("hi"), end()])]).await;
    assert_eq!((heard.text.as_str(), waits.len()), ("hi", 1));

    let after_a_word = Ok(vec![text("he"), Err(OVERLOADED)]);
    let (heard, took, waits, left) = run(vec![after_a_word, Ok(vec![text("hi"), end()])]).await;
    assert_eq!((heard.text.as_str(), heard.error), ("he", Some(OVERLOADED)));
    assert_eq!((took, waits, left), (Duration::ZERO, vec![], 1));

    let after_a_thought = Ok(vec![Ok(ChatEvent::Thinking("hm".to_owned())), Err(OVERLOADED)]);
    let (heard, _, _, left) = run(vec![after_a_thought, Ok(vec![])]).await;
    assert_eq!((heard.error, left), (Some(OVERLOADED), 1));
}

#[test]
fn only_what_waiting_helps_and_nobody_paid_for_is_repeated() {
    let policy = RetryPolicy::default();
    let decide = |error: &LlmError| policy.decide(error, 1, Duration::ZERO, u32::MAX);
    let unreachable = LlmError::Network { message: String::new() };
    assert_eq!(decide(&unreachable), Decision::RetryAfter(Duration::from_secs(1)));
    for error in [
        LlmError::Auth { problem: AuthProblem::Rejected },
        LlmError::Quota { message: String::new() },
        LlmError::InvalidRequest { message: String::new() },
        LlmError::ContextTooLong { tokens: None, limit: None },
        LlmError::ModelNotFound { model: String::new() },
        LlmError::Protocol { message: String::new() },
        LlmError::Refusal { message: String::new() },
        LlmError::Address { message: String::new() },
        // The provider may have worked, and billed, all the while.
        LlmError::Truncated,
        LlmError::Timeout { what: Waited::FirstByte, limit: Duration::ZERO },
    ] {
        assert_eq!(decide(&error), Decision::GiveUp, "{error:?}");
    }
}

#[test]
fn jitter_never_shortens_what_the_provider_asked_for() {
    let policy = RetryPolicy::default();
    for random in [0, 1, u32::MAX / 2, u32::MAX] {
        let Decision::RetryAfter(wait) = policy.decide(&limited(5), 1, Duration::ZERO, random)
        else {
            panic!("it should wait")
        };
        assert!((5_000..=5_250).contains(&wait.as_millis()), "{wait:?}");
        let Decision::RetryAfter(wait) = policy.decide(&OVERLOADED, 2, Duration::ZERO, random)
        else {
            panic!("it should wait")
        };
        assert!((1_000..=2_000).contains(&wait.as_millis()), "{wait:?}");
    }
}

#[tokio::test]
async fn over_the_wire_too() {
    for dialect in DIALECTS {
        let server = ModelServer::start().await;
        server.script([
            Reply::error(529, "").header("retry-after-ms", "1"),
            Reply::error(429, "").header("retry-after-ms", "1"),
            Reply::text("hi"),
        ]);
        let policy = RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::default() };
        let provider = provider(dialect, &server);
        let (asked, credentials) = (request(), Credentials::with_key(KEY));
        let opened = with_retries(&provider, &asked, &credentials, policy, &Held, |_| {}).await;
        assert_eq!(hear(opened).await.text, "hi");
        assert_eq!(server.finish().await.len(), 3, "{dialect:?}");
    }
}

#[tokio::test]
async fn a_request_that_may_have_arrived_is_not_sent_again() {
    for dialect in DIALECTS {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let counting = tokio::spawn(async move {
            let mut asked = 0;
            while let Ok(Ok((mut socket, _))) =
                tokio::time::timeout(Duration::from_millis(300), listener.accept()).await
            {
                asked += 1;
                let mut head = [0; 64];
                tokio::io::AsyncReadExt::read(&mut socket, &mut head).await.unwrap();
            }
            asked
        });
        let provider = Provider::new(config(dialect, base_url), &http()).unwrap();
        let policy = RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::default() };
        let (asked, credentials) = (request(), Credentials::with_key(KEY));
        let opened = with_retries(&provider, &asked, &credentials, policy, &Held, |_| {}).await;
        assert_eq!(hear(opened).await.error, Some(LlmError::Truncated));
        assert_eq!(counting.await.unwrap(), 1, "{dialect:?}");
    }
}
