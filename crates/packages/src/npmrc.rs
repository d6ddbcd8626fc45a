//! The registry that npm is configured for: environment, the project's and the user's `.npmrc`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::PackagesError;

/// npm's own default.
const PUBLIC_REGISTRY: &str = "https://registry.npmjs.org/";

/// Which registry serves which scope, and the credentials for each address.
#[derive(Debug, Clone)]
pub struct RegistryConfig {
    default: Url,
    scopes: BTreeMap<String, Url>,
    /// `host[:port]/path/` -> the `Authorization` header for it.
    credentials: BTreeMap<String, SecretString>,
    cafile: Option<PathBuf>,
}

impl Default for RegistryConfig {
    fn default() -> Self {
        Self {
            default: public_registry(),
            scopes: BTreeMap::new(),
            credentials: BTreeMap::new(),
            cafile: None,
        }
    }
}

impl RegistryConfig {
    /// Where packages come from whose scope has no registry of its own.
    #[must_use]
    pub const fn default_registry(&self) -> &Url {
        &self.default
    }

    /// Every package from this registry, without credentials.
    ///
    /// # Errors
    /// [`PackagesError::Config`] when it is not an http or https address.
    pub fn at(registry: &str) -> Result<Self, PackagesError> {
        Ok(Self { default: registry_url("registry", registry)?, ..Self::default() })
    }

    /// As npm would find it: `npm_config_registry` (either case), then `.npmrc` of the folder
    /// given, then the user's (or the file that `npm_config_userconfig` names).
    ///
    /// # Errors
    /// [`PackagesError::Config`] names the setting that cannot be used.
    pub fn from_system(project: Option<&Path>) -> Result<Self, PackagesError> {
        let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let user = env("npm_config_userconfig")
            .or_else(|| env("NPM_CONFIG_USERCONFIG"))
            .map(PathBuf::from)
            .or_else(|| {
                env("HOME").or_else(|| env("USERPROFILE")).map(|h| Path::new(&h).join(".npmrc"))
            });
        let project = project.map(|folder| folder.join(".npmrc"));
        let texts: Vec<String> = [user, project]
            .into_iter()
            .flatten()
            .filter_map(|p| std::fs::read_to_string(p).ok())
            .collect();
        let mut config = Self::parse(texts.iter().map(String::as_str), env)?;
        if let Some(registry) = env("npm_config_registry").or_else(|| env("NPM_CONFIG_REGISTRY")) {
            config.default = registry_url("registry", &registry)?;
        }
        if config.cafile.is_none() {
            config.cafile = env("NODE_EXTRA_CA_CERTS").map(PathBuf::from).filter(|p| p.is_file());
        }
        Ok(config)
    }

    /// From the text of `.npmrc` files, weakest first; `env` answers `${NAME}`.
    ///
    /// # Errors
    /// [`PackagesError::Config`] names the setting that cannot be used.
    pub fn parse<'a>(
        texts: impl IntoIterator<Item = &'a str>,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, PackagesError> {
        let mut config = Self::default();
        for line in texts.into_iter().flat_map(str::lines) {
            let line = line.trim();
            if line.starts_with(['#', ';', '[']) {
                continue;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = expand(value.trim().trim_matches('"'), &env);
            config.set(key.trim(), &value)?;
        }
        Ok(config)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), PackagesError> {
        if key == "registry" {
            self.default = registry_url(key, value)?;
        } else if key == "cafile" {
            self.cafile = Some(PathBuf::from(value));
        } else if let Some(scope) = key.strip_suffix(":registry").filter(|k| k.starts_with('@')) {
            self.scopes.insert(scope.to_owned(), registry_url(key, value)?);
        } else if let Some(rest) = key.strip_prefix("//") {
            let Some((address, kind)) = rest.rsplit_once(':') else { return Ok(()) };
            let header = match kind {
                "_authToken" => format!("Bearer {value}"),
                "_auth" => format!("Basic {value}"),
                _ => return Ok(()),
            };
            let address = format!("{}/", address.trim_end_matches('/'));
            self.credentials.insert(address, header.into());
        }
        Ok(())
    }

    /// The registry of a package, always ending in `/`.
    pub(crate) fn registry_of(&self, name: &str) -> &Url {
        let scope = name.split_once('/').map_or("", |(scope, _)| scope);
        self.scopes.get(scope).unwrap_or(&self.default)
    }

    /// The `Authorization` header for an address: only for the host and path that it was set for.
    pub(crate) fn authorization(&self, url: &Url) -> Option<&str> {
        let host = url.host_str()?;
        let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
        let address = format!("{host}{port}{}", url.path());
        self.credentials
            .iter()
            .filter(|(prefix, _)| address.starts_with(prefix.as_str()))
            .max_by_key(|(prefix, _)| prefix.len())
            .map(|(_, header)| header.expose_secret())
    }

    /// The address of an archive. Registries that mirror npm's often leave npm's own host in it:
    /// it is replaced, as npm does. `None` when it lies on a host that is not the registry's.
    pub(crate) fn tarball_url(&self, name: &str, tarball: &str) -> Option<Url> {
        let registry = self.registry_of(name);
        let mut url = Url::parse(tarball).ok()?;
        if url.host_str() == public_registry().host_str() {
            url.set_scheme(registry.scheme()).ok()?;
            url.set_host(registry.host_str()).ok()?;
            url.set_port(registry.port()).ok()?;
        }
        let same = url.host_str() == registry.host_str()
            && url.port_or_known_default() == registry.port_or_known_default()
            && url.scheme() == registry.scheme();
        // Credentials in an address would end up in logs.
        (same && url.username().is_empty() && url.password().is_none()).then_some(url)
    }

    /// A PEM file with further certificate authorities.
    pub(crate) fn cafile(&self) -> Option<&Path> {
        self.cafile.as_deref()
    }
}

#[expect(clippy::expect_used, reason = "a constant, parsed by every test")]
fn public_registry() -> Url {
    Url::parse(PUBLIC_REGISTRY).expect("a valid address")
}

fn registry_url(key: &str, value: &str) -> Result<Url, PackagesError> {
    let refuse =
        |reason: &str| PackagesError::Config { key: key.to_owned(), reason: reason.to_owned() };
    let mut url = Url::parse(value).map_err(|_| refuse("give a full http or https address"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(refuse("give a full http or https address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("keep credentials out of the address: use `//host/:_authToken=`"));
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// Replaces `${NAME}`; an unset name stays as written, as npm leaves it.
fn expand(value: &str, env: &impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some(start) = rest.find("${") {
        let Some(len) = rest[start..].find('}') else { break };
        out.push_str(&rest[..start]);
        let name = &rest[start + 2..start + len];
        match env(name) {
            Some(found) => out.push_str(&found),
            None => out.push_str(&rest[start..=start + len]),
        }
        rest = &rest[start + len + 1..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn config() -> RegistryConfig {
        let user =
            "registry=https://mirror.example/npm\n//mirror.example/npm/:_authToken=${TOKEN}\n";
        let project = "# a comment\n@acme:registry=http://acme.example:4873/\n//acme.example:4873/:_auth=YTpi\n";
        RegistryConfig::parse([user, project], |name| {
            (name == "TOKEN").then(|| "s3cret".to_owned())
        })
        .unwrap()
    }

    #[test]
    fn scopes_have_registries_of_their_own() {
        assert_eq!(config().registry_of("react").as_str(), "https://mirror.example/npm/");
        assert_eq!(config().registry_of("@acme/x").as_str(), "http://acme.example:4873/");
        assert_eq!(config().registry_of("@other/x").as_str(), "https://mirror.example/npm/");
    }

    #[test]
    fn credentials_go_only_to_their_own_host_and_path() {
        let config = config();
        assert_eq!(
            config.authorization(&url("https://mirror.example/npm/react")),
            Some("Bearer s3cret")
        );
        assert_eq!(config.authorization(&url("http://acme.example:4873/x")), Some("Basic YTpi"));
        for other in [
            "https://mirror.example/other",
            "https://mirror.example.evil.example/npm/react",
            "https://evil.example/mirror.example/npm/",
            "https://mirror.example:8443/npm/react",
            "http://acme.example/x",
        ] {
            assert_eq!(config.authorization(&url(other)), None, "{other}");
        }
    }

    #[test]
    fn credentials_are_not_shown() {
        let shown = format!("{:?}", config());
        assert!(!shown.contains("s3cret") && !shown.contains("YTpi"), "{shown}");
    }

    #[test]
    fn archives_come_from_the_registry_only() {
        let config = config();
        let npm = "https://registry.npmjs.org/react/-/react-1.0.0.tgz";
        assert_eq!(
            config.tarball_url("react", npm).unwrap().as_str(),
            "https://mirror.example/react/-/react-1.0.0.tgz"
        );
        assert!(config.tarball_url("react", "https://mirror.example/npm/x.tgz").is_some());
        for evil in [
            "http://mirror.example/x.tgz",
            "https://user:pw@mirror.example/x.tgz",
            "https://evil.example/x.tgz",
            "http://169.254.169.254/latest",
            "file:///etc/passwd",
            "not a url",
        ] {
            assert!(config.tarball_url("react", evil).is_none(), "{evil}");
        }
    }

    #[test]
    fn addresses_that_cannot_be_used_name_the_setting() {
        for bad in ["registry=ftp://x/", "registry=nonsense", "registry=https://a:b@c/"] {
            let error = RegistryConfig::parse([bad], |_| None).unwrap_err();
            assert!(
                matches!(error, PackagesError::Config { ref key, .. } if key == "registry"),
                "{error}"
            );
        }
    }
}
