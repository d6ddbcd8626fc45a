//! npm packages for apps that run in the browser: resolved, downloaded and verified by the server,
//! bundled once by rolldown, kept by content hash.

mod asset;
mod bundle;
mod bundler;
mod config;
mod disk;
pub mod embed;
mod embedded;
mod error;
mod graph;
mod integrity;
mod kept;
mod lock;
mod locks;
mod npmrc;
mod package_json;
mod registry;
mod request;
mod resolve;
mod service;
mod spec;
mod store;
mod tar_path;
mod unpack;

pub use asset::Asset;
pub use bundle::{Bundle, BundleRequest, Module, Problem, ProblemKind, UsedExports};
pub use config::{Config, Limits};
pub use embedded::{Embedded, embedded};
pub use error::PackagesError;
pub use integrity::Integrity;
pub use lock::{Lock, LockedPackage, PackageId, Warning};
pub use npmrc::RegistryConfig;
pub use service::Packages;
