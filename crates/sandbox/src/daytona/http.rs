//! Calls to Daytona: bounded in time and size, and repeated where that cannot do a thing twice.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use qv_domain::Env;
use reqwest::{Client, Response, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use url::Url;

use super::config::{DaytonaConfig, Patience};
use super::fault;
use crate::{QuotaScope, Result, SandboxError};

/// The most of an answer that is not a file.
pub(super) const MOST_JSON: u64 = 8 << 20;
/// The most of a refusal that is read.
const MOST_REFUSAL: u64 = 64 << 10;

/// Asks that a log tells standard output and standard error apart.
const SPLIT_OUTPUT: &str = "x-daytona-split-output";

/// Whether a call may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Making it twice is as making it once.
    Safe,
    /// As `Safe`, and it is also made again when something else is under way with the sandbox.
    Patient,
    /// Only when it certainly did nothing: it was refused for being too often, or never arrived.
    Once,
}

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<(HeaderValue, Bytes)>,
    pub(super) repeat: Repeat,
    /// The most of an answer that is taken.
    pub(super) most: u64,
}

impl Call {
    pub(super) fn new(method: Method, url: Url, repeat: Repeat) -> Self {
        Self { method, url, body: None, repeat, most: MOST_JSON }
    }

    pub(super) fn get(url: Url) -> Self {
        Self::new(Method::GET, url, Repeat::Safe)
    }

    pub(super) fn json(mut self, body: &impl Serialize) -> Result<Self> {
        let bytes = serde_json::to_vec(body).map_err(|error| SandboxError::InvalidSpec {
            message: format!("this cannot be sent to Daytona: {error}"),
        })?;
        self.body = Some((HeaderValue::from_static("application/json"), bytes.into()));
        Ok(self)
    }
}

/// What came back, if it was not a refusal.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| SandboxError::Transient {
            message: format!("Daytona's answer cannot be read: {error}"),
        })
    }
}

/// Daytona, reached with the account's key.
pub(super) struct Api {
    client: Client,
    base: Url,
    key: SecretString,
    bearer: HeaderValue,
    env: Arc<dyn Env>,
    patience: Patience,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Api {
    pub(super) fn new(config: &DaytonaConfig, env: Arc<dyn Env>) -> Result<Self> {
        let key = config.key.expose_secret();
        let invalid = |message: &str| SandboxError::InvalidSpec { message: message.to_owned() };
        if key.is_empty() {
            return Err(SandboxError::Auth);
        }
        if !matches!(config.base.scheme(), "http" | "https") || config.base.host().is_none() {
            return Err(invalid("Daytona's address must begin with http:// or https://"));
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {key}"))
            .map_err(|_| invalid("Daytona's key has characters that no key has"))?;
        bearer.set_sensitive(true);
        let client = Client::builder()
            .user_agent(concat!("quickvibe/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the key to wherever it points.
            .redirect(redirect::Policy::none())
            // Terminals are upgraded connections, which only HTTP/1.1 has everywhere.
            .http1_only()
            .connect_timeout(Duration::from_secs(10))
            .tcp_nodelay(true)
            .pool_idle_timeout(Duration::from_secs(30))
            .build()
            .map_err(|error| SandboxError::Transient { message: error.to_string() })?;
        Ok(Self {
            client,
            base: config.base.clone(),
            key: config.key.clone(),
            bearer,
            env,
            patience: config.patience,
        })
    }

    /// A name that nobody can guess.
    pub(super) fn nonce(&self) -> String {
        let mut random = [0; 12];
        self.env.fill_random(&mut random);
        random.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The address of one of the API's own calls.
    pub(super) fn url(&self, parts: &[&str]) -> Url {
        under(&self.base, parts)
    }

    /// Whether the key may be sent there: never in clear where the API itself is not.
    pub(super) fn trusts(&self, other: &Url) -> bool {
        let encrypted = other.scheme() == "https";
        (encrypted || (other.scheme() == "http" && self.base.scheme() == "http"))
            && other.host().is_some()
            && other.username().is_empty()
            && other.password().is_none()
    }

    /// Makes a call, again where it may and helps.
    pub(super) async fn call(&self, call: Call) -> Result<Answer> {
        self.call_watched(call, &mut |_| ()).await
    }

    /// As [`Self::call`]; `failed` hears how many tries have failed when another one follows.
    pub(super) async fn call_watched(
        &self,
        call: Call,
        failed: &mut (dyn FnMut(u32) + Send),
    ) -> Result<Answer> {
        let (mut tries, mut waited) = (1, Duration::ZERO);
        loop {
            let error = match self.once(&call).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(wait) = self.wait(&error, call.repeat, tries, waited) else {
                return Err(error.what);
            };
            tracing::debug!(path = call.url.path(), tries, error = %error.what, "asking again");
            failed(tries);
            tokio::time::sleep(wait).await;
            waited += wait;
            tries += 1;
        }
    }

    fn wait(
        &self,
        failed: &Failed,
        repeat: Repeat,
        tries: u32,
        waited: Duration,
    ) -> Option<Duration> {
        let Patience { first_wait, longest_wait, budget, .. } = self.patience;
        let may = match (&failed.what, repeat) {
            (SandboxError::RateLimited { .. }, _) => true,
            (SandboxError::Conflict { .. }, repeat) => repeat == Repeat::Patient,
            (SandboxError::Transient { .. } | SandboxError::Timeout { .. }, Repeat::Once) => {
                failed.never_arrived
            }
            (SandboxError::Transient { .. } | SandboxError::Timeout { .. }, _) => true,
            _ => false,
        };
        if !may || tries >= self.patience.tries {
            return None;
        }
        let own = first_wait.saturating_mul(1 << (tries - 1).min(16)).min(longest_wait);
        let mut random = [0; 4];
        self.env.fill_random(&mut random);
        let share = f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX);
        let wait = match failed.what {
            // Never before the moment that was named; a little after it, so that not all come at once.
            SandboxError::RateLimited { retry_after: Some(asked) } => {
                asked + first_wait.mul_f64(share / 4.0)
            }
            _ => own.mul_f64(0.5 + share / 2.0),
        };
        (waited + wait <= budget).then_some(wait)
    }

    async fn once(&self, call: &Call) -> Result<Answer, Failed> {
        let mut request = self
            .client
            .request(call.method.clone(), call.url.clone())
            .header(AUTHORIZATION, self.bearer.clone())
            .header(SPLIT_OUTPUT, "true");
        if let Some((kind, bytes)) = &call.body {
            request = request.header(CONTENT_TYPE, kind).body(bytes.clone());
        }
        let limit = self.limit(call.body.as_ref().map_or(0, |(_, bytes)| bytes.len()));
        let response = self.head(request, limit).await?;
        let status = response.status();
        let headers = response.headers().clone();
        let most = if status.is_success() { call.most } else { MOST_REFUSAL };
        let body = match self.body(response, most).await {
            // Of a refusal, its beginning is enough.
            Err(error) if status.is_success() => return Err(error.into()),
            body => body.unwrap_or_default(),
        };
        self.judge(status, &headers, &body)?;
        Ok(Answer { headers, body })
    }

    /// How long an answer may take to begin: an upload has to get there first.
    fn limit(&self, sent: usize) -> Duration {
        let slow = u32::try_from(sent >> 16).unwrap_or(u32::MAX);
        self.patience.call + Duration::from_secs(1).saturating_mul(slow)
    }

    fn judge(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<()> {
        if status.is_success() {
            return Ok(());
        }
        let key = self.key.expose_secret();
        Err(fault::of_answer(status, headers, body, key, self.env.now()))
    }

    async fn head(
        &self,
        request: reqwest::RequestBuilder,
        limit: Duration,
    ) -> Result<Response, Failed> {
        let what = SandboxError::Timeout { what: "a call to Daytona", limit };
        match timeout(limit, request.send()).await {
            Err(_) => Err(what.into()),
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                Err(Failed { never_arrived: error.is_connect(), what: network_error(&error) })
            }
        }
    }

    async fn body(&self, mut response: Response, most: u64) -> Result<Bytes> {
        let too_long = || SandboxError::Quota {
            scope: QuotaScope::Size,
            message: format!("the answer is longer than {most} bytes"),
        };
        if response.content_length().is_some_and(|length| length > most) {
            return Err(too_long());
        }
        let mut all = BytesMut::new();
        let limit = self.patience.call;
        loop {
            let chunk = timeout(limit, response.chunk())
                .await
                .map_err(|_| SandboxError::Timeout { what: "an answer of Daytona's", limit })?;
            let Some(chunk) = chunk.map_err(|error| network_error(&error))? else {
                return Ok(all.freeze());
            };
            if (all.len() + chunk.len()) as u64 > most {
                return Err(too_long());
            }
            all.extend_from_slice(&chunk);
        }
    }

    /// Asks for an upgrade of the connection; the answer may also be a plain one.
    pub(super) async fn upgrade(&self, url: Url, headers: HeaderMap) -> Result<Response> {
        let request = self
            .client
            .get(url)
            .header(AUTHORIZATION, self.bearer.clone())
            .header(SPLIT_OUTPUT, "true")
            .headers(headers);
        let response =
            self.head(request, self.patience.call).await.map_err(|failed| failed.what)?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS || response.status().is_success() {
            return Ok(response);
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.body(response, MOST_REFUSAL).await.unwrap_or_default();
        self.judge(status, &headers, &body)?;
        Err(SandboxError::Transient { message: "Daytona's answer is no answer".to_owned() })
    }

    /// What a preview address answers with, without the account's key.
    pub(super) async fn knock(&self, url: Url, headers: HeaderMap) -> Result<StatusCode> {
        let request = self.client.get(url).headers(headers);
        let response =
            self.head(request, self.patience.call).await.map_err(|failed| failed.what)?;
        Ok(response.status())
    }
}

/// A try that failed.
#[derive(Debug)]
struct Failed {
    what: SandboxError,
    never_arrived: bool,
}

impl From<SandboxError> for Failed {
    fn from(what: SandboxError) -> Self {
        Self { what, never_arrived: false }
    }
}

/// The innermost cause is the one that says something, and no cause holds the address, which may hold a token.
fn network_error(error: &reqwest::Error) -> SandboxError {
    let mut cause = "the connection failed".to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        cause = inner.to_string();
        source = inner.source();
    }
    SandboxError::Transient { message: format!("Daytona cannot be reached: {cause}") }
}

/// An address below another one; each part is escaped.
pub(super) fn under(base: &Url, parts: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(parts);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_address_are_escaped() {
        let base: Url = "https://d.example/api/".parse().unwrap();
        let url = under(&base, &["sandbox", "a/b?c", "stop"]);
        assert_eq!(url.as_str(), "https://d.example/api/sandbox/a%2Fb%3Fc/stop");
    }
}
