//! How long ago versions were published: what is very new has been looked at by nobody.
//!
//! The short description of a package says when anything in it last changed. Only when that is recent is the long one
//! asked for, which has a time for each version; of it the times alone are kept. A registry that does not say, or cannot
//! be asked, makes nothing young.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use nodejs_semver::Version;
use qv_domain::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Packument, Registry, cache, http};

#[derive(Deserialize)]
struct Wire {
    time: BTreeMap<String, Value>,
}

impl Registry {
    /// The versions of a package that were published less than `age` ago. One that the registry gives no time for,
    /// while it gives others', may be as new.
    pub(crate) async fn younger(
        &self,
        name: &str,
        packument: &Packument,
        age: Duration,
    ) -> BTreeSet<Version> {
        let now = self.env.now();
        let recent = packument.modified.is_some_and(|changed| now.since(changed) < age);
        if age.is_zero() || !recent {
            return BTreeSet::new();
        }
        let times = self.times(name).await.unwrap_or_default();
        if times.is_empty() {
            return BTreeSet::new();
        }
        let old: BTreeSet<Version> = times
            .into_iter()
            .filter(|(_, at)| now.since(*at) >= age)
            .filter_map(|(version, _)| Version::parse(version).ok())
            .collect();
        packument.versions().filter(|version| !old.contains(version)).cloned().collect()
    }

    /// When each version was published: asked once in the time that a description is good for.
    async fn times(&self, name: &str) -> Option<BTreeMap<String, Timestamp>> {
        let registry = self.config.registry_of(name);
        let entry = cache::Entry::at(&self.cache, registry, &format!("{name}#times"));
        let now = self.env.now();
        let cached = entry.read(self.limits.packument_bytes).await;
        if let Some(cached) = cached
            && (self.offline || now.since(cached.fetched_at) < self.limits.packument_age)
        {
            return serde_json::from_slice(&cached.body).ok();
        }
        if self.offline {
            return None;
        }
        let body = match self.ask(name, http::Form::Long, None).await {
            Ok(http::Answer::Body { body, .. }) => body,
            Ok(http::Answer::NotModified) => return None,
            Err(error) => {
                tracing::warn!(package = name, %error, "when its versions were published is not known");
                return None;
            }
        };
        let wire: Wire = serde_json::from_slice(&body).ok()?;
        let times: BTreeMap<String, Timestamp> = wire
            .time
            .into_iter()
            .filter_map(|(version, at)| Some((version, serde_json::from_value(at).ok()?)))
            .collect();
        entry.write(None, now, serde_json::to_vec(&times).ok()?).await;
        Some(times)
    }
}
