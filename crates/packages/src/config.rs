use std::path::PathBuf;
use std::time::Duration;

use crate::npmrc::RegistryConfig;

/// How the service works. [`Config::new`] has the defaults.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where downloads and bundles are kept; made when it is not there.
    pub cache_dir: PathBuf,
    /// Which registry, with which credentials.
    pub registry: RegistryConfig,
    /// How large things may be.
    pub limits: Limits,
    /// Never use the network: what is neither embedded nor cached is an error.
    pub offline: bool,
    /// Answer from the packages that come with the binary where they suffice, and prefer their
    /// versions elsewhere.
    pub embedded: bool,
    /// How long a version must have been out before a range or a tag chooses it; zero: at once.
    pub minimum_age: Duration,
}

impl Config {
    /// The given cache folder, npm's public registry, default limits, online.
    #[must_use]
    pub fn new(cache_dir: impl Into<PathBuf>) -> Self {
        Self {
            cache_dir: cache_dir.into(),
            registry: RegistryConfig::default(),
            limits: Limits::default(),
            offline: false,
            embedded: true,
            minimum_age: Duration::from_secs(24 * 60 * 60),
        }
    }
}

/// What hostile or careless packages may cost, in bytes unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Packages in one lock.
    pub packages: usize,
    /// Links in the longest chain of dependencies.
    pub depth: usize,
    /// One package's description by the registry, unpacked.
    pub packument_bytes: u64,
    /// One package's archive, as downloaded.
    pub tarball_bytes: u64,
    /// One package's files, unpacked.
    pub unpacked_bytes: u64,
    /// Files in one package.
    pub files: usize,
    /// One script that goes into a bundle.
    pub module_bytes: u64,
    /// All files of one bundle, before compression.
    pub bundle_bytes: u64,
    /// One request to the registry.
    pub request_time: Duration,
    /// Resolving one set of dependencies.
    pub resolve_time: Duration,
    /// Downloading and bundling one set of dependencies.
    pub bundle_time: Duration,
    /// How long a package's description is used without asking the registry again.
    pub packument_age: Duration,
    /// How long the versions chosen for a set of dependencies are kept.
    pub lock_age: Duration,
    /// How many bundles stay on disk; the ones unused for longest go first.
    pub kept_bundles: usize,
    /// How many packages stay on disk, and as many descriptions and locks.
    pub kept_packages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            packages: 400,
            depth: 40,
            packument_bytes: 64 << 20,
            tarball_bytes: 64 << 20,
            unpacked_bytes: 256 << 20,
            files: 50_000,
            module_bytes: 16 << 20,
            bundle_bytes: 64 << 20,
            request_time: Duration::from_secs(60),
            resolve_time: Duration::from_secs(60),
            bundle_time: Duration::from_secs(120),
            packument_age: Duration::from_secs(10 * 60),
            lock_age: Duration::from_secs(24 * 60 * 60),
            kept_bundles: 500,
            kept_packages: 3_000,
        }
    }
}
