use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use url::Url;

use super::Refusal;
use super::address::Reach;
use super::head::{Authority, Head, Host};
use crate::SandboxError;

/// How many of a name's addresses are tried.
const MOST_ADDRESSES: usize = 4;

/// Whom a sandbox may call, and within which bounds.
#[derive(Debug)]
pub struct Policy {
    registry: Authority,
    /// Requests in absolute form are passed on; otherwise only tunnels are.
    plain: bool,
    reach: Reach,
    resolver: Arc<dyn Resolve>,
    limits: EgressLimits,
    passed: AtomicU64,
    refused: AtomicU64,
}

/// Looks names up.
#[async_trait]
pub trait Resolve: fmt::Debug + Send + Sync {
    /// The addresses of a name.
    ///
    /// # Errors
    /// When there are none.
    async fn resolve(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// Asks the host's own resolver.
#[derive(Debug)]
struct System;

#[async_trait]
impl Resolve for System {
    async fn resolve(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, port)).await?.collect())
    }
}

/// What one sandbox may use of the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EgressLimits {
    /// Connections at once.
    pub connections: usize,
    /// The length of a head.
    pub head_bytes: usize,
    /// How long a head may take.
    pub head_time: Duration,
    /// How long resolving and connecting may take together.
    pub connect_time: Duration,
    /// How long nothing may move on a connection.
    pub idle_time: Duration,
    /// How long a connection may last.
    pub life_time: Duration,
    /// What a connection may send.
    pub sent_bytes: u64,
    /// What a connection may receive.
    pub received_bytes: u64,
}

impl Default for EgressLimits {
    fn default() -> Self {
        Self {
            connections: 64,
            head_bytes: 16 << 10,
            head_time: Duration::from_secs(10),
            connect_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(60),
            life_time: Duration::from_secs(15 * 60),
            sent_bytes: 16 << 20,
            received_bytes: 2 << 30,
        }
    }
}

/// What has passed a [`Policy`], of all sandboxes that share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EgressCounts {
    /// Connections to the registry.
    pub passed: u64,
    /// Refusals, of any kind.
    pub refused: u64,
}

impl Policy {
    /// Only the registry at `url`. When the operator named it, it may lie on this machine or in a private network, and
    /// then exactly its host and port may be reached there.
    ///
    /// # Errors
    /// `InvalidSpec` when the address is none that a sandbox may ever reach.
    pub fn registry(url: &Url, operator_configured: bool) -> Result<Self, SandboxError> {
        let refuse = |why: &str| SandboxError::InvalidSpec {
            message: format!("the npm registry's address cannot be used: {why}"),
        };
        let plain = match url.scheme() {
            "http" => true,
            "https" => false,
            _ => return Err(refuse("it must begin with https:// or http://")),
        };
        let host = match url.host() {
            Some(url::Host::Domain(name)) => Host::Name(name.to_ascii_lowercase()),
            Some(url::Host::Ipv4(ip)) => Host::Ip(ip.into()),
            Some(url::Host::Ipv6(ip)) => Host::Ip(ip.into()),
            None => return Err(refuse("it has no host")),
        };
        let reach = if operator_configured { Reach::Private } else { Reach::Public };
        if let Host::Ip(ip) = host
            && !reach.allows(ip)
        {
            return Err(refuse("no sandbox may reach it"));
        }
        let port = url.port_or_known_default().ok_or_else(|| refuse("it has no port"))?;
        Ok(Self {
            registry: Authority { host, port },
            plain,
            reach,
            resolver: Arc::new(System),
            limits: EgressLimits::default(),
            passed: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        })
    }

    /// Asks another resolver.
    #[must_use]
    pub fn with_resolver(mut self, resolver: Arc<dyn Resolve>) -> Self {
        self.resolver = resolver;
        self
    }

    /// Sets other bounds.
    #[must_use]
    pub const fn with_limits(mut self, limits: EgressLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The bounds.
    #[must_use]
    pub const fn limits(&self) -> &EgressLimits {
        &self.limits
    }

    /// What has passed and what was refused so far.
    #[must_use]
    pub fn counts(&self) -> EgressCounts {
        EgressCounts {
            passed: self.passed.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    /// Judges a request by what it says.
    pub(super) fn judge(&self, head: &Head) -> Result<(), Refusal> {
        let to = match head {
            Head::Tunnel(to) => to,
            Head::Plain(request) if self.plain => {
                if !matches!(request.method.as_str(), "GET" | "HEAD" | "POST") {
                    return Err(Refusal::Method);
                }
                if request.body.is_some_and(|bytes| bytes > self.limits.sent_bytes) {
                    return Err(Refusal::Body);
                }
                &request.to
            }
            Head::Plain(_) => return Err(Refusal::NotAllowed),
        };
        if *to == self.registry { Ok(()) } else { Err(Refusal::NotAllowed) }
    }

    /// The addresses of the registry that may be dialled.
    pub(super) async fn addresses(&self) -> Result<Vec<SocketAddr>, Refusal> {
        let port = self.registry.port;
        let found = match &self.registry.host {
            Host::Ip(ip) => vec![SocketAddr::new(*ip, port)],
            Host::Name(name) => {
                self.resolver.resolve(name, port).await.map_err(|_| Refusal::Unresolved)?
            }
        };
        if found.is_empty() {
            return Err(Refusal::Unresolved);
        }
        // A resolver says an address; the port is the policy's.
        let allowed: Vec<SocketAddr> = found
            .into_iter()
            .map(|address| address.ip())
            .filter(|ip| self.reach.allows(*ip))
            .map(|ip| SocketAddr::new(ip, port))
            .take(MOST_ADDRESSES)
            .collect();
        if allowed.is_empty() { Err(Refusal::Address) } else { Ok(allowed) }
    }

    pub(super) fn count_passed(&self) {
        self.passed.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a refusal and tells how many there were before.
    pub(super) fn count_refused(&self) -> u64 {
        self.refused.fetch_add(1, Ordering::Relaxed)
    }
}
