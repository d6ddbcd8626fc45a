//! How what listens in a sandbox is reached, and what of its answers becomes another in a preview.

use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyDataStream, BodyExt as _};
use hyper::body::Body;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use url::Url;

use crate::{Result, SandboxError};

/// What an app answers, as it comes.
pub type AnswerBody = UnsyncBoxBody<Bytes, SandboxError>;

/// How to reach what listens inside a sandbox.
#[derive(Debug, Clone)]
pub enum PreviewTarget {
    /// By connections that the engine makes; plain HTTP/1.1 is spoken on them.
    Dial(Arc<dyn Dialer>),
    /// By an address of the engine's.
    Http {
        /// Where `/` is.
        base: Url,
        /// What every request must carry. Values that are secret are marked so.
        headers: HeaderMap,
    },
}

impl PreviewTarget {
    /// Asks what listens there. An answer of `101 Switching Protocols` is turned into its connection by
    /// `hyper::upgrade::on`.
    ///
    /// # Errors
    /// `Transient` when nothing listens, or what listens does not speak HTTP.
    pub async fn send<B>(&self, request: Request<B>) -> Result<Response<AnswerBody>>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: fmt::Display,
    {
        match self {
            Self::Dial(dialer) => by_connection(dialer.dial().await?, request).await,
            Self::Http { base, headers } => by_address(base, headers, request).await,
        }
    }
}

async fn by_connection<B>(
    connection: Box<dyn Connection>,
    request: Request<B>,
) -> Result<Response<AnswerBody>>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: fmt::Display,
{
    let request = request.map(boxed);
    let connection = TokioIo::new(connection);
    let (mut sender, speaking) =
        hyper::client::conn::http1::handshake(connection).await.map_err(broken)?;
    tokio::spawn(async move {
        if let Err(error) = speaking.with_upgrades().await {
            tracing::debug!(%error, "a connection to an app's machine broke");
        }
    });
    let answer = sender.send_request(request).await.map_err(broken)?;
    Ok(answer.map(boxed))
}

async fn by_address<B>(
    base: &Url,
    headers: &HeaderMap,
    request: Request<B>,
) -> Result<Response<AnswerBody>>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: fmt::Display,
{
    let (parts, body) = request.into_parts();
    let mut address = base.clone();
    address.set_path(parts.uri.path());
    address.set_query(parts.uri.query());
    let mut sent = parts.headers;
    sent.remove(header::HOST);
    sent.remove(header::CONTENT_LENGTH);
    for (name, value) in headers {
        sent.insert(name.clone(), value.clone());
    }
    let mut asked = client()?.request(parts.method, address).headers(sent);
    if body.size_hint().exact() != Some(0) {
        asked = asked.body(reqwest::Body::wrap_stream(BodyDataStream::new(boxed(body))));
    }
    // Without its address, which may hold a token.
    let answer = asked.send().await.map_err(|error| broken(error.without_url()))?;
    Ok(Response::from(answer).map(boxed))
}

/// One for all: what it has of connections and certificates is kept.
fn client() -> Result<&'static reqwest::Client> {
    static CLIENT: OnceLock<reqwest::Result<reqwest::Client>> = OnceLock::new();
    let made = CLIENT.get_or_init(|| {
        let redirects = reqwest::redirect::Policy::none();
        reqwest::Client::builder().redirect(redirects).http1_only().build()
    });
    made.as_ref().map_err(broken)
}

fn boxed<B>(body: B) -> AnswerBody
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: fmt::Display,
{
    body.map_err(broken).boxed_unsync()
}

fn broken(error: impl fmt::Display) -> SandboxError {
    SandboxError::Transient { message: error.to_string() }
}

/// An app's redirect as its preview sees it: one to its own address in the sandbox stays within the preview.
#[must_use]
pub fn location(location: &str, port: u16) -> String {
    let own = [format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}")];
    match own.iter().find_map(|own| location.strip_prefix(own.as_str())) {
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        // Another port begins with the same digits.
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => location.to_owned(),
        Some(rest) => format!("/{rest}"),
        None => location.to_owned(),
    }
}

/// An app's cookie, for its own origin only: a domain would give it to other apps' previews.
#[must_use]
pub fn cookie(cookie: &str) -> String {
    let parts = cookie.split(';').map(str::trim).filter(|part| {
        let name = part.split('=').next().unwrap_or_default().trim();
        !name.eq_ignore_ascii_case("domain")
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// Makes connections into a sandbox.
#[async_trait]
pub trait Dialer: fmt::Debug + Send + Sync {
    /// A new connection to the port that the target was asked for.
    ///
    /// # Errors
    /// `Transient` when nothing listens.
    async fn dial(&self) -> Result<Box<dyn Connection>>;
}

/// Bytes in both directions.
pub trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_stay_with_their_app() {
        assert_eq!(cookie("a=1; Domain=preview.localhost; Path=/"), "a=1; Path=/");
        assert_eq!(cookie("a=1;domain = .x;HttpOnly"), "a=1; HttpOnly");
        assert_eq!(cookie("domain=1; Path=/"), "Path=/");
    }

    #[test]
    fn redirects_to_itself_stay_within_the_preview() {
        for (from, to) in [
            ("http://localhost:300/a?b", "/a?b"),
            ("http://127.0.0.1:300", "/"),
            ("http://localhost:300?a", "/?a"),
            ("http://localhost:3000/a", "http://localhost:3000/a"),
            ("/a", "/a"),
            ("https://example.com/a", "https://example.com/a"),
        ] {
            assert_eq!(location(from, 300), to);
        }
    }
}
