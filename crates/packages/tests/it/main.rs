//! The service against a registry on loopback that serves packages made by the tests.

mod bundles;
mod cache;
mod hostile;
mod real_registry;
mod resolving;
mod support;
