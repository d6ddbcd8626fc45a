//! The service: from an app's imports to files that a browser can load.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use qv_domain::{Env, Timestamp};
use tokio::sync::{OnceCell, Semaphore};

use crate::asset::Asset;
use crate::bundle::{Bundle, BundleRequest, UsedExports, key};
use crate::bundler::{self, Entry, Job};
use crate::embedded::embedded;
use crate::graph::Graph;
use crate::kept::BundleCache;
use crate::lock::Lock;
use crate::locks::LockCache;
use crate::registry::Registry;
use crate::request::Wanted;
use crate::resolve::{Wish, resolve};
use crate::spec::split_specifier;
use crate::store::Store;
use crate::{Config, PackagesError, disk};

/// npm packages for previews. Cheap to clone; all clones share one cache.
#[derive(Debug, Clone)]
pub struct Packages(Arc<Inner>);

/// How long what the registry said of the age of a package's versions is good for, where people look again and again.
const AGES_GOOD_FOR: Duration = Duration::from_secs(300);
/// Packages whose ages are remembered.
const MOST_AGES: usize = 2_000;

/// The versions of a package that are too young, and when that was asked.
type Ages = HashMap<String, (Timestamp, Result<Vec<String>, PackagesError>)>;

type Flight = OnceCell<Result<Arc<Bundle>, PackagesError>>;

#[derive(Debug)]
struct Inner {
    config: Config,
    env: Arc<dyn Env>,
    registry: Registry,
    store: Store,
    bundles: BundleCache,
    locks: LockCache,
    /// Bundles being made, so that everyone who wants the same one waits for one.
    flights: Mutex<HashMap<String, Weak<Flight>>>,
    ages: Mutex<Ages>,
    /// One bundle at a time: bundling takes every core that it can get.
    turn: Semaphore,
}

impl Packages {
    /// Where packages come from whose scope has no registry of its own.
    #[must_use]
    pub fn registry(&self) -> &url::Url {
        self.0.config.registry.default_registry()
    }

    /// Opens the cache folder, making it when it is not there.
    ///
    /// # Errors
    /// [`PackagesError::Cache`] when the folder cannot be used, [`PackagesError::Config`] when npm's
    /// configuration cannot.
    pub fn open(mut config: Config, env: Arc<dyn Env>) -> Result<Self, PackagesError> {
        let io = || PackagesError::cache("open the folder");
        let scratch = config.cache_dir.join("tmp");
        std::fs::create_dir_all(&scratch).map_err(io())?;
        disk::sweep(&scratch, env.now()).map_err(io())?;
        config.cache_dir = config.cache_dir.canonicalize().map_err(io())?;
        let folder = |name: &str| config.cache_dir.join(name);
        let scratch = folder("tmp");
        Ok(Self(Arc::new(Inner {
            registry: Registry::new(&config, Arc::clone(&env))?,
            store: Store::new(folder("store"), scratch.clone(), config.limits.clone()),
            bundles: BundleCache::new(folder("bundles"), scratch, config.limits.kept_bundles),
            locks: LockCache::new(folder("locks")),
            flights: Mutex::default(),
            ages: Mutex::default(),
            turn: Semaphore::new(1),
            config,
            env,
        })))
    }

    /// Chooses a version for every package that these dependencies (name -> range) need.
    ///
    /// # Errors
    /// [`PackagesError`] names the package and the remedy.
    pub async fn resolve(
        &self,
        dependencies: &BTreeMap<String, String>,
    ) -> Result<Lock, PackagesError> {
        self.0.lock(dependencies, dependencies.keys().cloned().collect()).await
    }

    /// The versions of a package that came out too recently; none where the registry cannot be asked or does not say.
    ///
    /// # Errors
    /// [`PackagesError::NotFound`] and what else the registry answers about the package.
    pub async fn too_young(&self, name: &str) -> Result<Vec<String>, PackagesError> {
        let now = self.0.env.now();
        if let Some((asked_at, known)) = self.0.ages().get(name)
            && now.since(*asked_at) < AGES_GOOD_FOR
        {
            return known.clone();
        }
        let young = self.0.too_young(name).await;
        // A registry that does not answer may do so the next time.
        if matches!(&young, Ok(_) | Err(PackagesError::NotFound { .. })) {
            let mut ages = self.0.ages();
            if ages.len() >= MOST_AGES {
                ages.retain(|_, (asked_at, _)| now.since(*asked_at) < AGES_GOOD_FOR);
            }
            if ages.len() < MOST_AGES {
                ages.insert(name.to_owned(), (now, young.clone()));
            }
        }
        young
    }

    /// Makes everything that an app imports loadable in a browser, or finds it made.
    ///
    /// Frameworks that are dependencies also get what their compiled apps import: React its
    /// `jsx-runtime`, `jsx-dev-runtime` and `react-refresh/runtime`, Svelte its internals.
    /// An import that leads nowhere is a [`crate::Problem`] of the bundle, not an error.
    ///
    /// # Errors
    /// [`PackagesError`] says which package stands in the way and the remedy.
    pub async fn bundle(&self, request: BundleRequest) -> Result<Arc<Bundle>, PackagesError> {
        let wanted = Wanted::of(&request);
        if self.0.config.embedded
            && request.lock.is_none()
            && let Some(mut bundle) = embedded().cover(&wanted.dependencies, &wanted.specifiers)
        {
            bundle.problems.extend(wanted.problems);
            return Ok(Arc::new(bundle));
        }
        let lock = match request.lock {
            Some(lock) => lock,
            None => Box::pin(self.0.lock(&wanted.dependencies, wanted.packages())).await?,
        };
        let roots = wanted.packages();
        let part = lock.reached_from(roots.iter().map(String::as_str));
        let key = key(&part, &wanted.specifiers);
        let bundle = Box::pin(self.0.once(key, part, &wanted)).await?;
        if wanted.problems.is_empty() {
            return Ok(bundle);
        }
        let mut bundle = Bundle::clone(&bundle);
        bundle.problems.extend(wanted.problems);
        Ok(Arc::new(bundle))
    }

    /// One file of a bundle, by the bundle's key and the name that [`crate::Module`] gives. `None` for
    /// anything else, and for a bundle that is gone: ask for it again with [`Self::bundle`].
    pub async fn asset(&self, key: &str, file: &str, accepts_br: bool) -> Option<Asset> {
        match embedded().asset(key, file, accepts_br) {
            Some(asset) => Some(asset),
            None => self.0.bundles.asset(key, file, accepts_br, self.0.env.now()).await,
        }
    }

    /// A script that previews need besides packages: `tailwind.js`, `vue-compiler.js` or
    /// `svelte-compiler.js`. `None` when the binary was built without it.
    #[must_use]
    pub fn runtime_file(&self, name: &str, accepts_br: bool) -> Option<Asset> {
        embedded().runtime_file(name, accepts_br)
    }
}

impl Inner {
    fn ages(&self) -> MutexGuard<'_, Ages> {
        self.ages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn too_young(&self, name: &str) -> Result<Vec<String>, PackagesError> {
        let packument = self.registry.packument(name).await?;
        let young = self.registry.younger(name, &packument, self.config.minimum_age).await;
        Ok(young.into_iter().map(|version| version.to_string()).collect())
    }

    async fn lock(
        &self,
        dependencies: &BTreeMap<String, String>,
        needed: BTreeSet<String>,
    ) -> Result<Lock, PackagesError> {
        let place = self.locks.place(dependencies, &needed);
        let now = self.env.now();
        let kept = self.locks.read(&place).await;
        if let Some((lock, age)) = kept.as_ref().map(|kept| (&kept.lock, now.since(kept.made_at)))
            && (self.config.offline || age < self.config.limits.lock_age)
        {
            return Ok(lock.clone());
        }
        // What comes with the binary is tested together: it goes first wherever a range allows it.
        let preferred = if self.config.embedded { embedded().versions() } else { BTreeMap::new() };
        let minimum_age = self.config.minimum_age;
        let wish = Wish { dependencies, needed, preferred: &preferred, minimum_age };
        match resolve(&self.registry, &self.config.limits, &wish).await {
            Ok(lock) => {
                self.locks.write(&place, &lock, now).await;
                Ok(lock)
            }
            Err(error) if error.is_retryable() => kept.map(|kept| kept.lock).ok_or(error),
            Err(PackagesError::NotFound { name, .. }) => {
                let known =
                    preferred.keys().chain(dependencies.keys().filter(|known| **known != name));
                let similar = bundler::exports::similar(&name, known).into_iter().next();
                Err(PackagesError::NotFound { name, similar })
            }
            Err(error) => Err(error),
        }
    }

    /// Makes a bundle, or waits for the one that is being made.
    async fn once(
        &self,
        key: String,
        lock: Lock,
        wanted: &Wanted,
    ) -> Result<Arc<Bundle>, PackagesError> {
        if let Some(kept) = self.bundles.load(&key, self.env.now()).await {
            return Ok(Arc::new(kept.bundle.clone()));
        }
        let flight = self.flight(&key);
        flight.get_or_init(|| Box::pin(self.make(key, lock, wanted))).await.clone()
    }

    fn flight(&self, key: &str) -> Arc<Flight> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        flights.retain(|_, flight| flight.strong_count() > 0);
        if let Some(flight) = flights.get(key).and_then(Weak::upgrade) {
            return flight;
        }
        let flight = Arc::new(Flight::new());
        flights.insert(key.to_owned(), Arc::downgrade(&flight));
        flight
    }

    async fn make(
        &self,
        key: String,
        lock: Lock,
        wanted: &Wanted,
    ) -> Result<Arc<Bundle>, PackagesError> {
        let folders = self.store.ensure_all(&self.registry, &lock, self.env.now()).await?;
        let _turn = self.turn.acquire().await;
        let limits = &self.config.limits;
        let specifiers: BTreeMap<&String, &UsedExports> = wanted
            .specifiers
            .iter()
            .filter(|(s, _)| {
                split_specifier(s).is_some_and(|(name, _)| lock.roots.contains_key(name))
            })
            .collect();
        let mut built = Box::pin(bundler::build(Job {
            graph: Graph::from_lock(&lock, &folders)?,
            entries: Entry::all(specifiers),
            folder: self.config.cache_dir.clone(),
            module_bytes: limits.module_bytes,
            bundle_bytes: limits.bundle_bytes,
            time: limits.bundle_time,
        }))
        .await?;
        built.problems.retain(|problem| !wanted.implied.contains(&problem.specifier));
        let mut warnings = lock.warnings.clone();
        warnings.append(&mut built.warnings);
        tracing::debug!(key, packages = lock.packages.len(), files = built.files.len(), "bundled");
        let bundle = Bundle {
            key,
            modules: built.modules.into_iter().map(|m| (m.specifier, m.module)).collect(),
            packages: lock.versions(),
            problems: built.problems,
            warnings,
        };
        let kept = self.bundles.save(bundle, built.files).await;
        let kept = kept.map_err(PackagesError::cache("keep a bundle"))?;
        self.prune().await;
        Ok(Arc::new(kept.bundle.clone()))
    }

    /// Keeps the cache folder within bounds.
    async fn prune(&self) {
        self.store.prune().await;
        let (folder, keep) = (&self.config.cache_dir, self.config.limits.kept_packages);
        for part in ["packuments", "locks"] {
            disk::prune(&folder.join(part), None, keep, &folder.join("tmp")).await;
        }
    }
}
