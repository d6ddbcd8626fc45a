use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use qv_domain::chat::ChatRequest;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::address::parse_base_url;
use crate::body::{Body, Deadline};
use crate::chat::Chat;
use crate::classify::classify;
use crate::decode::Decode;
use crate::fault::Fault;
use crate::http::network_error;
use crate::reader::{self, Call};
use crate::redact::Secrets;
use crate::shape::Shape;
use crate::{
    AddressPolicy, AuthProblem, CallLimits, ChatModel, ChatStream, Credentials, Dialect, Http,
    LlmError, ModelInfo, ProviderKind, anthropic, catalogue, openai, retry_after,
};

/// The longest error body that is read, in bytes.
const MAX_ERROR_BYTES: usize = 64_000;

/// What a model refuses is remembered for so many models of a provider.
const MAX_LEARNED: usize = 256;

/// How one provider is reached.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Who it is.
    pub kind: ProviderKind,
    /// Where it is; `None` for the provider's own address.
    pub base_url: Option<String>,
    /// Sent with every call, after our own headers, which they may replace.
    pub headers: Vec<(String, SecretString)>,
    /// Which addresses it may be at.
    pub addresses: AddressPolicy,
    /// How long and large an answer may be.
    pub limits: CallLimits,
}

impl ProviderConfig {
    /// The provider as it is known, at its own address.
    #[must_use]
    pub const fn new(kind: ProviderKind) -> Self {
        Self {
            kind,
            base_url: None,
            headers: Vec::new(),
            addresses: AddressPolicy::AllowLoopback,
            limits: if kind.is_local() { CallLimits::LOCAL } else { CallLimits::HOSTED },
        }
    }

    /// The same at another address.
    #[must_use]
    pub fn at(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }
}

/// A provider that can be asked. Keep it: it remembers what its models refuse.
#[derive(Debug)]
pub struct Provider {
    kind: ProviderKind,
    base_url: Url,
    at_home: bool,
    headers: HeaderMap,
    secrets: Vec<SecretString>,
    limits: CallLimits,
    client: reqwest::Client,
    http: Http,
    learned: Mutex<HashMap<String, Shape>>,
}

impl Provider {
    /// Checks the configuration; nothing is sent.
    ///
    /// # Errors
    /// [`LlmError::Address`] or [`LlmError::InvalidRequest`], naming what is wrong in it.
    pub fn new(config: ProviderConfig, http: &Http) -> Result<Self, LlmError> {
        let Some(base_url) = config.base_url.as_deref().or(config.kind.base_url()) else {
            return Err(LlmError::Address { message: "it is missing".to_owned() });
        };
        let base_url = parse_base_url(base_url, config.addresses)?;
        let home = config.kind.base_url().and_then(|home| Url::parse(home).ok());
        let mut headers = HeaderMap::new();
        for (name, value) in &config.headers {
            let wrong = || LlmError::InvalidRequest {
                message: format!("the extra header `{}` is malformed", name.escape_debug()),
            };
            let header: HeaderName = name.parse().map_err(|_| wrong())?;
            headers.insert(header, sensitive(value.expose_secret()).ok_or_else(wrong)?);
        }
        Ok(Self {
            kind: config.kind,
            at_home: home.is_some_and(|home| home.host() == base_url.host()),
            client: http.client(config.addresses, &base_url).clone(),
            base_url,
            headers,
            secrets: config.headers.into_iter().map(|(_, value)| value).collect(),
            limits: config.limits,
            http: http.clone(),
            learned: Mutex::default(),
        })
    }

    /// Who it is.
    #[must_use]
    pub const fn kind(&self) -> ProviderKind {
        self.kind
    }

    /// Where it is, as the configuration was understood.
    #[must_use]
    pub const fn base_url(&self) -> &Url {
        &self.base_url
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}/{path}", self.base_url.path().trim_end_matches('/')));
        url
    }

    fn call_headers(&self, credentials: &Credentials) -> Result<HeaderMap, LlmError> {
        let mut headers = HeaderMap::new();
        match (&credentials.key, self.kind.dialect()) {
            (None, _) if self.at_home && self.kind.needs_key() => {
                return Err(LlmError::Auth { problem: AuthProblem::Missing });
            }
            (None, _) => {}
            (Some(key), Dialect::Anthropic) => {
                headers.insert("x-api-key", key_header(key.expose_secret())?);
            }
            (Some(key), Dialect::OpenAi) => {
                headers
                    .insert(AUTHORIZATION, key_header(&format!("Bearer {}", key.expose_secret()))?);
            }
        }
        if self.kind.dialect() == Dialect::Anthropic {
            headers.insert("anthropic-version", HeaderValue::from_static(anthropic::VERSION));
        }
        headers.extend(self.headers.clone());
        Ok(headers)
    }

    fn secrets(&self, credentials: &Credentials) -> Secrets {
        Secrets::new(self.secrets.iter().chain(&credentials.key).cloned())
    }

    /// Sends a request and reads the head of what comes back; the inner error is the provider's.
    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        deadline: Deadline,
        secrets: &Secrets,
    ) -> Result<Result<reqwest::Response, Fault>, LlmError> {
        let response =
            deadline.first(request.send()).await?.map_err(|error| network_error(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(Ok(response));
        }
        let headers = response.headers();
        let asked = retry_after::from_headers(headers, self.http.env().now());
        let request_id = headers.get("request-id").or_else(|| headers.get("x-request-id")).cloned();
        // The status alone says much; a body that does not come changes nothing.
        let body =
            Body::new(response, deadline).text(&[], MAX_ERROR_BYTES).await.unwrap_or_default();
        tracing::warn!(
            provider = self.kind.id(),
            status = status.as_u16(),
            request_id = ?request_id,
            body = %secrets.for_log(&body),
            "a model provider answered with an error"
        );
        let mut fault = Fault::from_body(&body);
        fault.status = Some(status.as_u16());
        fault.retry_after = asked.or(fault.retry_after);
        Ok(Err(fault))
    }

    fn shape(&self, model: &str) -> Shape {
        let learned = self.learned.lock().ok().and_then(|learned| learned.get(model).copied());
        learned.unwrap_or_else(|| Shape::of(self.kind, model))
    }

    fn learn(&self, model: &str, shape: Shape) {
        if let Ok(mut learned) = self.learned.lock()
            && (learned.len() < MAX_LEARNED || learned.contains_key(model))
        {
            learned.insert(model.to_owned(), shape);
        }
    }

    fn body(&self, chat: &Chat<'_>, shape: &Shape) -> (&'static str, Value) {
        match self.kind.dialect() {
            Dialect::Anthropic => ("messages", anthropic::body(chat, shape)),
            Dialect::OpenAi => ("chat/completions", openai::body(chat, shape)),
        }
    }

    fn decoder(&self) -> Box<dyn Decode> {
        match self.kind.dialect() {
            Dialect::Anthropic => Box::new(anthropic::Decoder),
            Dialect::OpenAi => Box::new(openai::Decoder::default()),
        }
    }
}

#[async_trait]
impl ChatModel for Provider {
    async fn stream(
        &self,
        request: &ChatRequest,
        credentials: &Credentials,
    ) -> Result<ChatStream, LlmError> {
        let chat = Chat::new(request)?;
        let headers = self.call_headers(credentials)?;
        let secrets = self.secrets(credentials);
        let deadline = Deadline::start(self.limits);
        let mut shape = self.shape(&request.model);
        loop {
            let (path, body) = self.body(&chat, &shape);
            let call = self.client.post(self.url(path)).headers(headers.clone()).json(&body);
            let fault = match self.send(call, deadline, &secrets).await? {
                Ok(response) => {
                    let call = Call { model: request.model.clone(), secrets, limits: self.limits };
                    return Ok(reader::read(Body::new(response, deadline), self.decoder(), call));
                }
                Err(fault) => fault,
            };
            // Each refusal makes the request smaller, so this ends.
            match shape.after(&fault, self.kind.dialect()) {
                Some(next) => {
                    shape = next;
                    self.learn(&request.model, shape);
                }
                None => return Err(classify(&fault, &request.model, &secrets)),
            }
        }
    }

    async fn models(&self, credentials: &Credentials) -> Result<Vec<ModelInfo>, LlmError> {
        let headers = self.call_headers(credentials)?;
        let secrets = self.secrets(credentials);
        let mut listing = catalogue::Listing::default();
        loop {
            let mut url = self.url("models");
            if self.kind.dialect() == Dialect::Anthropic {
                listing.ask_for_page(&mut url);
            }
            let deadline = Deadline::start(CallLimits { ..catalogue::LIST_LIMITS });
            let call = self.client.get(url).headers(headers.clone());
            let response = self
                .send(call, deadline, &secrets)
                .await?
                .map_err(|fault| classify(&fault, "", &secrets))?;
            let max = catalogue::LIST_LIMITS.response_bytes;
            let text = Body::new(response, deadline).text(&[], max).await?;
            if !listing.add_page(&text)? {
                return Ok(listing.into_models());
            }
        }
    }
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn key_header(text: &str) -> Result<HeaderValue, LlmError> {
    sensitive(text).ok_or(LlmError::Auth { problem: AuthProblem::Rejected })
}
