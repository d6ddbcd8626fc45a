//! HTTP as a registry needs it: few redirects, none into private networks, bounded bodies.

use std::io::Read as _;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, ETAG, HeaderValue, IF_NONE_MATCH,
};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Response, StatusCode};
use url::{Host, Url};

use crate::{PackagesError, RegistryConfig};

/// The form of a package description without readmes and the like.
const ABBREVIATED: &str = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";
/// All of it, with the time of each version.
const WHOLE: &str = "application/json";
const TRIES: u32 = 3;
const REDIRECTS: usize = 5;

#[derive(Debug)]
pub(super) struct Client(reqwest::Client);

/// Which description of a package.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Short,
    Long,
}

pub(super) enum Answer {
    Body { etag: Option<String>, body: Vec<u8> },
    NotModified,
}

pub(super) enum Failure {
    Missing,
    Other(PackagesError),
}

impl Client {
    pub(super) fn new(config: &RegistryConfig, timeout: Duration) -> Result<Self, PackagesError> {
        let refuse = |key: &str, reason: &str| PackagesError::Config {
            key: key.to_owned(),
            reason: reason.to_owned(),
        };
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("quickvibe/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            .timeout(timeout)
            .redirect(Policy::custom(redirect));
        if let Some(path) = config.cafile() {
            let pem = std::fs::read(path).map_err(|_| refuse("cafile", "it cannot be read"))?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem)
                .map_err(|_| refuse("cafile", "it is not a PEM file of certificates"))?;
            builder = certificates
                .into_iter()
                .fold(builder, reqwest::ClientBuilder::add_root_certificate);
        }
        let client = builder.build();
        Ok(Self(client.map_err(|_| refuse("registry", "no HTTP client can be made for it"))?))
    }

    pub(super) async fn packument(
        &self,
        url: &Url,
        auth: Option<&str>,
        form: Form,
        etag: Option<&str>,
        limit: u64,
        what: &str,
    ) -> Result<Answer, Failure> {
        let form = match form {
            Form::Short => ABBREVIATED,
            Form::Long => WHOLE,
        };
        let accept = [(ACCEPT, form), (ACCEPT_ENCODING, "gzip")];
        let match_header = etag.map(|etag| (IF_NONE_MATCH, etag));
        let mut response =
            self.get(url, auth, accept.into_iter().chain(match_header), what).await?;
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(Answer::NotModified);
        }
        let etag = response.headers().get(ETAG).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let gzip = response.headers().get(CONTENT_ENCODING).is_some_and(|v| v == "gzip");
        let too_large = || Failure::Other(PackagesError::TooLarge { what: what.to_owned(), limit });
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|e| Failure::Other(network(what, &e)))?
        {
            if body.len() as u64 + chunk.len() as u64 > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        if gzip {
            let mut plain = Vec::new();
            let reader = flate2::read::MultiGzDecoder::new(body.as_slice());
            reader.take(limit + 1).read_to_end(&mut plain).map_err(|_| {
                Failure::Other(PackagesError::Network {
                    what: what.to_owned(),
                    reason: "its answer is not valid gzip".to_owned(),
                })
            })?;
            if plain.len() as u64 > limit {
                return Err(too_large());
            }
            body = plain;
        }
        Ok(Answer::Body { etag, body })
    }

    /// Begins a download.
    pub(super) async fn open(
        &self,
        url: &Url,
        auth: Option<&str>,
        what: &str,
    ) -> Result<Response, Failure> {
        self.get(url, auth, [(ACCEPT_ENCODING, "identity")], what).await
    }

    async fn get<'a>(
        &self,
        url: &Url,
        auth: Option<&str>,
        headers: impl IntoIterator<Item = (reqwest::header::HeaderName, &'a str)>,
        what: &str,
    ) -> Result<Response, Failure> {
        let mut request = self.0.get(url.clone());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(auth) = auth.and_then(|a| HeaderValue::from_str(a).ok()) {
            let mut auth = auth;
            auth.set_sensitive(true);
            request = request.header(AUTHORIZATION, auth);
        }
        let request = request.build().map_err(|e| Failure::Other(network(what, &e)))?;
        for attempt in 1.. {
            let Some(again) = request.try_clone() else { break };
            let outcome = self.0.execute(again).await;
            let retry = attempt < TRIES
                && outcome.as_ref().map_or_else(is_passing, |r| {
                    r.status().is_server_error() || r.status() == StatusCode::TOO_MANY_REQUESTS
                });
            if retry {
                tokio::time::sleep(Duration::from_millis(200 * u64::from(attempt))).await;
                continue;
            }
            return check(outcome.map_err(|e| Failure::Other(network(what, &e)))?, what);
        }
        Err(Failure::Missing)
    }
}

fn is_passing(error: &reqwest::Error) -> bool {
    (error.is_connect() || error.is_timeout()) && !error.is_redirect()
}

fn check(response: Response, what: &str) -> Result<Response, Failure> {
    let status = response.status();
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        return Ok(response);
    }
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Failure::Missing),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Err(Failure::Other(PackagesError::Forbidden { what: what.to_owned() }))
        }
        _ => Err(Failure::Other(PackagesError::Network {
            what: what.to_owned(),
            reason: format!("it answered {}", status.as_u16()),
        })),
    }
}

/// A short reason; the library's own text would hold the address.
pub(super) fn network(what: &str, error: &reqwest::Error) -> PackagesError {
    let reason = if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "it cannot be reached"
    } else if error.is_redirect() {
        "it redirects to where it may not"
    } else {
        "the connection broke"
    };
    PackagesError::Network { what: what.to_owned(), reason: reason.to_owned() }
}

fn redirect(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let from = attempt.previous().last();
    let private_start = attempt.previous().first().is_some_and(is_private);
    if attempt.previous().len() > REDIRECTS {
        return attempt.error("too many redirects");
    }
    let to = attempt.url();
    let web = matches!(to.scheme(), "http" | "https");
    let downgrade = from.is_some_and(|from| from.scheme() == "https") && to.scheme() == "http";
    // A registry on this very network may send a client around in it; a public one may not.
    let inward = is_private(to) && !private_start;
    if !web || downgrade || inward { attempt.error("not allowed") } else { attempt.follow() }
}

/// Whether an address is visibly inside a private network.
fn is_private(url: &Url) -> bool {
    match url.host() {
        None => true,
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost") || name.ends_with(".internal")
        }
        Some(Host::Ipv4(ip)) => is_private_ip(ip.into()),
        Some(Host::Ipv6(ip)) => is_private_ip(ip.into()),
    }
}

fn is_private_ip(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                // Shared address space of carriers (RFC 6598).
                || (ip.octets()[0] == 100 && (64..128).contains(&ip.octets()[1]))
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.to_ipv4_mapped().is_some_and(|v4| is_private_ip(v4.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_recognised() {
        for url in [
            "http://localhost/",
            "http://a.localhost:4/",
            "http://127.0.0.1/",
            "http://10.0.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://100.100.0.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[fd00::1]/",
            "http://0x7f000001/",
            "http://metadata.google.internal/",
        ] {
            assert!(is_private(&Url::parse(url).unwrap()), "{url}");
        }
        for url in ["https://registry.example/", "http://8.8.8.8/", "http://[2001:db8::1]/"] {
            assert!(!is_private(&Url::parse(url).unwrap()), "{url}");
        }
    }
}
