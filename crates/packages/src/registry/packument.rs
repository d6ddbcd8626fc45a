//! What a registry says about a package: its versions, their dependencies and checksums.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use nodejs_semver::{Range, Version};
use qv_domain::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::PackagesError;
use crate::integrity::Integrity;
use crate::spec::{Spec, Wanted};

/// One package's description in the abbreviated form. Versions are read only when chosen: some
/// packages have thousands.
#[derive(Debug)]
pub(crate) struct Packument {
    tags: HashMap<String, String>,
    /// When anything in it last changed, where the registry says so.
    pub(super) modified: Option<Timestamp>,
    /// Ascending.
    versions: Vec<(Version, Box<RawValue>)>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, rename = "dist-tags", deserialize_with = "texts")]
    tags: BTreeMap<String, String>,
    versions: HashMap<String, Box<RawValue>>,
    #[serde(default)]
    modified: serde_json::Value,
}

/// One version of a package.
#[derive(Debug, Deserialize)]
pub(crate) struct Manifest {
    #[serde(default, deserialize_with = "texts")]
    pub(crate) dependencies: BTreeMap<String, String>,
    #[serde(default, rename = "optionalDependencies", deserialize_with = "texts")]
    pub(crate) optional: BTreeMap<String, String>,
    #[serde(default, rename = "peerDependencies", deserialize_with = "texts")]
    pub(crate) peers: BTreeMap<String, String>,
    #[serde(default, rename = "peerDependenciesMeta")]
    peers_meta: serde_json::Value,
    #[serde(default)]
    deprecated: serde_json::Value,
    #[serde(default)]
    dist: Dist,
}

#[derive(Debug, Default, Deserialize)]
struct Dist {
    #[serde(default)]
    tarball: String,
    #[serde(default)]
    integrity: String,
    #[serde(default)]
    shasum: String,
}

impl Manifest {
    /// Whether a peer may be absent.
    pub(crate) fn is_optional_peer(&self, name: &str) -> bool {
        self.peers_meta[name]["optional"].as_bool().unwrap_or(false)
    }

    pub(crate) fn tarball(&self) -> &str {
        &self.dist.tarball
    }

    /// The strongest checksum stated.
    pub(crate) fn integrity(&self) -> Option<Integrity> {
        Integrity::parse(&self.dist.integrity)
            .or_else(|| Integrity::from_sha1_hex(&self.dist.shasum))
    }

    fn is_deprecated(&self) -> bool {
        match &self.deprecated {
            serde_json::Value::String(text) => !text.is_empty(),
            serde_json::Value::Bool(flag) => *flag,
            _ => false,
        }
    }
}

impl Packument {
    /// Every version that there is.
    pub(super) fn versions(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter().map(|(version, _)| version)
    }

    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let wire: Wire = serde_json::from_slice(body).ok()?;
        let mut versions: Vec<_> = wire
            .versions
            .into_iter()
            .filter_map(|(text, raw)| Some((Version::parse(text).ok()?, raw)))
            .collect();
        versions.sort_by(|a, b| a.0.cmp(&b.0));
        let modified = serde_json::from_value(wire.modified).ok();
        Some(Self { tags: wire.tags.into_iter().collect(), modified, versions })
    }

    /// Chooses as npm does: the preferred version or `latest` where the range allows it, else the
    /// newest that is not deprecated, else the newest; as if there were none of `without`.
    pub(crate) fn pick(
        &self,
        spec: &Spec,
        preferred: Option<&str>,
        without: &BTreeSet<Version>,
    ) -> Result<(Version, Manifest), PackagesError> {
        let tagged = |tag: &str| {
            let found = self.tags.get(tag).and_then(|version| self.manifest(version));
            found.filter(|(version, _)| !without.contains(version))
        };
        let found = match &spec.wanted {
            Wanted::Range(range) => self.pick_in(range, preferred, without),
            Wanted::Tag(tag) if tag == "latest" => preferred
                .and_then(|version| self.manifest(version))
                .or_else(|| tagged(tag))
                .or_else(|| self.before_latest(without))
                .or_else(|| self.pick_in(&Range::any(), None, without)),
            Wanted::Tag(tag) => tagged(tag),
        };
        found.ok_or_else(|| self.no_match(spec))
    }

    /// The newest finished version before the one that is `latest`: what it was until a moment ago.
    fn before_latest(&self, without: &BTreeSet<Version>) -> Option<(Version, Manifest)> {
        let latest = Version::parse(self.tags.get("latest")?).ok()?;
        let earlier = self.versions.iter().rev().map(|(version, _)| version);
        let earlier =
            earlier.filter(|v| **v < latest && !v.is_prerelease() && !without.contains(v));
        earlier
            .filter_map(|version| self.manifest(&version.to_string()))
            .find(|(_, manifest)| !manifest.is_deprecated())
    }

    fn pick_in(
        &self,
        range: &Range,
        preferred: Option<&str>,
        without: &BTreeSet<Version>,
    ) -> Option<(Version, Manifest)> {
        let fits = |v: &Version| range.satisfies(v) && !without.contains(v);
        let allowed = |text: &str| Version::parse(text).is_ok_and(|v| fits(&v));
        let tagged = self.tags.get("latest").map(String::as_str);
        for version in [preferred, tagged].into_iter().flatten().filter(|v| allowed(v)) {
            if let Some(found) = self.manifest(version) {
                return Some(found);
            }
        }
        let mut deprecated = None;
        for (version, raw) in self.versions.iter().rev().filter(|(v, _)| fits(v)) {
            let Ok(manifest) = serde_json::from_str::<Manifest>(raw.get()) else { continue };
            if !manifest.is_deprecated() {
                return Some((version.clone(), manifest));
            }
            deprecated.get_or_insert((version.clone(), manifest));
        }
        deprecated
    }

    fn manifest(&self, version: &str) -> Option<(Version, Manifest)> {
        let version = Version::parse(version).ok()?;
        let at = self.versions.binary_search_by(|(v, _)| v.cmp(&version)).ok()?;
        Some((version, serde_json::from_str(self.versions[at].1.get()).ok()?))
    }

    fn no_match(&self, spec: &Spec) -> PackagesError {
        let stable = self.versions.iter().rev().filter(|(v, _)| !v.is_prerelease());
        let mut newest: Vec<String> = stable.take(5).map(|(v, _)| v.to_string()).collect();
        if newest.is_empty() {
            newest = self.versions.iter().rev().take(5).map(|(v, _)| v.to_string()).collect();
        }
        PackagesError::NoMatchingVersion {
            name: spec.name.clone(),
            range: spec.text.clone(),
            newest,
        }
    }
}

/// A map of texts; whatever else stands there (old packages have arrays) counts as empty.
fn texts<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let serde_json::Value::Object(map) = serde_json::Value::deserialize(from)? else {
        return Ok(BTreeMap::new());
    };
    let text = |(key, value): (String, serde_json::Value)| Some((key, value.as_str()?.to_owned()));
    Ok(map.into_iter().filter_map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packument() -> Packument {
        let body = r#"{
            "name": "x",
            "dist-tags": {"latest": "2.1.0", "next": "3.0.0-beta.1"},
            "versions": {
                "1.0.0": {"dependencies": []},
                "1.2.0": {},
                "1.3.0": {"deprecated": "broken"},
                "2.0.0": {}, "2.1.0": {}, "2.2.0": {},
                "3.0.0-beta.1": {},
                "not-a-version": {}
            }
        }"#;
        Packument::parse(body.as_bytes()).unwrap()
    }

    fn pick(range: &str, preferred: Option<&str>) -> String {
        without(range, preferred, &[])
    }

    fn without(range: &str, preferred: Option<&str>, young: &[&str]) -> String {
        let young = young.iter().map(|text| Version::parse(text).unwrap()).collect();
        let spec = Spec::parse("x", range).unwrap();
        packument().pick(&spec, preferred, &young).unwrap().0.to_string()
    }

    #[test]
    fn versions_that_are_too_young_are_passed_over() {
        assert_eq!(without("latest", None, &["2.1.0"]), "2.0.0");
        assert_eq!(without("^2.0.0", None, &["2.1.0"]), "2.2.0");
        assert_eq!(without("*", None, &["2.1.0", "2.0.0"]), "1.2.0");
        let only = Spec::parse("x", "2.2.0").unwrap();
        let young = BTreeSet::from([Version::parse("2.2.0").unwrap()]);
        assert!(packument().pick(&only, None, &young).is_err());
    }

    #[test]
    fn versions_are_chosen_as_npm_does() {
        assert_eq!(pick("^2.0.0", None), "2.1.0", "latest before newer");
        assert_eq!(pick("^1.0.0", None), "1.2.0", "not the deprecated one");
        assert_eq!(pick("1.3.0", None), "1.3.0", "unless nothing else fits");
        assert_eq!(pick("next", None), "3.0.0-beta.1");
        assert_eq!(pick("*", None), "2.1.0");
        assert_eq!(pick("^2.0.0", Some("2.2.0")), "2.2.0", "the preferred one");
        assert_eq!(pick("^1.0.0", Some("2.2.0")), "1.2.0", "only where it fits");
        assert_eq!(pick("latest", Some("2.0.0")), "2.0.0");
    }

    #[test]
    fn no_match_lists_the_newest() {
        let error =
            packument().pick(&Spec::parse("x", "^9").unwrap(), None, &BTreeSet::new()).unwrap_err();
        let PackagesError::NoMatchingVersion { newest, .. } = &error else { panic!("{error}") };
        assert_eq!(newest, &["2.2.0", "2.1.0", "2.0.0", "1.3.0", "1.2.0"]);
    }

    #[test]
    fn nonsense_is_no_packument() {
        for body in ["", "[]", "{\"versions\": 3}", "<html>"] {
            assert!(Packument::parse(body.as_bytes()).is_none(), "{body}");
        }
    }
}
