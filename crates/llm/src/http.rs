//! The HTTP clients: one for each way of dialling, shared by all providers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use qv_domain::Env;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, redirect};
use url::Url;

use crate::address::is_this_machine;
use crate::{AddressPolicy, LlmError};

/// How long a connection may take to come about.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Connections to providers, pooled. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    env: Arc<dyn Env>,
    public: Client,
    loopback: Client,
    private: Client,
    this_machine: Client,
}

impl Http {
    /// New pools. `env` gives the time, by which dates in `retry-after` are understood.
    ///
    /// # Errors
    /// [`LlmError::Network`] when TLS cannot be set up.
    pub fn new(env: Arc<dyn Env>) -> Result<Self, LlmError> {
        use AddressPolicy::{AllowLoopback, AllowPrivate, PublicOnly};
        Ok(Self {
            env,
            // Through a proxy the address that is dialled would be the proxy's to choose.
            public: client(PublicOnly, Proxy::Never)?,
            loopback: client(AllowLoopback, Proxy::FromEnvironment)?,
            private: client(AllowPrivate, Proxy::FromEnvironment)?,
            this_machine: client(AllowLoopback, Proxy::Never)?,
        })
    }

    pub(crate) fn client(&self, policy: AddressPolicy, base_url: &Url) -> &Client {
        match policy {
            AddressPolicy::PublicOnly => &self.public,
            _ if is_this_machine(base_url) => &self.this_machine,
            AddressPolicy::AllowLoopback => &self.loopback,
            AddressPolicy::AllowPrivate => &self.private,
        }
    }

    pub(crate) const fn this_machine(&self) -> &Client {
        &self.this_machine
    }

    pub(crate) fn env(&self) -> &dyn Env {
        &*self.env
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Proxy {
    FromEnvironment,
    Never,
}

fn client(policy: AddressPolicy, proxy: Proxy) -> Result<Client, LlmError> {
    let mut builder = Client::builder()
        .user_agent(concat!("quickvibe/", env!("CARGO_PKG_VERSION")))
        // A redirect would carry the key to wherever it points.
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_LIMIT)
        .tcp_nodelay(true)
        // Servers close idle connections after a minute or more; one that they just closed would fail a call.
        .pool_idle_timeout(Duration::from_secs(45))
        .dns_resolver(Arc::new(Guarded { policy, lookup: SystemLookup }));
    if proxy == Proxy::Never {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| LlmError::Network { message: error.to_string() })
}

/// Looks names up and hands on only what the policy allows. It is asked at each dial, and what it answers is what is
/// dialled, so that a name cannot point elsewhere between check and use.
struct Guarded<L> {
    policy: AddressPolicy,
    lookup: L,
}

trait Lookup: Clone + Send + Sync + 'static {
    fn lookup(&self, host: String)
    -> impl Future<Output = std::io::Result<Vec<SocketAddr>>> + Send;
}

#[derive(Clone)]
struct SystemLookup;

impl Lookup for SystemLookup {
    async fn lookup(&self, host: String) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.collect())
    }
}

impl<L: Lookup> Resolve for Guarded<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let (policy, lookup) = (self.policy, self.lookup.clone());
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let addresses = lookup.lookup(host.clone()).await?;
            // One forbidden address spoils the name: it is either an attack or a mistake.
            if addresses.is_empty() || !addresses.iter().all(|address| policy.allows(address.ip()))
            {
                return Err(policy.refusal(&host).into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// What a failed call of reqwest means. Once a connection stands the request may have arrived, and may be paid for:
/// that is no longer [`LlmError::Network`], which is asked again without a second thought.
pub(crate) fn network_error(error: &reqwest::Error) -> LlmError {
    let mut message = String::new();
    let mut source: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(refused) = cause.downcast_ref::<LlmError>() {
            return refused.clone();
        }
        // The innermost cause is the one that says something: "connection refused".
        message = cause.to_string();
        source = cause.source();
    }
    if !error.is_connect() {
        return LlmError::Truncated;
    }
    if error.is_timeout() {
        message = format!("no connection within {} s", CONNECT_LIMIT.as_secs());
    }
    if message.is_empty() {
        message = "the connection failed".to_owned();
    }
    LlmError::Network { message }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Clone)]
    struct Rebinding(Arc<AtomicUsize>);

    impl Lookup for Rebinding {
        async fn lookup(&self, _host: String) -> std::io::Result<Vec<SocketAddr>> {
            let nth = self.0.fetch_add(1, Ordering::SeqCst);
            let ip = if nth == 0 { "93.184.215.14" } else { "127.0.0.1" };
            Ok(vec![SocketAddr::new(ip.parse().unwrap(), 0)])
        }
    }

    // asvs: 5
    #[tokio::test]
    async fn a_name_that_turns_inward_is_refused_at_the_dial() {
        let guarded = Guarded {
            policy: AddressPolicy::PublicOnly,
            lookup: Rebinding(Arc::new(AtomicUsize::new(0))),
        };
        let name = || "rebind.example".parse::<Name>().unwrap();
        assert_eq!(guarded.resolve(name()).await.unwrap().count(), 1);
        let refused = guarded.resolve(name()).await.err().unwrap();
        assert_eq!(
            refused.downcast_ref::<LlmError>(),
            Some(&LlmError::Address {
                message: "rebind.example may not be called: only public addresses are allowed here"
                    .to_owned()
            })
        );
    }
}
