//! The npm registry: package descriptions and archives, bounded, cached, with credentials.

mod age;
mod cache;
mod http;
mod packument;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use qv_domain::Env;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;
use url::Url;

pub(crate) use self::packument::{Manifest, Packument};
use crate::config::Config;
use crate::integrity::Integrity;
use crate::spec::check_name;
use crate::{Limits, PackagesError, RegistryConfig};

/// Requests under way at once, as many as npm makes.
const CONNECTIONS: usize = 15;

/// A client of the configured registry.
#[derive(Debug)]
pub(crate) struct Registry {
    http: http::Client,
    config: RegistryConfig,
    limits: Limits,
    offline: bool,
    cache: PathBuf,
    env: Arc<dyn Env>,
    connections: Semaphore,
}

impl Registry {
    pub(crate) fn new(config: &Config, env: Arc<dyn Env>) -> Result<Self, PackagesError> {
        Ok(Self {
            http: http::Client::new(&config.registry, config.limits.request_time)?,
            config: config.registry.clone(),
            limits: config.limits.clone(),
            offline: config.offline,
            cache: config.cache_dir.join("packuments"),
            env,
            connections: Semaphore::new(CONNECTIONS),
        })
    }

    /// What the registry says about a package: from the cache while that is young, asked again
    /// with its ETag when it is not, and from the cache again when the network fails.
    ///
    /// # Errors
    /// [`PackagesError::InvalidName`] for what npm would not take as a name: nothing is asked then.
    pub(crate) async fn packument(&self, name: &str) -> Result<Arc<Packument>, PackagesError> {
        check_name(name)?;
        let registry = self.config.registry_of(name);
        let entry = cache::Entry::at(&self.cache, registry, name);
        let now = self.env.now();
        let cached = entry.read(self.limits.packument_bytes).await;
        if let Some(cached) = &cached
            && (self.offline || now.since(cached.fetched_at) < self.limits.packument_age)
            && let Some(packument) = Packument::parse(&cached.body)
        {
            return Ok(Arc::new(packument));
        }
        if self.offline {
            return Err(PackagesError::Offline { what: format!("the package `{name}`") });
        }
        match self
            .ask(name, http::Form::Short, cached.as_ref().and_then(|c| c.etag.as_deref()))
            .await
        {
            Ok(http::Answer::Body { etag, body }) => {
                let packument = Packument::parse(&body).ok_or_else(|| PackagesError::Network {
                    what: format!("the package `{name}`"),
                    reason: "its answer is not a package description".to_owned(),
                })?;
                entry.write(etag, now, body).await;
                Ok(Arc::new(packument))
            }
            Ok(http::Answer::NotModified) => {
                let unreadable = || PackagesError::Network {
                    what: format!("the package `{name}`"),
                    reason: "the cached description is unreadable".to_owned(),
                };
                let cached = cached.ok_or_else(unreadable)?;
                let Some(packument) = Packument::parse(&cached.body) else {
                    entry.forget().await;
                    return Err(unreadable());
                };
                entry.write(cached.etag, now, cached.body).await;
                Ok(Arc::new(packument))
            }
            Err(error @ PackagesError::Network { .. }) => {
                let stale = cached.and_then(|c| Packument::parse(&c.body)).ok_or(error)?;
                tracing::warn!(package = name, "the npm registry fails: its last answer is used");
                Ok(Arc::new(stale))
            }
            Err(error) => Err(error),
        }
    }

    async fn ask(
        &self,
        name: &str,
        form: http::Form,
        etag: Option<&str>,
    ) -> Result<http::Answer, PackagesError> {
        check_name(name)?;
        let what = format!("the package `{name}`");
        let url = address(self.config.registry_of(name), name).ok_or_else(|| {
            let reason = "its address is not one of the registry's".to_owned();
            PackagesError::Network { what: what.clone(), reason }
        })?;
        let _slot = self.connections.acquire().await;
        let auth = self.config.authorization(&url);
        match self.http.packument(&url, auth, form, etag, self.limits.packument_bytes, &what).await
        {
            Err(http::Failure::Missing) => {
                Err(PackagesError::NotFound { name: name.to_owned(), similar: None })
            }
            Err(http::Failure::Other(error)) => Err(error),
            Ok(answer) => Ok(answer),
        }
    }

    /// Downloads an archive into `file`, verifying it as it comes.
    pub(crate) async fn tarball(
        &self,
        package: &str,
        name: &str,
        url: &str,
        integrity: &Integrity,
        file: &Path,
    ) -> Result<(), PackagesError> {
        let what = format!("the archive of `{package}`");
        if self.offline {
            return Err(PackagesError::Offline { what });
        }
        let url = self.config.tarball_url(name, url).ok_or_else(|| PackagesError::BadArchive {
            package: package.to_owned(),
            reason: "it lies on a host that is not the registry".to_owned(),
        })?;
        let _slot = self.connections.acquire().await;
        let auth = self.config.authorization(&url);
        let mut body = match self.http.open(&url, auth, &what).await {
            Ok(response) => response,
            Err(http::Failure::Missing) => {
                return Err(PackagesError::Network { what, reason: "it is gone".to_owned() });
            }
            Err(http::Failure::Other(error)) => return Err(error),
        };
        let io = PackagesError::cache("write a download");
        let mut out = match tokio::fs::File::create(file).await {
            Ok(out) => out,
            Err(error) => return Err(io(error)),
        };
        let mut hasher = integrity.hasher();
        let mut size = 0_u64;
        while let Some(chunk) = body.chunk().await.map_err(|e| http::network(&what, &e))? {
            size += chunk.len() as u64;
            if size > self.limits.tarball_bytes {
                return Err(PackagesError::TooLarge { what, limit: self.limits.tarball_bytes });
            }
            hasher.update(&chunk);
            out.write_all(&chunk).await.map_err(PackagesError::cache("write a download"))?;
        }
        out.flush().await.map_err(PackagesError::cache("write a download"))?;
        if hasher.matches(integrity) {
            Ok(())
        } else {
            Err(PackagesError::IntegrityMismatch { package: package.to_owned() })
        }
    }
}

/// Where a registry describes a package. `None` where that is no address below the registry's own: names come from
/// people's files, and some are read as whole addresses.
fn address(registry: &Url, name: &str) -> Option<Url> {
    let url = registry.join(&name.replace('/', "%2f")).ok()?;
    (url.origin() == registry.origin() && url.path().starts_with(registry.path())).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_away_from_the_registry() {
        let registry = Url::parse("https://npm.example/mirror/").unwrap();
        for (name, whole) in [("react", "react"), ("@a/b", "@a%2fb")] {
            let url = address(&registry, name).unwrap();
            assert_eq!(url.as_str(), format!("https://npm.example/mirror/{whole}"));
        }
        for name in [
            r"http:169.254.169.254\latest",
            r"\\other.example\x",
            r"\x",
            "..",
            r"..\x",
            "file:x",
            "http://other.example",
        ] {
            assert_eq!(address(&registry, name), None, "{name}");
        }
    }
}
