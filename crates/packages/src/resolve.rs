//! Chooses versions, breadth first, as npm would lay them out: a version already chosen is used
//! wherever it fits, peers share one, and a framework is there only once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use nodejs_semver::Version;

use crate::lock::{Lock, LockedPackage, PackageId, Warning};
use crate::registry::{Manifest, Packument, Registry};
use crate::spec::{Spec, Wanted};
use crate::{Limits, PackagesError};

/// Packages that break when an app has two of them.
const ONLY_ONCE: &[&str] = &["react", "react-dom", "vue", "svelte", "preact", "solid-js"];

/// What is to be resolved.
pub(crate) struct Wish<'a> {
    /// The app's dependencies, name -> range.
    pub(crate) dependencies: &'a BTreeMap<String, String>,
    /// The ones that are needed now; the others only say which version a peer gets.
    pub(crate) needed: BTreeSet<String>,
    /// Versions to choose where a range allows them, name -> version.
    pub(crate) preferred: &'a BTreeMap<String, String>,
    /// How long a version must have been out.
    pub(crate) minimum_age: Duration,
}

/// Resolves within the limits, time included.
pub(crate) async fn resolve(
    registry: &Registry,
    limits: &Limits,
    wish: &Wish<'_>,
) -> Result<Lock, PackagesError> {
    let work = Resolver::new(registry, limits, wish).run();
    tokio::time::timeout(limits.resolve_time, work).await.unwrap_or(Err(PackagesError::TimedOut {
        what: "choosing package versions",
        limit: limits.resolve_time,
    }))
}

struct Resolver<'a> {
    registry: &'a Registry,
    limits: &'a Limits,
    wish: &'a Wish<'a>,
    /// `None` where the registry has nothing of that name.
    packuments: HashMap<String, Option<Described>>,
    nodes: Vec<Node>,
    /// Nodes of each name, in the order of their choice: the first is the shared one.
    by_name: HashMap<String, Vec<usize>>,
    roots: BTreeMap<String, usize>,
    /// Edges that never install anything, linked at the end where their target is there.
    optional: Vec<Edge>,
    warnings: Vec<Warning>,
}

/// A package's description, and its versions that came out too recently.
#[derive(Clone)]
struct Described {
    packument: Arc<Packument>,
    young: Arc<BTreeSet<Version>>,
}

struct Node {
    name: String,
    version: Version,
    locked: LockedPackage,
    edges: BTreeMap<String, usize>,
    depth: usize,
}

/// "`from` needs `alias` as `spec`"; the app itself is `from: None`.
struct Edge {
    from: Option<usize>,
    alias: String,
    spec: Spec,
    peer: bool,
}

impl<'a> Resolver<'a> {
    fn new(registry: &'a Registry, limits: &'a Limits, wish: &'a Wish<'a>) -> Self {
        Self {
            registry,
            limits,
            wish,
            packuments: HashMap::new(),
            nodes: Vec::new(),
            by_name: HashMap::new(),
            roots: BTreeMap::new(),
            optional: Vec::new(),
            warnings: Vec::new(),
        }
    }

    async fn run(mut self) -> Result<Lock, PackagesError> {
        let mut level = Vec::new();
        for name in &self.wish.needed {
            level.push(self.root_edge(name)?);
        }
        // Peers wait until nothing else is open: by then the version they share is chosen.
        let mut peers = Vec::new();
        while !level.is_empty() || !peers.is_empty() {
            if level.is_empty() {
                level = std::mem::take(&mut peers);
            }
            self.fetch(&level).await?;
            let mut next = Vec::new();
            for edge in level {
                if let Some((node, manifest)) = self.place(&edge)? {
                    self.expand(node, &manifest, &mut next, &mut peers);
                }
            }
            level = next;
        }
        self.link_optional();
        Ok(self.into_lock())
    }

    fn root_edge(&self, name: &str) -> Result<Edge, PackagesError> {
        let text = self.wish.dependencies.get(name).map_or("latest", String::as_str);
        Ok(Edge { from: None, alias: name.to_owned(), spec: Spec::parse(name, text)?, peer: false })
    }

    /// Gets the descriptions that this level will choose from, side by side.
    async fn fetch(&mut self, level: &[Edge]) -> Result<(), PackagesError> {
        let mut names = BTreeMap::new();
        for edge in level.iter().filter(|edge| self.existing(edge).is_none()) {
            *names.entry(self.effective(edge)?.name).or_insert(false) |= edge.from.is_none();
        }
        names.retain(|name, _| !self.packuments.contains_key(name));
        if self.packuments.len() + names.len() > self.limits.packages {
            return Err(self.too_many());
        }
        let (registry, age) = (self.registry, self.wish.minimum_age);
        let fetched = names.into_iter().map(|(name, direct)| async move {
            match registry.packument(&name).await {
                Ok(packument) => {
                    let young = Arc::new(registry.younger(&name, &packument, age).await);
                    Ok((name, Some(Described { packument, young })))
                }
                // What is only needed further down may not be needed by this app at all.
                Err(PackagesError::NotFound { .. }) if !direct => Ok((name, None)),
                Err(error) => Err(error),
            }
        });
        self.packuments.extend(try_join_all(fetched).await?);
        Ok(())
    }

    fn too_many(&self) -> PackagesError {
        PackagesError::TooMany { what: "packages", limit: self.limits.packages }
    }

    /// What an edge installs: a peer that the app lists itself comes in the app's range.
    fn effective(&self, edge: &Edge) -> Result<Spec, PackagesError> {
        match self.wish.dependencies.get(&edge.alias) {
            Some(text) if edge.peer => Spec::parse(&edge.alias, text),
            _ => Ok(edge.spec.clone()),
        }
    }

    /// A chosen version that an edge can share.
    fn existing(&self, edge: &Edge) -> Option<usize> {
        let chosen = self.by_name.get(&edge.spec.name)?;
        if edge.peer || ONLY_ONCE.contains(&edge.spec.name.as_str()) {
            return chosen.first().copied();
        }
        chosen.iter().copied().find(|at| self.fits(*at, &edge.spec))
    }

    fn fits(&self, node: usize, spec: &Spec) -> bool {
        match &spec.wanted {
            Wanted::Range(range) => range.satisfies(&self.nodes[node].version),
            // A tag names one version; any that was chosen for the same name will do.
            Wanted::Tag(_) => true,
        }
    }

    /// Links an edge; answers the node when it is a new one, with what it needs in turn.
    fn place(&mut self, edge: &Edge) -> Result<Option<(usize, Manifest)>, PackagesError> {
        if let Some(shared) = self.existing(edge) {
            if !self.fits(shared, &edge.spec) {
                self.warn_of_misfit(edge, shared);
            }
            self.link(edge, shared);
            return Ok(None);
        }
        let spec = self.effective(edge)?;
        let Some(described) = self.packuments.get(&spec.name).cloned().flatten() else {
            let name = spec.name;
            let node = edge.from.ok_or(PackagesError::NotFound { name, similar: None })?;
            self.warn(node, &edge.alias, "which the registry does not have");
            return Ok(None);
        };
        let preferred = self.wish.preferred.get(&spec.name).map(String::as_str);
        let (version, manifest) = self.pick(edge, &spec, preferred, &described)?;
        let depth = edge.from.map_or(1, |from| self.nodes[from].depth + 1);
        if self.nodes.len() >= self.limits.packages {
            return Err(self.too_many());
        }
        if depth > self.limits.depth {
            return Err(PackagesError::TooMany {
                what: "links in a chain of dependencies",
                limit: self.limits.depth,
            });
        }
        let node = self.nodes.len();
        self.nodes.push(Node::new(&spec.name, version, &manifest, depth)?);
        self.by_name.entry(spec.name.clone()).or_default().push(node);
        self.link(edge, node);
        if edge.peer {
            self.roots.entry(edge.alias.clone()).or_insert(node);
        }
        Ok(Some((node, manifest)))
    }

    /// Chooses a version, one that has been out for a while where there is one. What the app names exactly is a person's
    /// decision, and what a package needs is its makers'; both are taken as they are when there is nothing older.
    fn pick(
        &self,
        edge: &Edge,
        spec: &Spec,
        preferred: Option<&str>,
        described: &Described,
    ) -> Result<(Version, Manifest), PackagesError> {
        let Described { packument, young } = described;
        let older = packument.pick(spec, preferred, young);
        if older.is_ok() || young.is_empty() {
            return older;
        }
        let (version, manifest) = packument.pick(spec, preferred, &BTreeSet::new())?;
        let exact = Version::parse(spec.text.trim_start_matches(['=', 'v'])).is_ok();
        if exact || edge.from.is_some() {
            return Ok((version, manifest));
        }
        Err(PackagesError::TooYoung {
            name: spec.name.clone(),
            version: version.to_string(),
            range: spec.text.clone(),
            hours: self.wish.minimum_age.as_secs() / 3600,
        })
    }

    fn link(&mut self, edge: &Edge, target: usize) {
        match edge.from {
            None => self.roots.insert(edge.alias.clone(), target),
            Some(from) => self.nodes[from].edges.insert(edge.alias.clone(), target),
        };
    }

    fn expand(
        &mut self,
        node: usize,
        manifest: &Manifest,
        next: &mut Vec<Edge>,
        peers: &mut Vec<Edge>,
    ) {
        let edge = |alias: &str, text: &str, peer| {
            let spec = Spec::parse(alias, text).ok()?;
            Some(Edge { from: Some(node), alias: alias.to_owned(), spec, peer })
        };
        for (alias, text) in &manifest.dependencies {
            // The registry repeats optional dependencies among the others.
            if manifest.optional.contains_key(alias) || manifest.peers.contains_key(alias) {
                continue;
            }
            match edge(alias, text, false) {
                Some(edge) => next.push(edge),
                None => self.warn(node, alias, "which does not come from the registry"),
            }
        }
        for (alias, text) in &manifest.peers {
            match edge(alias, text, true) {
                Some(edge) if manifest.is_optional_peer(alias) => self.optional.push(edge),
                Some(edge) => peers.push(edge),
                None => self.warn(node, alias, "which does not come from the registry"),
            }
        }
        for (alias, text) in &manifest.optional {
            self.optional.extend(edge(alias, text, false));
        }
    }

    fn link_optional(&mut self) {
        for edge in std::mem::take(&mut self.optional) {
            if let Some(target) = self.existing(&edge) {
                self.link(&edge, target);
            }
        }
    }

    /// Notes that a package goes without something that it needs.
    fn warn(&mut self, node: usize, alias: &str, why: &str) {
        let package = PackageId::new(&self.nodes[node].name, &self.nodes[node].locked.version);
        let message = format!("{package} needs `{alias}`, {why}: what uses it will not work");
        self.warnings.push(Warning { package: package.to_string(), message });
    }

    fn warn_of_misfit(&mut self, edge: &Edge, shared: usize) {
        let Some(from) = edge.from else { return };
        let (from, shared) = (&self.nodes[from], &self.nodes[shared]);
        self.warnings.push(Warning {
            package: PackageId::new(&from.name, &from.locked.version).to_string(),
            message: format!(
                "`{}` {} is made for {} {}, and gets {}: choose versions that fit each other if it misbehaves",
                from.name, from.locked.version, edge.alias, edge.spec.text, shared.version
            ),
        });
    }

    fn into_lock(self) -> Lock {
        let ids: Vec<PackageId> =
            self.nodes.iter().map(|n| PackageId::new(&n.name, &n.locked.version)).collect();
        let packages = self.nodes.into_iter().zip(&ids).map(|(node, id)| {
            let edges = node.edges.into_iter().map(|(alias, at)| (alias, ids[at].clone()));
            (id.clone(), LockedPackage { dependencies: edges.collect(), ..node.locked })
        });
        Lock {
            packages: packages.collect(),
            roots: self.roots.into_iter().map(|(name, at)| (name, ids[at].clone())).collect(),
            warnings: self.warnings,
        }
    }
}

impl Node {
    fn new(
        name: &str,
        version: Version,
        manifest: &Manifest,
        depth: usize,
    ) -> Result<Self, PackagesError> {
        let text = version.to_string();
        let integrity = manifest.integrity().ok_or_else(|| PackagesError::NoIntegrity {
            package: PackageId::new(name, &text).to_string(),
        })?;
        let locked = LockedPackage {
            name: name.to_owned(),
            version: text,
            tarball: manifest.tarball().to_owned(),
            integrity,
            dependencies: BTreeMap::new(),
        };
        Ok(Self { name: name.to_owned(), version, locked, edges: BTreeMap::new(), depth })
    }
}
