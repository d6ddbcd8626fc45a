//! Which of our origins a request is for, told by its host.

use std::net::IpAddr;

use axum::http::{HeaderMap, header, uri::Authority};
use qv_domain::PreviewId;
use qv_engine::PreviewOptions;
use qv_wire::PreviewMode;

use crate::ServerConfig;

/// The sub-domain that serves bundled packages to all previews.
const PACKAGES: &str = "packages";
const LOCAL_PREVIEWS: &str = "preview.localhost";
/// Where previews are when the host has no sub-domains.
pub(crate) const OPAQUE_PREVIEWS: &str = "/_preview";
/// Where packages are then.
pub(crate) const OPAQUE_PACKAGES: &str = "/_packages";

/// Which origin a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// The web app and its API.
    App(Origin),
    /// One preview's own origin.
    Preview(PreviewId, Origin),
    /// The shared packages.
    Packages,
    /// A name that is not ours: a stale DNS entry, or an attempt at rebinding.
    Foreign,
}

/// How the web app is reached by whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: &'static str,
    /// Host with port, as in `localhost:4173`.
    host: String,
    /// Under which domain previews are, with port; `None` where there are no sub-domains.
    previews: Option<String>,
}

impl Place {
    pub(crate) fn of(
        headers: &HeaderMap,
        uri_authority: Option<&Authority>,
        config: &ServerConfig,
    ) -> Self {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let authority =
            host.and_then(|host| host.parse::<Authority>().ok()).or_else(|| uri_authority.cloned());
        let Some(authority) = authority else { return Self::Foreign };
        let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
        let port = authority.port().map(|port| format!(":{port}")).unwrap_or_default();
        let scheme = if config.public_url.as_ref().is_some_and(|url| url.scheme() == "https") {
            "https"
        } else {
            "http"
        };
        let domain = config.preview_domain.as_deref().unwrap_or(LOCAL_PREVIEWS);

        if let Some(label) = name.strip_suffix(domain).and_then(|rest| rest.strip_suffix('.')) {
            if label == PACKAGES {
                return Self::Packages;
            }
            let app = match &config.public_url {
                Some(url) => authority_of(url),
                None => format!("localhost{port}"),
            };
            return match label.parse() {
                Ok(id) => {
                    let previews = Some(format!("{domain}{port}"));
                    Self::Preview(id, Origin { scheme, host: app, previews })
                }
                Err(_) => Self::Foreign,
            };
        }
        let local = name == "localhost";
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        let public = config
            .public_url
            .as_ref()
            .and_then(|url| url.host_str())
            .is_some_and(|host| host == name);
        if !local && !address && !public {
            return Self::Foreign;
        }
        let has_subdomains = (local && config.preview_domain.is_none())
            || (public && config.preview_domain.is_some());
        Self::App(Origin {
            scheme: if public { scheme } else { "http" },
            host: format!("{name}{port}"),
            previews: has_subdomains.then(|| format!("{domain}{port}")),
        })
    }
}

fn authority_of(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

impl Origin {
    /// The web app's origin, such as `http://localhost:4173`.
    pub(crate) fn app(&self) -> String {
        format!("{}://{}", self.scheme, self.host)
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether this is the visitor's own machine, which browsers trust without TLS.
    pub(crate) fn is_loopback(&self) -> bool {
        let name = self.host.rsplit_once(':').map_or(self.host.as_str(), |(name, _)| name);
        name == "localhost"
    }

    pub(crate) const fn preview_mode(&self) -> PreviewMode {
        if self.previews.is_some() { PreviewMode::Origin } else { PreviewMode::Opaque }
    }

    /// What may be framed: `frame-src`.
    pub(crate) fn frames(&self) -> String {
        match &self.previews {
            Some(domain) => format!("{}://*.{domain}", self.scheme),
            None => "'self'".to_owned(),
        }
    }

    /// A preview's origin; `null` where it has none.
    pub(crate) fn preview_origin(&self, id: &PreviewId) -> String {
        match &self.previews {
            Some(domain) => format!("{}://{id}.{domain}", self.scheme),
            None => "null".to_owned(),
        }
    }

    /// Where a preview's page is.
    pub(crate) fn preview_url(&self, id: &PreviewId) -> String {
        match &self.previews {
            Some(_) => format!("{}/", self.preview_origin(id)),
            None => format!("{}{OPAQUE_PREVIEWS}/{id}/", self.app()),
        }
    }

    /// How the engine is to write a preview's addresses.
    pub(crate) fn preview_options(&self, id: &PreviewId) -> PreviewOptions {
        match &self.previews {
            Some(domain) => PreviewOptions {
                app_origin: self.app(),
                base: String::new(),
                opaque: false,
                packages_base: format!("{}://{PACKAGES}.{domain}", self.scheme),
            },
            None => PreviewOptions {
                app_origin: self.app(),
                base: format!("{OPAQUE_PREVIEWS}/{id}"),
                opaque: true,
                packages_base: format!("{}{OPAQUE_PACKAGES}", self.app()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "ijklmnopqrstuvwxyz234567ab";

    fn place(host: &str, config: &ServerConfig) -> Place {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        Place::of(&headers, None, config)
    }

    #[test]
    fn localhost_has_previews_on_origins_of_their_own() {
        let config = ServerConfig::default();
        let Place::App(origin) = place("localhost:4173", &config) else { panic!("not the app") };
        let id: PreviewId = ID.parse().unwrap();
        assert_eq!(origin.preview_url(&id), format!("http://{ID}.preview.localhost:4173/"));
        assert_eq!(origin.frames(), "http://*.preview.localhost:4173");
        let Place::Preview(found, around) = place(&format!("{ID}.preview.localhost:4173"), &config)
        else {
            panic!("not a preview")
        };
        assert_eq!((found, around.app()), (id.clone(), "http://localhost:4173".to_owned()));
        assert_eq!(around.preview_options(&id), origin.preview_options(&id));
        assert_eq!(place("packages.preview.localhost:4173", &config), Place::Packages);
    }

    #[test]
    fn addresses_have_opaque_previews_and_foreign_names_nothing() {
        let config = ServerConfig::default();
        for host in ["192.168.1.5:4173", "127.0.0.1:4173", "[::1]:4173"] {
            let Place::App(origin) = place(host, &config) else { panic!("{host} is not the app") };
            assert_eq!(origin.preview_mode(), PreviewMode::Opaque);
        }
        for host in [
            "evil.example",
            "x.preview.localhost:4173",
            "preview.localhost",
            "localhost.evil.example",
        ] {
            assert_eq!(place(host, &config), Place::Foreign, "{host}");
        }
    }

    #[test]
    fn a_public_name_uses_the_preview_domain() {
        let config = ServerConfig {
            public_url: Some("https://build.example.org".parse().unwrap()),
            preview_domain: Some("apps.example.net".to_owned()),
            ..ServerConfig::default()
        };
        let Place::App(origin) = place("build.example.org", &config) else { panic!("not the app") };
        let id: PreviewId = ID.parse().unwrap();
        assert_eq!(origin.preview_url(&id), format!("https://{ID}.apps.example.net/"));
        let Place::Preview(_, around) = place(&format!("{ID}.apps.example.net"), &config) else {
            panic!("not a preview")
        };
        assert_eq!(around.app(), "https://build.example.org");
        assert_eq!(place("other.example.org", &config), Place::Foreign);
    }
}
