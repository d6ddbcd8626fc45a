//! When to ask again: decided purely, carried out by [`with_retries`].

use std::time::Duration;

use futures_util::{StreamExt, stream};
use qv_domain::Env;
use qv_domain::chat::ChatRequest;

use crate::{ChatModel, ChatStream, Credentials, LlmError};

/// How patient to be with a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Calls in all, the first included.
    pub max_tries: u32,
    /// The first wait, doubled with each try.
    pub base: Duration,
    /// The longest wait of our own choice; a provider's `retry-after` may be longer.
    pub max_wait: Duration,
    /// Time in all, from the first call to the start of the last.
    pub budget: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_tries: 3,
            base: Duration::from_secs(1),
            max_wait: Duration::from_secs(20),
            budget: Duration::from_secs(60),
        }
    }
}

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Ask again after this long.
    RetryAfter(Duration),
    /// Report it.
    GiveUp,
}

impl RetryPolicy {
    /// Whether to ask again after `error`, which ended try number `tries` (counted from 1) `elapsed` after the
    /// first call began. `random` is any number, for jitter.
    #[must_use]
    pub fn decide(&self, error: &LlmError, tries: u32, elapsed: Duration, random: u32) -> Decision {
        if tries >= self.max_tries || !repeatable(error) {
            return Decision::GiveUp;
        }
        let own =
            self.base.saturating_mul(1 << (tries.saturating_sub(1)).min(16)).min(self.max_wait);
        let jitter = f64::from(random) / f64::from(u32::MAX);
        let wait = match error.retry_after() {
            // Never before the moment that the provider named; a little after it, so that not all come at once.
            Some(asked) => asked + self.base.mul_f64(jitter / 4.0),
            None => own.mul_f64(0.5 + jitter / 2.0),
        };
        if elapsed.saturating_add(wait) > self.budget {
            Decision::GiveUp
        } else {
            Decision::RetryAfter(wait)
        }
    }
}

/// A question is asked again only where nothing can have been billed or the provider said to come back.
const fn repeatable(error: &LlmError) -> bool {
    matches!(
        error,
        LlmError::RateLimited { .. } | LlmError::Overloaded { .. } | LlmError::Network { .. }
    )
}

/// A wait before the next try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// The number of the try that comes, counted from 1.
    pub next_try: u32,
    /// How long it is put off.
    pub wait: Duration,
    /// What ended the try before.
    pub error: LlmError,
}

/// Asks until the first event has arrived, as `policy` allows; `on_retry` hears of each wait before it begins.
/// Once an event has arrived nothing is asked again: what follows is the caller's to judge.
///
/// # Errors
/// That of the last try.
pub async fn with_retries(
    model: &dyn ChatModel,
    request: &ChatRequest,
    credentials: &Credentials,
    policy: RetryPolicy,
    env: &dyn Env,
    mut on_retry: impl FnMut(&Retry) + Send,
) -> Result<ChatStream, LlmError> {
    let began = env.now();
    let mut tries = 1;
    loop {
        let error = match first_event(model, request, credentials).await {
            Ok(stream) => return Ok(stream),
            Err(error) => error,
        };
        let mut random = [0; 4];
        env.fill_random(&mut random);
        let elapsed = env.now().since(began);
        let Decision::RetryAfter(wait) =
            policy.decide(&error, tries, elapsed, u32::from_le_bytes(random))
        else {
            return Err(error);
        };
        tries += 1;
        on_retry(&Retry { next_try: tries, wait, error });
        tokio::time::sleep(wait).await;
    }
}

/// The stream with its first event already there, or the error that came in its place.
async fn first_event(
    model: &dyn ChatModel,
    request: &ChatRequest,
    credentials: &Credentials,
) -> Result<ChatStream, LlmError> {
    let mut rest = model.stream(request, credentials).await?;
    match rest.next().await {
        Some(Ok(event)) => Ok(Box::pin(stream::iter([Ok(event)]).chain(rest))),
        Some(Err(error)) => Err(error),
        None => Err(LlmError::Truncated),
    }
}
