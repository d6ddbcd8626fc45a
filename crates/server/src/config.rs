use ipnet::IpNet;
use url::Url;

use crate::limits::Rates;

/// How the server is reached.
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    /// The address that people use, when it is not the one that the server listens on: behind a proxy, or with a
    /// name of its own. Its host is then the only name that is answered besides this machine's own.
    pub public_url: Option<Url>,
    /// The domain under which every preview has a sub-domain. A registrable domain of its own; `preview.localhost`
    /// when nothing is said and the app is reached as `localhost`.
    pub preview_domain: Option<String>,
    /// The networks of proxies that say truly for whom they ask, in `X-Forwarded-For`. None: the connection's address
    /// counts.
    pub trusted_proxies: Vec<IpNet>,
    /// How often one caller may change things.
    pub rates: Rates,
}
