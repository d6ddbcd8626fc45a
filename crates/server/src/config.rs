use url::Url;

/// How the server is reached.
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    /// The address that people use, when it is not the one that the server listens on: behind a proxy, or with a
    /// name of its own. Its host is then the only name that is answered besides this machine's own.
    pub public_url: Option<Url>,
    /// The domain under which every preview has a sub-domain. A registrable domain of its own; `preview.localhost`
    /// when nothing is said and the app is reached as `localhost`.
    pub preview_domain: Option<String>,
}
